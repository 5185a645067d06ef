import { toLf } from '../shared/text';
import { openableUrl } from '../shared/urlPolicy';

/**
 * VS Code renders comments as Markdown, and even an untrusted one loads remote images without a click and opens
 * links to this machine without asking. Text of a model is made safe for it: images become links, a line that
 * begins like HTML stays text, and links lead only to public web addresses. Code in fences stays as it is.
 */

/** Invisible and without a line break: it separates `!` from `[` and `<` from a name. */
const joiner = '\u2060';

/** Lines that every Markdown parser takes as the beginning and the end of a code block. */
const sureOpening = /^(?:`{3,}[^`]*|~{3,}.*)$/u;
const sureClosing = /^ {0,3}(?:`{3,}|~{3,}) *$/u;

/** Lines that may be one: models often put code into lists and quotes. */
const opening = /^((?:[\s>]|[-+*]\s|\d{1,9}[.)]\s)*)(`{3,}(?=[^`]*$)|~{3,})/u;
const closing = /^([\s>]*)(`{3,}|~{3,})[`~]*\s*$/u;

/** `text` with every character escaped that means something in Markdown. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[!-/:-@[-`{-~]/gu, String.raw`\$&`)
    .replaceAll(/^[ \t]+/gmu, '')
    .replaceAll(/\r\n?|\n/gu, '  \n');
}

interface Fence {
  /** The text before its marks: empty, or the marks of the list or quote that it is in. */
  readonly before: string;
  readonly marks: string;
}

/**
 * Makes a model's Markdown safe for a comment. Code is left as it is only while every Markdown parser agrees
 * on what is code; after the first line they may disagree on, code is sanitized like text.
 */
export function sanitizeMarkdown(text: string): string {
  let fence: Fence | undefined;
  let isSure = true;
  const sanitize = (line: string): string => {
    if (fence && !continues(fence, line)) fence = undefined;
    if (!fence) {
      fence = parseFence(line);
      isSure &&= sureOpening.test(line) || !/`{3}|~{3}/u.test(line);
      // Some parsers take the first line of a fence for text while it is the last line.
      return sanitizeLine(line);
    }
    if (isClosedBy(fence, line)) {
      fence = undefined;
      isSure &&= sureClosing.test(line);
    }
    return isSure ? breakInlineImages(line) : breakTargets(line);
  };
  return toLf(text).split('\n').map(sanitize).join('\n');
}

function parseFence(line: string): Fence | undefined {
  const [, before = '', marks] = opening.exec(line) ?? [];
  return marks === undefined ? undefined : { before, marks };
}

function isClosedBy(fence: Fence, line: string): boolean {
  const [, before = '', marks = ''] = closing.exec(line) ?? [];
  return marks.startsWith(fence.marks) && (fence.before !== '' || /^ {0,3}$/u.test(before));
}

/** Whether a line still belongs to the list or quote that the fence is in. */
function continues({ before }: Fence, line: string): boolean {
  const least = before.includes('>') ? before.trimEnd().length : before.length;
  return line.trim() === '' || (/^[\s>]*/u.exec(line)?.[0].length ?? 0) >= least;
}

function sanitizeLine(line: string): string {
  return breakTargets(breakTags(line));
}

/** Breaks images and all links but those to public web addresses; the text looks the same. */
function breakTargets(line: string): string {
  return line
    .replaceAll('![', `!${joiner}[`)
    .replaceAll(target, breakTarget)
    .replaceAll(definition, breakTarget)
    .replaceAll(schemes, `<${joiner}`);
}

/** The target of an inline link, up to a space or its end; the target may also be on the next line. */
const target = /\]\(\s*<?(?:(?=([^\s)>]+))|$)/gu;
const definition = /\](?=:\s*<?(?:([^\s>]+)|$))/gu;
const schemes = /<(?=(?:command|data|file|mailto|vscode[\w-]*|javascript):)/giu;

function breakTarget(found: string, address = ''): string {
  return isSafeAddress(address) ? found : found + joiner;
}

/** Characters that Markdown and the URL parser read differently, or that are invisible. */
const misread = /\\|&[#\w]+;|[\p{C}\p{M}\p{Default_Ignorable_Code_Point}]/u;

/** Text that does not look like an address stays, such as the `(x)` of `list[0](x)`. */
function isSafeAddress(address: string): boolean {
  if (/^https?:\/\//iu.test(address)) {
    return !misread.test(address) && openableUrl(address) !== undefined;
  }
  return address !== '' && !/^(?:[\w+.-]*[:%&]|[/\\.#?])/u.test(address);
}

/**
 * A code span that opens and closes on this line, anything that could begin a tag, or the end of what
 * could be a definition: it could give any of the text's brackets an address.
 */
const spanOrMark =
  /(?<![\\`])(`+)(?!`)(?:.*?[^`])??\1(?!`)|<(?=[a-z/!?])(?!https?:)|(?<!\]\(\s*)<(?=https?:)|\](?=:)/giu;

/**
 * Keeps tags as text: VS Code drops them from a comment, so that `List<String>` would lose a word, and a block
 * of HTML would hide where a fence begins. A backslash would not do: an address before it would include it.
 */
function breakTags(line: string): string {
  return line.replaceAll(spanOrMark, (found) => (found.length === 1 ? found + joiner : found));
}

/** So that there is no image even for a parser that does not take this for a fence. */
function breakInlineImages(line: string): string {
  return line.replaceAll(/!(?=\[[^\]]*\][([])/gu, `!${joiner}`);
}

/** VS Code redraws a changed comment only after 100 ms without a change, so the interval is longer. */
const drawIntervalMs = 160;

/** Redrawing a whole comment is cheap up to this length. */
const cheapCharacters = 8_000;

/** Redrawing blocks the editor for some milliseconds, so it is rare while the user types. */
const drawIntervalWhileTypingMs = 2_500;

/** Milliseconds between two redraws of an answer of this length. */
export function getDrawInterval(characters: number, isTyping: boolean): number {
  const minMs = isTyping ? drawIntervalWhileTypingMs : drawIntervalMs;
  return Math.max(minMs, (drawIntervalMs * characters) / cheapCharacters);
}
