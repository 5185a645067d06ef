import DOMPurify from 'dompurify';
import type { UponSanitizeAttributeHookEvent } from 'dompurify';

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
const knownClass = /^(?:math|tml-[\w-]+|align-(?:left|center|right)|hljs-[\w-]+|\w+_{1,3})$/u;

function keepKnownClasses(_element: Element, attribute: UponSanitizeAttributeHookEvent): void {
  if (attribute.attrName !== 'class') return;
  const kept = attribute.attrValue.split(/\s+/u).filter((name) => knownClass.test(name));
  attribute.attrValue = kept.join(' ');
  attribute.keepAttr = kept.length > 0;
}

const purifier = DOMPurify(window);
// Set once: parsing the configuration in each call would cost more than sanitizing a short text.
const textConfig = {
  ...sanitizerConfig,
  ALLOWED_TAGS: [...sanitizerConfig.ALLOWED_TAGS],
  ALLOWED_ATTR: [...sanitizerConfig.ALLOWED_ATTR],
  ADD_URI_SAFE_ATTR: [...sanitizerConfig.ADD_URI_SAFE_ATTR],
};
purifier.setConfig(textConfig);
purifier.addHook('uponSanitizeAttribute', keepKnownClasses);

/**
 * Turns rendered HTML into nodes that can neither run nor load anything. This is the only place where text
 * becomes markup, under the Trusted Types policy `dompurify`.
 */
export function sanitize(html: string): DocumentFragment {
  // Already configured above; repeated for the type of the result.
  return purifier.sanitize(html, { RETURN_DOM_FRAGMENT: true });
}

/** What a formula may consist of: MathML Core without links and annotations. */
const formulaElements = [
  'math',
  'mrow',
  'mi',
  'mn',
  'mo',
  'ms',
  'mtext',
  'mspace',
  'msub',
  'msup',
  'msubsup',
  'munder',
  'mover',
  'munderover',
  'mmultiscripts',
  'mprescripts',
  'mfrac',
  'msqrt',
  'mroot',
  'mtable',
  'mtr',
  'mtd',
  'mstyle',
  'mpadded',
  'mphantom',
  'merror',
];
const formulaAttributes = [
  'display',
  'displaystyle',
  'scriptlevel',
  'mathvariant',
  'stretchy',
  'symmetric',
  'fence',
  'separator',
  'form',
  'largeop',
  'movablelimits',
  'accent',
  'accentunder',
  'lspace',
  'rspace',
  'minsize',
  'maxsize',
  'linethickness',
  'width',
  'height',
  'depth',
  'voffset',
  'columnalign',
  'columnspan',
  'rowspan',
  'dir',
  'class',
];

/** The same for the MathML of a formula. Formulas are cached, so the configuration is rarely exchanged. */
export function sanitizeFormula(html: string): DocumentFragment {
  purifier.setConfig({
    ALLOWED_TAGS: formulaElements,
    ALLOWED_ATTR: formulaAttributes,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  const fragment = sanitize(html);
  purifier.setConfig(textConfig);
  return fragment;
}
