import { parseFormula } from '../../shared/markdown/mathRules';
import { createElement } from '../dom';
import type { renderFormula } from '../formulas';
import { sanitizeFormula } from './sanitizer';

/** Longer formulas, in UTF-16 code units, are shown as their source: drawing them would block the page. */
const maxLength = 3_000;
const cacheSize = 300;

/** The drawn nodes by source; null for a formula that is invalid. */
const cache = new Map<string, DocumentFragment | null>();
/** Formulas that are shown as source until the renderer is loaded. */
const waiting = new Set<HTMLElement>();
let render: typeof renderFormula | undefined;
let loading: Promise<void> | undefined;

/**
 * Draws the formulas in `parent` that are complete; their text is the source. What is drawn keeps the source for
 * copying. The renderer is a separate bundle, loaded for the first formula; a failed import is reported by the
 * page as an unhandled rejection.
 */
export function drawFormulas(parent: ParentNode): void {
  for (const element of parent.querySelectorAll<HTMLElement>('code.math')) {
    if (element.textContent.length > maxLength || !parseFormula(element.textContent)) continue;
    if (render) draw(element, render);
    else {
      waiting.add(element);
      void loadFormulas();
    }
  }
}

/** Resolves when formulas are drawn as soon as they are shown. */
export async function loadFormulas(): Promise<void> {
  loading ??= import('../formulas').then((module) => {
    render = module.renderFormula;
    for (const element of waiting) draw(element, module.renderFormula);
    waiting.clear();
  });
  return loading;
}

/** The element stays, because the rendered blocks refer to it. */
function draw(element: HTMLElement, renderer: typeof renderFormula): void {
  const source = element.textContent;
  const formula = parseFormula(source);
  if (!formula) return;
  let drawn = cache.get(source);
  if (drawn === undefined) {
    const html = renderer(formula.tex, formula.isDisplay);
    // The Content Security Policy refuses inline styles; classes and attributes carry what matters.
    drawn = html === undefined ? null : sanitize(html.replaceAll(/ style="[^"]*"/gu, ''));
    addToCache(source, drawn);
  }
  if (!drawn) return;
  element.classList.add('drawn', ...(formula.isDisplay ? ['display'] : []));
  const copied = createElement('span', { class: 'math-source', 'aria-hidden': 'true' }, source);
  element.replaceChildren(drawn.cloneNode(true), copied);
}

/** Null if nothing is left of it. */
function sanitize(html: string): DocumentFragment | null {
  const fragment = sanitizeFormula(html);
  return fragment.querySelector('math') ? fragment : null;
}

function addToCache(source: string, drawn: DocumentFragment | null): void {
  cache.set(source, drawn);
  const [oldest] = cache.keys();
  if (cache.size > cacheSize && oldest !== undefined) cache.delete(oldest);
}
