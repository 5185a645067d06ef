/** `code` without the line ends it ends with, and without what all its lines begin with. */
export function dedented(code: string): string {
  const lines = code.replace(/\n+$/u, '').split('\n');
  const margins = lines.filter((line) => line.trim() !== '').map((line) => marginOf(line).length);
  const margin = Math.min(...margins, Infinity);
  return lines.map((line) => (margin === Infinity ? line : line.slice(margin))).join('\n');
}

/** All lines but the first moved to the right by `margin`, blank ones left alone. */
export function continuedWith(margin: string, code: string): string {
  return code.replaceAll(/\n(?=[^\n])/gu, `\n${margin}`);
}

/** The blanks that `line` begins with. */
export function marginOf(line: string): string {
  return /^[ \t]*/u.exec(line)?.[0] ?? '';
}
