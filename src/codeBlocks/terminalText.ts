import { withoutHidden } from './hiddenCharacters';

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
 * stands before it, a tab would complete it, and an escape sequence could do anything, so a single line
 * goes without them, and several never go by themselves.
 */
export function terminalText(code: string): TerminalText | undefined {
  const lines = code.split(lineEnd).map(plain);
  while (lines.at(-1)?.trim() === '') lines.pop();
  while (lines[0]?.trim() === '') lines.shift();
  const [first = '', ...more] = lines;
  if (lines.length === 0) return undefined;
  return more.length === 0
    ? { kind: 'line', text: first.trim() }
    : { kind: 'lines', text: lines.join('\n') };
}

function plain(line: string): string {
  return withoutHidden(line.replaceAll('\t', ' '));
}
