import DOMPurify from 'dompurify';
import { MarkdownStream } from '../../../src/webview/markdown/markdownStream';
import { createParser } from '../../../src/webview/markdown/parser';

/** What the markdown tests call inside the browser. */

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

/** The nodes as text, without the sections that only group them. */
function html(element: HTMLElement): string {
  const copy = element.cloneNode(true) as HTMLElement;
  for (const section of copy.querySelectorAll('.section')) section.replaceWith(...section.childNodes);
  copy.normalize();
  return copy.innerHTML;
}

/** Cuts `text` into pieces of the lengths that `next` gives. */
function cut(text: string, next: () => number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const length = next();
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

/** Random numbers from 0 up to 1 that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Difference {
  readonly source: string;
  readonly pieces: readonly string[];
  readonly whole: string;
  readonly streamed: string;
}

/** Compares rendering whole with streaming in pieces of 1, of 3 and of random lengths. */
function compare(sources: readonly string[], seed: number): { runs: number; wrong: Difference[] } {
  const random = seeded(seed);
  const wrong: Difference[] = [];
  const cuts = [() => 1, () => 3, () => 1 + Math.floor(random() * 12)];
  for (const source of sources) {
    const whole = html(stream([source]));
    for (const next of cuts) {
      const pieces = cut(source, next);
      const streamed = html(stream(pieces));
      if (streamed !== whole) wrong.push({ source, pieces, whole, streamed });
    }
  }
  return { runs: sources.length * cuts.length, wrong };
}

/** What markdown-it itself makes of `source`, with our rules, as plain text and element names. */
function reference(source: string): string {
  const rendered = createParser().render(source);
  return outline(DOMPurify.sanitize(rendered, { RETURN_DOM_FRAGMENT: true }));
}

/** The same of our own rendering, with what we add around it taken away. */
function ours(source: string): string {
  const element = stream([source]);
  for (const header of element.querySelectorAll('.code-header')) header.remove();
  for (const box of element.querySelectorAll('.section, .code-block, .table')) {
    box.replaceWith(...box.childNodes);
  }
  return outline(element);
}

/** Element names and text; white space between blocks does not count. */
function outline(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue ?? '';
  const inside = [...node.childNodes].map(outline).join('');
  if (!(node instanceof Element)) return inside.replace(/\s+/gu, ' ');
  return `<${node.localName}>${inside.trim()}</${node.localName}>`;
}

export interface MarkdownPage {
  readonly stream: typeof stream;
  readonly html: typeof html;
  readonly cut: typeof cut;
  readonly compare: typeof compare;
  readonly reference: typeof reference;
  readonly ours: typeof ours;
  readonly MarkdownStream: typeof MarkdownStream;
}

declare global {
  interface Window {
    markdownPage: MarkdownPage;
  }
}

window.markdownPage = { stream, html, cut, compare, reference, ours, MarkdownStream };
