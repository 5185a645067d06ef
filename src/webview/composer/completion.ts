import { createElement, createIcon, isForInputMethod } from '../dom';
import { texts } from '../texts/texts';

/** One suggestion. */
export interface CompletionItem {
  readonly label: string;
  /** Distinguishes items of the same name, such as a folder. */
  readonly detail?: string;
  /** The name of a codicon. */
  readonly icon?: string;
  /** Called when the item is chosen. Returns the text that replaces the trigger and the word after it. */
  readonly accept: () => string;
}

/** Completes words of the message that start with a trigger character. */
export interface CompletionSource {
  /** One character, such as `#`. */
  readonly trigger: string;
  /** Accessible name of the list. */
  readonly name: string;
  /** Whether a trigger at this offset counts; by default it counts at the start of a word. */
  readonly mayStart?: (text: string, at: number) => boolean;
  /**
   * Whether Enter takes an item although the user has not moved into the list. Without it Enter always does:
   * for triggers that mean nothing else.
   */
  readonly isUnmistakable?: (item: CompletionItem, query: string) => boolean;
  /** Items that match `query`, best first. Late results for an earlier query are dropped. */
  readonly find: (query: string) => Promise<readonly CompletionItem[]>;
}

interface CompletionOptions {
  readonly input: HTMLTextAreaElement;
  readonly sources: readonly CompletionSource[];
  /** Called after a chosen item has changed the text. */
  readonly onAccepted: () => void;
  readonly say: (sentence: string) => void;
}

/**
 * Completes words in a text box: the list follows what the user types, the arrow keys select, Enter or Tab
 * accepts, Escape closes. The focus stays in the text box.
 */
export class Completion {
  readonly #options: CompletionOptions;
  readonly #list: CompletionList;
  #open: OpenQuery<CompletionSource> | undefined;
  /** Counts the queries, so that only the newest result is shown. */
  #asked = 0;
  /** The offset of the trigger whose list was closed with Escape; it stays closed. */
  #dismissedAt: number | undefined;

  constructor(options: CompletionOptions) {
    this.#options = options;
    this.#list = new CompletionList(options.input, (item) => this.#accept(item));
    options.input.addEventListener('blur', () => this.close());
  }

  /** The list, placed above the text box. */
  get element(): HTMLElement {
    return this.#list.element;
  }

  /** Call when the text or the caret has changed. */
  refresh(): void {
    const { input, sources } = this.#options;
    const isCaret = input.selectionStart === input.selectionEnd;
    const open = isCaret ? findQuery(input.value, input.selectionStart, sources) : undefined;
    if (open?.from !== this.#dismissedAt) this.#dismissedAt = undefined;
    if (!open || open.from === this.#dismissedAt) {
      this.close();
      return;
    }
    const before = this.#open;
    // The items of another trigger must not replace this one.
    if (before && before.source !== open.source) this.close();
    this.#open = open;
    if (this.#isAsked(before, open)) return;
    void this.#ask(open);
  }

  #isAsked(before: OpenQuery<CompletionSource> | undefined, now: typeof before): boolean {
    return (
      before?.source === now?.source && before?.from === now?.from && before?.query === now?.query
    );
  }

  /** Handles a key if the list is open; returns whether it did. */
  handleKey(event: KeyboardEvent): boolean {
    if (!this.#list.isOpen || isForInputMethod(event)) return false;
    const isEnter = event.key === 'Enter' && !this.#takenByEnter();
    const act = isEnter ? undefined : this.#keys[event.key];
    if (isEnter) this.close();
    if (!act || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
    act();
    event.preventDefault();
    // Otherwise VS Code would handle the key, and the page's Escape would stop the answer.
    event.stopPropagation();
    return true;
  }

  close(): void {
    this.#asked += 1;
    this.#open = undefined;
    this.#list.show([], '');
  }

  readonly #keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => this.#list.move(1),
    ArrowUp: () => this.#list.move(-1),
    Enter: () => this.#accept(this.#takenByEnter()),
    Tab: () => this.#accept(this.#list.active ?? this.#list.items[0]),
    Escape: () => {
      this.#dismissedAt = this.#open?.from;
      this.close();
    },
  };

  /**
   * What Enter takes: an item that is chosen, or what the user wrote in full, also while the list is still that of
   * fewer characters. Otherwise Enter sends.
   */
  #takenByEnter(): CompletionItem | undefined {
    const { source, query = '' } = this.#open ?? {};
    const { active, items } = this.#list;
    if (active || !source?.isUnmistakable) return active ?? items[0];
    return items.find((item) => source.isUnmistakable?.(item, query));
  }

  async #ask({ source, query }: OpenQuery<CompletionSource>): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const items = await source.find(query);
    if (asked !== this.#asked) return;
    this.#list.show(items, source.name, source.isUnmistakable === undefined);
    this.#options.say(texts.completion.count(items.length));
  }

  #accept(item: CompletionItem | undefined): void {
    const { input, onAccepted } = this.#options;
    const open = this.#open;
    if (!item || !open) return;
    const end = open.from + 1 + open.query.length;
    this.close();
    const text = item.accept();
    const space = text === '' || /^\s/u.test(input.value.slice(end)) ? '' : ' ';
    input.setRangeText(`${text}${space}`, open.from, end, 'end');
    input.focus();
    onAccepted();
  }
}

