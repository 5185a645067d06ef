import type { highlight } from '../highlighter';
import { sanitize } from './sanitizer';

/** Longer code, in UTF-16 code units, is not highlighted: it would block the page. */
const maxCodeLength = 20_000;
const cacheSize = 200;

/** HTML by language and text; empty for unknown languages. */
const cache = new Map<string, string>();

/**
 * Highlights `text` and passes the nodes to `show`, at once if they are cached. An unknown language is not
 * highlighted: the language is never guessed.
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
  // A failed import is reported by the page as an unhandled rejection.
  void loadHighlighter().then(async (highlight) => {
    // Both steps take time: run each in a task after the frame that closed the fence.
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

/** The highlighter is a separate bundle, loaded when the first fence closes. */
export async function loadHighlighter(): Promise<typeof highlight> {
  loading ??= import('../highlighter').then((module) => module.highlight);
  return loading;
}
