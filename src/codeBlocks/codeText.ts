import createMarkdownIt from 'markdown-it';
import type { Token } from 'markdown-it';
import { mathBlock, mathBlockInterrupts } from '../shared/markdownRules';
import { toCommonMark } from '../shared/text';

/** A code block of an answer. */
export interface CodeBlock {
  /** Behind the marks of the fence; empty for indented code. */
  readonly info: string;
  /** With its last line end. */
  readonly text: string;
}

/** The language a fence names. */
export function parseLanguage({ info }: CodeBlock): string {
  return /^[^\s:{]*/u.exec(info)?.[0] ?? '';
}

const parser = createMarkdownIt('default', { html: false, linkify: false, typographer: false });
parser.block.ruler.before('fence', 'math_block', mathBlock, { alt: mathBlockInterrupts });

/**
 * The code blocks of an answer in their order, found by the same rules by which the page shows them: it
 * names a block by its number.
 */
export function parseCodeBlocks(answer: string): readonly CodeBlock[] {
  const tokens: Token[] = [];
  parser.block.parse(toCommonMark(answer), parser, {}, tokens);
  return tokens
    .filter(({ type }) => type === 'fence' || type === 'code_block')
    .map(({ info, content }) => ({ info: info.trim(), text: content }));
}

/** `code` without the line ends it ends with, and without what all its lines begin with. */
export function dedent(code: string): string {
  const lines = code.replace(/\n+$/u, '').split('\n');
  const margins = lines
    .filter((line) => line.trim() !== '')
    .map((line) => getIndentation(line).length);
  const margin = Math.min(...margins, Infinity);
  return lines.map((line) => (margin === Infinity ? line : line.slice(margin))).join('\n');
}

/** All lines but the first moved to the right by `margin`, blank ones left alone. */
export function indentContinuation(margin: string, code: string): string {
  return code.replaceAll(/\n(?=[^\n])/gu, `\n${margin}`);
}

/** The blanks that `line` begins with. */
export function getIndentation(line: string): string {
  return /^[ \t]*/u.exec(line)?.[0] ?? '';
}

/**
 * Characters that show nothing, or change the order in which others are shown: all controls but tab
 * and line ends, all format characters, the line separators of Unicode, and letters without a look.
 */
const hidden =
  /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\u034F|\u115F|\u1160|\u17B4|\u17B5|\u3164|\uFFA0|[\u{E0100}-\u{E01EF}]/gu;

/** The joiners within one picture; there they hide nothing. */
const joinedEmoji = /\p{Extended_Pictographic}\uFE0F?(?:\u200D\p{Extended_Pictographic}\uFE0F?)+/gu;

/** The hidden characters of `text`, each once, in the order in which they come. */
export function findHiddenCharacters(text: string): readonly string[] {
  const plain = withLf(text).replace(joinedEmoji, '');
  return [...new Set(plain.match(hidden) ?? [])];
}

/** `text` with each hidden character written out, as in `⟨U+202E⟩`. */
export function showHidden(text: string): string {
  return replaceOutsideEmoji(text, (part) => part.replace(hidden, numberOf));
}

export function removeHidden(text: string): string {
  return replaceOutsideEmoji(text, (part) => part.replace(hidden, ''));
}

export function numberOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `⟨U+${code}⟩`;
}

function withLf(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

function replaceOutsideEmoji(text: string, change: (part: string) => string): string {
  let at = 0;
  let result = '';
  const plain = withLf(text);
  for (const { 0: picture, index } of plain.matchAll(joinedEmoji)) {
    result += change(plain.slice(at, index)) + picture;
    at = index + picture.length;
  }
  return result + change(plain.slice(at));
}

/** Everything that some shell, terminal or reader takes for the end of a line. */
const lineEnd = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/u;

/** What is brought to a terminal: one line to be typed there, or several to be pasted. */
export interface TerminalText {
  readonly kind: 'line' | 'lines';
  /** Without anything that a terminal would act on: no control character but the line ends. */
  readonly text: string;
}

/**
 * Code as it may go to a terminal, or undefined when nothing is left of it. A line end would run what
 * precedes it, a tab would complete it, and an escape sequence could do anything, so a single line
 * goes without them, and several never go by themselves.
 */
export function toTerminalText(code: string): TerminalText | undefined {
  const lines = code.split(lineEnd).map(toPlainLine);
  while (lines.at(-1)?.trim() === '') lines.pop();
  while (lines[0]?.trim() === '') lines.shift();
  const [first = '', ...more] = lines;
  if (lines.length === 0) return undefined;
  return more.length === 0
    ? { kind: 'line', text: first.trim() }
    : { kind: 'lines', text: lines.join('\n') };
}

function toPlainLine(line: string): string {
  return removeHidden(line.replaceAll('\t', ' '));
}
