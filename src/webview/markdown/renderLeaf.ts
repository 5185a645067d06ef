import type { Env, MarkdownIt, Token } from 'markdown-it';
import { escapeHidden } from '../../shared/hiddenCharacters';
import type { Leaf } from './blockTree';
import { drawFormulas } from './drawnFormulas';
import { sanitize } from './sanitizer';

/** Parses the inline text of a leaf and creates its nodes. */
export function renderLeaf(md: MarkdownIt, leaf: Leaf, env: Env): readonly ChildNode[] {
  for (const token of leaf.tokens) parseInline(md, token, env);
  const html = md.renderer.render([...leaf.tokens], md.options, env);
  const fragment = leaf.type === 'row' ? sanitizeRow(html) : sanitize(html);
  for (const link of fragment.querySelectorAll('a')) showLinkTarget(link);
  drawFormulas(fragment);
  const nodes = [...fragment.childNodes].filter((node) => !isLineEnd(node));
  // An empty leaf still needs a node, to be replaced later.
  return nodes.length > 0 ? nodes : [document.createTextNode('')];
}

function parseInline(md: MarkdownIt, token: Token, env: Env): void {
  if (token.type !== 'inline') return;
  token.children = md.parseInline(token.content, env)[0]?.children ?? [];
}

/** The HTML parser would drop the cells of a row outside a table. */
function sanitizeRow(html: string): DocumentFragment {
  const fragment = sanitize(`<table><tbody>${html}</tbody></table>`);
  const row = fragment.querySelector('tr');
  fragment.replaceChildren(...(row ? [row] : []));
  return fragment;
}

/** markdown-it ends each block with a line end. */
function isLineEnd(node: ChildNode): boolean {
  return node.nodeType === Node.TEXT_NODE && node.nodeValue === '\n';
}

/** Shows the address of a link in its tooltip, with invisible characters made visible. */
function showLinkTarget(link: HTMLAnchorElement): void {
  const href = link.getAttribute('href');
  if (href === null) {
    link.replaceWith(...link.childNodes);
    return;
  }
  link.title = escapeHidden(decodeAddress(href));
  const walker = document.createTreeWalker(link, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    node.nodeValue = escapeHidden(node.nodeValue ?? '');
  }
}

function decodeAddress(href: string): string {
  try {
    return decodeURI(href);
  } catch {
    return href;
  }
}
