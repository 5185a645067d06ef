import { openableUrl } from '../shared/urlPolicy';

/**
 * A comment renders markdown, and an untrusted one still fetches remote images without a click.
 * Here a model's text is made harmless for it: images become links, a line that begins like HTML
 * stays text, and links lead only to public places of the web: VS Code opens one to this machine without
 * a question. What stands in a fence is left as it is.
 */

/** Invisible and unbreakable: it parts `!` from `[` and `<` from a name without showing. */
const joiner = '\u2060';

/** What every reading of markdown takes for the beginning and the end of a block of code. */
const sureOpening = /^(?:`{3,}[^`]*|~{3,}.*)$/u;
const sureClosing = /^ {0,3}(?:`{3,}|~{3,}) *$/u;

/** What may be one: a model likes to put code into a list or a quote. */
const opening = /^((?:[\s>]|[-+*]\s|\d{1,9}[.)]\s)*)(`{3,}(?=[^`]*$)|~{3,})/u;
const closing = /^([\s>]*)(`{3,}|~{3,})[`~]*\s*$/u;

/** Text that a comment shows as it is: every mark that could mean something is escaped. */
export function literalText(text: string): string {
  return text
    .replaceAll(/[!-/:-@[-`{-~]/gu, String.raw`\$&`)
    .replaceAll(/^[ \t]+/gmu, '')
    .replaceAll(/\r\n?|\n/gu, '  \n');
}

interface Fence {
  /** What stands before its marks: nothing, or what makes it part of a list or a quote. */
  readonly before: string;
  readonly marks: string;
}

/**
 * Whether a line is code is only for the looks: once there was one of which another reading of markdown
 * may think differently, code is made as harmless as the rest.
 */
export function harmlessMarkdown(text: string): string {
  let fence: Fence | undefined;
  let isSure = true;
  const harmless = (line: string): string => {
    if (fence && !reaches(fence, line)) fence = undefined;
    if (!fence) {
      fence = fenceOpenedBy(line);
      isSure &&= sureOpening.test(line) || !/`{3}|~{3}/u.test(line);
      // Some take the first line of a fence for words as long as it is the last of the text.
      return harmlessLine(line);
    }
    if (isClosedBy(fence, line)) {
      fence = undefined;
      isSure &&= sureClosing.test(line);
    }
    return isSure ? withoutInlineImages(line) : withoutTargets(line);
  };
  return text.replaceAll(/\r\n?/gu, '\n').split('\n').map(harmless).join('\n');
}

function fenceOpenedBy(line: string): Fence | undefined {
  const [, before = '', marks] = opening.exec(line) ?? [];
  return marks === undefined ? undefined : { before, marks };
}

function isClosedBy(fence: Fence, line: string): boolean {
  const [, before = '', marks = ''] = closing.exec(line) ?? [];
  return marks.startsWith(fence.marks) && (fence.before !== '' || /^ {0,3}$/u.test(before));
}

/** The list or the quote that a fence belongs to may end before it. */
function reaches({ before }: Fence, line: string): boolean {
  const least = before.includes('>') ? before.trimEnd().length : before.length;
  return line.trim() === '' || (/^[\s>]*/u.exec(line)?.[0].length ?? 0) >= least;
}

function harmlessLine(line: string): string {
  return withoutTargets(withoutMarks(line));
}

/** No image, and no link that leads elsewhere than to public places; all of it still looks the same. */
function withoutTargets(line: string): string {
  return line
    .replaceAll('![', `!${joiner}[`)
    .replaceAll(target, withHarmlessTarget)
    .replaceAll(definition, withHarmlessTarget)
    .replaceAll(schemes, `<${joiner}`);
}

/** Where an inline link leads, up to a blank or its end; an address may also stand on the next line. */
const target = /\]\(\s*<?(?:(?=([^\s)>]+))|$)/gu;
const definition = /\](?=:\s*<?(?:([^\s>]+)|$))/gu;
const schemes = /<(?=(?:command|data|file|mailto|vscode[\w-]*|javascript):)/giu;

function withHarmlessTarget(found: string, address = ''): string {
  return isHarmless(address) ? found : found + joiner;
}

/** What markdown reads in another way than the URL parser does, or nobody can see. */
const misread = /\\|&[#\w]+;|[\p{C}\p{M}\p{Default_Ignorable_Code_Point}]/u;

/** What looks like no address is left alone: after `list[0](x)` nobody would find a link. */
function isHarmless(address: string): boolean {
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
 * VS Code drops tags from a comment, and `List<String>` would lose a word; and a block of HTML would
 * hide from us where a fence begins. So tags stay text; what is in a code span is text already. (A
 * backslash would not do: an address before it would take it in.)
 */
function withoutMarks(line: string): string {
  return line.replaceAll(spanOrMark, (found) => (found.length === 1 ? found + joiner : found));
}

/** Even if someone does not take this for a fence, there is no image in it. */
function withoutInlineImages(line: string): string {
  return line.replaceAll(/!(?=\[[^\]]*\][([])/gu, `!${joiner}`);
}
