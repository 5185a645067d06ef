import type { MaskedLine } from './codeMask';
import { hasElidedBody } from './elisionMarks';
import { measureIndent } from './codeOutline';
import { findIndentUnit, type LineEdit, reindent } from './lineEdits';

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Lines of a block between marks of elision. */
interface Segment {
  readonly lines: readonly string[];
  /** No mark precedes: it begins where the file, or the function, begins. */
  readonly startsAtEdge: boolean;
  readonly endsAtEdge: boolean;
}

interface Texts {
  readonly file: readonly MaskedLine[];
  readonly block: readonly MaskedLine[];
  readonly isElision: (line: string) => boolean;
}

/**
 * Places the lines between marks of elision: each segment replaces the lines of `target` from the one that
 * equals its first line to the one that equals its last. Undefined when such a line is missing or ambiguous.
 *
 * @param target of the file, @param source of the block: both begin and end with the same statement
 */
export function placeSegments(
  { file, block, isElision }: Texts,
  target: Span,
  source: Span,
): readonly LineEdit[] | undefined {
  const own = block.slice(source.start, source.end);
  if (own.some(({ text, mask }) => !isElision(text) && hasElidedBody(mask))) return undefined;
  const texts = file.map(({ text }) => text);
  const segments = split(
    own.map(({ text }) => text),
    isElision,
  );
  const edits: LineEdit[] = [];
  let from = target.start;
  for (const segment of segments) {
    const edit = placeSegment(texts, segment, { start: from, end: target.end }, target);
    if (!edit) return undefined;
    edits.push(withIndentation(edit, texts, own));
    from = edit.end;
  }
  return edits.length > 0 ? edits : undefined;
}

/** A block without marks whose first and last lines are in the file, and most of what is between them. */
export function placeByEnds(
  file: readonly MaskedLine[],
  block: readonly MaskedLine[],
): readonly LineEdit[] | undefined {
  const texts = file.map(({ text }) => text);
  const own = block.map(({ text }) => text);
  const segment = { lines: trimBlank(own), startsAtEdge: false, endsAtEdge: false };
  const region = findRegion(texts, segment.lines, { start: 0, end: texts.length });
  return region && [withIndentation({ ...region, lines: segment.lines }, texts, block)];
}

function split(lines: readonly string[], isElision: (line: string) => boolean): readonly Segment[] {
  const segments: Segment[] = [];
  let part: string[] = [];
  let startsAtEdge = true;
  const close = (endsAtEdge: boolean): void => {
    const trimmed = trimBlank(part);
    if (trimmed.length > 0) segments.push({ lines: trimmed, startsAtEdge, endsAtEdge });
    part = [];
    startsAtEdge = false;
  };
  for (const line of lines) {
    if (isElision(line)) close(false);
    else part.push(line);
  }
  close(true);
  return segments;
}

function placeSegment(
  texts: readonly string[],
  { lines, startsAtEdge, endsAtEdge }: Segment,
  within: Span,
  target: Span,
): LineEdit | undefined {
  if (startsAtEdge && endsAtEdge) return undefined;
  if (startsAtEdge) return placeHead(texts, lines, target);
  if (endsAtEdge) return placeTail(texts, lines, within);
  const region = findRegion(texts, lines, within);
  return region && { ...region, lines };
}

/** From the first line of the target on. */
function placeHead(
  texts: readonly string[],
  lines: readonly string[],
  target: Span,
): LineEdit | undefined {
  const { start } = target;
  const isSameAt = (index: number): boolean => isSame(lines[index], texts[start + index]);
  if (lines.length === 1 || isSameAt(lines.length - 1)) {
    return { start, end: start + lines.length, lines };
  }
  const last = lines.at(-1) ?? '';
  const end = isTrivial(last) ? undefined : findOnly(texts, last, target);
  if (end !== undefined) {
    const region = { start, end: end + 1 };
    return isMostlyKept(texts, region, lines) ? { ...region, lines } : undefined;
  }
  // New lines right below the header, if they do not rewrite what is there.
  const header = lines.findIndex((_, index) => !isSameAt(index));
  const next = texts[start + header] ?? '';
  return header > 0 && isInsertion(texts, lines.slice(header), next, target)
    ? { start, end: start + header, lines }
    : undefined;
}

/** Up to the last line of the target. */
function placeTail(
  texts: readonly string[],
  lines: readonly string[],
  within: Span,
): LineEdit | undefined {
  const { end } = within;
  const hasClosing = isSame(lines.at(-1), texts[end - 1]);
  if (lines.length === 1) return hasClosing ? { start: end - 1, end, lines } : undefined;
  // The first line that the file has; what precedes it is new.
  const known = findKnown(texts, lines, within);
  if (known < 0 && !hasClosing) return undefined;
  const kept = lines.slice(known);
  const start = known < 0 ? end - 1 : findOnly(texts, lines[known] ?? '', within);
  if (start === undefined || !isMostlyKept(texts, { start, end }, kept)) return undefined;
  const added = lines.slice(0, lines.length - kept.length);
  if (added.length > 0 && !canPrecede(texts, added, start, within)) return undefined;
  return { start, end, lines };
}

