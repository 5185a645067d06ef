import { findRuns } from '../../shared/text';
import { applyLineEdits, type LineEdit } from './lineEdits';

/** One place that a patch changes. */
export interface Hunk {
  /** Counted from 0; undefined where the header has no number. */
  readonly line: number | undefined;
  /** What is there before: context and removed lines. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** How many lines of context begin and end both. */
  readonly context: { readonly start: number; readonly end: number };
}

export interface FilePatch {
  /** Without `a/` and `b/`; undefined if the patch does not say. */
  readonly path: string | undefined;
  readonly hunks: readonly Hunk[];
  /** The lines of the patch that are about this file. */
  readonly text: string;
}

/**
 * Whether a block is a patch. A language that says so may hold other text; without one only the header of a
 * hunk counts.
 */
export function isPatch(language: string, text: string): boolean {
  return /^(?:diff|patch|udiff)$/iu.test(language)
    ? /^[+-](?![+-]{2} )/mu.test(text)
    : /^@@ .*@@/mu.test(text) && /^(?:---|\+\+\+) /mu.test(text);
}

/** The changes of a unified diff, by file. Models write wrong counts, so only the marks of the lines count. */
export function parsePatch(text: string): readonly FilePatch[] {
  return splitFiles(text.split('\n'))
    .map(({ path, rows }) => ({ path, hunks: parseHunks(rows), text: rows.join('\n') }))
    .filter(({ hunks }) => hunks.length > 0);
}

interface FileRows {
  readonly path: string | undefined;
  readonly rows: string[];
}

function splitFiles(rows: readonly string[]): readonly FileRows[] {
  const first: FileRows = { path: undefined, rows: [] };
  const files = [first];
  for (const [index, row] of rows.entries()) {
    const [before = '', after = ''] = [rows[index - 1], rows[index + 1]];
    if (isNewFile(before, row)) files.push({ path: parsePath(row) ?? parsePath(before), rows: [] });
    else if (!isNewFile(row, after)) files.at(-1)?.rows.push(row);
  }
  return files;
}

function parseHunks(rows: readonly string[]): readonly Hunk[] {
  const hunks: (Hunk | undefined)[] = [];
  let own: string[] = [];
  let line: number | undefined;
  for (const row of rows) {
    if (row.startsWith('@@') || row.startsWith('diff --git ')) {
      hunks.push(toHunk(own, line));
      own = [];
      line = parseLineNumber(row);
    } else if (!noise.test(row)) own.push(row);
  }
  return [...hunks, toHunk(own, line)].filter((hunk) => hunk !== undefined);
}

const noise = /^(?:\\ No newline|(?:new|deleted|old) (?:file )?mode |index [\da-f]+\.\.)/u;

function isNewFile(row: string, next: string): boolean {
  return /^--- \S/u.test(row) && /^\+\+\+ \S/u.test(next);
}

function parseLineNumber(header: string): number | undefined {
  const number = /^@@+ -(\d+)/u.exec(header)?.[1];
  return number === undefined ? undefined : Math.max(0, Number(number) - 1);
}

