import { nearest } from '../explain/explainPrompt';

/** So much of a file tells whether it is text. */
const inspectedBytes = 8_192;

/** The text of a file's bytes; `binary` when it is none, `unknown` when its encoding is not known. */
export type Decoded =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary' }
  | { readonly kind: 'unknown' };

/** By its byte order mark, else as UTF-8. Line breaks become `\n`. */
export function decodeText(bytes: Uint8Array): Decoded {
  const encoding = readByteOrderMark(bytes);
  if (encoding === undefined && bytes.subarray(0, inspectedBytes).includes(0))
    return { kind: 'binary' };
  try {
    const text = new TextDecoder(encoding ?? 'utf-8', { fatal: true }).decode(bytes);
    return { kind: 'text', text: withPlainBreaks(text) };
  } catch {
    return { kind: 'unknown' };
  }
}

export function withPlainBreaks(text: string): string {
  return text.replace(/\r\n?/gu, '\n');
}

function readByteOrderMark([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return undefined;
}

/** What was changed in one file. */
export interface FileDiff {
  /** Relative to the repository; of a renamed file the new one. */
  readonly path: string;
  readonly text: string;
}

/** The files of a `git diff`, in its order. */
export function splitDiff(diff: string): FileDiff[] {
  return diff
    .split(/^(?=diff --git )/mu)
    .filter((section) => section.startsWith('diff --git '))
    .map((section) => ({ path: parseDiffPath(section), text: section.trimEnd() }));
}

/** Whole files, in their order, as many as fit `room`; a single one that is larger is cut at its end. */
export function fitDiff(
  files: readonly FileDiff[],
  room: number,
): { readonly text: string; readonly shown: readonly FileDiff[]; readonly isCut: boolean } {
  let length = 0;
  const shown = files.filter(({ text }) => (length += text.length + 1) <= room);
  const [first] = files;
  if (shown.length > 0 || !first) {
    return { text: shown.map(({ text }) => text).join('\n'), shown, isCut: false };
  }
  const lines = first.text.slice(0, room);
  return { text: lines.slice(0, lines.lastIndexOf('\n')), shown: [first], isCut: true };
}

function parseDiffPath(section: string): string {
  const renamed = /^rename to (.+)$/mu.exec(section)?.[1];
  const after = /^\+\+\+ (?:"?b\/)?(.+?)"?$/mu.exec(section)?.[1];
  const header = /^diff --git .*? "?b\/(.+?)"?$/mu.exec(section)?.[1];
  return renamed ?? (after === undefined || after === '/dev/null' ? (header ?? '') : after);
}

/** Where nothing is set: room that a model on a usual machine has. */
const defaultContextTokens = 16_384;

/** Code has fewer characters a token than prose. */
const charactersPerToken = 3;

/** Of the context; the rest is for the question, the answer and what was said before. */
const contextShare = 0.5;

const minLength = 6_000;

/** How much of a file is attached, in UTF-16 code units. */
export function maxAttachmentLength(contextLength: number | null): number {
  return Math.max(
    minLength,
    (contextLength ?? defaultContextTokens) * charactersPerToken * contextShare,
  );
}

/** A text, or the part of it that matters. */
export interface Excerpt {
  readonly text: string;
  /** Absent: all of it is there. */
  readonly lines?: { readonly first: number; readonly last: number };
  /** What is there, where it is not all, such as `lines 1-200 of 4000`. */
  readonly part?: string;
}

/**
 * As much of `text` as fits into `room`: whole lines around line `around` (from 1), or from the top.
 * Of a line that alone is too long, its beginning.
 */
export function excerptAroundLine(text: string, room: number, around = 1): Excerpt {
  if (text.length <= room) return { text };
  const total = text.split('\n').length;
  const line = Math.min(Math.max(1, around), total);
  const all = { code: text, firstLine: 1, lastLine: total };
  const { code, firstLine, lastLine } = nearest(all, { firstLine: line, lastLine: line }, room);
  const lines = { first: firstLine, last: lastLine };
  if (code.length <= room) {
    return { text: code, lines, part: `lines ${firstLine}-${lastLine} of ${total}` };
  }
  const start = takeStart(code, room);
  const part = `the first ${start.length} of ${code.length} characters of line ${firstLine} of ${total}`;
  return { text: start, lines, part };
}

/** Never half of a character. */
function takeStart(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
