import createMarkdownIt from 'markdown-it';
import type { Env, MarkdownIt, RendererRule, StateInline, Token } from 'markdown-it';
import { mathBlock, mathBlockInterrupts } from '../../shared/markdownRules';
import { toCommonMark } from '../../shared/text';
import { isLinkable } from '../../shared/urlPolicy';
import { texts } from '../texts/texts';

/** CommonMark with tables and strikethrough; HTML is shown as text, images as links, TeX verbatim. */
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

/** Images are not loaded but shown as links with their alternative text and address. */
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

/** markdown-it aligns columns with a `style` attribute, which the Content Security Policy refuses. */
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

/** `<br>` is a line break, as models use it in table cells; every other tag is shown as text. */
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
 * Keeps TeX verbatim, including its delimiters. Without these rules Markdown would interpret its backslashes
 * and underscores.
 */
export function addMathRules(md: MarkdownIt): void {
  md.inline.ruler.before('escape', 'math', parseInlineMath);
  md.block.ruler.before('fence', 'math_block', mathBlock, { alt: mathBlockInterrupts });
}

/** Closing delimiters that do not occur in the rest of the text, so that each is searched for once. */
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

/** Link definitions by name, as collected by the parser. */
export type References = NonNullable<Env['references']>;

/** An empty set of definitions that inherits the `known` ones. */
export function createReferences(known: References | null): References {
  return Object.create(known) as References;
}

/** Whether the parser has found definitions in addition to the inherited ones. */
export function hasOwnReferences(references: References | undefined): boolean {
  return references !== undefined && Object.keys(references).length > 0;
}

/**
 * Normalizes text that arrives in pieces for markdown-it's block parser: CRLF and CR become LF, NUL the
 * replacement character. A CR at the end of a piece is held back, because the next piece may begin with LF.
 */
export class LineEndNormalizer {
  #held = '';

  push(piece: string): string {
    const text = this.#held + piece;
    this.#held = text.endsWith('\r') ? '\r' : '';
    return toCommonMark(this.#held === '' ? text : text.slice(0, -1));
  }

  /** The rest, when no more text follows. */
  end(): string {
    const rest = toCommonMark(this.#held);
    this.#held = '';
    return rest;
  }
}
