import {
  createElement,
  createIconButton,
  isForInputMethod,
  moveFocus,
  setText,
  getTurnElements,
} from '../dom';
import { createPageThrottle, FrameLoop } from '../frameLoop';
import { texts } from '../texts/texts';
import { createFindPattern, findMatches, Matches } from './findMatches';

export interface FindOptions {
  readonly transcript: Element;
  /** The first visible turn. */
  readonly firstInView: () => Element | undefined;
  /** Runs `change`, which adds or removes content at the top, and keeps the visible content where it is. */
  readonly keepView: (change: () => void) => void;
  readonly reveal: (range: StaticRange) => void;
  readonly say: (sentence: string) => void;
  /** Loads all earlier turns, or stops doing so. */
  readonly wantAll: (isWanted: boolean) => void;
  readonly isLoading: () => boolean;
  /** Whether turns are still being loaded or drawn. */
  readonly isIncomplete: () => boolean;
}

/** A changed turn is searched again after this time. */
const searchDelayMs = 250;

/**
 * Finds text in the whole conversation: VS Code has no find widget for webview views. A running answer is
 * searched again as it grows.
 */
export class Find {
  readonly bar: FindBar;
  readonly #options: FindOptions;
  readonly #matches = new Matches();
  readonly #waiting = new Set<Element>();
  readonly #frames = new FrameLoop((hasTime) => this.#search(hasTime));
  readonly #searcher = createPageThrottle(searchDelayMs, () => this.#frames.request());
  readonly #observer = new MutationObserver((records) => this.#changed(records));
  #pattern: RegExp | undefined;
  /** The user has started a search or a step: show and announce the result. */
  #isAsked = false;
  /** Matches in this turn are shown first, once it is loaded. */
  #wanted: string | undefined;
  #focusBefore: Element | null = null;

  constructor(options: FindOptions) {
    this.#options = options;
    this.bar = new FindBar({
      onQuery: (query) => this.#ask(query),
      onStep: (step) => this.step(step),
      onClose: () => this.close(),
    });
  }

  get isOpen(): boolean {
    return !this.bar.element.hidden;
  }

  /** Opens the find bar with the selected text, or focuses it. */
  open(): void {
    const selected = document.getSelection()?.toString() ?? '';
    this.#open(selected.includes('\n') ? '' : selected);
  }

  /** Opens the find bar with `text` and shows the first match in the turn. */
  openAt(turnId: string, text: string): void {
    this.#open(text);
    this.#wanted = turnId;
  }

  #open(text: string): void {
    if (!this.isOpen) {
      this.#focusBefore = document.activeElement;
      this.#observer.observe(this.#options.transcript, {
        childList: true,
        characterData: true,
        subtree: true,
        attributeFilter: ['hidden'],
      });
    }
    this.#options.keepView(() => this.bar.open(text));
    this.#ask(this.bar.query);
  }

  close(): void {
    const hadFocus = this.bar.element.contains(document.activeElement);
    this.#options.keepView(() => this.bar.close());
    this.#observer.disconnect();
    this.#ask('');
    if (hadFocus && this.#focusBefore instanceof HTMLElement) this.#focusBefore.focus();
  }

  step(by: 1 | -1): void {
    if (this.#matches.total === 0) return;
    this.#matches.step(by);
    this.#isAsked = true;
    this.#show();
  }

  /** Call when turns were added or replaced. */
  refresh(): void {
    if (this.isOpen) this.#frames.request();
  }

  #ask(query: string): void {
    this.#pattern = createFindPattern(query);
    this.#matches.clear();
    this.#waiting.clear();
    this.#isAsked = this.#pattern !== undefined;
    this.#wanted = undefined;
    this.#options.wantAll(this.#isAsked);
    if (this.#pattern) for (const turn of this.#turns()) this.#waiting.add(turn);
    this.#frames.request();
  }

  #turns(): readonly Element[] {
    return getTurnElements(this.#options.transcript);
  }

  #changed(records: readonly MutationRecord[]): void {
    for (const { target, addedNodes } of records) {
      for (const node of [target, ...addedNodes]) {
        const element = node instanceof Element ? node : node.parentElement;
        const turn = element?.closest('article');
        if (turn) this.#waiting.add(turn);
      }
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        for (const turn of node.querySelectorAll('article')) this.#waiting.add(turn);
      }
    }
    this.#searcher.request();
  }

  #search(hasTime: () => boolean): boolean {
    const pattern = this.#pattern;
    for (const turn of pattern ? this.#waiting : []) {
      this.#waiting.delete(turn);
      if (pattern) this.#matches.set(turn, findMatches(turn, pattern));
      if (!hasTime()) return true;
    }
    const turns = this.#turns();
    const wanted = turns.find((turn) => this.#isWanted(turn));
    const isFound = wanted !== undefined && this.#matches.isIn(wanted);
    if (this.#wanted !== undefined && !isFound && this.#options.isIncomplete()) return false;
    this.#wanted = undefined;
    this.#matches.order(turns, wanted ?? this.#options.firstInView());
    this.#show();
    return false;
  }

  #isWanted(turn: Element): boolean {
    return turn instanceof HTMLElement && turn.dataset['turnId'] === this.#wanted;
  }

  #show(): void {
    const { position, total, isCut, current } = this.#matches;
    this.#matches.paint();
    const isMore = isCut || this.#options.isLoading();
    this.bar.setCount(this.#pattern ? texts.find.count(position, total, isMore) : '');
    if (!this.#isAsked || (!current && isMore)) return;
    this.#isAsked = false;
    if (current) this.#options.reveal(current);
    this.#options.say(texts.find.announcement(position, total));
  }
}

