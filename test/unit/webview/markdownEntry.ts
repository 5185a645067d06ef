import { MarkdownStream } from '../../../src/webview/markdown/markdownStream';
import { loadFormulas } from '../../../src/webview/markdown/drawnFormulas';
import { createParser } from '../../../src/webview/markdown/markdownParser';
import { sanitize } from '../../../src/webview/markdown/sanitizer';
import { seeded } from '../../support/seeded';

/** What the markdown tests call inside the browser. */

const parser = createParser();
const always = (): boolean => true;

/** Shows `pieces` one after the other, as a stream brings them; a frame passes after each. */
function stream(pieces: readonly string[]): HTMLElement {
  const shown = new MarkdownStream();
  for (const piece of pieces) {
    shown.append(piece);
    while (shown.advance(always));
  }
  shown.end();
  while (shown.advance(always));
  return shown.element;
}

/** Drawn formulas as their source, as they are before the renderer is loaded. */
function restoreSources(element: Element): void {
  for (const formula of element.querySelectorAll('code.drawn')) {
    formula.replaceChildren(formula.querySelector('.math-source')?.textContent ?? '');
    formula.className = 'math';
  }
}

/** The nodes as text, without the sections that only group them. */
function html(element: HTMLElement): string {
  const copy = element.cloneNode(true) as HTMLElement;
  for (const section of copy.querySelectorAll('.section'))
    section.replaceWith(...section.childNodes);
  restoreSources(copy);
  copy.normalize();
  return copy.getHTML();
}

/**
 * Streams `text` in pieces of `length` and counts what is parsed, blocks and the text in them.
 * @returns the most characters for one piece, once the first quarter has come, and before
 */
function parsed(text: string, length: number): { early: number; late: number } {
  const md = createParser();
  let count = 0;
  const [parseBlocks, parseText] = [md.block.parse.bind(md.block), md.inline.parse.bind(md.inline)];
  md.block.parse = (source, ...rest) => {
    count += source.length;
    parseBlocks(source, ...rest);
  };
  md.inline.parse = (source, ...rest) => {
    count += source.length;
    parseText(source, ...rest);
  };
  const shown = new MarkdownStream(md);
  const counts = cut(text, () => length).map((piece) => {
    count = 0;
    shown.append(piece);
    while (shown.advance(always));
    return count;
  });
  const quarter = counts.length / 4;
  return { early: Math.max(...counts.slice(0, quarter)), late: Math.max(...counts.slice(quarter)) };
}

