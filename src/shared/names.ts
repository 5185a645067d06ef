/** How many names the page asks about at a time, and how long one is at most. */
export const namesAtATime = 48;
export const longestName = 200;

/** A name in an answer that could be one of the workspace. */
export type NameKind = 'path' | 'symbol';

const path =
  /^(?!.*\.\.(?:[/\\]|$))(?:\.\/)?[\w@.+-]+(?:[/\\][\w@.+-]+)*(?:(?::\d{1,7}){1,2}|#L\d{1,7}(?:-L?\d{1,7})?)?$/u;
const ending = /\.[A-Za-z][\w+-]{0,9}(?:[:#].*)?$/u;
const symbol =
  /^[\p{ID_Start}$_][\p{ID_Continue}$]*(?:(?:\.|#|::)[\p{ID_Start}$_][\p{ID_Continue}$]*)*(?:\(\))?$/u;

/**
 * What words in inline code look like: a path (`src/cart.ts`, `cart.ts:12`), an identifier (`total`,
 * `Cart.total()`), or neither, as most do. Nothing is asked about what looks like neither.
 */
export function nameKind(words: string): NameKind | undefined {
  if (words.length < 3 || words.length > longestName) return undefined;
  if (path.test(words) && (ending.test(words) || /[/\\]/u.test(words))) return 'path';
  return symbol.test(words) ? 'symbol' : undefined;
}
