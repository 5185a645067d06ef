import createMarkdownIt from 'markdown-it';
import type { Env, MarkdownIt, RendererRule, StateInline, Token } from 'markdown-it';
import { mathBlock, mathBlockInterrupts } from '../../shared/markdownRules';
import { toCommonMark } from '../../shared/text';
import { isLinkable } from '../../shared/urlPolicy';
import { texts } from '../texts/texts';

/** CommonMark with tables and strikethrough; HTML as text, images as links, TeX left as it is. */
export function createParser(): MarkdownIt {
  const md = createMarkdownIt('default', { html: false, linkify: false, typographer: false });
  md.validateLink = isLinkable;
  addLineBreakRule(md);
  addMathRules(md);
  md.renderer.rules['image'] = renderImage;
  md.renderer.rules['th_open'] = renderCell;
  md.renderer.rules['td_open'] = renderCell;
  md.renderer.rules['math'] = (tokens, index) => renderMath(tokens[index]);
  md.renderer.rules['math_block'] = (tokens, index) => `<p>${renderMath(tokens[index])}</p>`;
  return md;
}

function renderMath(token: Token | undefined): string {
  return `<code class="math">${escapeText(token?.content ?? '')}</code>`;
}

/** Nothing is loaded: an image is a link that names it and its address. */
const renderImage: RendererRule = (tokens, index, options, env, renderer) => {
  const token = tokens[index];
  if (!token) return '';
  const href = String(token.attrGet('src') ?? '');
  const alt = renderer.renderInlineAsText(token.children ?? [], options, env);
  const name = escapeText(texts.image(alt));
  if (isInsideLink(tokens, index)) return name;
  const address = escapeText(href);
  return `<a href="${address}">${name} (${address})</a>`;
};

function isInsideLink(tokens: readonly Token[], index: number): boolean {
  const links = tokens.slice(0, index).filter((token) => token.type.startsWith('link_'));
  return links.at(-1)?.type === 'link_open';
}

/** markdown-it aligns a column with a `style` attribute, which the page's policy refuses. */
const renderCell: RendererRule = (tokens, index, options, _env, renderer) => {
  const token = tokens[index];
  if (!token) return '';
  const align = /text-align:(?<side>left|center|right)/u.exec(String(token.attrGet('style') ?? ''));
  token.attrs = align?.groups?.['side'] ? [['class', `align-${align.groups['side']}`]] : null;
  return renderer.renderToken(tokens, index, options);
};

function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** `<br>` breaks the line, as models write it in table cells; every other tag is text. */
export function addLineBreakRule(md: MarkdownIt): void {
  md.inline.ruler.before('autolink', 'br', (state, silent) => {
    if (state.src.charCodeAt(state.pos) !== 0x3c) return false;
    const tag = /^<br[ \t]*\/?>/iu.exec(state.src.slice(state.pos, state.pos + 16));
    if (!tag) return false;
    if (!silent) state.push('hardbreak', 'br', 0);
    state.pos += tag[0].length;
    return true;
  });
}

const inlineMath = [
  { open: '\\(', close: '\\)' },
  { open: '\\[', close: '\\]' },
  { open: '$$', close: '$$' },
] as const;

/**
 * TeX survives verbatim, delimiters included. There is no TeX engine; without these rules markdown
 * would take the backslashes and underscores out of it.
 */
export function addMathRules(md: MarkdownIt): void {
  md.inline.ruler.before('escape', 'math', parseInlineMath);
  md.block.ruler.before('fence', 'math_block', mathBlock, { alt: mathBlockInterrupts });
}

/** Closing delimiters that a text is known not to contain any more, so each is sought once. */
const missing = new WeakMap<StateInline, Set<string>>();

function parseInlineMath(state: StateInline, silent: boolean): boolean {
  const pair = inlineMath.find(({ open }) => state.src.startsWith(open, state.pos));
  if (!pair) return false;
  const known = missing.get(state) ?? new Set();
  missing.set(state, known);
  if (known.has(pair.close)) return false;
  const start = state.pos + pair.open.length;
  const end = state.src.indexOf(pair.close, start);
  if (end < 0) known.add(pair.close);
  if (end < 0 || end + pair.close.length > state.posMax) return false;
  if (state.src.slice(start, end).trim() === '') return false;
  if (!silent) {
    const token = state.push('math', 'code', 0);
    token.content = state.src.slice(state.pos, end + pair.close.length);
  }
  state.pos = end + pair.close.length;
  return true;
}

/** Definitions of links by name, as the parser collects them. */
export type References = NonNullable<Env['references']>;

/** None yet, beside those that are `known`. */
export function createReferences(known: References | null): References {
  return Object.create(known) as References;
}

/** Whether a parser has found definitions beside the known ones. */
export function hasOwnReferences(references: References | undefined): boolean {
  return references !== undefined && Object.keys(references).length > 0;
}

/**
 * The text as markdown-it's block parser wants it, although it comes in pieces: CRLF and CR become
 * LF, NUL the replacement character. A CR at the end of a piece is held back, because the next piece
 * may begin with its LF.
 */
export class LineEndNormalizer {
  #held = '';

  push(piece: string): string {
    const text = this.#held + piece;
    this.#held = text.endsWith('\r') ? '\r' : '';
    return toCommonMark(this.#held === '' ? text : text.slice(0, -1));
  }

  /** What was held back, once nothing more comes. */
  end(): string {
    const rest = toCommonMark(this.#held);
    this.#held = '';
    return rest;
  }
}
