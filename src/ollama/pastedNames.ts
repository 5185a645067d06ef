import { parseModelName } from './modelName';
import { trimEndOf } from '../shared/text';

/** The most of a pasted text that is read, in UTF-16 code units. */
const maxPastedLength = 1000;

/** `ollama run NAME`, also with a path, in a container, and with options before the name. */
const command =
  /(?:^|[\s/\\])ollama(?:\.exe)?\s+(?:run|pull|show|launch|create|cp|stop)\s+(?:--?[\w-]+(?:=\S+)?\s+)*(?<name>\S+)/u;

/** Pages of the two libraries that Ollama pulls from, with what may follow the name. */
const pages: readonly (readonly [page: RegExp, prefix: string])[] = [
  [/^(?:https?:\/\/)?(?:www\.)?ollama\.(?:com|ai)\/library\/(?<name>[\w.:-]+)/iu, ''],
  [/^(?:https?:\/\/)?(?:www\.)?ollama\.(?:com|ai)\/(?<name>[\w.-]+\/[\w.:-]+)/iu, ''],
  [/^(?:https?:\/\/)?registry\.ollama\.(?:com|ai)\/library\/(?<name>[\w.:-]+)/iu, ''],
  [/^(?:https?:\/\/)?(?:www\.)?(?:huggingface\.co|hf\.co)\/(?<name>[\w.-]+\/[\w.:-]+)/iu, 'hf.co/'],
];

/**
 * The model that a pasted text names: a name, a command such as `ollama run qwen3`, or the address of a page
 * of ollama.com or Hugging Face.
 */
export function findPastedModel(text: string): string | undefined {
  const trimmed = text
    .slice(0, maxPastedLength)
    .trim()
    .replace(/^(?:\$|>|#|PS [^>]{0,200}>)\s+/u, '');
  const named = command.exec(trimmed)?.groups?.['name'] ?? trimmed;
  const plain = trimEndOf(named.replace(/^["'`<]+/u, ''), /["'`>,;]/u);
  for (const [page, prefix] of pages) {
    const name = page.exec(plain)?.groups?.['name'];
    if (name !== undefined) return parseModelName(`${prefix}${name}`)?.text;
  }
  return plain.includes('://') ? undefined : parseModelName(plain)?.text;
}
