import type { MarkdownIt, StateBlock, StateInline } from 'markdown-it';
import { getIndent, getLineText, leavesContainer } from './blockLines';
import { trimEndOf } from '../text';

/**
 * Formulas as models write them. The content of a token is the source with its delimiters; without these rules
 * Markdown would take backslashes and underscores out of it.
 */
export function addMathRules(md: MarkdownIt): void {
  md.inline.ruler.before('escape', 'math', parseInlineMath);
  md.block.ruler.before('fence', 'math_block', parseMathBlock, {
    alt: ['paragraph', 'reference', 'blockquote', 'list'],
  });
}

/** What a line must begin with to open a display formula, and what then ends it. */
const displayDelimiters = [
  { opening: /^\$\$/u, close: '$$' },
  { opening: /^\\\[/u, close: '\\]' },
];
const environment = /^\\begin\{(?<name>[a-z]{1,20}\*?)\}/u;

/** Environments of LaTeX that hold formulas without other delimiters. */
const environments = new Set(
  ['equation', 'align', 'aligned', 'gather', 'gathered', 'multline', 'alignat', 'cases', 'array']
    .concat('matrix', 'pmatrix', 'bmatrix', 'vmatrix', 'Bmatrix', 'Vmatrix', 'split', 'eqnarray')
    .flatMap((name) => [name, `${name}*`]),
);

/** What closes the display formula that `line` opens on its own; undefined if it opens none. */
function findClose(line: string): string | undefined {
  const name = environment.exec(line)?.groups?.['name'];
  if (name !== undefined && environments.has(name)) return `\\end{${name}}`;
  const delimiter = displayDelimiters.find(({ opening }) => opening.test(line));
  if (!delimiter) return undefined;
  const rest = line.slice(2).trim();
  // With something behind it, only what looks like TeX and is not closed in the same line.
  const isOpened = rest === '' || (/[\\=^_]/u.test(rest) && !rest.includes(delimiter.close));
  return isOpened ? delimiter.close : undefined;
}

/**
 * A display formula of several lines, which its closing delimiter or a blank line ends. As with a fence, an open
 * block reaches to the end of the text, so it is the same however the text is cut into pieces.
 */
function parseMathBlock(state: StateBlock, first: number, last: number, silent: boolean): boolean {
  if (getIndent(state, first) >= 4) return false;
  const opening = getLineText(state, first).trim();
  const close = findClose(opening);
  if (close === undefined) return false;
  if (silent) return true;
  let line = first + 1;
  let isClosed = close.startsWith('\\end') && endsWith(opening, close);
  while (!isClosed && line < last && !state.isEmpty(line) && !leavesContainer(state, line)) {
    isClosed = endsWith(getLineText(state, line), close);
    line += 1;
  }
  const token = state.push('math_block', 'code', 0);
  token.content = state.getLines(first, line, state.blkIndent, false);
  token.map = [first, line];
  state.line = line;
  return true;
}

/** A sentence may end behind a formula. */
function endsWith(line: string, close: string): boolean {
  return trimEndOf(line, /[\s.,;]/u).endsWith(close);
}

const inlineDelimiters = [
  { open: '\\(', close: '\\)' },
  { open: '\\[', close: '\\]' },
  { open: '$$', close: '$$' },
] as const;

/** Closing delimiters that do not occur in the rest of the text, so that each is searched for once. */
const missing = new WeakMap<StateInline, Set<string>>();

function parseInlineMath(state: StateInline, silent: boolean): boolean {
  const end = findInlineEnd(state) ?? findDollarEnd(state);
  if (end === undefined) return false;
  if (!silent) {
    const token = state.push('math', 'code', 0);
    token.content = state.src.slice(state.pos, end);
  }
  state.pos = end;
  return true;
}

/** The end of a formula between delimiters of two characters. */
function findInlineEnd(state: StateInline): number | undefined {
  const pair = inlineDelimiters.find(({ open }) => state.src.startsWith(open, state.pos));
  if (!pair) return undefined;
  const start = state.pos + pair.open.length;
  const end = findOnce(state, pair.close, start);
  if (end === undefined || end + pair.close.length > state.posMax) return undefined;
  return state.src.slice(start, end).trim() === '' ? undefined : end + pair.close.length;
}

function findOnce(state: StateInline, wanted: string, from: number): number | undefined {
  const known = missing.get(state) ?? new Set();
  missing.set(state, known);
  if (known.has(wanted)) return undefined;
  const at = state.src.indexOf(wanted, from);
  if (at < 0) known.add(wanted);
  return at < 0 ? undefined : at;
}

/** Longer text between two dollars is not a formula. */
const maxDollarLength = 400;
/** An amount, with words or a range behind it, or the name of a variable in a shell. */
const notMath =
  /^\d[\d.,]*(?:[kmb]\b,?)?(?:\s*[-–]\s*|\s+(?:[a-z]{2,}|[&+/]))|^\d[\d.,]*[kmb]\b|^[A-Z_]{2,}\b|^\{\w|`|\n\s*\n/u;

/**
 * The end of a formula between single dollars, by the rules of Pandoc: no space inside, no digit behind. Money and
 * shell variables are text.
 */
function findDollarEnd({ src, pos, posMax }: StateInline): number | undefined {
  if (src.charCodeAt(pos) !== 0x24 || src.charCodeAt(pos + 1) === 0x24) return undefined;
  if (/[\w$]/u.test(src.charAt(pos - 1)) || !/\S/u.test(src.charAt(pos + 1))) return undefined;
  const limit = Math.min(posMax, pos + maxDollarLength);
  for (let at = pos + 1; at < limit; at++) {
    const character = src.charAt(at);
    if (character === '\\') at += 1;
    if (character !== '$') continue;
    const isClosing = !/\s/u.test(src.charAt(at - 1)) && !/[\w$]/u.test(src.charAt(at + 1));
    return isClosing && !notMath.test(src.slice(pos + 1, at)) ? at + 1 : undefined;
  }
  return undefined;
}

/** A formula without its delimiters, and whether it is displayed on separate lines. */
export interface Formula {
  readonly tex: string;
  readonly isDisplay: boolean;
}

const delimiters = [
  { open: '$$', close: '$$', isDisplay: true },
  { open: '\\[', close: '\\]', isDisplay: true },
  { open: '\\(', close: '\\)', isDisplay: false },
  { open: '$', close: '$', isDisplay: false },
] as const;

/** Parses the content of a token; undefined if the formula is not complete. */
export function parseFormula(source: string): Formula | undefined {
  const text = trimEndOf(source.trim(), /[\s.,;]/u);
  for (const { open, close, isDisplay } of delimiters) {
    if (!text.startsWith(open)) continue;
    const isWhole = text.length > open.length + close.length && text.endsWith(close);
    return isWhole ? { tex: text.slice(open.length, -close.length).trim(), isDisplay } : undefined;
  }
  const name = environment.exec(text)?.groups?.['name'];
  return name !== undefined && text.endsWith(`\\end{${name}}`)
    ? { tex: text, isDisplay: true }
    : undefined;
}
