import { nearest } from '../explain/explainPrompt';

/** Where nothing is set: room that a model on a usual machine has. */
const usualContext = 16_384;

/** Code has fewer characters a token than prose. */
const charactersPerToken = 3;

/** Of the context; the rest is for the question, the answer and what was said before. */
const share = 0.5;

const least = 6_000;

/** How much of a file is attached, in UTF-16 code units. */
export function attachmentRoom(contextLength: number | null): number {
  return Math.max(least, (contextLength ?? usualContext) * charactersPerToken * share);
}

/** A text, or the part of it that matters. */
export interface Part {
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
export function partThatMatters(text: string, room: number, around = 1): Part {
  if (text.length <= room) return { text };
  const total = text.split('\n').length;
  const line = Math.min(Math.max(1, around), total);
  const all = { code: text, firstLine: 1, lastLine: total };
  const { code, firstLine, lastLine } = nearest(all, { firstLine: line, lastLine: line }, room);
  const lines = { first: firstLine, last: lastLine };
  if (code.length <= room) {
    return { text: code, lines, part: `lines ${firstLine}-${lastLine} of ${total}` };
  }
  const start = beginning(code, room);
  const part = `the first ${start.length} of ${code.length} characters of line ${firstLine} of ${total}`;
  return { text: start, lines, part };
}

/** Never half of a character. */
function beginning(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
