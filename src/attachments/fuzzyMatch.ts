/**
 * How well a path matches a typed query, higher is better; undefined if it does not. All characters must
 * occur in their order. The file name counts more than its folder, the beginning of the name most.
 */
export function fuzzyScore(query: string, path: string): number | undefined {
  const wanted = query.toLowerCase();
  const whole = path.toLowerCase();
  const name = whole.slice(whole.lastIndexOf('/') + 1);
  const shorter = 1 / (1 + path.length);
  if (wanted === '') return shorter;
  if (name === wanted) return 7 + shorter;
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

export interface Matching<T> {
  readonly getPath: (candidate: T) => string;
  readonly maxCount: number;
  /** What is added to the score of one that the user is likely to mean; each better kind of match counts 1. */
  readonly getUse?: (candidate: T) => number;
}

/** The best matches, best first; equally good ones keep their order. */
export function findBestMatches<T>(
  query: string,
  candidates: readonly T[],
  { getPath, maxCount, getUse = () => 0 }: Matching<T>,
): T[] {
  return candidates
    .flatMap((candidate) => {
      const score = fuzzyScore(query, getPath(candidate));
      return score === undefined ? [] : [{ candidate, score: score + getUse(candidate) }];
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, maxCount)
    .map(({ candidate }) => candidate);
}