/** Cuts `text` into pieces of the lengths that `next` gives. */
function cut(text: string, next: () => number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const length = next();
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

export interface Difference {
  readonly source: string;
  readonly pieces: readonly string[];
  readonly whole: string;
  readonly streamed: string;
}

/**
 * Compares rendering whole with streaming in pieces.
 * @param lengths of the pieces, the least and the most; the texts are streamed once for each
 */
function compare(
  sources: readonly string[],
  seed: number,
  lengths: readonly (readonly [least: number, most: number])[],
): { runs: number; wrong: Difference[] } {
  const random = seeded(seed);
  const wrong: Difference[] = [];
  for (const source of sources) {
    const whole = html(stream([source]));
    for (const [least, most] of lengths) {
      const pieces = cut(source, () => least + Math.floor(random() * (most - least + 1)));
      const streamed = html(stream(pieces));
      if (streamed !== whole) wrong.push({ source, pieces, whole, streamed });
    }
  }
  return { runs: sources.length * lengths.length, wrong };
}

const elements = new Set(
  (
    'p h1 h2 h3 h4 h5 h6 strong em s code pre a br hr ul ol li blockquote ' +
    'table thead tbody tr th td span div button input kbd sub sup mark details summary'
  ).split(' '),
);
const attributes = new Set(
  'class href title start type disabled checked role tabindex aria-label aria-hidden aria-haspopup data-file data-heading dir'.split(
    ' ',
  ),
);

/** Everything in `element` that text of a model must never become. */
function forbidden(element: Element): string[] {
  return [...element.querySelectorAll('*')].flatMap((inside) => {
    const found = [...inside.attributes]
      .filter(
        ({ name, value }) =>
          !attributes.has(name) ||
          (name === 'href' && !isPublic(value)) ||
          (name === 'data-file' && !isContained(value)),
      )
      .map(({ name, value }) => `${name}=${value}`);
    const isFormula = inside.namespaceURI === 'http://www.w3.org/1998/Math/MathML';
    if (isFormula) return [...inside.attributes].map(({ name }) => name).filter(isActive);
    if (!elements.has(inside.localName)) found.push(`<${inside.localName}>`);
    return found;
  });
}

function isActive(attribute: string): boolean {
  return /^on|href|src|style|action/iu.test(attribute);
}

/** Whether a path stays in the folder that it begins in; the host checks one with a drive. */
function isContained(path: string): boolean {
  return !/^[/\\]|(?:^|[/\\])\.\.(?:[/\\]|$)|^[a-z][\w+.-]+:(?!\d)/iu.test(path);
}

function isPublic(href: string): boolean {
  const { protocol, username, hostname } = new URL(href, 'about:blank');
  if (protocol === 'mailto:') return !href.includes('?');
  const own =
    /^\[|^(?:0|10|127)\.|^169\.254\.|^192\.168\.|\.(?:local|localhost|internal)\.?$/u.test(
      hostname,
    );
  return /^https?:$/u.test(protocol) && username === '' && hostname.includes('.') && !own;
}

/**
 * Puts `text` into the document, cut to each of its lengths, or to every `step`th and the
 * last: while it streams, and as if it had ended there.
 * @returns how often it was looked at, and what was found
 */
function expose(text: string, step = 1): { looks: number; found: string[] } {
  const found: string[] = [];
  const shown = new MarkdownStream();
  document.body.append(shown.element);
  let looks = 0;
  for (let before = 0; before < text.length; before += step) {
    const length = Math.min(before + step, text.length);
    looks += 2;
    shown.append(text.slice(before, length));
    while (shown.advance(always));
    const ended = stream([text.slice(0, length)]);
    document.body.append(ended);
    found.push(...forbidden(shown.element), ...forbidden(ended));
    ended.remove();
  }
  shown.element.remove();
  return { looks, found };
}

/** What markdown-it itself makes of `source`, with our rules, as plain text and element names. */
function reference(source: string): string {
  const text = source.replaceAll('\0', '\uFFFD');
  return comparable(sanitize(parser.render(text))).replace(/\[[xX]\]\s/gu, '[x] ');
}

/** The same of our own rendering, with what we add around it taken away. */
function ours(source: string): string {
  const element = stream([source]);
  restoreSources(element);
  for (const header of element.querySelectorAll('.code-header')) header.remove();
  for (const box of element.querySelectorAll('.section, .code-block, .table')) {
    box.replaceWith(...box.childNodes);
  }
  for (const group of element.querySelectorAll('tbody + tbody')) {
    group.parentElement?.querySelector('tbody')?.append(...group.childNodes);
    group.remove();
  }
  for (const box of element.querySelectorAll('input')) {
    const place = box.nextSibling instanceof HTMLParagraphElement ? box.nextSibling : null;
    (place ?? box.parentElement)?.prepend(box.checked ? '[x] ' : '[ ] ');
    box.remove();
  }
  return comparable(element).replace(/^<div>|<\/div>$/gu, '');
}

/** The outline in which white space counts as one space at most, and none next to a tag. */
function comparable(node: Node): string {
  return outline(node)
    .replace(/\s+/gu, ' ')
    .replace(/ ?(?<tag><[^>]*>) ?/gu, '$<tag>')
    .trim();
}

/** Element names and text, in which nothing looks like a tag. */
function outline(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return (node.nodeValue ?? '').replaceAll('<', '‹');
  const inside = [...node.childNodes].map(outline).join('');
  if (!(node instanceof Element)) return inside;
  return `<${node.localName}>${inside.trim()}</${node.localName}>`;
}

export interface MarkdownPage {
  readonly stream: typeof stream;
  readonly html: typeof html;
  readonly cut: typeof cut;
  readonly parsed: typeof parsed;
  readonly compare: typeof compare;
  readonly expose: typeof expose;
  readonly forbidden: typeof forbidden;
  readonly reference: typeof reference;
  readonly ours: typeof ours;
  readonly MarkdownStream: typeof MarkdownStream;
  readonly loadFormulas: typeof loadFormulas;
}

declare global {
  interface Window {
    markdownPage: MarkdownPage;
  }
}

window.markdownPage = {
  stream,
  html,
  cut,
  parsed,
  compare,
  expose,
  forbidden,
  reference,
  ours,
  MarkdownStream,
  loadFormulas,
};
