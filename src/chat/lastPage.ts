import type { Turn } from '../shared/turn';

/** A message to the page carries whole turns up to this many characters, and at least one turn. */
const pageCharacters = 64 * 1024;

/** The turns of `path` just before `end` that one message carries, and how many come before them. */
export function lastPage(
  path: readonly Turn[],
  end: number,
): { readonly turns: readonly Turn[]; readonly earlier: number } {
  let from = end;
  let room = pageCharacters;
  for (let index = end - 1; index >= 0; index--) {
    const turn = path[index];
    if (!turn) break;
    room -= turn.text.length + (turn.role === 'assistant' ? turn.thinking.length : 0);
    if (room < 0 && from < end) break;
    from = index;
  }
  return { turns: path.slice(from, end), earlier: from };
}
