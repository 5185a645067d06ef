import { asLabel, escapeHidden, takeStart } from './hiddenCharacters';

/** `text` with every line end (CRLF, CR) as LF. */
export function toLf(text: string): string {
  return text.replace(/\r\n?/gu, '\n');
}

/** `text` as CommonMark reads it: line ends as LF, NUL as the replacement character. */
export function toCommonMark(text: string): string {
  return toLf(text).replaceAll('\0', '\uFFFD');
}

/** `text` without the characters at its end that `one` matches. As an expression, it would try every place of the text. */
export function trimEndOf(text: string, one: RegExp): string {
  let end = text.length;
  while (end > 0 && one.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** `text` as a pattern that matches exactly it. */
export function escapeRegExp(text: string): string {
  return text.replace(/[$()*+./?[\\\]^{|}]/gu, '\\$&');
}

/**
 * Matches `words` against `form`, such as `A line of {0} bytes`. Returns the parts in their order, or
 * undefined if it does not match.
 */
export function matchTemplate(form: string, words: string): readonly string[] | undefined {
  const pattern = escapeRegExp(form).replaceAll(/\\\{\d\\\}/gu, '(.*)');
  return new RegExp(`^${pattern}$`, 'su').exec(words)?.slice(1);
}

/** The most of a sentence that a notification shows, in UTF-16 code units. */
const maxSentenceLength = 2_000;

/**
 * A sentence as a notification may show it. VS Code makes a link of `[words](address)` there, also of a
 * command, which a click would run; and names of models, files and conversations, and server messages,
 * are untrusted.
 */
export function escapeNotificationLinks(sentence: string): string {
  return escapeHidden(takeStart(sentence, maxSentenceLength)).replaceAll('](', '] (');
}

/** The most of a line of a modal dialog, in UTF-16 code units: more than any address that is opened. */
const maxDialogLineLength = 4_000;

/** A sentence as a modal dialog may show it: in one line, so that no name in it can look like words of Cria. */
export function toDialogLine(sentence: string): string {
  return escapeHidden(takeStart(sentence, maxDialogLineLength).replaceAll(/\s+/gu, ' ')).trim();
}

/** The most of a fact in a document, in UTF-16 code units. */
const maxFactLength = 500;

/**
 * An untrusted text for a Markdown document that is opened in the editor: one line, as code if Markdown would
 * read anything in it as more than text. VS Code follows links of documents on Ctrl+click, also to commands.
 */
export function toInertMarkdown(text: string): string {
  const line = asLabel(text, maxFactLength);
  if (!/[[\]<>`\\]/u.test(line)) return line;
  const runs = line.match(/`+/gu) ?? [];
  const marks = '`'.repeat(runs.reduce((length, run) => Math.max(length, run.length + 1), 1));
  return `${marks} ${line} ${marks}`;
}

/** Longer code is not sent whole around a small part of it: minified files have one line. */
const maxLengthAround = 2_000;
/** What is left of it on both sides, in UTF-16 code units. */
const lengthAround = 400;

/** What is around `part`, which begins at `at`: all of `code`, or of a very long one only what is nearest. */
export function takeAround(code: string, at: number, part: string): string {
  const end = at + part.length;
  const isSmall = part.length + 2 * lengthAround < code.length / 2;
  if (code.length <= maxLengthAround || !isSmall) return code;
  const before = takeEnd(code.slice(0, at), lengthAround);
  const after = takeStart(code.slice(end), lengthAround);
  const hasMoreBefore = before.length < at;
  const hasMoreAfter = end + after.length < code.length;
  return `${hasMoreBefore ? '…' : ''}${before}${part}${after}${hasMoreAfter ? '…' : ''}`;
}

/** The last `length` UTF-16 code units, or one fewer so that no character is torn. */
function takeEnd(text: string, length: number): string {
  const start = Math.max(0, text.length - length);
  const isTorn = /^[\udc00-\udfff]/u.test(text.slice(start, start + 1)) && start > 0;
  return text.slice(isTorn ? start + 1 : start);
}

/**
 * Where `wanted` occurs in `lines` as a run, first to last; runs may overlap. An empty one occurs nowhere. Knuth,
 * Morris, and Pratt: no line is compared again and again, however often the lines repeat.
 */
export function findRuns(lines: readonly string[], wanted: readonly string[]): readonly number[] {
  const found: number[] = [];
  const borders = [0];
  const advance = (matched: number, line: string): number => {
    let length = matched;
    while (length > 0 && wanted[length] !== line) length = borders[length - 1] ?? 0;
    return wanted[length] === line ? length + 1 : 0;
  };
  for (const line of wanted.slice(1)) borders.push(advance(borders.at(-1) ?? 0, line));
  let matched = 0;
  for (const [index, line] of lines.entries()) {
    matched = advance(matched, line);
    if (matched === wanted.length && matched > 0) found.push(index - matched + 1);
  }
  return found;
}

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
