import DOMPurify from 'dompurify';
import type { UponSanitizeAttributeHookEvent } from 'dompurify';
import type { Env, MarkdownIt, Token } from 'markdown-it';
import { escapeHidden } from '../../shared/hiddenCharacters';
import type { Leaf } from './blockTree';

/** Parses the inline text of a leaf and creates its nodes. */
export function renderLeaf(md: MarkdownIt, leaf: Leaf, env: Env): readonly ChildNode[] {
  for (const token of leaf.tokens) parseInline(md, token, env);
  const html = md.renderer.render([...leaf.tokens], md.options, env);
  const fragment = leaf.type === 'row' ? sanitizeRow(html) : sanitize(html);
  for (const link of fragment.querySelectorAll('a')) showLinkTarget(link);
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

/** The only elements and attributes that a model's text can become. */
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
    'kbd',
    'sub',
    'sup',
    'mark',
    'summary',
    'details',
    'div',
  ],
  ALLOWED_ATTR: ['href', 'class', 'start', 'data-file', 'data-heading'],
  ADD_URI_SAFE_ATTR: ['data-file', 'data-heading'],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/iu,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
} as const;

/** Classes that the renderer and the highlighter use. */
const knownClass = /^(?:math|align-(?:left|center|right)|hljs-[\w-]+|\w+_{1,3})$/u;

function keepKnownClasses(_element: Element, attribute: UponSanitizeAttributeHookEvent): void {
  if (attribute.attrName !== 'class') return;
  const kept = attribute.attrValue.split(/\s+/u).filter((name) => knownClass.test(name));
  attribute.attrValue = kept.join(' ');
  attribute.keepAttr = kept.length > 0;
}

const purifier = DOMPurify(window);
// Set once: parsing the configuration in each call would cost more than sanitizing a short text.
purifier.setConfig({
  ...sanitizerConfig,
  ALLOWED_TAGS: [...sanitizerConfig.ALLOWED_TAGS],
  ALLOWED_ATTR: [...sanitizerConfig.ALLOWED_ATTR],
  ADD_URI_SAFE_ATTR: [...sanitizerConfig.ADD_URI_SAFE_ATTR],
});
purifier.addHook('uponSanitizeAttribute', keepKnownClasses);

/**
 * Turns rendered HTML into nodes that can neither run nor load anything. This is the only place where text
 * becomes markup, under the Trusted Types policy `dompurify`.
 */
export function sanitize(html: string): DocumentFragment {
  // Already configured above; repeated for the type of the result.
  return purifier.sanitize(html, { RETURN_DOM_FRAGMENT: true });
}
