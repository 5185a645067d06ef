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

/** A function, class, heading or other named part of a text. Lines from 1, both included. */
export interface SymbolPlace {
  /** The line of its name. */
  readonly line: number;
  readonly first: number;
  readonly last: number;
  /** From 0: how many symbols it is in. */
  readonly depth: number;
}

/**
 * The line of the name of each symbol with its number, as many levels of them as fit into `maxLength`. If even
 * the first level is too long, its beginning.
 */
export function formatOutline(
  whole: string,
  symbols: readonly SymbolPlace[],
  maxLength: number,
): Excerpt {
  const lines = whole.split('\n');
  const format = (line: number): string => `${line}: ${(lines[line - 1] ?? '').trimEnd()}`;
  const depths = new Map<number, number>();
  for (const { line, depth } of symbols) {
    depths.set(line, Math.min(depth, depths.get(line) ?? depth));
  }
  const levels: number[][] = [];
  for (const [line, depth] of depths) (levels[depth] ??= []).push(line);
  const shown: number[] = [];
  let length = 0;
  // The levels of an array with holes in it, from the outermost in.
  for (const [depth, level = []] of levels.entries()) {
    for (const line of level) length += format(line).length + 1;
    if (depth > 0 && length - 1 > maxLength) break;
    for (const line of level) shown.push(line);
  }
  const outline = shown
    .sort((a, b) => a - b)
    .map(format)
    .join('\n');
  const text = takeWholeLines(outline, maxLength);
  const count = lines.length;
  const isWhole = text === outline;
  return {
    text,
    part: isWhole ? `outline of ${count} lines` : `the start of the outline of ${count} lines`,
  };
}

function takeWholeLines(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const start = takeStart(text, maxLength);
  const end = start.lastIndexOf('\n');
  return end < 0 ? start : start.slice(0, end);
}

/** Line ranges in order; those that overlap or touch are one. */
export function mergeLines(
  ranges: readonly { readonly first: number; readonly last: number }[],
): readonly { readonly first: number; readonly last: number }[] {
  const merged: { first: number; last: number }[] = [];
  for (const { first, last } of ranges.toSorted((a, b) => a.first - b.first)) {
    const before = merged.at(-1);
    if (before && first <= before.last + 1) before.last = Math.max(before.last, last);
    else merged.push({ first, last });
  }
  return merged;
}