const isMac = navigator.userAgent.includes('Macintosh');

/** Handles the keys of the find widget, wherever the focus is; returns whether it did. */
export function handleFindKey(event: KeyboardEvent, find: Find): boolean {
  const { key, shiftKey, altKey } = event;
  const isModified = isMac ? event.metaKey : event.ctrlKey;
  if (key.toLowerCase() === 'f' && isModified && !shiftKey && !altKey) find.open();
  else if (!find.isOpen) return false;
  else if (key === 'Escape') find.close();
  else if (key === 'F3') find.step(shiftKey ? -1 : 1);
  else return false;
  return true;
}

export interface FindBarOptions {
  readonly onQuery: (query: string) => void;
  readonly onStep: (step: 1 | -1) => void;
  readonly onClose: () => void;
}

/** The find bar above the conversation: the query, the position of the match, and buttons to step. */
export class FindBar {
  readonly element: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #count = createElement('span', { class: 'find-count' });

  constructor(options: FindBarOptions) {
    const { onQuery, onStep, onClose } = options;
    this.#input = createElement('input', {
      type: 'text',
      spellcheck: 'false',
      autocomplete: 'off',
      'aria-label': texts.find.label,
      placeholder: texts.find.label,
      on: { input: () => onQuery(this.#input.value) },
    });
    this.element = createElement(
      'div',
      {
        class: 'find',
        role: 'search',
        'aria-label': texts.find.region,
        hidden: true,
        on: { keydown: (event) => onKey(event, onStep, this.#input) },
      },
      this.#input,
      this.#count,
      createIconButton('arrow-up', texts.find.previous, () => onStep(-1)),
      createIconButton('arrow-down', texts.find.next, () => onStep(1)),
      createIconButton('close', texts.find.close, onClose),
    );
  }

  get query(): string {
    return this.#input.value;
  }

  /** Shows the bar; `query` replaces the text unless it is empty. The text is selected. */
  open(query: string): void {
    this.element.hidden = false;
    if (query !== '') this.#input.value = query;
    // `select()` would take the focus.
    this.#input.setSelectionRange(0, this.#input.value.length);
    moveFocus(this.#input);
  }

  close(): void {
    this.element.hidden = true;
  }

  setCount(text: string): void {
    setText(this.#count, text);
  }
}

/** Enter and Shift+Enter in the input step to the next and previous match. */
function onKey(
  event: KeyboardEvent,
  onStep: FindBarOptions['onStep'],
  input: HTMLInputElement,
): void {
  if (event.key !== 'Enter' || event.target !== input || isForInputMethod(event)) return;
  onStep(event.shiftKey ? -1 : 1);
  event.preventDefault();
  event.stopPropagation();
}
