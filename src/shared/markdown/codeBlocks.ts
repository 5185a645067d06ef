import type { Token } from 'markdown-it';
import { toCommonMark } from '../text';
import { createDialect } from './dialect';
import { parseFenceLine } from './fences';
import { findWrappedAnswer } from './wrappedAnswer';

/** A code block of an answer. */
export interface CodeBlock {
  /** What is written behind the marks of the fence. */
  readonly info: string;
  /** With its last line end. */
  readonly text: string;
}

const dialect = createDialect();

/**
 * The code blocks of an answer in the order in which the page shows them; it names a block by its number. An
 * answer that is wrapped in one fence has that block first, then those in it.
 */
export function parseCodeBlocks(answer: string): readonly CodeBlock[] {
  const blocks = findFences(toCommonMark(answer));
  const wrapped = findWrappedAnswer(answer);
  return wrapped === undefined ? blocks : [...blocks, ...findFences(wrapped)];
}

function findFences(text: string): CodeBlock[] {
  return parseFences(text).map(({ info, content }) => ({ info: info.trim(), text: content }));
}

function parseFences(text: string): Token[] {
  const tokens: Token[] = [];
  dialect.block.parse(text, dialect, {}, tokens);
  return tokens.filter(({ type }) => type === 'fence');
}

/**
 * The same answer for other readers of Markdown: marks that are longer than those inside the block, all lines as
 * far indented as the list item that they belong to, and an end for a block that was cut off.
 */
export function withStandardFences(answer: string): string {
  const text = toCommonMark(answer);
  const lines = text.split('\n');
  const result: string[] = [];
  let from = 0;
  for (const fence of parseFences(text)) {
    const [start, end] = fence.map ?? [from, from];
    result.push(...lines.slice(from, start), ...formatFence(fence, lines[start] ?? ''));
    from = end;
  }
  return [...result, ...lines.slice(from)].join('\n');
}

function formatFence({ markup, content, level }: Token, opening: string): readonly string[] {
  const at = opening.indexOf(markup);
  const first = level === 0 ? '' : opening.slice(0, at);
  const before = first.replaceAll(/[^>\s]/gu, ' ');
  const own = markup.charAt(0);
  const longest = Math.max(0, ...findMarks(content, own).map((marks) => marks.length));
  const marks = own.repeat(Math.max(markup.length, longest >= markup.length ? longest + 1 : 0));
  const code = content === '' ? [] : content.replace(/\n$/u, '').split('\n');
  return [
    `${first}${marks}${opening.slice(at + markup.length)}`,
    ...code.map((line) => (line === '' ? before.trimEnd() : `${before}${line}`)),
    `${before}${marks}`,
  ];
}

/** The marks at the starts of lines that could end a block. */
function findMarks(code: string, own: string): readonly string[] {
  return code.split('\n').flatMap((line) => {
    const marks = parseFenceLine(line.trimStart())?.marks;
    return marks?.startsWith(own) ? [marks] : [];
  });
}
