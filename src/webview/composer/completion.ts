import { isForInputMethod } from '../inputMethod';
import { texts } from '../texts/texts';
import { CompletionList } from './completionList';
import { queryAt, type OpenQuery } from './completionQuery';

/** One thing that can be put in place of what was typed. */
export interface CompletionItem {
  readonly label: string;
  /** What tells it from others of the same name, such as the folder. */
  readonly detail?: string;
  /** The name of a codicon. */
  readonly icon?: string;
  /** Called when it is chosen. Returns the text that takes the place of the trigger and its word. */
  readonly accept: () => string;
}

/** Something that completes words of the message which begin with one character. */
export interface CompletionSource {
  /** One character, such as `#`. */
  readonly trigger: string;
  /** Says what the list holds, to those who hear it. */
  readonly name: string;
  /** Whether the trigger at this offset counts; otherwise wherever a word begins. */
  readonly mayStart?: (text: string, at: number) => boolean;
  /** What fits `query`, the best first. A slow answer that is no longer wanted is dropped. */
  readonly find: (query: string) => Promise<readonly CompletionItem[]>;
}

interface CompletionOptions {
  readonly input: HTMLTextAreaElement;
  readonly sources: readonly CompletionSource[];
  /** The text was changed by an item that was chosen. */
  readonly onAccepted: () => void;
  readonly say: (sentence: string) => void;
}

/**
 * Completes words in a text box: the list follows what is typed, arrows choose, Enter or Tab accepts,
 * Escape closes. The focus stays in the box all the time.
 */
export class Completion {
  readonly #options: CompletionOptions;
  readonly #list: CompletionList;
  #open: OpenQuery<CompletionSource> | undefined;
  /** Counts the questions, so that only the newest answer is shown. */
  #asked = 0;
  /** The trigger whose list was closed by Escape stays closed. */
  #dismissedAt: number | undefined;

  constructor(options: CompletionOptions) {
    this.#options = options;
    this.#list = new CompletionList(options.input, (item) => this.#accept(item));
    options.input.addEventListener('blur', () => this.close());
  }

  /** The list, to be put above the text box. */
  get element(): HTMLElement {
    return this.#list.element;
  }

  /** To be called when the text or the caret has changed. */
  refresh(): void {
    const { input, sources } = this.#options;
    const isCaret = input.selectionStart === input.selectionEnd;
    const open = isCaret ? queryAt(input.value, input.selectionStart, sources) : undefined;
    if (open?.from !== this.#dismissedAt) this.#dismissedAt = undefined;
    if (!open || open.from === this.#dismissedAt) {
      this.close();
      return;
    }
    const before = this.#open;
    this.#open = open;
    if (before?.from === open.from && before.query === open.query) return;
    void this.#ask(open);
  }

  /** Whether the list took the key. */
  takes(event: KeyboardEvent): boolean {
    if (!this.#list.isOpen || isForInputMethod(event)) return false;
    const act = this.#keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
    act();
    event.preventDefault();
    // VS Code would take the key as its own, and the page's Escape would stop the answer.
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
    Enter: () => this.#accept(this.#list.active),
    Tab: () => this.#accept(this.#list.active),
    Escape: () => {
      this.#dismissedAt = this.#open?.from;
      this.close();
    },
  };

  async #ask({ source, query }: OpenQuery<CompletionSource>): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const items = await source.find(query);
    if (asked !== this.#asked) return;
    this.#list.show(items, source.name);
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
