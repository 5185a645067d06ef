const longestMark = 40;
const onlyMarks =
  /^[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)?(?:[-=+*_#`~|: \t]+|\d{1,9}[.)]?|\[[ xX]?\]?)?[ \t]*$/u;

/**
 * Whether an unfinished line is so far only marks, such as `-` or `##`: one letter more and it is
 * something else (`-` under a paragraph makes a heading of it, `- a` a list). It is not shown until
 * then, so that nothing flickers.
 */
export function isUndecided(line: string): boolean {
  return line.length <= longestMark && onlyMarks.test(line);
}

/**
 * An unfinished row as far as its cells are closed. A cell that grows would move the columns, and with
 * them every row.
 */
export function closedCells(row: string): string {
  const [closed = ''] = /^.*(?<!\\)\|/u.exec(row) ?? [];
  return isUndecided(closed) ? '' : closed;
}
