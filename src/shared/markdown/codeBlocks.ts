import type { Token } from 'markdown-it';
import { toCommonMark } from '../text';
import { createDialect } from './dialect';
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
  const tokens: Token[] = [];
  dialect.block.parse(text, dialect, {}, tokens);
  return tokens
    .filter(({ type }) => type === 'fence')
    .map(({ info, content }) => ({ info: info.trim(), text: content }));
}
