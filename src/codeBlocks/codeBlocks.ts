import createMarkdownIt, { type Token } from 'markdown-it';
import { toLf } from '../shared/lineEnds';
import { mathBlock, mathBlockInterrupts } from '../shared/markdownRules';

/** A code block of an answer. */
export interface CodeBlock {
  /** Behind the marks of the fence; empty for indented code. */
  readonly info: string;
  /** With its last line end. */
  readonly text: string;
}

/** The language a fence names. */
export function languageOf({ info }: CodeBlock): string {
  return /^[^\s:{]*/u.exec(info)?.[0] ?? '';
}

const parser = createMarkdownIt('default', { html: false, linkify: false, typographer: false });
parser.block.ruler.before('fence', 'math_block', mathBlock, { alt: mathBlockInterrupts });

/**
 * The code blocks of an answer in their order, found by the same rules by which the page shows them: it
 * names a block by its number.
 */
export function codeBlocks(answer: string): readonly CodeBlock[] {
  const tokens: Token[] = [];
  parser.block.parse(toLf(answer), parser, {}, tokens);
  return tokens
    .filter(({ type }) => type === 'fence' || type === 'code_block')
    .map(({ info, content }) => ({ info: info.trim(), text: content }));
}
