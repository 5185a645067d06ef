import hljs from 'highlight.js';
import createMarkdownIt from 'markdown-it';
import * as smd from 'streaming-markdown';
import { MarkdownStream } from '../../../src/webview/markdown/markdownStream';
import { sanitize } from '../../../src/webview/markdown/sanitizer';

/** What the panel's bench measures inside the browser: ways to show a text that grows. */

const always = (): boolean => true;

/** Shows `text`, all there is so far. `piece` is what has come since the last frame. */
type Frame = (text: string, piece: string) => void;

const ways: Readonly<Record<string, (place: HTMLElement) => Frame>> = {
  /** As the page does it. */
  cria: (place) => {
    const stream = new MarkdownStream();
    place.append(stream.element);
    return (_text, piece) => {
      stream.append(piece);
      stream.advance(always);
    };
  },
  /** The least that is possible: plain text, a node for each paragraph. */
  floor: (place) => {
    let node = paragraph(place);
    return (_text, piece) => {
      for (const [index, part] of piece.split('\n\n').entries()) {
        if (index > 0) node = paragraph(place);
        node.appendData(part);
      }
    };
  },
  /** As it is often done: the whole message, again in each frame. */
  whole: (place) => {
    const md = createMarkdownIt({
      highlight: (code, language) =>
        hljs.getLanguage(language) ? hljs.highlight(code, { language }).value : '',
    });
    return (text) => {
      place.replaceChildren(sanitize(md.render(text)));
    };
  },
  /** The npm package `streaming-markdown`: it changes nothing that is shown, and sanitises nothing. */
  smd: (place) => {
    const parser = smd.parser(smd.default_renderer(place));
    return (_text, piece) => smd.parser_write(parser, piece);
  },
};

function paragraph(place: HTMLElement): Text {
  const element = document.createElement('p');
  place.append(element);
  return element.appendChild(document.createTextNode(''));
}

/**
 * What showing `text` costs, layout included, when `perFrame` characters come in each frame.
 * @param every only each so many frames is shown and counted; the others are taken to cost the same
 * @returns milliseconds
 */
async function cost(way: string, text: string, perFrame: number, every = 1): Promise<number> {
  const place = document.createElement('article');
  document.body.append(place);
  const show = ways[way]?.(place);
  let total = 0;
  let shown = 0;
  const step = perFrame * every;
  for (let end = step; end < text.length + step; end += step) {
    const begin = performance.now();
    show?.(text.slice(0, end), text.slice(end - step, end));
    place.getBoundingClientRect();
    total += performance.now() - begin;
    // Others have their turn too: a colour for code comes between two frames.
    if (++shown % 50 === 0) await new Promise((done) => setTimeout(done));
  }
  place.remove();
  return total * every;
}

declare global {
  interface Window {
    benchPage: { readonly cost: typeof cost };
  }
}

window.benchPage = { cost };
