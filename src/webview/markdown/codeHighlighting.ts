import type { highlight } from '../highlighter';
import { sanitize } from './renderLeaf';

/** Above this length, in UTF-16 code units, code stays plain: one block must not take a frame. */
const maxCodeLength = 20_000;
const cacheSize = 200;

/** HTML by language and text; empty for a language that is not known. */
const cache = new Map<string, string>();

/**
 * Colours `text` and hands the nodes to `show`, at once where they are cached. Nothing is shown for a
 * language that is not known: it is never guessed.
 */
export function highlightCode(
  language: string,
  text: string,
  show: (fragment: DocumentFragment) => void,
): void {
  if (language === '' || text.length > maxCodeLength) return;
  const key = `${language}\n${text}`;
  const known = cache.get(key);
  if (known !== undefined) {
    if (known !== '') show(sanitize(known));
    return;
  }
  // A failed import reaches the page's own error report as an unhandled rejection.
  void loadHighlighter().then(async (highlight) => {
    // A long text takes a while: neither step is added to the frame that closed the fence.
    await nextTask();
    const html = highlight(language, text) ?? '';
    addToCache(key, html);
    await nextTask();
    if (html !== '') show(sanitize(html));
  });
}

async function nextTask(): Promise<void> {
  return new Promise((go) => setTimeout(go));
}

function addToCache(key: string, html: string): void {
  cache.set(key, html);
  const [oldest] = cache.keys();
  if (cache.size > cacheSize && oldest !== undefined) cache.delete(oldest);
}

let loading: Promise<typeof highlight> | undefined;

/** The highlighter is a bundle of its own, fetched when the first fence closes. */
export async function loadHighlighter(): Promise<typeof highlight> {
  loading ??= import('../highlighter').then((module) => module.highlight);
  return loading;
}
