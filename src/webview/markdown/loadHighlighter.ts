import type { highlight } from '../highlighter';

let loading: Promise<typeof highlight> | undefined;

/** The highlighter is a bundle of its own, fetched when the first fence closes. */
export async function loadHighlighter(): Promise<typeof highlight> {
  loading ??= import('../highlighter').then((module) => module.highlight);
  return loading;
}
