import createMarkdownIt, { type MarkdownIt, type RendererRule, type Token } from 'markdown-it';
import { isLinkable } from '../../shared/links';
import { texts } from '../texts/texts';
import { addLineBreakRule, addMathRules } from './rules';

/** CommonMark with tables and strikethrough; HTML as text, images as links, TeX left as it is. */
export function createParser(): MarkdownIt {
  const md = createMarkdownIt('default', { html: false, linkify: false, typographer: false });
  md.validateLink = isLinkable;
  addLineBreakRule(md);
  addMathRules(md);
  md.renderer.rules['image'] = renderImage;
  md.renderer.rules['th_open'] = renderCell;
  md.renderer.rules['td_open'] = renderCell;
  md.renderer.rules['math'] = (tokens, index) => mathCode(tokens[index]);
  md.renderer.rules['math_block'] = (tokens, index) => `<p>${mathCode(tokens[index])}</p>`;
  return md;
}

function mathCode(token: Token | undefined): string {
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