/** A word that is being completed. */
export interface OpenQuery<S> {
  readonly source: S;
  /** The offset of the trigger character. */
  readonly from: number;
  /** The text after the trigger, up to the caret. */
  readonly query: string;
}

/** Only so much text before the caret is searched for a trigger: the pattern must not see a whole long message. */
const maxWordLength = 256;

interface TriggerRule {
  readonly trigger: string;
  readonly mayStart?: (text: string, at: number) => boolean;
}

/**
 * Finds the word at the caret that can be completed. A trigger counts at the start of a word, unless its
 * source decides otherwise; the word ends at the next white space.
 */
export function findQuery<S extends TriggerRule>(
  text: string,
  caret: number,
  sources: readonly S[],
): OpenQuery<S> | undefined {
  const searched = text.slice(Math.max(0, caret - maxWordLength), caret);
  let start = caret;
  while (start > caret - searched.length && !/\s/u.test(text.charAt(start - 1))) start -= 1;
  for (let at = start; at < caret; at++) {
    const source = sources.find(({ trigger }) => trigger === text[at]);
    if (!source) continue;
    const mayStart = source.mayStart ?? startsWord;
    if (mayStart(text, at)) return { source, from: at, query: text.slice(at + 1, caret) };
  }
  return undefined;
}

/** At the start of the text, after white space, an opening bracket or a quotation mark. */
function startsWord(text: string, at: number): boolean {
  return at === 0 || /[\s([{"'`]/u.test(text[at - 1] ?? '');
}

const listId = 'completion';

/** The list above the text box, which keeps the focus and refers to the active option (ARIA listbox). */
export class CompletionList {
  readonly element = createElement('div', {
    id: listId,
    class: 'completion',
    role: 'listbox',
    hidden: true,
  });
  readonly #input: HTMLTextAreaElement;
  readonly #onChosen: (item: CompletionItem) => void;
  #items: readonly CompletionItem[] = [];
  #active = 0;

  constructor(input: HTMLTextAreaElement, onChosen: (item: CompletionItem) => void) {
    this.#input = input;
    this.#onChosen = onChosen;
    input.setAttribute('aria-autocomplete', 'list');
    // Pressing the mouse on the list must not move the focus out of the text box.
    this.element.addEventListener('mousedown', (event) => event.preventDefault());
  }

  get isOpen(): boolean {
    return this.#items.length > 0;
  }

  /** The item that the user has moved to, or that the list began with. */
  get active(): CompletionItem | undefined {
    return this.#items[this.#active];
  }

  get items(): readonly CompletionItem[] {
    return this.#items;
  }

  /** Shows `items`; an empty array closes the list. @param hasActive whether the first one is chosen at once */
  show(items: readonly CompletionItem[], name: string, hasActive = true): void {
    this.#items = items;
    this.element.hidden = items.length === 0;
    this.element.setAttribute('aria-label', name);
    this.element.replaceChildren(...items.map((item, index) => this.#option(item, index)));
    if (this.isOpen) {
      this.#input.setAttribute('aria-controls', listId);
      this.#activate(hasActive ? 0 : -1);
    } else {
      this.#input.removeAttribute('aria-controls');
      this.#input.removeAttribute('aria-activedescendant');
    }
  }

  /** Moves the selection, wrapping around at both ends. */
  move(step: 1 | -1): void {
    const { length } = this.#items;
    const from = this.#active < 0 && step < 0 ? length : this.#active;
    this.#activate((from + step + length) % length);
  }

  #activate(index: number): void {
    this.#active = index;
    for (const [at, option] of [...this.element.children].entries()) {
      option.setAttribute('aria-selected', String(at === index));
    }
    const option = this.element.children[index];
    option?.scrollIntoView({ block: 'nearest' });
    if (option) this.#input.setAttribute('aria-activedescendant', option.id);
    else this.#input.removeAttribute('aria-activedescendant');
  }

  #option(item: CompletionItem, index: number): HTMLElement {
    const { label, detail, icon: symbol } = item;
    return createElement(
      'div',
      {
        id: `${listId}-${index}`,
        class: 'completion-item',
        role: 'option',
        on: {
          click: () => this.#onChosen(item),
          mousemove: () => {
            if (this.#active !== index) this.#activate(index);
          },
        },
      },
      symbol === undefined ? undefined : createIcon(symbol),
      createElement('span', { class: 'completion-label' }, label),
      detail === undefined
        ? undefined
        : createElement('span', { class: 'completion-detail' }, detail),
    );
  }
}
