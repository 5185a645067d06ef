import type { FromWebview, TurnView } from '../../shared/protocol';
import { createElement, isForInputMethod } from '../dom';
import { texts } from '../texts/texts';

export interface TurnActions {
  readonly post: (message: FromWebview) => void;
  /** Sends an edited message; the form stays open until the host has accepted it. */
  readonly onResend: (turnId: string, text: string) => void;
  readonly onCopy: (text: string) => void;
  /** A finished answer is completely drawn. */
  readonly onShown: (answer: HTMLElement) => void;
  /** The message that a turn answers. */
  readonly getQuestion: (turnId: string) => string;
  /** The unsent edit of a message. */
  readonly getEdit: (turnId: string) => string | undefined;
  /** @param text of the edit; undefined: the edit has ended */
  readonly onEdit: (turnId: string, text: string | undefined) => void;
  readonly onThinkingToggled: (turnId: string, isOpen: boolean) => void;
}

export interface TurnElement {
  readonly element: HTMLElement;
  /** Draws new content while `hasTime` returns true; returns whether work is left. */
  readonly advance: (hasTime: () => boolean) => boolean;
  /** What the context menu at `place` can copy. */
  readonly getCopies: (place: Element) => Copies;
}

/**
 * The value of `data-vscode-context`: VS Code uses it for the `when` clauses of the menu entries in
 * package.json and passes it to their commands.
 */
export function createMenuContext(turn: TurnView): string {
  const isAnswer = turn.role === 'assistant';
  return JSON.stringify({
    webviewSection: isAnswer ? 'answer' : 'message',
    turnId: turn.id,
    criaCutOff: isAnswer && canContinue(turn.notice?.buttons ?? []),
    criaContextStart: !isAnswer && turn.isContextStart === true,
    preventDefaultContextMenuItems: false,
  });
}

export interface Copies {
  /** The whole message as displayed, and its Markdown source. */
  readonly criaText: string;
  readonly criaMarkdown: string;
  /** The Markdown source of the block at that place, or of the selected blocks. */
  readonly criaBlock?: string;
  readonly criaCode?: string;
}

/** Adds `copies` to the menu context of `turn`. */
export function addCopyContext(turn: HTMLElement, copies: Copies): void {
  const context = JSON.parse(turn.dataset['vscodeContext'] ?? '{}') as object;
  turn.dataset['vscodeContext'] = JSON.stringify({ ...context, ...copies });
}

/** The host offers Continue if an answer is incomplete; the menu offers it in the same cases. */
function canContinue(buttons: readonly { readonly action: string }[]): boolean {
  return buttons.some(({ action }) => action === 'continue');
}

interface EditOptions extends Pick<TurnActions, 'onEdit' | 'onResend'> {
  readonly turn: Pick<TurnView, 'id' | 'text'>;
  /** Shows the turn again in place of the form, which is not needed any more. */
  readonly close: () => void;
  readonly label: string;
  readonly resendLabel: string;
  /** The text has several lines by nature: Enter begins another one. */
  readonly isMultiline?: boolean;
}

/**
 * Enter resends (of a text of several lines, Ctrl+Enter), Escape cancels, and so does resending what is unchanged.
 * @param text what the user has made of the text of the turn so far
 */
export function createEditForm(text: string, options: EditOptions): HTMLElement {
  const { turn, onEdit, onResend, close, label, resendLabel, isMultiline = false } = options;
  const cancel = (): void => {
    onEdit(turn.id, undefined);
    close();
  };
  const resend = (edited: string): void => {
    if (edited.trim() === '' || edited === turn.text) cancel();
    else onResend(turn.id, edited);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (isForInputMethod(event) || event.shiftKey) return;
    const isResend = event.key === 'Enter' && (!isMultiline || event.ctrlKey || event.metaKey);
    if (isResend) resend(input.value);
    else if (event.key === 'Escape') cancel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const lines = String(Math.min(text.split('\n').length + 1, 12));
  const input = createElement('textarea', {
    rows: lines,
    dir: 'auto',
    'aria-label': label,
    on: { keydown: onKey, input: () => onEdit(turn.id, input.value) },
  });
  input.value = text;
  const button = (style: string, name: string, click: () => void): HTMLElement =>
    createElement('button', { type: 'button', class: style, on: { click } }, name);
  return createElement(
    'div',
    { class: 'edit' },
    input,
    createElement(
      'div',
      { class: 'buttons' },
      button('button', resendLabel, () => resend(input.value)),
      button('button secondary', texts.user.cancel, cancel),
    ),
  );
}