function parsePath(row: string): string | undefined {
  const path = row.slice(4).split('\t', 1)[0]?.trim() ?? '';
  return path === '/dev/null' || path === '' ? undefined : path.replace(/^[ab]\//u, '');
}

function toHunk(rows: readonly string[], line: number | undefined): Hunk | undefined {
  const isBlank = (row: string | undefined): boolean => row?.trim() === '';
  let end = rows.length;
  while (end > 0 && isBlank(rows[end - 1])) end -= 1;
  let first = 0;
  while (first < end && isBlank(rows[first])) first += 1;
  const own = rows.slice(first, end);
  const changed = own.map((row) => row.startsWith('+') || row.startsWith('-'));
  if (!changed.includes(true)) return undefined;
  const text = (row: string): string => (/^[ +-]/u.test(row) ? row.slice(1) : row);
  return {
    line: line === undefined ? undefined : line + first,
    before: own.filter((row) => !row.startsWith('+')).map(text),
    after: own.filter((row) => !row.startsWith('-')).map(text),
    context: {
      start: changed.indexOf(true),
      end: changed.length - 1 - changed.lastIndexOf(true),
    },
  };
}

/** How many lines of context at either end may differ from the file. */
const maxFuzz = 2;
/** Hunks times lines of the file: each hunk is searched for in all of it. */
const maxSearched = 2_000_000;

/** The lines after the patch; undefined if a hunk has no certain place. */
export function applyPatch(
  lines: readonly string[],
  hunks: readonly Hunk[],
): readonly string[] | undefined {
  if (hunks.length * lines.length > maxSearched) return undefined;
  const edits: LineEdit[] = [];
  const trimmed = [lines.map((line) => line.trimEnd()), lines.map((line) => line.trim())] as const;
  for (const hunk of hunks) {
    const edit = placeHunk(lines, trimmed, hunk);
    if (!edit) return undefined;
    edits.push(edit);
  }
  return applyLineEdits(lines, edits);
}

/** The lines of the file without blanks at their ends, and without any around them. */
type Trimmed = readonly [ends: readonly string[], both: readonly string[]];

function placeHunk(lines: readonly string[], trimmed: Trimmed, hunk: Hunk): LineEdit | undefined {
  if (hunk.before.length === 0) return insertAt(lines, hunk);
  for (let fuzz = 0; fuzz <= maxFuzz; fuzz += 1) {
    const start = Math.min(fuzz, hunk.context.start);
    const end = Math.min(fuzz, hunk.context.end);
    const before = hunk.before.slice(start, hunk.before.length - end);
    const after = hunk.after.slice(start, hunk.after.length - end);
    if (before.every((line) => line.trim() === '')) return undefined;
    const line = hunk.line === undefined ? undefined : hunk.line + start;
    const found = findPlace(trimmed, before, line);
    if (found === 'ambiguous') return undefined;
    if (found !== undefined) return toEdit(lines, { before, after }, found);
  }
  return undefined;
}

/** The only place, or the one at the line of the header. */
function findPlace(
  [ends, both]: Trimmed,
  before: readonly string[],
  line: number | undefined,
): number | 'ambiguous' | undefined {
  const tries = [
    [ends, (text: string) => text.trimEnd()],
    [both, (text: string) => text.trim()],
  ] as const;
  for (const [lines, trim] of tries) {
    const places = findRuns(lines, before.map(trim));
    if (places.length === 1) return places[0];
    if (places.length > 1) return places.find((at) => at === line) ?? 'ambiguous';
  }
  return undefined;
}

/** Only added lines: into an empty file, or at its end if the hunk says so. */
function insertAt(lines: readonly string[], { line, after }: Hunk): LineEdit | undefined {
  const isEmpty = lines.every((text) => text === '');
  if (isEmpty) return { start: 0, end: lines.length, lines: [...after, ''] };
  const end = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  return line !== undefined && line + 1 >= end ? { start: end, end, lines: after } : undefined;
}

/** Context keeps the file's own text, and added lines the difference in indentation. */
function toEdit(
  lines: readonly string[],
  { before, after }: Pick<Hunk, 'before' | 'after'>,
  at: number,
): LineEdit {
  const own = lines.slice(at, at + before.length);
  const first = before.findIndex((line) => line.trim() !== '');
  const [wanted, given] = [own[first] ?? '', before[first] ?? ''].map(
    (line) => /^[ \t]*/u.exec(line)?.[0] ?? '',
  );
  const lastPlaces = new Map(before.map((line, index) => [line, index]));
  let from = 0;
  const result = after.map((line) => {
    if ((lastPlaces.get(line) ?? -1) >= from) {
      const same = before.indexOf(line, from);
      from = same + 1;
      return own[same] ?? line;
    }
    const isMoved = wanted !== given && line.trim() !== '' && line.startsWith(given ?? '');
    return isMoved ? `${wanted ?? ''}${line.slice(given?.length ?? 0)}` : line;
  });
  return { start: at, end: at + before.length, lines: result };
}
