import { getNameKind, maxNamesPerLookUp } from '../shared/codeNames';
import { createPageThrottle } from './frameLoop';
import { texts } from './texts/texts';

const batchDelayMs = 150;

/**
 * Makes the names of files and symbols in answers open on a click. The host knows which names exist: it is asked
 * in batches, once per name and conversation, and only about code that looks like such a name.
 */
export class AnswerLinks {
  readonly #onUnknown: (names: readonly string[]) => void;
  readonly #elements = new Map<string, Set<HTMLElement>>();
  readonly #known = new Set<string>();
  #unasked: string[] = [];
  readonly #asker = createPageThrottle(batchDelayMs, () => this.#ask());

  /** @param onUnknown asks the host which of these names exist */
  constructor(onUnknown: (names: readonly string[]) => void) {
    this.#onUnknown = onUnknown;
  }

  /** Call when an answer is finished and shown. */
  addAnswer(answer: HTMLElement): void {
    for (const code of answer.querySelectorAll<HTMLElement>('.markdown code')) {
      const name = code.textContent;
      if (code.closest('pre, a, .thinking') || !getNameKind(name)) continue;
      const elements = this.#elements.get(name);
      if (!elements) this.#unasked.push(name);
      this.#elements.set(name, (elements ?? new Set()).add(code));
      if (this.#known.has(name)) markAsLink(code);
    }
    if (this.#unasked.length > 0) this.#asker.request();
  }

  /** @param known names that exist in the workspace */
  setKnown(known: readonly string[]): void {
    for (const name of known) {
      this.#known.add(name);
      for (const code of this.#elements.get(name) ?? []) markAsLink(code);
    }
  }

  /** Call when another conversation is shown: elements of this one are released, and names are requested again. */
  clear(): void {
    this.#elements.clear();
    this.#known.clear();
    this.#unasked = [];
    this.#asker.cancel();
  }

  /** One batch after another, so that a long answer does not ask for everything at once. */
  #ask(): void {
    const names = this.#unasked.splice(0, maxNamesPerLookUp);
    if (names.length > 0) this.#onUnknown(names);
    if (this.#unasked.length > 0) this.#asker.request();
  }
}

function markAsLink(code: HTMLElement): void {
  code.classList.add('opens');
  code.role = 'link';
  code.tabIndex = 0;
  code.title = texts.names.open(code.textContent);
}

/** The name that a click or key press on `target` opens. */
export function findLinkedName(target: EventTarget | null): string | undefined {
  const code = target instanceof Element ? target.closest('code.opens') : null;
  return code?.textContent;
}
