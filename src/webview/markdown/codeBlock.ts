import { findNamedFile } from '../../shared/codeNames';
import { type CodeAction, codeActions } from '../../shared/protocol';
import { escapeHidden } from '../../shared/hiddenCharacters';
import { type MenuItem, openMenu } from '../codeMenu';
import { createElement, createIconButton, setText } from '../dom';
import { texts } from '../texts/texts';
import { HighlightedCode } from './codeHighlighting';

/** Code with more lines is folded to the second number, but never while it is written. */
const foldedLines = { from: 31, to: 20 };

/** A code block with its header. */
export class CodeBlock {
  readonly element: HTMLElement;
  readonly #info: string;
  readonly #name: HTMLElement;
  readonly #tools: HTMLElement;
  readonly #code: HighlightedCode;
  readonly #language: string;
  readonly #folds: boolean;
  #file: string | undefined;
  #open = true;

  /** @param info the info string of the fence; @param folds whether long code is folded once it is complete */
  constructor(info: string, folds: boolean) {
    this.#info = info;
    this.#folds = folds;
    this.#language = /^[^\s:{]*/u.exec(info)?.[0] ?? '';
    this.#code = new HighlightedCode(this.#language);
    const name = this.#language === '' ? texts.code.plain : escapeHidden(this.#language);
    this.#name = createElement('span', { class: 'code-language' }, name);
    this.#tools = this.#createTools();
    this.element = createElement(
      'div',
      { class: isWrappedByDefault() ? 'code-block wrapped' : 'code-block' },
      createElement('div', { class: 'code-header' }, this.#name, this.#tools),
      createElement(
        'pre',
        { tabindex: '0', role: 'group', 'aria-label': texts.code.region(name) },
        this.#code.element,
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
    return this.#code.text;
  }

  append(text: string): void {
    if (text !== '') this.#code.append(text);
  }

  /** Call when no more text follows. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#file = findNamedFile(this.#info, this.text);
    if (this.#file !== undefined) setText(this.#name, this.#file);
    const primary = this.#createAction(this.#primary);
    if (primary) this.#tools.prepend(primary);
    this.#code.end();
    if (this.#folds) this.#fold();
  }

  /** Copy, and a menu with the rest; what a reader most likely wants comes before them once the code is complete. */
  #createTools(): HTMLElement {
    const copy = createIconButton('copy', texts.code.copy, () =>
      dispatchFrom(copy, 'cria-copy', { text: this.text }),
    );
    const more = createIconButton('ellipsis', texts.code.more, () =>
      openMenu(more, texts.code.more, this.#listMenu(more)),
    );
    more.ariaHasPopup = 'menu';
    more.tabIndex = -1;
    return createElement(
      'div',
      {
        class: 'code-tools',
        role: 'toolbar',
        'aria-label': texts.code.tools,
        on: { keydown: (event) => moveInToolbar(event) },
      },
      copy,
      more,
    );
  }

  get #primary(): CodeAction {
    if (this.#file !== undefined) return 'apply';
    return isShell(this.#language, this.text) ? 'terminal' : 'insert';
  }

  #getLabel(action: CodeAction): string | undefined {
    const { actions, apply } = texts.code;
    if (action === 'terminal')
      return isShell(this.#language, this.text) ? actions.terminal : undefined;
    if (action === 'apply') return this.#file === undefined ? undefined : apply(this.#file);
    return actions[action];
  }

  #createAction(action: CodeAction): HTMLElement | undefined {
    const label = this.#getLabel(action);
    if (label === undefined) return undefined;
    const button = createIconButton(actionIcons[action], label, () =>
      dispatchFrom(button, 'cria-code', { action }),
    );
    button.classList.add('code-action');
    button.tabIndex = -1;
    return button;
  }

  #listMenu(from: HTMLElement): readonly MenuItem[] {
    // Code that was only thought of, or is not complete, is not put anywhere.
    const isUsable = !this.#open && from.closest('.thinking') === null;
    const actions = isUsable ? codeActions.filter((action) => action !== this.#primary) : [];
    const items = actions.flatMap((action) => {
      const label = this.#getLabel(action);
      const run = (): void => dispatchFrom(from, 'cria-code', { action });
      return label === undefined ? [] : [{ icon: actionIcons[action], label, run }];
    });
    const isWrapped = this.element.classList.contains('wrapped');
    const wrap = (): void => void this.element.classList.toggle('wrapped');
    return [
      ...items,
      { icon: 'word-wrap', label: texts.code.wrap, isChecked: isWrapped, run: wrap },
    ];
  }

  /** Folds long code, with a button that shows all of it. What is looked for in it is shown, too. */
  #fold(): void {
    const lines = this.text.split('\n').length - (this.text.endsWith('\n') ? 1 : 0);
    if (lines < foldedLines.from) return;
    const button = createElement('button', { type: 'button', class: 'code-fold' });
    const fold = (isFolded: boolean): void => {
      this.element.classList.toggle('folded', isFolded);
      setText(button, isFolded ? texts.code.showAll(lines) : texts.code.showLess);
      button.ariaExpanded = String(!isFolded);
    };
    button.addEventListener('click', () => {
      fold(!this.element.classList.contains('folded'));
      this.element.scrollIntoView({ block: 'nearest' });
    });
    this.element.addEventListener('cria-reveal', () => fold(false));
    fold(true);
    this.element.append(button);
  }
}

declare global {
  interface HTMLElementEventMap {
    /** Asks the page to copy a text. */
    'cria-copy': CustomEvent<{ readonly text: string }>;
    /** Asks the transcript to do something with the code block that is the target of the event. */
    'cria-code': CustomEvent<{ readonly action: CodeAction }>;
    /** Something in the target is about to be scrolled into view. */
    'cria-reveal': CustomEvent<undefined>;
  }
}

const actionIcons: Readonly<Record<CodeAction, string>> = {
  insert: 'insert',
  replace: 'replace',
  apply: 'git-pull-request-go-to-changes',
  newFile: 'new-file',
  terminal: 'terminal',
};

/** As the user has set it for the code of VS Code's own chat. */
function isWrappedByDefault(): boolean {
  return document.getElementById('page')?.dataset['wrapsCode'] !== undefined;
}

const shellLanguages: ReadonlySet<string> = new Set(
  (
    'ash bash bat batch bsh cmd console csh dash dos fish ksh nu nushell posh powershell ps ps1 pwsh sh shell ' +
    'shell-session shellscript shellsession sh-session term terminal tcsh zsh'
  ).split(' '),
);

/** Whether code is for a terminal: by its language, or by the prompt before it where it has none. */
function isShell(language: string, code: string): boolean {
  if (language === '') return /^\s*(?:\$|PS(?: [^>\n]{0,200})?>) \S/u.test(code);
  return shellLanguages.has(language.toLowerCase());
}

function dispatchFrom<K extends 'cria-copy' | 'cria-code'>(
  from: HTMLElement,
  name: K,
  detail: HTMLElementEventMap[K]['detail'],
): void {
  from.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
}

/** The buttons are one tab stop; the arrow keys move between them. */
function moveInToolbar(event: KeyboardEvent): void {
  const { key, currentTarget: tools, target } = event;
  const by = { ArrowRight: 1, ArrowLeft: -1 }[key];
  if (by === undefined || event.altKey || !(tools instanceof HTMLElement)) return;
  const buttons = [...tools.querySelectorAll<HTMLButtonElement>(':scope > button')];
  const at = buttons.findIndex((button) => button === target);
  const next = buttons[(at + by + buttons.length) % buttons.length];
  for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
  next?.focus();
  event.preventDefault();
}
