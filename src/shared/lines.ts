/** Lines of a file and what is around them. */
export interface NumberedLines {
  /** With `\n` between the lines. */
  readonly code: string;
  /** From 1, both included. */
  readonly firstLine: number;
  readonly lastLine: number;
}

/**
 * As many lines of `all` next to `lines` as fit into `maxLength` characters, as many above as below. `lines`
 * themselves are always part of the result, however long they are.
 */
export function takeNearestLines(
  all: NumberedLines,
  lines: Omit<NumberedLines, 'code'>,
  maxLength: number,
): NumberedLines {
  const texts = all.code.split('\n');
  const lengthAt = (index: number): number => (texts[index]?.length ?? Infinity) + 1;
  let first = lines.firstLine - all.firstLine;
  let last = lines.lastLine - all.firstLine;
  let left = maxLength;
  for (let index = first; index <= last; index++) left -= lengthAt(index);
  for (;;) {
    const before = lengthAt(first - 1);
    const after = lengthAt(last + 1);
    const growsUp = before <= left;
    if (growsUp) left -= before;
    if (growsUp) first--;
    const growsDown = after <= left;
    if (growsDown) left -= after;
    if (growsDown) last++;
    if (!growsUp && !growsDown) break;
  }
  return {
    code: texts.slice(first, last + 1).join('\n'),
    firstLine: all.firstLine + first,
    lastLine: all.firstLine + last,
  };
}
