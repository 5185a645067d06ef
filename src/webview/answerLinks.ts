import { getNameKind, maxNamesPerLookUp } from '../shared/codeNames';
import { debounced } from './frameLoop';
import { texts } from './texts/texts';

const delayMs = 150;

/**
 * Names of files and symbols in answers that open on a click. Which they are the host knows: it is asked
 * in batches, once for each name, and only about what looks like one.
 */
export class AnswerLinks {
  readonly #ask: (names: readonly string[]) => void;
  readonly #places = new Map<string, Set<HTMLElement>>();
  readonly #known = new Set<string>();
  #unasked: string[] = [];
  readonly #later = debounced(delayMs, () => this.#askNow());

  constructor(ask: (names: readonly string[]) => void) {
    this.#ask = ask;
  }

  /** A finished answer is shown. */
  look(answer: HTMLElement): void {
    for (const code of answer.querySelectorAll<HTMLElement>('.markdown code')) {
      const name = code.textContent;
      if (code.closest('pre, a, .thinking') || !getNameKind(name)) continue;
      const places = this.#places.get(name);
      if (!places) this.#unasked.push(name);
      this.#places.set(name, (places ?? new Set()).add(code));
      if (this.#known.has(name)) markAsLink(code);
    }
    if (this.#unasked.length > 0) this.#later.schedule();
  }

  /** These are in the workspace. */
  learn(known: readonly string[]): void {
    for (const name of known) {
      this.#known.add(name);
      for (const code of this.#places.get(name) ?? []) markAsLink(code);
    }
  }

  /** Another conversation is shown. */
  forget(): void {
    this.#places.clear();
    this.#known.clear();
    this.#unasked = [];
  }

  /** One batch after the other, so that a long answer does not ask for everything at once. */
  #askNow(): void {
    const names = this.#unasked.splice(0, maxNamesPerLookUp);
    if (names.length > 0) this.#ask(names);
    if (this.#unasked.length > 0) this.#later.schedule();
  }
}

function markAsLink(code: HTMLElement): void {
  code.classList.add('opens');
  code.role = 'link';
  code.tabIndex = 0;
  code.title = texts.names.open(code.textContent);
}

/** The name that a click or a key on `target` opens. */
export function findLinkedName(target: EventTarget | null): string | undefined {
  const code = target instanceof Element ? target.closest('code.opens') : null;
  return code?.textContent;
}
