/**
 * How well `path` fits what was typed, the higher the better; undefined: not at all. Every character
 * must be there in its order; the name counts more than the folder, its beginning most.
 */
export function fuzzyScore(query: string, path: string): number | undefined {
  const wanted = query.toLowerCase();
  const whole = path.toLowerCase();
  const name = whole.slice(whole.lastIndexOf('/') + 1);
  const shorter = 1 / (1 + path.length);
  if (wanted === '') return shorter;
  if (name === wanted) return 5 + shorter;
  if (name.startsWith(wanted)) return 4 + shorter;
  if (name.includes(wanted)) return 3 + shorter;
  if (whole.includes(wanted)) return 2 + shorter;
  return isSubsequence(wanted, whole) ? 1 + shorter : undefined;
}

function isSubsequence(wanted: string, text: string): boolean {
  let at = 0;
  for (const character of wanted) {
    at = text.indexOf(character, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

/** The `most` that fit best, best first; equals in the order in which they came. */
export function findBestMatches<T>(
  query: string,
  candidates: readonly T[],
  pathOf: (candidate: T) => string,
  most: number,
): T[] {
  return candidates
    .flatMap((candidate) => {
      const score = fuzzyScore(query, pathOf(candidate));
      return score === undefined ? [] : [{ candidate, score }];
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}
