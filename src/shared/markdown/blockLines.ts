import type { StateBlock } from 'markdown-it';

/** The text of a line, without its indentation. */
export function getLineText(state: StateBlock, line: number): string {
  const start = (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0);
  return state.src.slice(start, state.eMarks[line]);
}

/** How far a line is indented within its container, in columns. */
export function getIndent(state: StateBlock, line: number): number {
  return (state.sCount[line] ?? 0) - state.blkIndent;
}

/** Whether a line is not empty and belongs to an outer container. */
export function leavesContainer(state: StateBlock, line: number): boolean {
  return !state.isEmpty(line) && getIndent(state, line) < 0;
}

/** Whether a line continues a paragraph of a quote without the mark of the quote. */
export function isLazy(state: StateBlock, line: number): boolean {
  return (state.sCount[line] ?? 0) < 0;
}
