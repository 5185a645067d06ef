import type { Env, MarkdownIt, RendererRule, Token } from 'markdown-it';
import { createDialect } from '../../shared/markdown/dialect';
import { formatFileTarget, parseLinkTarget } from '../../shared/markdown/linkTargets';
import { toCommonMark } from '../../shared/text';
import { texts } from '../texts/texts';

/** The dialect with the page's way to show images, tables, and formulas. */
export function createParser(): MarkdownIt {
  const md = createDialect();
  md.renderer.rules['image'] = renderImage;
  md.renderer.rules['th_open'] = renderCell;
  md.renderer.rules['td_open'] = renderCell;
  md.renderer.rules['comment'] = () => '';
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
  const name = escapeText(
    texts.image(renderer.renderInlineAsText(token.children ?? [], options, env)),
  );
  const target = parseLinkTarget(href);
  if (isInsideLink(tokens, index)) return name;
  if (target.kind === 'file') {
    return `<span data-file="${escapeText(formatFileTarget(target.file))}">${name}</span>`;
  }
  const address = escapeText(href);
  return target.kind === 'web' ? `<a href="${address}">${name} (${address})</a>` : name;
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
