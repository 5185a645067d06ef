import type { MarkdownIt, StateBlock } from 'markdown-it';
import { getIndent, getLineText, isLazy } from './blockLines';
import { FenceNesting, type FenceOpening, parseFenceLine } from './fences';
import { trimEndOf } from '../text';

/** A list or a fence that may begin inside a paragraph, however far it is indented. */
const deepStart = /^(?:(?:[-+*]|1[.)])[ \t]+\S|`{3,}[^`]*$|~{3,})/u;

/**
 * Rules for blocks as models write them: nothing is code because it is indented, and fences nest and close as
 * their writers meant them.
 */
export function addBlockRules(md: MarkdownIt): void {
  md.block.ruler.at('code', parseIndented);
  md.block.ruler.at('fence', parseFence, { alt: ['paragraph', 'reference', 'blockquote', 'list'] });
  md.block.ruler.at('lheading', parseUnderlined);
  md.block.ruler.at('paragraph', parseParagraph);
}

/**
 * In place of indented code: the block at an indented line is read as if its container were indented as far. Each
 * block is read by itself, so that it does not depend on the blocks before it.
 */
function parseIndented(state: StateBlock, startLine: number, endLine: number): boolean {
  if (getIndent(state, startLine) < 4) return false;
  const { blkIndent } = state;
  state.blkIndent = state.sCount[startLine] ?? 0;
  for (const rule of state.md.block.ruler.getRules('')) {
    if (rule(state, startLine, endLine, false)) break;
  }
  state.blkIndent = blkIndent;
  return true;
}

/**
 * A fence. Fences nest inside `markdown`, and text that is indented less than the fence stays inside until marks
 * close it: models open fences in list items and continue at the margin.
 */
function parseFence(
  state: StateBlock,
  startLine: number,
  endLine: number,
  silent: boolean,
): boolean {
  if (getIndent(state, startLine) >= 4) return false;
  const opened = parseFenceLine(getLineText(state, startLine));
  if (!opened) return false;
  if (silent) return true;
  const { line, indent, isClosed } = findFenceEnd(state, startLine, endLine, opened);
  const token = state.push('fence', 'code', 0);
  token.info = opened.info;
  token.markup = opened.marks;
  token.content = state.getLines(startLine + 1, isClosed ? line - 1 : line, indent, true);
  token.map = [startLine, line];
  token.meta = { isClosed };
  state.line = line;
  return true;
}

/** The line after the fence, the indentation that all its lines share with it, and whether marks close it. */
function findFenceEnd(
  state: StateBlock,
  startLine: number,
  endLine: number,
  opened: FenceOpening,
): { readonly line: number; readonly indent: number; readonly isClosed: boolean } {
  const nesting = new FenceNesting(opened);
  let indent = state.sCount[startLine] ?? 0;
  let line = startLine + 1;
  let isClosed = false;
  while (line < endLine && !isClosed && !isLazy(state, line)) {
    const isInside = line + 1 < endLine && !isLazy(state, line + 1);
    const next = isInside ? getLineText(state, line + 1) : '';
    // Deep marks are text.
    const margin = getIndent(state, line) < 4 ? '' : ' ';
    isClosed = nesting.take(margin + getLineText(state, line), next);
    if (!isClosed && !state.isEmpty(line)) indent = Math.min(indent, state.sCount[line] ?? 0);
    line += 1;
  }
  return { line, indent, isClosed };
}

/** A paragraph of these lines. */
export function pushParagraph(state: StateBlock, startLine: number, end: number): void {
  pushText(state, { type: 'paragraph', tag: 'p', startLine, textEnd: end, end });
}

interface Paragraph {
  /** The line after its last one, or its underline. */
  readonly end: number;
  readonly underline: string;
}

function parseUnderlined(state: StateBlock, startLine: number, endLine: number): boolean {
  if (getIndent(state, startLine) >= 4) return false;
  const { end, underline } = findParagraph(state, startLine, endLine);
  if (underline === '') return false;
  const level = underline.startsWith('=') ? 1 : 2;
  pushText(state, { type: 'heading', tag: `h${level}`, startLine, textEnd: end, end: end + 1 });
  return true;
}

function parseParagraph(state: StateBlock, startLine: number, endLine: number): boolean {
  const { end } = findParagraph(state, startLine, endLine);
  pushParagraph(state, startLine, end);
  return true;
}

/** The paragraph that begins at `startLine`, up to a blank line, an underline, or another block. */
function findParagraph(state: StateBlock, startLine: number, endLine: number): Paragraph {
  const { parentType } = state;
  state.parentType = 'paragraph';
  let line = startLine + 1;
  let underline = '';
  let isFormula = opensFormula(getLineText(state, startLine), false);
  while (line < endLine && !state.isEmpty(line)) {
    underline = getUnderline(state, line);
    const text = getLineText(state, line);
    const closesFormula = isFormula && text.startsWith('$$');
    if (underline !== '' || (!closesFormula && isInterrupted(state, line, endLine))) break;
    isFormula = opensFormula(text, isFormula);
    line += 1;
  }
  state.parentType = parentType;
  return { end: line, underline };
}

/** Whether a formula that begins within the paragraph continues in the next line. */
function opensFormula(text: string, isFormula: boolean): boolean {
  const delimiters = text.split('$$').length - 1;
  return delimiters % 2 === 1 ? !isFormula : isFormula;
}

function getUnderline(state: StateBlock, line: number): string {
  const indent = getIndent(state, line);
  if (indent < 0 || indent > 3) return '';
  return /^(?:=+|-+)[ \t]*$/u.exec(getLineText(state, line))?.[0] ?? '';
}

function isInterrupted(state: StateBlock, line: number, endLine: number): boolean {
  if (isLazy(state, line)) return false;
  if (getIndent(state, line) > 3) return deepStart.test(getLineText(state, line));
  const rules = state.md.block.ruler.getRules('paragraph');
  return rules.some((rule) => rule(state, line, endLine, true));
}

interface TextBlock {
  readonly type: string;
  readonly tag: string;
  readonly startLine: number;
  /** The line after the last one of its text. */
  readonly textEnd: number;
  /** The line after its last one. */
  readonly end: number;
}

function pushText(state: StateBlock, { type, tag, startLine, textEnd, end }: TextBlock): void {
  state.line = end;
  const open = state.push(`${type}_open`, tag, 1);
  open.map = [startLine, end];
  const inline = state.push('inline', '', 0);
  inline.content = trim(state.getLines(startLine, textEnd, state.blkIndent, false));
  inline.map = [startLine, textEnd];
  inline.children = [];
  state.push(`${type}_close`, tag, -1);
}

/** Only what Markdown calls space: others are part of the text. */
function trim(text: string): string {
  return trimEndOf(text.replace(/^[ \t\n]+/u, ''), /[ \t\n]/u);
}
