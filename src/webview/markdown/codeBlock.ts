import { findNamedFile } from '../../shared/codeNames';
import { type CodeAction, codeActions } from '../../shared/protocol';
import { escapeHidden } from '../../shared/hiddenCharacters';
import { createElement, createIconButton, setText } from '../dom';
import { texts } from '../texts/texts';
import { highlightCode } from './codeHighlighting';

/**
 * A code block with its header. While its fence is open, text is appended to one text node; the code is
 * highlighted when the fence closes.
 */
export class CodeBlock {
  readonly element: HTMLElement;
  readonly #info: string;
  readonly #language: string;
  readonly #name: HTMLElement;
  readonly #tools: HTMLElement;
  readonly #code = createElement('code');
  readonly #text = document.createTextNode('');
  #open = true;

  /** @param info the info string of the fence */
  constructor(info: string) {
    this.#info = info;
    this.#language = /^[^\s:{]*/u.exec(info)?.[0] ?? '';
    const name = this.#language === '' ? texts.code.plain : escapeHidden(this.#language);
    this.#code.append(this.#text);
    this.#name = createElement('span', { class: 'code-language' }, name);
    this.#tools = createCodeTools(() => this.#code.textContent);
    this.element = createElement(
      'div',
      { class: 'code-block' },
      createElement('div', { class: 'code-header' }, this.#name, this.#tools),
      createElement(
        'pre',
        { tabindex: '0', role: 'group', 'aria-label': texts.code.region(name) },
        this.#code,
      ),
    );
  }

  get info(): string {
    return this.#info;
  }
  get isOpen(): boolean {
    return this.#open;
  }
  get text(): string {
    return this.#text.data;
  }

  append(text: string): void {
    if (text !== '') this.#text.appendData(text);
  }

  /** Call when no more text follows. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    const file = findNamedFile(this.#info, this.text);
    if (file !== undefined) setText(this.#name, file);
    addCodeActions(this.#tools, file);
    highlightCode(this.#language, this.text, (fragment) => this.#code.replaceChildren(fragment));
  }
}

declare global {
  interface HTMLElementEventMap {
    /** Asks the page to copy a text. */
    'cria-copy': CustomEvent<{ readonly text: string }>;
    /** Asks the transcript to do something with the code block that is the target of the event. */
    'cria-code': CustomEvent<{ readonly action: CodeAction }>;
  }
}

const actionIcons: Readonly<Record<CodeAction, string>> = {
  insert: 'insert',
  replace: 'replace',
  apply: 'git-pull-request-go-to-changes',
  newFile: 'new-file',
  terminal: 'terminal',
};

/**
 * The buttons of a code block: one tab stop, the arrow keys move between them. Until the block is finished
 * there is only Copy.
 */
export function createCodeTools(getText: () => string): HTMLElement {
  const copy = createIconButton('copy', texts.code.copy, () =>
    dispatchFrom(copy, 'cria-copy', { text: getText() }),
  );
  return createElement(
    'div',
    {
      class: 'code-tools',
      role: 'toolbar',
      'aria-label': texts.code.tools,
      on: { keydown: (event) => moveInToolbar(event) },
    },
    copy,
  );
}

/** Adds the buttons of a finished block. @param file the file name that the block contains, if any */
export function addCodeActions(tools: HTMLElement, file: string | undefined): void {
  const labels: Readonly<Record<CodeAction, string | undefined>> = {
    ...texts.code.actions,
    apply: file === undefined ? undefined : texts.code.apply(file),
  };
  const buttons: HTMLElement[] = [];
  for (const action of codeActions) {
    const label = labels[action];
    if (label === undefined) continue;
    const button = createIconButton(actionIcons[action], label, () =>
      dispatchFrom(button, 'cria-code', { action }),
    );
    button.classList.add('code-action');
    button.tabIndex = -1;
    buttons.push(button);
  }
  // Copy stays where it was, at the end.
  tools.prepend(...buttons);
}

function dispatchFrom<K extends 'cria-copy' | 'cria-code'>(
  from: HTMLElement,
  name: K,
  detail: HTMLElementEventMap[K]['detail'],
): void {
  from.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
}

function moveInToolbar(event: KeyboardEvent): void {
  const { key, currentTarget: tools, target } = event;
  const by = { ArrowRight: 1, ArrowLeft: -1 }[key];
  if (by === undefined || event.altKey || !(tools instanceof HTMLElement)) return;
  const buttons = [...tools.querySelectorAll('button')];
  const at = buttons.findIndex((button) => button === target);
  const next = buttons[(at + by + buttons.length) % buttons.length];
  for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
  next?.focus();
  event.preventDefault();
}
