import { fileLinkPrefix, getNameKind, maxNamesPerLookUp } from '../shared/codeNames';
import { escapeHidden } from '../shared/hiddenCharacters';
import { toSlug } from '../shared/markdown/linkTargets';
import type { AssistantTurnView, TurnView } from '../shared/protocol';
import { createElement, getTurnElements, moveFocus } from './dom';
import { createPageThrottle } from './frameLoop';
import { texts } from './texts/texts';
import { AssistantTurn } from './turn/assistantTurn';
import { addCopyContext, type TurnActions, type TurnElement } from './turn/turnElement';
import { UserTurn } from './turn/userTurn';

export interface TranscriptOptions extends TurnActions {
  /** How long a turn has been in its state, in milliseconds. */
  readonly elapsed: (turn: AssistantTurnView) => number;
  readonly isThinkingOpen: (turnId: string) => boolean;
}

/** The turns of the conversation. `advance` draws what changed, newest turn first. */
export class Transcript {
  readonly element: HTMLElement;
  readonly #options: TranscriptOptions;
  readonly #groups: TurnGroups;
  #turns = new Map<string, TurnElement>();
  /** Turns that need drawing. */
  readonly #waiting = new Set<TurnElement>();

  constructor(options: TranscriptOptions) {
    this.#options = options;
    this.element = createElement('div', {
      class: 'transcript',
      role: 'log',
      'aria-live': 'off',
      'aria-busy': 'false',
      'aria-label': texts.transcript.label,
    });
    this.element.addEventListener('click', (event) => this.#openLink(event));
    this.element.addEventListener('auxclick', (event) => this.#openLink(event));
    this.#groups = new TurnGroups(this.element);
    // In the capture phase, before VS Code reads the context for its menu.
    this.element.addEventListener('contextmenu', (event) => this.#describe(event.target), true);
    this.element.addEventListener('cria-copy', ({ detail }) => options.onCopy(detail.text));
    this.element.addEventListener('cria-code', (event) => this.#useCode(event));
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.#openName(event);
    });
  }

  /** Whether some turns are not completely drawn yet. */
  get isDrawing(): boolean {
    return this.#waiting.size > 0;
  }

  /** Shows exactly `turns`; turns that are unchanged or only longer keep their nodes. */
  reset(turns: readonly TurnView[]): void {
    const old = this.#turns;
    this.#turns = new Map();
    for (const turn of turns) this.#turns.set(turn.id, this.#reuse(old.get(turn.id), turn));
    const kept = new Set(this.#turns.values());
    for (const element of this.#waiting) if (!kept.has(element)) this.#waiting.delete(element);
    this.#replaceElements([...this.#turns.values()].map(({ element }) => element));
    this.#nameModels();
  }

  prepend(turns: readonly TurnView[]): void {
    const made = turns.map((turn) => [turn.id, this.#make(turn)] as const);
    this.#groups.prepend(made.map(([, { element }]) => element));
    this.#turns = new Map([...made, ...this.#turns]);
    this.#nameModels();
  }

  add(turn: TurnView): void {
    const made = this.#make(turn);
    this.#turns.set(turn.id, made);
    this.#groups.append(made.element);
    this.#nameModels();
  }

  update(turn: AssistantTurnView): void {
    const shown = this.#assistant(turn.id);
    shown?.update(turn, this.#options.elapsed(turn));
    if (shown) this.#waiting.add(shown);
  }

  updateText(turn: AssistantTurnView): void {
    const shown = this.#assistant(turn.id);
    shown?.updateText(turn, this.#options.elapsed(turn));
    if (shown) this.#waiting.add(shown);
  }

  /** Updates the elapsed time of a running turn. */
  tick(turn: AssistantTurnView): void {
    this.#assistant(turn.id)?.tick(this.#options.elapsed(turn));
  }

  /** Busy until the answer has ended and is completely drawn. */
  setBusy(isRunning: boolean): void {
    const isBusy = String(isRunning || this.isDrawing);
    if (this.element.ariaBusy !== isBusy) this.element.ariaBusy = isBusy;
  }

  /** Draws pending turns, newest first, while `hasTime` returns true; returns whether work is left. */
  advance(hasTime: () => boolean): boolean {
    for (const turn of [...this.#waiting].reverse()) {
      if (turn.advance(hasTime)) return true;
      this.#waiting.delete(turn);
      if (!hasTime()) break;
    }
    return this.#waiting.size > 0;
  }

  /** The name of a model is shown where it changes. */
  #nameModels(): void {
    let last = '';
    for (const turn of this.#turns.values()) {
      if (!(turn instanceof AssistantTurn)) continue;
      turn.repeatsModel(turn.model === last);
      last = turn.model;
    }
  }

  #replaceElements(elements: readonly HTMLElement[]): void {
    const shown = this.#groups.turns;
    if (elements.length === shown.length && elements.every((each, at) => each === shown[at]))
      return;
    const focused = document.activeElement;
    const at = shown.findIndex((turn) => turn.contains(focused));
    this.#groups.replace(elements);
    if (at < 0 || this.element.contains(document.activeElement)) return;
    // The focused turn was replaced by another version: move the focus to the same control there.
    const label = focused?.getAttribute('aria-label') ?? '';
    const turn = elements[Math.min(at, elements.length - 1)];
    const named = `[aria-label="${CSS.escape(label)}"]:enabled`;
    const same = turn?.querySelector<HTMLElement>(`:is(button, textarea)${named}`);
    const next = same ?? turn;
    if (next) moveFocus(next);
  }

  #make(turn: TurnView): TurnElement {
    if (turn.role === 'user') return new UserTurn(turn, this.#options);
    const { isThinkingOpen, elapsed } = this.#options;
    const actions: TurnActions = {
      ...this.#options,
      onThinkingToggled: (turnId, isOpen) => {
        this.#waiting.add(made);
        this.#options.onThinkingToggled(turnId, isOpen);
      },
    };
    const made = new AssistantTurn(turn, actions, isThinkingOpen(turn.id));
    made.update(turn, elapsed(turn));
    this.#waiting.add(made);
    return made;
  }

  #reuse(old: TurnElement | undefined, turn: TurnView): TurnElement {
    if (turn.role === 'user') {
      return old instanceof UserTurn && old.isSameAs(turn) ? old : this.#make(turn);
    }
    if (!(old instanceof AssistantTurn && old.canBecome(turn))) return this.#make(turn);
    old.update(turn, this.#options.elapsed(turn));
    this.#waiting.add(old);
    return old;
  }

  /** Adds the texts that can be copied at `place` to the context of the menu. */
  #describe(place: EventTarget | null): void {
    if (!(place instanceof Element)) return;
    const turn = this.#turns.get(place.closest('article')?.dataset['turnId'] ?? '');
    if (turn) addCopyContext(turn.element, turn.getCopies(place));
  }

  #assistant(id: string): AssistantTurn | undefined {
    const turn = this.#turns.get(id);
    return turn instanceof AssistantTurn ? turn : undefined;
  }

  /** Identifies the code block by its number in the answer: the host has the code itself. */
  #useCode({ target, detail: { action } }: HTMLElementEventMap['cria-code']): void {
    if (!(target instanceof Element)) return;
    const turn = target.closest('article');
    const turnId = turn?.dataset['turnId'];
    const own = target.closest('.code-block');
    const blocks = [...(turn?.querySelectorAll('.markdown .code-block') ?? [])];
    const block = blocks.filter((each) => !each.closest('.thinking')).findIndex((b) => b === own);
    if (turnId === undefined || block < 0) return;
    this.#options.post({ type: 'codeAction', turnId, block, action });
  }

  #openName(event: Event): void {
    if (showLinkedHeading(event.target)) return;
    const name = findLinkedName(event.target);
    if (name !== undefined) this.#options.post({ type: 'openName', name });
  }

  /** VS Code would open any clicked link; instead, the host checks it and asks the user. */
  #openLink(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link) {
      if (event.type === 'click') this.#openName(event);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (event.type === 'click' || event.button === 1) {
      this.#options.post({ type: 'openLink', href: link.href, text: link.textContent });
    }
  }
}

/** This many turns are laid out or skipped together. */
const turnsPerGroup = 32;

/**
 * Puts turns into groups. The browser lays out only the groups near the view, so a running answer costs the
 * same in a long conversation as in a short one.
 */
export class TurnGroups {
  readonly #place: HTMLElement;

