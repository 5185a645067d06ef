import type { UserTurnView } from '../../shared/protocol';
import { chipList } from '../composer/attachedRow';
import { h, iconButton, isForInputMethod } from '../dom';
import { texts } from '../texts/texts';
import { branchSwitch } from './answerFooter';
import { type Copies, menuContext, type TurnActions, type TurnElement } from './turnElement';

/** What the person said, as they typed it; it can be said differently, and taken back. */
export class UserTurn implements TurnElement {
  readonly element: HTMLElement;
  readonly #turn: UserTurnView;
  readonly #actions: TurnActions;
  readonly #edit = iconButton('edit', texts.user.edit, () => this.#startEdit());
  readonly #shown: HTMLElement;

  constructor(turn: UserTurnView, actions: TurnActions) {
    this.#turn = turn;
    this.#actions = actions;
    const { id, text, branch } = turn;
    const { onRequest } = actions;
    this.#shown = h(
      'div',
      { class: 'said' },
      h('div', { class: 'message' }, this.#chips(), h('div', { class: 'bubble' }, text)),
      h(
        'div',
        { class: 'said-line needs-idle' },
        branchSwitch(branch, (step) => onRequest({ type: 'selectBranch', turnId: id, step })),
        this.#edit,
        iconButton(
          turn.isContextStart ? 'eye' : 'eye-closed',
          turn.isContextStart ? texts.plan.recall : texts.plan.forget,
          () => onRequest({ type: 'forgetFrom', turnId: turn.isContextStart ? null : id }),
        ),
        iconButton('trash', texts.user.delete, () => onRequest({ type: 'deleteTurn', turnId: id })),
      ),
    );
    const headingId = `heading-${id}`;
    const attributes = { 'data-role': 'user', 'data-turn-id': id, tabindex: '-1' };
    this.element = h(
      'article',
      {
        ...attributes,
        'aria-labelledby': headingId,
        'data-vscode-context': menuContext(turn),
      },
      h('h2', { class: 'visually-hidden', id: headingId }, texts.transcript.you),
      turn.isContextStart ? h('p', { class: 'not-sent' }, texts.plan.seam) : undefined,
      this.#shown,
    );
    const edit = actions.editOf(id);
    if (edit !== undefined) this.#showEdit(edit);
  }

  shows({ text, branch, isContextStart }: UserTurnView): boolean {
    if (isContextStart !== this.#turn.isContextStart) return false;
    const own = this.#turn.branch;
    return text === this.#turn.text && own?.index === branch?.index && own?.count === branch?.count;
  }

  advance(): boolean {
    return false;
  }

  copiesAt(): Copies {
    const { text } = this.#turn;
    return { criaText: text, criaMarkdown: text };
  }

  #chips(): HTMLElement | undefined {
    const { onPreview } = this.#actions;
    return chipList(this.#turn.attachments ?? [], { onPreview });
  }

  #startEdit(): void {
    this.#showEdit(this.#turn.text).querySelector('textarea')?.focus();
  }

  #showEdit(begun: string): HTMLElement {
    const { id, text: said } = this.#turn;
    const { onEdit, onRequest } = this.#actions;
    const close = (): void => {
      form.replaceWith(this.#shown);
      onEdit(id, undefined);
      this.#edit.focus();
    };
    const form = editForm(begun, {
      changed: (text) => onEdit(id, text),
      cancel: close,
      resend: (text) => {
        close();
        if (text.trim() === '' || text === said) return;
        onRequest({ type: 'editAndResend', turnId: id, text });
      },
    });
    this.#shown.replaceWith(form);
    return form;
  }
}

interface EditEnd {
  readonly changed: (text: string) => void;
  readonly cancel: () => void;
  readonly resend: (text: string) => void;
}

/** Enter asks again, Escape leaves everything as it was. */
function editForm(text: string, { changed, cancel, resend }: EditEnd): HTMLElement {
  const onKey = (event: KeyboardEvent): void => {
    if (isForInputMethod(event) || event.shiftKey) return;
    if (event.key === 'Enter') resend(input.value);
    else if (event.key === 'Escape') cancel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const lines = String(Math.min(text.split('\n').length + 1, 12));
  const input = h('textarea', {
    ...{ rows: lines, 'aria-label': texts.user.editLabel },
    on: { keydown: onKey, input: () => changed(input.value) },
  });
  input.value = text;
  const button = (style: string, label: string, click: () => void): HTMLElement =>
    h('button', { type: 'button', class: style, on: { click } }, label);
  return h(
    'div',
    { class: 'edit' },
    input,
    h(
      'div',
      { class: 'buttons' },
      button('button', texts.user.resend, () => resend(input.value)),
      button('button secondary', texts.user.cancel, cancel),
    ),
  );
}
