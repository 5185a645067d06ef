import type { UserTurnView } from '../../shared/protocol';
import { createChipList } from '../composer/attachmentRow';
import { createElement, createIconButton, setText } from '../dom';
import { texts } from '../texts/texts';
import { createBranchSwitch } from './answerFooter';
import {
  type Copies,
  createEditForm,
  createMenuContext,
  type TurnActions,
  type TurnElement,
} from './turnElement';

/** A message of the user, which can be edited, excluded and deleted. */
export class UserTurn implements TurnElement {
  readonly element: HTMLElement;
  readonly #turn: UserTurnView;
  readonly #actions: TurnActions;
  readonly #edit = createIconButton('edit', texts.user.edit, () => this.#startEdit());
  readonly #shown: HTMLElement;

  constructor(turn: UserTurnView, actions: TurnActions) {
    this.#turn = turn;
    this.#actions = actions;
    const { id, text, branch } = turn;
    const { post } = actions;
    this.#shown = createElement(
      'div',
      { class: 'said' },
      createElement('div', { class: 'message' }, this.#chips(), ...createBubble(text)),
      createElement(
        'div',
        { class: 'said-line needs-idle' },
        createBranchSwitch(branch, (step) => post({ type: 'selectBranch', turnId: id, step })),
        this.#edit,
        createIconButton(
          turn.isContextStart ? 'eye' : 'eye-closed',
          turn.isContextStart ? texts.contextUsage.recall : texts.contextUsage.forget,
          () => post({ type: 'setContextStart', turnId: turn.isContextStart ? null : id }),
        ),
        createIconButton('trash', texts.user.delete, () =>
          post({ type: 'deleteTurn', turnId: id }),
        ),
      ),
    );
    const headingId = `heading-${id}`;
    const attributes = { 'data-role': 'user', 'data-turn-id': id, tabindex: '-1' };
    this.element = createElement(
      'article',
      {
        ...attributes,
        'aria-labelledby': headingId,
        'data-vscode-context': createMenuContext(turn),
      },
      createElement('h2', { class: 'visually-hidden', id: headingId }, texts.transcript.you),
      turn.isContextStart
        ? createElement('p', { class: 'not-sent' }, texts.contextUsage.seam)
        : undefined,
      this.#shown,
    );
    const edit = actions.getEdit(id);
    if (edit !== undefined) this.#showEdit(edit);
  }

  isSameAs({ text, branch, isContextStart }: UserTurnView): boolean {
    if (isContextStart !== this.#turn.isContextStart) return false;
    const own = this.#turn.branch;
    return text === this.#turn.text && own?.index === branch?.index && own?.count === branch?.count;
  }

  advance(): boolean {
    return false;
  }

  getCopies(): Copies {
    const { text } = this.#turn;
    return { criaText: text, criaMarkdown: text };
  }

  #chips(): HTMLElement | undefined {
    const { post } = this.#actions;
    return createChipList(this.#turn.attachments ?? [], { post });
  }

  #startEdit(): void {
    this.#showEdit(this.#turn.text).querySelector('textarea')?.focus();
  }

  #showEdit(begun: string): HTMLElement {
    const { onEdit, onResend } = this.#actions;
    const form = createEditForm(begun, {
      turn: this.#turn,
      onEdit,
      onResend,
      close: () => {
        form.replaceWith(this.#shown);
        this.#edit.focus();
      },
      label: texts.user.editLabel,
      resendLabel: texts.user.resend,
    });
    this.#shown.replaceWith(form);
    return form;
  }
}

/** A longer message is folded; in characters and in lines. */
const maxUnfolded = { characters: 2_000, lines: 20 };

/** The text of a message; a long one is folded, with a button that shows all of it. */
function createBubble(text: string): HTMLElement[] {
  const bubble = createElement('div', { class: 'bubble' }, text);
  const isLong =
    text.length > maxUnfolded.characters || text.split('\n').length > maxUnfolded.lines;
  if (!isLong) return [bubble];
  const setFolded = (isFolded: boolean): void => {
    bubble.classList.toggle('folded', isFolded);
    setText(button, isFolded ? texts.user.showAll : texts.user.showLess);
    button.setAttribute('aria-expanded', String(!isFolded));
  };
  const button = createElement('button', {
    type: 'button',
    class: 'show-all',
    on: { click: () => setFolded(!bubble.classList.contains('folded')) },
  });
  setFolded(true);
  return [bubble, button];
}