  constructor(place: HTMLElement) {
    this.#place = place;
  }

  get turns(): HTMLElement[] {
    return getTurnElements(this.#place);
  }

  replace(turns: readonly HTMLElement[]): void {
    this.#place.replaceChildren(...groupTurns(turns));
  }

  prepend(turns: readonly HTMLElement[]): void {
    this.#place.prepend(...groupTurns(turns));
  }

  append(turn: HTMLElement): void {
    const last = this.#place.lastElementChild;
    if (last && last.childElementCount < turnsPerGroup) last.append(turn);
    else this.#place.append(...groupTurns([turn]));
  }
}

/** Groups from the end, so that the incomplete group is the first one, where earlier turns are added. */
function groupTurns(turns: readonly HTMLElement[]): HTMLElement[] {
  const groups: HTMLElement[] = [];
  for (let end = turns.length; end > 0; end -= turnsPerGroup) {
    const own = turns.slice(Math.max(0, end - turnsPerGroup), end);
    groups.unshift(createElement('div', { class: 'turns' }, ...own));
  }
  return groups;
}

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
    for (const element of answer.querySelectorAll<HTMLElement>(
      '.markdown :is(code, [data-file])',
    )) {
      const name = getName(element);
      if (element.closest('pre, a, .math, .thinking') || !getNameKind(name)) continue;
      const elements = this.#elements.get(name);
      if (!elements) this.#unasked.push(name);
      this.#elements.set(name, (elements ?? new Set()).add(element));
      if (this.#known.has(name)) markAsLink(element);
    }
    for (const link of answer.querySelectorAll<HTMLElement>('.markdown [data-heading]')) {
      const heading = findHeading(link);
      if (heading) markAsLink(link, heading.textContent);
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

/** A link to a file carries its path; code is the name itself. */
function getName(element: HTMLElement): string {
  const { file } = element.dataset;
  return file === undefined ? element.textContent : fileLinkPrefix + file;
}

function markAsLink(element: HTMLElement, target = element.dataset['file']): void {
  element.classList.add('opens');
  element.role = 'link';
  element.tabIndex = 0;
  element.title = texts.names.open(escapeHidden(target ?? element.textContent));
}

/** The heading of the same answer that a link names. */
function findHeading(link: HTMLElement): HTMLElement | undefined {
  const headings = link
    .closest('.markdown')
    ?.querySelectorAll<HTMLElement>('h1, h2, h3, h4, h5, h6');
  const slug = link.dataset['heading'];
  return [...(headings ?? [])].find((heading) => toSlug(heading.textContent) === slug);
}

/** Scrolls to the heading that a link at `target` names. @returns whether there is one */
export function showLinkedHeading(target: EventTarget | null): boolean {
  const link =
    target instanceof Element ? target.closest<HTMLElement>('.opens[data-heading]') : null;
  const heading = link ? findHeading(link) : undefined;
  if (!heading) return false;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  heading.scrollIntoView({ block: 'start' });
  return true;
}

/** The name that a click or key press on `target` opens. */
export function findLinkedName(target: EventTarget | null): string | undefined {
  const element = target instanceof Element ? target.closest<HTMLElement>('.opens') : null;
  return element ? getName(element) : undefined;
}
