import type { FromWebview, SuggestionView } from '../../shared/protocol';

type Query = Extract<FromWebview, { type: 'query' }>;

/** Questions to the host, numbered: only the newest is answered, what is stale is nothing. */
export class HostQueries {
  readonly #post: (message: Query) => void;
  #seq = 0;
  #answer: ((items: readonly SuggestionView[]) => void) | undefined;

  constructor(post: (message: Query) => void) {
    this.#post = post;
  }

  ask(of: Query['of'], text: string): Promise<readonly SuggestionView[]> {
    this.#answer?.([]);
    this.#seq += 1;
    const seq = this.#seq;
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#post({ type: 'query', seq, of, text });
    });
  }

  receive(seq: number, items: readonly SuggestionView[]): void {
    if (seq !== this.#seq) return;
    this.#answer?.(items);
    this.#answer = undefined;
  }
}
