import { removeHidden } from '../shared/hiddenCharacters';
import type { CodeBlock } from '../shared/markdown/codeBlocks';

/** The language a fence names. */
export function parseLanguage({ info }: CodeBlock): string {
  return /^[^\s:{]*/u.exec(info)?.[0] ?? '';
}

/** `code` without the line ends it ends with, and without what all its lines begin with. */
export function dedent(code: string): string {
  const all = code.split('\n');
  const lines = all.slice(0, all.findLastIndex((line) => line !== '') + 1);
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
  const all = withoutPrompts(code.split(lineEnd).map(toPlainLine));
  const hasText = (line: string): boolean => line.trim() !== '';
  const lines = all.slice(Math.max(0, all.findIndex(hasText)), all.findLastIndex(hasText) + 1);
  const [first = '', ...more] = lines;
  if (lines.length === 0) return undefined;
  return more.length === 0
    ? { kind: 'line', text: first.trim() }
    : { kind: 'lines', text: lines.join('\n') };
}

/** What a shell shows before a command: of POSIX shells, PowerShell and cmd. */
const prompts = [
  /^\s*(?:\([\w.-]+\) ?)?(?:[\w.-]+@[\w.-]+[^$#%\n]{0,200})?[$%❯] (?=\S)/u,
  /^\s*PS(?: [^>\n]{0,300})?> ?(?=\S)/u,
  /^\s*[A-Za-z]:\\[^>\n]{0,300}>(?=\S)/u,
  /^\s*> (?=\S)/u,
  /^\s*(?:[\w.-]+@[\w.-]+[^#\n]{0,200})?# (?=\S)/u,
];

/**
 * Commands without the prompts before them. Where the first line has one, lines without are output, which is
 * left out. A `#` counts only before every line: elsewhere it begins a comment.
 */
function withoutPrompts(lines: readonly string[]): string[] {
  const filled = lines.filter((line) => line.trim() !== '');
  const [first = ''] = filled;
  const prompt = prompts.find((pattern) => pattern.test(first));
  if (!prompt) return [...lines];
  const isRoot = prompt === prompts.at(-1);
  if (isRoot && !filled.every((line) => prompt.test(line))) return [...lines];
  let isCommand = false;
  return lines.flatMap((line) => {
    // The shell's second prompt, or a line that continues the one before.
    const isContinued = isCommand && /^\s*(?:>|>>) /u.test(line);
    if (prompt.test(line)) {
      isCommand = true;
      return [line.replace(prompt, '')];
    }
    isCommand = isContinued;
    return isContinued ? [line.replace(/^\s*>{1,2} /u, '')] : [];
  });
}

function toPlainLine(line: string): string {
  return line === '' ? '' : removeHidden(line.replaceAll('\t', ' '));
}
