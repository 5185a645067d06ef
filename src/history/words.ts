/** Scripts that are written without spaces: there each character counts as a word. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const separators = /[\s\p{P}\p{S}]+/u;
const longest = 64;

/** The words of a text, as they are searched for. */
export function wordsOf(text: string): string[] {
  return text
    .split(separators)
    .filter((word) => word !== '')
    .flatMap((word) => (unspaced.test(word) ? Array.from(word) : [word.slice(0, longest)]));
}

/** The form in which words are compared: accents and case do not count. */
export function normalWord(word: string): string {
  if (ascii.test(word)) return word.toLowerCase();
  return word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

const ascii = /^[ -~]*$/u;

/** Where the first of `words` (normal ones) stands in a text, as offsets in UTF-16 code units. */
export function placeOfWord(
  text: string,
  words: readonly string[],
): { readonly start: number; readonly end: number } | undefined {
  const wanted = new Set(words);
  for (const { 0: run, index } of text.matchAll(/[^\s\p{P}\p{S}]+/gu)) {
    let start = index;
    for (const word of wordsOf(run)) {
      if (wanted.has(normalWord(word))) return { start, end: start + word.length };
      start += word.length;
    }
  }
  return undefined;
}
