/** A model of Ollama's library that does well at programming for its size. */
export interface Suggestion {
  readonly name: string;
  /** Download size in bytes, from ollama.com/library in November 2026. */
  readonly size: number;
  readonly isForCode: boolean;
}

const library: readonly Suggestion[] = [
  { name: 'qwen3:0.6b', size: 0.52e9, isForCode: false },
  { name: 'qwen3:1.7b', size: 1.4e9, isForCode: false },
  { name: 'qwen2.5-coder:1.5b', size: 0.99e9, isForCode: true },
  { name: 'llama3.2:3b', size: 2.0e9, isForCode: false },
  { name: 'qwen3:4b', size: 2.5e9, isForCode: false },
  { name: 'gemma3:4b', size: 3.3e9, isForCode: false },
  { name: 'qwen2.5-coder:7b', size: 4.7e9, isForCode: true },
  { name: 'qwen3:8b', size: 5.2e9, isForCode: false },
  { name: 'qwen2.5-coder:14b', size: 9.0e9, isForCode: true },
  { name: 'qwen3:14b', size: 9.3e9, isForCode: false },
  { name: 'gpt-oss:20b', size: 14e9, isForCode: false },
  { name: 'qwen3-coder:30b', size: 19e9, isForCode: true },
  { name: 'gpt-oss:120b', size: 65e9, isForCode: false },
];

/** Of a machine's memory, what a model may take and leave enough for an editor and a browser. */
const share = 0.6;
const most = 8;

/**
 * The best that fit a machine, largest first; where its memory is not known (another machine's), small
 * and middling ones.
 */
export function getSuggestions(memoryBytes: number | undefined): readonly Suggestion[] {
  const room = memoryBytes === undefined ? 10e9 : memoryBytes * share;
  const fitting = library
    .filter(({ size }) => size <= room)
    .sort((one, other) => other.size - one.size);
  // Something is offered on the smallest machine too.
  return fitting.length === 0 ? library.slice(0, 1) : fitting.slice(0, most);
}
