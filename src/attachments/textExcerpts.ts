import { takeStart } from '../shared/hiddenCharacters';
import { takeNearestLines } from '../shared/text';

/** Assumed if no context length is set: what a model on an ordinary machine has. */
const defaultContextTokens = 16_384;

/** Of code, which has fewer characters per token than prose. */
const charactersPerToken = 3;

/** Of the context window; the rest is for the question, the answer and the earlier messages. */
const contextShare = 0.5;

const minLength = 6_000;

/** How much of one file is attached, in UTF-16 code units. */
export function maxExcerptLength(contextLength: number | null): number {
  return Math.max(
    minLength,
    (contextLength ?? defaultContextTokens) * charactersPerToken * contextShare,
  );
}

/** A text, or a part of one that is too long. */
export interface Excerpt {
  readonly text: string;
  /** Absent if the text is whole. */
  readonly lines?: { readonly first: number; readonly last: number };
  /** Which part it is, for the model, such as `lines 1-200 of 4000`; absent if the text is whole. */
  readonly part?: string;
}

/**
 * As much of `text` as fits into `maxLength`: whole lines around line `center` (from 1). If that line alone
 * is too long, its beginning.
 */
export function excerptAroundLine(text: string, maxLength: number, center = 1): Excerpt {
  if (text.length <= maxLength) return { text };
  const total = text.split('\n').length;
  const line = Math.min(Math.max(1, center), total);
  const all = { code: text, firstLine: 1, lastLine: total };
  const taken = takeNearestLines(all, { firstLine: line, lastLine: line }, maxLength);
  const { code, firstLine, lastLine } = taken;
  const lines = { first: firstLine, last: lastLine };
  if (code.length <= maxLength) {
    return { text: code, lines, part: `lines ${firstLine}-${lastLine} of ${total}` };
  }
  const start = takeStart(code, maxLength);
  const part = `the first ${start.length} of ${code.length} characters of line ${firstLine} of ${total}`;
  return { text: start, lines, part };
}
