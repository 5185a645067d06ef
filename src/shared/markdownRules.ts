const displayMath = new Map([
  ['\\[', '\\]'],
  ['$$', '$$'],
]);

/** What of markdown-it's `StateBlock` the rule needs; `shared/` imports no parser. */
interface BlockState {
  readonly src: string;
  readonly blkIndent: number;
  readonly bMarks: readonly number[];
  readonly eMarks: readonly number[];
  readonly tShift: readonly number[];
  readonly sCount: readonly number[];
  line: number;
  isEmpty(line: number): boolean;
  getLines(begin: number, end: number, indent: number, keepLastLf: boolean): string;
  push(type: string, tag: string, nesting: 0): { content: string; map: [number, number] | null };
}

/** Which other blocks a display formula may interrupt. */
export const mathBlockInterrupts = ['paragraph', 'reference', 'blockquote', 'list'];

/**
 * A line that is only `$$` or `\[` opens a block that the closing delimiter or a blank line ends. As
 * with a fence, an open block reaches to the end of the text, so it is the same however the text is
 * cut into pieces.
 *
 * The page and the host both parse answers with it: what looks like a fence inside a formula is none,
 * so without it they would count code blocks differently.
 */
export function mathBlock(
  state: BlockState,
  first: number,
  last: number,
  silent: boolean,
): boolean {
  if ((state.sCount[first] ?? 0) - state.blkIndent >= 4) return false;
  const close = displayMath.get(getLine(state, first));
  if (close === undefined) return false;
  if (silent) return true;
  let line = first + 1;
  while (line < last && !state.isEmpty(line) && !leavesContainer(state, line)) {
    line += 1;
    if (getLine(state, line - 1).endsWith(close)) break;
  }
  const token = state.push('math_block', 'code', 0);
  token.content = state.getLines(first, line, state.blkIndent, false);
  token.map = [first, line];
  state.line = line;
  return true;
}

function getLine(state: BlockState, line: number): string {
  const start = (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0);
  return state.src.slice(start, state.eMarks[line]).trim();
}

function leavesContainer(state: BlockState, line: number): boolean {
  return (state.sCount[line] ?? 0) < state.blkIndent;
}
