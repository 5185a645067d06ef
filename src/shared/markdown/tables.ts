import type { MarkdownIt, StateBlock } from 'markdown-it';

interface CodeSpans {
  /** Where each span begins and ends, with its marks. */
  readonly spans: readonly (readonly [start: number, end: number])[];
  /** Where the first marks are that no later marks close. */
  readonly openAt: number | undefined;
}

/** The code spans of one row of a table, in linear time: for each length, the nearest runs of marks are last. */
export function findCodeSpans(row: string): CodeSpans {
  const marks = [...row.matchAll(/(?<!`)(?<!\\)`+/gu)];
  const later = new Map<number, number[]>();
  for (const [index, [run]] of [...marks.entries()].reverse()) {
    later.set(run.length, later.get(run.length) ?? []);
    later.get(run.length)?.push(index);
  }
  const spans: [start: number, end: number][] = [];
  let openAt: number | undefined;
  let passed = -1;
  for (const [index, open] of marks.entries()) {
    if (index <= passed) continue;
    const same = later.get(open[0].length) ?? [];
    while ((same.at(-1) ?? Infinity) <= index) same.pop();
    const closing = same.at(-1) ?? -1;
    const close = marks[closing];
    if (close) spans.push([open.index, close.index + close[0].length]);
    else openAt ??= open.index;
    passed = Math.max(passed, closing);
  }
  return { spans, openAt };
}

/** `row` with each pipe inside a code span replaced by `mask`, which has the same length. */
function maskPipes(row: string, mask: string): string {
  let masked = '';
  let at = 0;
  for (const [start, end] of findCodeSpans(row).spans) {
    masked += row.slice(at, start) + row.slice(start, end).replaceAll(/(?<!\\)\|/gu, mask);
    at = end;
  }
  return masked + row.slice(at);
}

/** `row` with each pipe inside a formula replaced by `mask`. */
function maskFormulas(row: string, mask: string): string {
  return row.replaceAll(/\$(?:\\.|[^$\\\n])+\$|\\\(.*?\\\)/gu, (formula) =>
    formula.replaceAll(/(?<!\\)\|/gu, mask),
  );
}

function countCells(row: string): number {
  const cells = row
    .replace(/^[\s>]*\|?/u, '')
    .trimEnd()
    .replace(/\|$/u, '');
  return 1 + (cells.match(/(?<!\\)\|/gu)?.length ?? 0);
}

/** A private character that does not occur in `text`. */
function findMask(text: string): string {
  let code = 0xe000;
  while (text.includes(String.fromCharCode(code))) code += 1;
  return String.fromCharCode(code);
}

/**
 * A pipe inside a code span does not split a cell: what is code is decided first, as everywhere else. One inside a
 * formula does not if the row would have too many cells.
 */
export function addTableRule(md: MarkdownIt): void {
  // The table's rule is the first one; there is no other way to reach it.
  const [parseTable] = md.block.ruler.getRules('');
  if (!parseTable) throw new Error('markdown-it has no rule for tables.');
  md.block.ruler.at(
    'table',
    (state, startLine, endLine, silent) => {
      const lines = silent ? undefined : findRows(state, startLine, endLine);
      if (lines === undefined || !/[`$]|\\\(/u.test(lines))
        return parseTable(state, startLine, endLine, silent);
      return parseMasked(state, startLine, lines, () =>
        parseTable(state, startLine, endLine, silent),
      );
    },
    { alt: ['paragraph', 'reference'] },
  );
}

/** The lines that may be a table; undefined if the second one does not divide head and body. */
function findRows(state: StateBlock, startLine: number, endLine: number): string | undefined {
  if (startLine + 1 >= endLine) return undefined;
  const divider = state.src.slice(state.bMarks[startLine + 1], state.eMarks[startLine + 1]);
  if (!/^[\s|:-]+$/u.test(divider)) return undefined;
  let line = startLine;
  while (line < endLine && !state.isEmpty(line)) line += 1;
  return state.src.slice(state.bMarks[startLine], state.eMarks[line - 1]);
}

function parseMasked(
  state: StateBlock,
  startLine: number,
  rows: string,
  parse: () => boolean,
): boolean {
  const { src, tokens } = state;
  const start = state.bMarks[startLine] ?? 0;
  const mask = findMask(rows);
  const from = tokens.length;
  const lines = rows.split('\n');
  const columns = countCells(lines[1] ?? '');
  const masked = lines.map((row) => {
    const changed = maskPipes(row, mask);
    // A lone backtick in two cells, as in `it's`, is no code span.
    if (countCells(changed) < columns && countCells(row) === columns) return row;
    const withFormulas = maskFormulas(changed, mask);
    return countCells(changed) > columns && countCells(withFormulas) === columns
      ? withFormulas
      : changed;
  });
  state.src = src.slice(0, start) + masked.join('\n') + src.slice(start + rows.length);
  const found = parse();
  state.src = src;
  for (const token of tokens.slice(from)) token.content = token.content.replaceAll(mask, '|');
  return found;
}
