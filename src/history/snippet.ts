import type { MessageHit } from './messageIndex';
import { placeOfWord } from './words';

export interface Snippet {
  /** The words around the place, on one line. */
  readonly line: string;
  /** What stands at the place, letter for letter. */
  readonly found: string;
}

/** In UTF-16 code units. */
const before = 40;
const after = 160;

/** Where a message has what was sought: the query as it was typed, or else one of its words. */
export function snippetOf({ text, words }: MessageHit, query: string): Snippet {
  const place = placeOfQuery(text, query) ?? placeOfWord(text, words) ?? { start: 0, end: 0 };
  const from = wordStart(text, Math.max(0, place.start - before), place.start);
  const to = Math.min(text.length, place.end + after);
  const line = text.slice(from, to).replace(/\s+/gu, ' ').trim();
  return {
    line: `${from > 0 ? '…' : ''}${line}${to < text.length ? '…' : ''}`,
    found: text.slice(place.start, place.end),
  };
}

function placeOfQuery(
  text: string,
  query: string,
): { readonly start: number; readonly end: number } | undefined {
  const words = query.trim();
  if (words === '') return undefined;
  const literal = words.replace(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
  const match = new RegExp(literal.replace(/\s+/gu, String.raw`\s+`), 'iu').exec(text);
  return match ? { start: match.index, end: match.index + match[0].length } : undefined;
}

/** Past the rest of a word that `from` stands in, if there is a gap before `end`. */
function wordStart(text: string, from: number, end: number): number {
  if (from === 0) return 0;
  const gap = /\s/u.exec(text.slice(from, end));
  return gap ? from + gap.index + 1 : from;
}
