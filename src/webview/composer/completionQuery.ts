/** Where a word begins that is completed, and what stands there so far. */
export interface OpenQuery<S> {
  readonly source: S;
  /** The offset of the trigger character. */
  readonly from: number;
  /** What follows the trigger, up to the caret. */
  readonly query: string;
}

interface Triggered {
  readonly trigger: string;
  readonly mayStart?: (text: string, at: number) => boolean;
}

/**
 * Which word at the caret asks to be completed. A trigger counts where a word begins, unless its source
 * says otherwise, and its word goes up to the next white space.
 */
export function queryAt<S extends Triggered>(
  text: string,
  caret: number,
  sources: readonly S[],
): OpenQuery<S> | undefined {
  const word = /\S*$/u.exec(text.slice(0, caret))?.[0] ?? '';
  const start = caret - word.length;
  for (let at = start; at < caret; at++) {
    const source = sources.find(({ trigger }) => trigger === text[at]);
    if (!source) continue;
    const mayStart = source.mayStart ?? beginsWord;
    if (mayStart(text, at)) return { source, from: at, query: text.slice(at + 1, caret) };
  }
  return undefined;
}

/** At the start, after white space, or after a bracket or a quotation mark. */
function beginsWord(text: string, at: number): boolean {
  return at === 0 || /[\s([{"'`]/u.test(text[at - 1] ?? '');
}
