import assert from 'node:assert/strict';
import { findPastedModel } from '../../../src/ollama/pastedNames';

const pasted: readonly (readonly [text: string, name: string | undefined])[] = [
  ['qwen3:8b', 'qwen3:8b'],
  [' qwen3 ', 'qwen3'],
  ['ollama run hf.co/unsloth/Qwen3-8B-GGUF:UD-Q4_K_XL', 'hf.co/unsloth/Qwen3-8B-GGUF:UD-Q4_K_XL'],
  ['ollama pull qwen3', 'qwen3'],
  ['$ ollama run qwen3:8b', 'qwen3:8b'],
  ['PS C:\\> ollama run qwen3:8b --verbose', 'qwen3:8b'],
  ['ollama run --think=false "qwen3:8b"', 'qwen3:8b'],
  ['docker exec -it ollama ollama run llama3.2', 'llama3.2'],
  ['/usr/local/bin/ollama pull mistral', 'mistral'],
  ['https://ollama.com/library/qwen3:8b', 'qwen3:8b'],
  ['ollama.com/library/qwen3', 'qwen3'],
  ['https://ollama.com/library/qwen3/tags?sort=new', 'qwen3'],
  ['https://ollama.com/someone/model:7b', 'someone/model:7b'],
  ['https://huggingface.co/unsloth/Qwen3-8B-GGUF', 'hf.co/unsloth/Qwen3-8B-GGUF'],
  ['https://huggingface.co/unsloth/Qwen3-8B-GGUF/tree/main', 'hf.co/unsloth/Qwen3-8B-GGUF'],
  ['hf.co/unsloth/Qwen3-8B-GGUF:Q4_K_M', 'hf.co/unsloth/Qwen3-8B-GGUF:Q4_K_M'],
  ['https://example.org/models/a', undefined],
  ['what is a model?', undefined],
  ['', undefined],
];

describe('a model name that was pasted (case 27)', () => {
  for (const [text, name] of pasted) {
    it(JSON.stringify(text), () => assert.equal(findPastedModel(text), name));
  }
});
