import DOMPurify from 'dompurify';
import type { UponSanitizeAttributeHookEvent } from 'dompurify';
import type { Env, MarkdownIt, Token } from 'markdown-it';
import { escapeInvisible } from '../../shared/text';
import type { Leaf } from './blockTree';

/** Parses what is inside a leaf and makes its nodes. */
export function renderLeaf(md: MarkdownIt, leaf: Leaf, env: Env): readonly ChildNode[] {
  for (const token of leaf.tokens) parseInline(md, token, env);
  const html = md.renderer.render([...leaf.tokens], md.options, env);
  const fragment = leaf.type === 'row' ? sanitizeRow(html) : sanitize(html);
  for (const link of fragment.querySelectorAll('a')) showLinkTarget(link);
  const nodes = [...fragment.childNodes].filter((node) => !isLineEnd(node));
  // A leaf that shows nothing still needs a place.
  return nodes.length > 0 ? nodes : [document.createTextNode('')];
}

function parseInline(md: MarkdownIt, token: Token, env: Env): void {
  if (token.type !== 'inline') return;
  token.children = md.parseInline(token.content, env)[0]?.children ?? [];
}

/** A row alone is not HTML: the parser would drop its cells. */
function sanitizeRow(html: string): DocumentFragment {
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
function showLinkTarget(link: HTMLAnchorElement): void {
  const href = link.getAttribute('href');
  if (href === null) {
    link.replaceWith(...link.childNodes);
    return;
  }
  link.title = escapeInvisible(decodeAddress(href));
  const walker = document.createTreeWalker(link, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    node.nodeValue = escapeInvisible(node.nodeValue ?? '');
  }
}

function decodeAddress(href: string): string {
  try {
    return decodeURI(href);
  } catch {
    return href;
  }
}

/** The only elements and attributes that text of a model can become. */
const sanitizerConfig = {
  ALLOWED_TAGS: [
    'p',
    'h1',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'hr',
    'br',
    'pre',
    'blockquote',
    'ul',
    'ol',
    'li',
    'a',
    'em',
    'strong',
    's',
    'code',
    'span',
    'table',
    'thead',
    'tbody',
    'tr',
    'th',
    'td',
  ],
  ALLOWED_ATTR: ['href', 'class', 'start'],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/iu,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
} as const;

/** Classes that our own renderer and the highlighter write. */
const knownClass = /^(?:math|align-(?:left|center|right)|hljs-[\w-]+|\w+_{1,3})$/u;

function keepKnownClasses(_element: Element, attribute: UponSanitizeAttributeHookEvent): void {
  if (attribute.attrName !== 'class') return;
  const kept = attribute.attrValue.split(/\s+/u).filter((name) => knownClass.test(name));
  attribute.attrValue = kept.join(' ');
  attribute.keepAttr = kept.length > 0;
}

const purifier = DOMPurify(window);
// Given once, or each call would read it anew, which costs more than a short text.
purifier.setConfig({
  ...sanitizerConfig,
  ALLOWED_TAGS: [...sanitizerConfig.ALLOWED_TAGS],
  ALLOWED_ATTR: [...sanitizerConfig.ALLOWED_ATTR],
});
purifier.addHook('uponSanitizeAttribute', keepKnownClasses);

/**
 * Turns rendered HTML into nodes of this document that can neither run nor load anything. This is the
 * one place where text becomes markup, under the Trusted Types policy `dompurify`.
 */
export function sanitize(html: string): DocumentFragment {
  // What it returns is set above; here it is for the types.
  return purifier.sanitize(html, { RETURN_DOM_FRAGMENT: true });
}
