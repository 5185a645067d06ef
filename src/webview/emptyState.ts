import { defined } from '../shared/defined';
import type {
  AttachSource,
  ConnectionView,
  EditorView,
  FixButton,
  FromWebview,
  Notice,
} from '../shared/protocol';
import { createElement, createIcon, setText } from './dom';
import { texts } from './texts/texts';

const svgNamespace = 'http://www.w3.org/2000/svg';
const llamaPath =
  'M8 21v-6c-2-1-3-3-3-5V4.5C5 3 6 2.5 6.6 4l1 2.4h3L12 4c.8-1.3 1.8-.7 1.8 1V8l3.4 2.2c1 .7 1.4 1.6 1.2 2.6l-.5 1.7h-3L14 21';

interface EmptyStateOptions {
  readonly post: (message: FromWebview) => void;
  /** What the suggestion is about was attached; its text is to be written into the composer. */
  readonly onStart: (text: string) => void;
}

/** Shown in an empty conversation: where messages are sent, connection problems, and suggestions. */
export class EmptyState {
  readonly element: HTMLElement;
  readonly #privacy = createElement('p', { class: 'privacy' });
  readonly #card = createElement('div');
  readonly #suggestions = createElement('div', { class: 'suggestions' });
  readonly #options: EmptyStateOptions;

  constructor(options: EmptyStateOptions) {
    this.#options = options;
    this.element = createElement(
      'section',
      { class: 'empty', hidden: true, 'aria-labelledby': 'empty-title' },
      createElement('div', { class: 'logo', 'aria-hidden': 'true' }),
      createElement('h2', { id: 'empty-title' }, texts.empty.title),
      this.#privacy,
      this.#card,
      this.#suggestions,
    );
    this.element.querySelector('.logo')?.append(createLogo());
  }

  update(connection: ConnectionView, editor: EditorView): void {
    const { origin, notice } = connection;
    const { post, onStart } = this.#options;
    const start = ({ source, text }: Start): void => {
      post({ type: 'attach', source });
      onStart(text);
    };
    this.#privacy.textContent = origin === '' ? '' : texts.empty.privacy(connection);
    this.#card.replaceChildren(...(notice ? [createNoticeCard(notice, post)] : []));
    this.#suggestions.replaceChildren(...createSuggestionButtons(editor, start));
  }
}

function createLogo(): SVGElement {
  const picture = createSvgElement('svg', { viewBox: '0 0 24 24', width: '44', height: '44' });
  picture.append(
    createSvgElement('path', { d: llamaPath }),
    createSvgElement('circle', { cx: '12', cy: '9.4', r: '.6' }),
  );
  return picture;
}

function createSvgElement(
  name: 'svg' | 'path' | 'circle',
  attributes: Readonly<Record<string, string>>,
): SVGElement {
  const element = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** A suggested first message: what to attach, and the text to write into the composer. */
export interface Start {
  readonly source: AttachSource;
  readonly text: string;
}

interface Suggestion extends Start {
  readonly label: string;
  readonly symbol: string;
}

/** Suggestions for the active editor. */
export function createSuggestionButtons(
  editor: EditorView,
  onStart: (start: Start) => void,
): HTMLElement[] {
  return getSuggestions(editor).map(({ label, symbol, ...start }) =>
    createElement(
      'button',
      { type: 'button', class: 'suggestion', on: { click: () => onStart(start) } },
      createIcon(symbol),
      createElement('span', {}, label),
    ),
  );
}

function getSuggestions({ file, selection, problems }: EditorView): Suggestion[] {
  const { explain, ask, fix } = texts.suggestions;
  const found: Suggestion[] = [];
  if (selection !== undefined) {
    found.push({
      ...ask,
      label: ask.label(selection),
      source: 'selection',
      symbol: 'list-selection',
    });
  }
  if (file !== undefined && problems !== undefined) {
    found.push({ ...fix, label: fix.label(problems, file), source: 'problems', symbol: 'warning' });
  }
  if (file !== undefined) {
    found.push({
      ...explain,
      label: explain.label(file),
      source: 'file',
      symbol: 'comment-discussion',
    });
  }
  return found;
}

type Post = (message: FromWebview) => void;

/**
 * A notice with its buttons; the first button is primary if something is wrong.
 * @param turnId the turn that the notice is about
 */
export function createNotice(notice: Notice, post: Post, turnId?: string): HTMLElement {
  return createElement(
    'div',
    { class: `notice ${notice.severity}` },
    ...createNoticeText(notice),
    createFixButtons(notice, post, turnId),
  );
}

/** The same notice as a card with an icon, for an empty conversation. */
export function createNoticeCard(notice: Notice, post: Post): HTMLElement {
  const symbol = createIcon(notice.severity === 'info' ? 'info' : 'debug-disconnect');
  symbol.classList.add(notice.severity);
  return createElement(
    'div',
    { class: 'card' },
    createElement(
      'div',
      { class: 'card-words' },
      symbol,
      createElement('div', {}, ...createNoticeText(notice)),
    ),
    createFixButtons(notice, post),
  );
}

function createNoticeText({ sentence, detail }: Notice): HTMLElement[] {
  const first = createElement('p', { class: 'notice-sentence' }, sentence);
  return detail === undefined
    ? [first]
    : [first, createElement('p', { class: 'notice-detail' }, detail)];
}

function createFixButtons(
  { buttons, severity }: Notice,
  post: Post,
  turnId?: string,
): HTMLElement | undefined {
  if (buttons.length === 0) return undefined;
  const make = ({ action, label }: FixButton, index: number): HTMLElement => {
    const style = index === 0 && severity !== 'info' ? 'button' : 'button secondary';
    const fix = (): void => post(defined({ type: 'recover', action, turnId }));
    return createElement('button', { type: 'button', class: style, on: { click: fix } }, label);
  };
  return createElement('div', { class: 'buttons' }, ...buttons.map(make));
}

/** The title of the conversation above the transcript; a click opens the list of conversations. */
export class ConversationBar {
  readonly element: HTMLElement;
  readonly #title = createElement('span', { class: 'conversation-title', dir: 'auto' });
  readonly #button: HTMLButtonElement;

  constructor(onSwitch: () => void) {
    this.#button = createElement(
      'button',
      { type: 'button', class: 'conversation-button', on: { click: onSwitch } },
      this.#title,
      createIcon('chevron-down'),
    );
    this.element = createElement('div', { class: 'conversation-bar' }, this.#button);
  }

  update(title: string): void {
    const shown = title === '' ? texts.conversation.untitled : title;
    setText(this.#title, shown);
    const label = texts.conversation.switch(shown);
    this.#button.title = label;
    this.#button.setAttribute('aria-label', label);
  }
}
