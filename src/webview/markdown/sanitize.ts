import DOMPurify, { type UponSanitizeAttributeHookEvent } from 'dompurify';

/** The only elements and attributes that text of a model can become. */
const config = {
  ALLOWED_TAGS: [
    ...['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'br', 'pre', 'blockquote', 'ul', 'ol', 'li'],
    ...['a', 'em', 'strong', 's', 'code', 'span'],
    ...['table', 'thead', 'tbody', 'tr', 'th', 'td'],
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
  ...config,
  ALLOWED_TAGS: [...config.ALLOWED_TAGS],
  ALLOWED_ATTR: [...config.ALLOWED_ATTR],
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
