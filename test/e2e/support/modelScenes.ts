import type { Gate, Script } from '../../support/ollamaServer/exchange';
import type { ServerModel } from '../../support/ollamaServer/healthyOllama';
import { ndjson } from '../../support/ollamaServer/scripts';
import { model, otherModel } from './fixture';

export const cloud = 'gpt-oss:120b-cloud';
export const otherCloud = 'glm-4.7:cloud';
export const large = 'llama3.3:70b';
const shape = { layers: 36, heads: 8, headWidth: 128 };
const chats = { capabilities: ['completion', 'tools'] };
const remote = { size: 384, remoteHost: 'https://ollama.com:443', ...chats };

/** One of each kind. */
export const manyModels: readonly ServerModel[] = [
  {
    name: model,
    size: 5.2e9,
    parameterSize: '8.2B',
    quantization: 'Q4_K_M',
    shape,
    contextLength: 40_960,
    capabilities: ['completion', 'tools', 'thinking'],
  },
  {
    name: otherModel,
    size: 2.0e9,
    parameterSize: '3.2B',
    quantization: 'Q4_K_M',
    contextLength: 131_072,
    ...chats,
  },
  { name: large, size: 4.2e11, parameterSize: '70.6B', contextLength: 131_072, ...chats },
  { name: 'gemma3:4b', size: 3.3e9, parameterSize: '4.3B', quantization: 'Q4_K_M', ...chats },
  { name: 'nomic-embed-text:latest', size: 274e6, capabilities: ['embedding'] },
  { name: cloud, ...remote },
  { name: otherCloud, ...remote },
];

const layer = { status: 'pulling 6a6a', digest: `sha256:${'6a'.repeat(32)}`, total: 5.2e9 };

/** A download that stops at 40% after two steps of the gate, until the gate opens. */
export function pulling(gate: Gate): Script {
  const lines = [
    { status: 'pulling manifest' },
    { ...layer, completed: 2.08e9 },
    { ...layer, completed: 5.2e9 },
    { status: 'success' },
  ];
  return ndjson(lines, { pacing: { gate } });
}
