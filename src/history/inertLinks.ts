import createMarkdownIt from 'markdown-it';

/** As VS Code's own Markdown editor reads a document: HTML included. Only blocks are needed. */
const parser = createMarkdownIt({ html: true }).disable('inline');

const mark = String.raw`(?<colon>\\?:|&colon;|&#0{0,9}58;|&#x0{0,9}3a;|%3a)`;
/** Also the marks of a quote that the target continues in. */
const blank = String.raw`[\s>]{0,100}`;
/** A target of an inline link or of a definition. */
const target = new RegExp(
  String.raw`(?<start>\]${blank}[(:]${blank}<?${blank})(?<scheme>[a-z&\\][\w+.\\&#;%-]{1,100}?)${mark}`,
  'giu',
);
/** An address in angle brackets, and one in an attribute of HTML. */
const tag = new RegExp(
  String.raw`(?<start><|(?:href|src)${blank}=${blank}["']?${blank})(?<scheme>command|data|file|javascript|vbscript|vscode[\w-]{0,40})${mark}`,
  'giu',
);

/**
 * A model's Markdown for a document that is opened in VS Code, which follows links to commands and files on
 * Ctrl+click. Links keep their words, but only those to the web, to mail addresses, and to relative paths lead
 * anywhere: a space in front of the colon ends the others. Code blocks stay as they are.
 */
export function makeLinksInert(markdown: string): string {
  const lines = markdown.split('\n');
  const result: string[] = [];
  let from = 0;
  for (const { type, map, level } of parser.parse(markdown, {})) {
    if ((type !== 'fence' && type !== 'code_block') || level > 0 || map === null) continue;
    const [start, end] = map;
    result.push(...breakLinks(lines.slice(from, start)), ...lines.slice(start, end));
    from = end;
  }
  return [...result, ...breakLinks(lines.slice(from))].join('\n');
}

/** The same lines: a target may continue on the next one. */
function breakLinks(lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return lines;
  const text = lines.join('\n').replaceAll(target, breakTarget);
  return text.replaceAll(tag, '$<start>$<scheme> $<colon>').split('\n');
}

function breakTarget(found: string, start: string, scheme: string, colon: string): string {
  const isHarmless = /^(?:https?|mailto)$/iu.test(scheme) && colon === ':';
  return isHarmless ? found : `${start}${scheme} ${colon}`;
}
