import { readFileSync } from 'node:fs';
import { bodyBytes, loadRecording, recordingNames } from '../../support/ollamaServer/scripts';
import { inRepo } from '../../support/folders';

/** Packages of whose documents people wrote long markdown; each is a direct dependency. */
const documents = [
  'axe-core',
  'c8',
  'dompurify',
  'eslint',
  'fast-check',
  'highlight.js',
  'mocha',
  'ollama',
  'markdown-it',
  'prettier',
  'typescript',
  'valibot',
  '@vscode/test-electron',
  '@vscode/vsce',
].map((name) => inRepo('node_modules', name, 'README.md'));

/** Real markdown documents, each from its beginning and `most` characters at most. */
export function documentTexts(most = Infinity): readonly string[] {
  return documents.map((file) => readFileSync(file, 'utf8').slice(0, most));
}

/** The answers of real models that are recorded, those of some length. */
export function recordedAnswers(): readonly string[] {
  return recordingNames()
    .map((name) => bodyBytes(loadRecording(name)).toString().split('\n').map(textOf).join(''))
    .filter(({ length }) => length > 200);
}

function textOf(line: string): string {
  try {
    const chunk = JSON.parse(line) as { message?: { content?: string }; response?: string };
    return chunk.message?.content ?? chunk.response ?? '';
  } catch {
    // Not every recording is of an answer that streams.
    return '';
  }
}
