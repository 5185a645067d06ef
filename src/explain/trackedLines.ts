import { findRuns } from '../shared/text';

/**
 * Where some whole lines of a document are after an edit. VS Code moves the widget of a thread with
 * the text, but not the range that its extension knows.
 */

/** Zero-based, both included. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

interface EditPosition {
  readonly line: number;
  readonly character: number;
}

/** One replacement, in the terms of the document before it (VS Code's `contentChanges`). */
export interface Edit {
  readonly range: { readonly start: EditPosition; readonly end: EditPosition };
  readonly text: string;
}

export interface TrackedLines extends LineRange {
  /** Of the last line, in characters; what is typed behind it is not ours. Infinity: not known. */
  readonly length: number;
  /** Nothing is left of the lines: where they may be again has to be looked for. */
  readonly isLost: boolean;
}

export function trackEdit(tracked: TrackedLines, edit: Edit): TrackedLines {
  const { first, last, length } = tracked;
  const { start, end } = edit.range;
  const breaks = lineBreaks(edit.text);
  const added = breaks - (end.line - start.line);
  if (isBefore(edit, first)) return { ...tracked, first: first + added, last: last + added };
  if (isAfter(edit, tracked)) return tracked;
  if (covers(edit, tracked)) {
    const isReplaced = start.line >= first && end.line <= last && edit.text.trim() !== '';
    const to = start.line + (isReplaced ? breaks : 0);
    return { first: start.line, last: to, length: Infinity, isLost: !isReplaced };
  }
  const from = Math.min(first, start.line);
  return {
    ...tracked,
    first: from,
    last: Math.max(from, end.line > last ? start.line + breaks : last + added),
    length: end.line < last ? length : lengthAfter(edit, tracked),
  };
}

/** Of the last line, once an edit has reached it. */
function lengthAfter(
  { range: { start, end }, text }: Edit,
  { last, length }: TrackedLines,
): number {
  if (end.line > last) return Infinity;
  const lastBreak = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'));
  const before = lastBreak < 0 ? start.character + text.length : text.length - lastBreak - 1;
  return before + Math.max(0, length - end.character);
}

function covers({ range: { start, end } }: Edit, { first, last, length }: TrackedLines): boolean {
  const fromStart = start.line < first || (start.line === first && start.character === 0);
  return fromStart && (end.line > last || (end.line === last && end.character >= length));
}

/** It ends where the lines begin, and leaves their beginning at the beginning of a line. */
function isBefore({ range: { start, end }, text }: Edit, first: number): boolean {
  if (end.line < first) return true;
  if (end.line > first || end.character > 0) return false;
  return text === '' ? start.character === 0 && start.line < first : /[\r\n]$/u.test(text);
}

/** It starts after the lines, or at their end with its own line break. */
function isAfter({ range: { start, end }, text }: Edit, { last, length }: TrackedLines): boolean {
  if (start.line > last) return true;
  const atEnd = start.line === last && start.character >= length;
  return atEnd && (/^[\r\n]/u.test(text) || (text === '' && end.line === last));
}

function lineBreaks(text: string): number {
  return text.match(/\r\n|\r|\n/gu)?.length ?? 0;
}

/** The position of `code` as whole lines of `text`, nearest to line `near`. Undefined if it is missing. */
export function findLines(text: string, code: string, near: number): LineRange | undefined {
  const lines = text.split(/\r\n|\r|\n/u);
  const wanted = code.split(/\r\n|\r|\n/u);
  let best: LineRange | undefined;
  for (const first of findRuns(lines, wanted)) {
    if (best && Math.abs(best.first - near) <= Math.abs(first - near)) break;
    best = { first, last: first + wanted.length - 1 };
  }
  return best;
}
