/**
 * A comment renders markdown, and an untrusted one still fetches remote images without a click.
 * Here a model's text is made harmless for it: images become links, a line that begins like HTML
 * stays text, and links lead only to the web. What stands in a fence is left as it is.
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
  return (
    withoutHtml(line)
      .replaceAll('![', `!${joiner}[`)
      .replaceAll(/(\]\(\s*<?)(?!https?:)(?=[\w+.-]*[:%&]|[/\\.#?])/giu, `$1${joiner}`)
      // A definition could give any of the text's brackets an address.
      .replace(/^([\s>*+-]*(?:\d+[.)]\s+)?)\[([^\]]*)\]:/u, String.raw`$1\[$2]:`)
  );
}

/** A code span that opens and closes on this line, or anything that could begin a tag. */
const spanOrTag = /(?<![\\`])(`+)(?!`)(?:.*?[^`])??\1(?!`)|(?<!\]\(\s*)<(?=[a-z/!?])/giu;

/**
 * VS Code drops tags from a comment, and `List<String>` would lose a word; and a block of HTML would
 * hide from us where a fence begins. So tags stay text; what is in a code span is text already.
 */
function withoutHtml(line: string): string {
  return line.replaceAll(spanOrTag, (found) => (found === '<' ? String.raw`\<` : found));
}

/** Even if someone does not take this for a fence, there is no image in it. */
function withoutInlineImages(line: string): string {
  return line.replaceAll(/!(?=\[[^\]]*\][([])/gu, `!${joiner}`);
}