function isSame(line = '', other = ''): boolean {
  return line.trim() === other.trim();
}

function findKnown(texts: readonly string[], lines: readonly string[], within: Span): number {
  return lines.findIndex((line) => !isTrivial(line) && findAll(texts, line, within).length > 0);
}

/** Whether new lines can come before the line at `at`: what precedes it does not leave the block. */
function canPrecede(
  texts: readonly string[],
  added: readonly string[],
  at: number,
  within: Span,
): boolean {
  const before = texts.slice(0, at).findLast((line) => line.trim() !== '') ?? '';
  const isDead = /^\s*(?:return|throw|break|continue|raise)\b/u.test(before);
  return !isDead && isInsertion(texts, added, before, within);
}

/** Whether lines are new and do not rewrite the line next to them. */
function isInsertion(
  texts: readonly string[],
  added: readonly string[],
  neighbor: string,
  within: Span,
): boolean {
  return added.every(
    (line) =>
      !isSimilar(line, neighbor) && (isTrivial(line) || findAll(texts, line, within).length === 0),
  );
}

function findOnly(texts: readonly string[], line: string, within: Span): number | undefined {
  const found = findAll(texts, line, within);
  return found.length === 1 ? found[0] : undefined;
}

/** The lines from the one that equals the first of `lines` to the one that equals the last. */
function findRegion(
  texts: readonly string[],
  lines: readonly string[],
  within: Span,
): Span | undefined {
  const [first = ''] = lines;
  const last = lines.at(-1) ?? '';
  const [start, ...others] = findAll(texts, first, within);
  if (start === undefined || others.length > 0 || isTrivial(first)) return undefined;
  if (lines.length === 1) return { start, end: start + 1 };
  const step = measureIndent(last) - measureIndent(first);
  const margin = measureIndent(texts[start] ?? '');
  const ends = findAll(texts, last, { start: start + 1, end: within.end });
  const candidates = isTrivial(last)
    ? ends
        .filter((at) => Math.sign(measureIndent(texts[at] ?? '') - margin) === Math.sign(step))
        .slice(0, 1)
    : ends;
  const [end] = candidates;
  if (end === undefined || candidates.length > 1) return undefined;
  const region = { start, end: end + 1 };
  return isMostlyKept(texts, region, lines) ? region : undefined;
}

function findAll(texts: readonly string[], line: string, { start, end }: Span): readonly number[] {
  const wanted = line.trim();
  const found: number[] = [];
  for (let at = start; at < end; at += 1) if (texts[at]?.trim() === wanted) found.push(at);
  return found;
}

/** Brackets and closing words occur too often to be recognized. */
function isTrivial(line: string): boolean {
  return !/\w/u.test(line) || /^\s*(?:end|else|fi|done|break;?|return;?|pass)\s*$/u.test(line);
}

/** Code that replaces twice as much, or other code, than it holds itself is in the wrong place. */
function isMostlyKept(
  texts: readonly string[],
  { start, end }: Span,
  lines: readonly string[],
): boolean {
  const filled = texts
    .slice(start, end)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const own = new Set(lines.map((line) => line.trim()));
  const kept = filled.filter((line) => own.has(line)).length;
  return kept * 2 >= filled.length && filled.length <= 2 * lines.length + 3;
}

/** Both begin with the same words, as an assignment and the one it is rewritten to. */
function isSimilar(line: string, other: string): boolean {
  const start = (text: string): string => /^\s*(?:[\w$.]+\s*){1,2}/u.exec(text)?.[0].trim() ?? '';
  return start(line) !== '' && start(line) === start(other);
}

function trimBlank(lines: readonly string[]): readonly string[] {
  const isFilled = (line: string): boolean => line.trim() !== '';
  const first = lines.findIndex(isFilled);
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex(isFilled) + 1);
}

function withIndentation(
  { start, end, lines }: LineEdit,
  texts: readonly string[],
  block: readonly MaskedLine[],
): LineEdit {
  const own = block.map(({ text }) => text);
  const least = Math.min(...lines.filter((line) => line.trim() !== '').map(measureIndent));
  const anchor = lines.find((line) => line.trim() === texts[start]?.trim()) ?? lines[0] ?? '';
  const margin = /^[ \t]*/u.exec(texts[start] ?? '')?.[0] ?? '';
  // Where the first line is not the outermost, the margin belongs to a line further out.
  const outer = margin.slice(0, Math.max(0, margin.length - (measureIndent(anchor) - least)));
  return { start, end, lines: reindent(lines, outer, findIndentUnit(own), findIndentUnit(texts)) };
}
