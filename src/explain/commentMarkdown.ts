import { openableUrl } from '../workspace/openableUrl';

/**
 * A comment renders markdown, and an untrusted one still fetches remote images without a click.
 * Here a model's text is made harmless for it: images become links, a line that begins like HTML
 * stays text, and links lead only to public places of the web: VS Code opens one to this machine without
 * a question. What stands in a fence is left as it is.
 */

/** Invisible and unbreakable: it parts `!` from `[` without showing. */
const joiner = '\u2060';

/**
 * A fence is believed only where every reading of markdown agrees that it is one: at the very
 * start of a line, outside lists and quotes.
 */
const opening = /^(`{3,})[^`]*$|^(~{3,}).*$/u;

/** Text that a comment shows as it is: every mark that could mean something is escaped. */
export function literalText(text: string): string {
  return text
    .replaceAll(/[!-/:-@[-`{-~]/gu, String.raw`\$&`)
    .replaceAll(/^[ \t]+/gmu, '')
    .replaceAll(/\r\n?|\n/gu, '  \n');
}

export function harmlessMarkdown(text: string): string {
  const lines = text.replaceAll(/\r\n?/gu, '\n').split('\n');
  let fence = '';
  return lines
    .map((line) => {
      if (fence !== '') {
        if (closes(line, fence)) fence = '';
        return withoutInlineImages(line);
      }
      const [, backticks, tildes] = opening.exec(line) ?? [];
      fence = backticks ?? tildes ?? '';
      return fence === '' ? harmlessLine(line) : line;
    })
    .join('\n');
}

function closes(line: string, fence: string): boolean {
  const rest = line.replace(/^ {0,3}/u, '');
  return rest.startsWith(fence) && /^[`~]*\s*$/u.test(rest.slice(fence.length));
}

function harmlessLine(line: string): string {
  return withoutMarks(line).replaceAll('![', `!${joiner}[`).replaceAll(target, withHarmlessTarget);
}

/** Where an inline link leads, up to a blank or its end; an address may also stand on the next line. */
const target = /(\]\(\s*<?)(?:([^\s)>]+)|$)/gu;

function withHarmlessTarget(found: string, before: string, address = ''): string {
  return isHarmless(address) ? found : `${before}${joiner}${address}`;
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
  /(?<![\\`])(`+)(?!`)(?:.*?[^`])??\1(?!`)|(?<!\]\(\s*)<(?=[a-z/!?])|(?<!\\)\](?=:)/giu;

/**
 * VS Code drops tags from a comment, and `List<String>` would lose a word; and a block of HTML would
 * hide from us where a fence begins. So tags stay text; what is in a code span is text already.
 */
function withoutMarks(line: string): string {
  return line.replaceAll(spanOrMark, (found) => (found.length === 1 ? `\\${found}` : found));
}

/** Even if someone does not take this for a fence, there is no image in it. */
function withoutInlineImages(line: string): string {
  return line.replaceAll(/!(?=\[[^\]]*\][([])/gu, `!${joiner}`);
}
