import { measureIndent } from './codeOutline';

/** Lines of a file from `start` to `end`, exclusive, and what replaces them. */
export interface LineEdit {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

/** Applies edits in any order; undefined when two of them touch the same lines. */
export function applyLineEdits(
  lines: readonly string[],
  edits: readonly LineEdit[],
): readonly string[] | undefined {
  // Insertions at one place keep their order.
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  const result: string[] = [];
  let at = 0;
  for (const { start, end, lines: added } of sorted) {
    if (start < at) return undefined;
    result.push(...lines.slice(at, start), ...added);
    at = end;
  }
  return [...result, ...lines.slice(at)];
}

/** `lines` moved from their own margin to `margin`, and from their kind of indentation to `unit`. */
export function reindent(
  lines: readonly string[],
  margin: string,
  own: string,
  unit: string,
): readonly string[] {
  const filled = lines.filter((line) => line.trim() !== '');
  const from = Math.min(...filled.map(measureIndent), Number.MAX_SAFE_INTEGER);
  const rest = filled.map((line) => line.slice(from, measureIndent(line)));
  const isRegular =
    own !== '' && unit !== '' && own !== unit && rest.every((blank) => isMultiple(blank, own));
  return lines.map((line) => {
    if (line.trim() === '') return '';
    const blank = line.slice(from, measureIndent(line));
    const moved = isRegular ? unit.repeat(blank.length / own.length) : blank;
    return `${margin}${moved}${line.trimStart()}`;
  });
}

function isMultiple(blank: string, unit: string): boolean {
  return blank === unit.repeat(Math.round(blank.length / unit.length));
}

/** What one level of indentation is: a tab, or the smallest step between lines that occurs. */
export function findIndentUnit(lines: readonly string[]): string {
  let smallest = 0;
  let previous = 0;
  for (const line of lines) {
    if (line.trim() === '' || /^\s+\*/u.test(line)) continue;
    if (line.startsWith('\t')) return '\t';
    const indent = measureIndent(line);
    const step = indent - previous;
    if (step > 1 && (smallest === 0 || step < smallest)) smallest = step;
    previous = indent;
  }
  return ' '.repeat(smallest);
}
