import type { MarkdownIt, StateBlock } from 'markdown-it';
import { getIndent, getLineText, leavesContainer } from './blockLines';
import { trimEndOf } from '../text';
import { FenceNesting, parseFenceLine } from './fences';

const opening = /^<details(?:\s+open)?\s*>[ \t]*/iu;
const closing = /<\/details>$/iu;
const summaryOpening = /^<summary>/iu;
const summaryClosing = /<\/summary>[ \t]*/iu;

/** `<details>` with its `<summary>`: a container of Markdown, which may be closed in the same or a later line. */
export function addDetailsRule(md: MarkdownIt): void {
  md.block.ruler.before('html_block', 'details', parseDetails, {
    alt: ['paragraph', 'reference', 'blockquote', 'list'],
  });
}

function parseDetails(
  state: StateBlock,
  startLine: number,
  endLine: number,
  silent: boolean,
): boolean {
  if (getIndent(state, startLine) >= 4) return false;
  const text = getLineText(state, startLine);
  const [tag] = opening.exec(text) ?? [];
  if (tag === undefined) return false;
  if (silent) return true;
  const { end, isClosed } = findEnd(state, startLine, endLine);
  const restore = saveLines(state, startLine, end);
  skip(state, startLine, tag.length);
  if (isClosed) cutClosingTag(state, end - 1);

  const open = state.push('details_open', 'details', 1);
  open.map = [startLine, end];
  const body = parseSummary(state, startLine, end);
  state.push('details_body_open', 'div', 1).map = [body, end];
  const { lineMax } = state;
  state.lineMax = end;
  state.md.block.tokenize(state, body, end);
  state.lineMax = lineMax;
  state.push('details_body_close', 'div', -1);
  state.push('details_close', 'details', -1);
  restore();
  state.line = end;
  return true;
}

/** The line after the closing tag, or where the container or the text ends. Tags in fences are code. */
function findEnd(
  state: StateBlock,
  startLine: number,
  endLine: number,
): { readonly end: number; readonly isClosed: boolean } {
  let depth = 0;
  let fence: FenceNesting | undefined;
  for (let line = startLine; line < endLine; line++) {
    if (line > startLine && leavesContainer(state, line)) return { end: line, isClosed: false };
    const text = getLineText(state, line);
    if (fence) {
      if (fence.take(text, line + 1 < endLine ? getLineText(state, line + 1) : ''))
        fence = undefined;
      continue;
    }
    const opened = parseFenceLine(text);
    if (opened) fence = new FenceNesting(opened);
    else depth += Number(opening.test(text)) - Number(getClosingLength(text) > 0);
    if (depth <= 0) return { end: line + 1, isClosed: true };
  }
  return { end: endLine, isClosed: false };
}

/** Pushes the summary, empty if there is none. @returns the first line of what follows it */
function parseSummary(state: StateBlock, startLine: number, end: number): number {
  const first = Math.min(state.skipEmptyLines(startLine), end);
  const [tag] = (first < end ? summaryOpening.exec(getLineText(state, first)) : null) ?? [];
  let body = tag === undefined ? startLine : first;
  const parts: string[] = [];
  if (tag !== undefined) {
    skip(state, first, tag.length);
    for (; body < end && !(body > first && state.isEmpty(body)); body++) {
      const text = getLineText(state, body);
      const close = summaryClosing.exec(text);
      parts.push(text.slice(0, close?.index));
      if (!close) continue;
      skip(state, body, close.index + close[0].length);
      break;
    }
  }
  state.push('summary_open', 'summary', 1).map = [startLine, body];
  const inline = state.push('inline', '', 0);
  inline.content = parts.join('\n').trim();
  inline.map = [startLine, body];
  inline.children = [];
  state.push('summary_close', 'summary', -1);
  return body;
}

/** Leaves out the first `length` characters of the text of a line. */
function skip(state: StateBlock, line: number, length: number): void {
  const start = (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0) + length;
  state.bMarks[line] = Math.min(start, state.eMarks[line] ?? start);
  state.tShift[line] = 0;
  state.sCount[line] = state.blkIndent;
}

function cutClosingTag(state: StateBlock, line: number): void {
  const length = getClosingLength(getLineText(state, line));
  state.eMarks[line] = (state.eMarks[line] ?? 0) - length;
}

const changed = ['bMarks', 'eMarks', 'tShift', 'sCount'] as const;

/** @returns restores the positions of the lines as they are now */
function saveLines(state: StateBlock, startLine: number, endLine: number): () => void {
  const saved = changed.map((name) => state[name].slice(startLine, endLine));
  return () => {
    for (const [index, name] of changed.entries()) {
      state[name].splice(startLine, endLine - startLine, ...(saved[index] ?? []));
    }
  };
}

/** The length of the closing tag at the end of a line, with the blanks around it; 0: there is none. */
function getClosingLength(text: string): number {
  const trimmed = trimEndOf(text, /[ \t]/u);
  const [tag] = closing.exec(trimmed) ?? [];
  if (tag === undefined) return 0;
  return text.length - trimEndOf(trimmed.slice(0, -tag.length), /[ \t]/u).length;
}
