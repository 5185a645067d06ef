import type { Env, MarkdownIt, Token } from 'markdown-it';
import { visible } from '../../shared/visible';
import type { Leaf } from './blockTree';
import { sanitize } from './sanitize';

/** Parses what is inside a leaf and makes its nodes. */
export function renderLeaf(md: MarkdownIt, leaf: Leaf, env: Env): readonly ChildNode[] {
  for (const token of leaf.tokens) parseInline(md, token, env);
  const html = md.renderer.render([...leaf.tokens], md.options, env);
  const fragment = leaf.type === 'row' ? rowFragment(html) : sanitize(html);
  for (const link of fragment.querySelectorAll('a')) showTarget(link);
  const nodes = [...fragment.childNodes].filter((node) => !isLineEnd(node));
  // A leaf that shows nothing still needs a place.
  return nodes.length > 0 ? nodes : [document.createTextNode('')];
}

function parseInline(md: MarkdownIt, token: Token, env: Env): void {
  if (token.type !== 'inline') return;
  token.children = md.parseInline(token.content, env)[0]?.children ?? [];
}

/** A row alone is not HTML: the parser would drop its cells. */
function rowFragment(html: string): DocumentFragment {
  const fragment = sanitize(`<table><tbody>${html}</tbody></table>`);
  const row = fragment.querySelector('tr');
  fragment.replaceChildren(...(row ? [row] : []));
  return fragment;
}

/** markdown-it ends each block with a line end, which is nothing in the page. */
function isLineEnd(node: ChildNode): boolean {
  return node.nodeType === Node.TEXT_NODE && node.nodeValue === '\n';
}

/** A reader sees where a link goes before going there, with nothing hidden in it. */
function showTarget(link: HTMLAnchorElement): void {
  const href = link.getAttribute('href');
  if (href === null) {
    link.replaceWith(...link.childNodes);
    return;
  }
  link.title = visible(readable(href));
  const walker = document.createTreeWalker(link, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    node.nodeValue = visible(node.nodeValue ?? '');
  }
}

function readable(href: string): string {
  try {
    return decodeURI(href);
  } catch {
    return href;
  }
}
