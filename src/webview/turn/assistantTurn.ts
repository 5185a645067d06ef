import type { AssistantTurnView } from '../../shared/protocol';
import { asksForMarkdown, findWrappedAnswer } from '../../shared/markdown/wrappedAnswer';
import { toCommonMark } from '../../shared/text';
import { isRunning } from '../../shared/turn';
import { createElement, createIcon, setHidden, setText } from '../dom';
import { createNotice } from '../emptyState';
import { wholeSeconds } from '../formatFigures';
import { MarkdownStream } from '../markdown/markdownStream';
import { texts } from '../texts/texts';
import { createFooter, describeActivity, getLoadingProgress } from './answerFooter';
import { createContextChange } from './contextChanges';
import {
  type Copies,
  createEditForm,
  createMenuContext,
  type TurnActions,
  type TurnElement,
} from './turnElement';

/** An answer of the model, from "Connecting…" to its figures. */
export class AssistantTurn implements TurnElement {
  readonly element: HTMLElement;
  readonly #actions: TurnActions;
  readonly #thinking: ThinkingBlock;
  readonly #stream: MarkdownStream;
  readonly #activity = createElement('p', { class: 'activity', hidden: true });
  readonly #stop: HTMLElement;
  readonly #change = createElement('div', { class: 'context-changes' });
  #shownChange = '';
  readonly #progress = createElement('progress', {
    'aria-label': texts.activity.progress,
    hidden: true,
  });
  /** Shown below the text of a finished answer: how it ended, notices and the footer. */
  readonly #after = createElement('div', { class: 'after' });
  /** While the user edits the answer. */
  #edit: HTMLElement | undefined;
  #turn: AssistantTurnView;
  readonly #name: HTMLElement;
  #taken = '';
  /** Whether the finished text was looked at, and the formatted text of an answer wrapped in one fence. */
  #isExamined = false;
  #unwrapped: MarkdownStream | undefined;
  /** How long the model has reasoned, as measured by the page. */
  #thoughtMs: number | undefined;

  constructor(turn: AssistantTurnView, actions: TurnActions, isThinkingOpen: boolean) {
    this.#turn = turn;
    this.#actions = actions;
    this.#stream = new MarkdownStream(undefined, !isRunning(turn.activity.state));
    const headingId = `heading-${turn.id}`;
    this.#thinking = new ThinkingBlock(`thinking-${turn.id}`, (isOpen) =>
      actions.onThinkingToggled(turn.id, isOpen),
    );
    this.#thinking.open(isThinkingOpen);
    const stop = (): void => actions.post({ type: 'stop' });
    this.#stop = createElement(
      'button',
      { type: 'button', class: 'button secondary', hidden: true, on: { click: stop } },
      texts.composer.stop,
    );
    this.#name = createElement('h2', { class: 'model', id: headingId }, turn.model);
    this.element = createElement(
      'article',
      {
        'data-role': 'assistant',
        'data-turn-id': turn.id,
        tabindex: '-1',
        'aria-labelledby': headingId,
      },
      this.#name,
      this.#thinking.element,
      this.#change,
      this.#stream.element,
      this.#activity,
      this.#stop,
      this.#progress,
      this.#after,
    );
  }

  get model(): string {
    return this.#turn.model;
  }

  /** @param isSame whether the answer before is by the same model: its name stays for screen readers only */
  repeatsModel(isSame: boolean): void {
    this.#name.classList.toggle('repeated', isSame);
  }

  /** Whether `turn` only continues the displayed text. */
  canBecome(turn: AssistantTurnView): boolean {
    const hasEnded = !isRunning(this.#turn.activity.state);
    if (hasEnded && (isRunning(turn.activity.state) || turn.text !== this.#turn.text)) return false;
    return turn.text.startsWith(this.#taken) && turn.thinking.startsWith(this.#turn.thinking);
  }

  /** @param elapsedMs how long the turn has been in its state */
  update(turn: AssistantTurnView, elapsedMs: number): void {
    this.#turn = turn;
    const { state } = turn.activity;
    this.element.dataset['state'] = state;
    this.element.dataset['vscodeContext'] = createMenuContext(turn);
    this.#showThinking();
    this.tick(elapsedMs);
    this.#showContextChange();
    this.#after.replaceChildren(...(isRunning(state) ? [] : this.#ending()));
    if (isThinkingOnly(turn)) this.#thinking.open(true);
    const edit = isRunning(state) ? undefined : this.#actions.getEdit(turn.id);
    if (edit !== undefined && !this.#edit) this.#showEdit(edit);
  }

  /** Adds text; nothing else of the turn has changed. */
  updateText(turn: AssistantTurnView, elapsedMs: number): void {
    const had = this.#turn;
    this.#turn = turn;
    if (hasBegun(had, turn)) this.tick(elapsedMs);
    this.#showThinking();
  }

  /** Updates everything that depends on the elapsed time. */
  tick(elapsedMs: number): void {
    const { activity, text, thinking, metrics, isWrittenInOtherWindow } = this.#turn;
    const line = isWrittenInOtherWindow
      ? texts.activity.elsewhere
      : describeActivity(activity, elapsedMs, text !== '' || thinking !== '');
    setHidden(this.#activity, line === undefined);
    setText(this.#activity, line ?? '');
    setHidden(this.#stop, !isRunning(activity.state) || activity.isRepeating !== true);
    const progress = getLoadingProgress(activity, elapsedMs);
    setHidden(this.#progress, progress === undefined);
    this.#progress.value = progress ?? 0;
    const isThinking = activity.state === 'thinking' && text === '';
    if (isThinking) this.#thoughtMs = elapsedMs;
    this.#thinking.setLabel(
      isThinking
        ? texts.thinking.running(wholeSeconds(elapsedMs))
        : texts.thinking.done(metrics?.thoughtMs ?? this.#thoughtMs),
    );
  }

  advance(hasTime: () => boolean): boolean {
    const { text, activity } = this.#turn;
    if (text.length > this.#taken.length) this.#stream.append(text.slice(this.#taken.length));
    this.#taken = text;
    if (!isRunning(activity.state)) this.#stream.end();
    const isTextLeft = this.#stream.advance(hasTime) || this.#advanceUnwrapped(hasTime);
    if (!isTextLeft && !isRunning(activity.state)) {
      this.#markSeams();
      this.#actions.onShown(this.element);
    }
    return this.#thinking.advance(hasTime) || isTextLeft;
  }

  #advanceUnwrapped(hasTime: () => boolean): boolean {
    if (isRunning(this.#turn.activity.state)) return false;
    if (!this.#isExamined) this.#unwrap();
    this.#isExamined = true;
    return this.#unwrapped?.advance(hasTime) ?? false;
  }

  /** Shows an answer that is nothing but one Markdown fence as Markdown; its source stays the first block. */
  #unwrap(): void {
    const { id, text } = this.#turn;
    const markdown = findWrappedAnswer(text);
    if (markdown === undefined || asksForMarkdown(this.#actions.getQuestion(id))) return;
    const stream = new MarkdownStream();
    stream.append(markdown);
    stream.end();
    this.#unwrapped = stream;
    const show = (isSource: boolean): void => {
      this.#stream.element.hidden = !isSource;
      stream.element.hidden = isSource;
      setText(toggle, isSource ? texts.answer.showFormatted : texts.answer.showSource);
    };
    const toggle = createElement('button', {
      type: 'button',
      class: 'show-source',
      on: { click: () => show(this.#stream.element.hidden === true) },
    });
    show(false);
    this.#stream.element.after(stream.element, toggle);
  }

  getCopies(place: Element): Copies {
    const { text } = this.#turn;
    const isUnwrapped = this.#unwrapped?.element.hidden === false;
    const stream = (isUnwrapped ? this.#unwrapped : undefined) ?? this.#stream;
    const source = isUnwrapped ? (findWrappedAnswer(text) ?? text) : text;
    const block = stream.getSource(
      findSelectedRange(stream.element) ?? place,
      toCommonMark(source),
    );
    const code = place.closest('.code-block')?.querySelector('code')?.textContent ?? '';
    return {
      criaText: stream.plainText,
      criaMarkdown: text,
      ...(block !== '' && { criaBlock: block }),
      ...(code !== '' && { criaCode: code }),
    };
  }

  /** Neither a stall nor a state change ends the reasoning: its last text may arrive later. */
  #showThinking(): void {
    const { text, thinking, activity } = this.#turn;
    this.#thinking.setText(thinking, text !== '' || !isRunning(activity.state));
    setHidden(this.#thinking.element, thinking === '' && activity.state !== 'thinking');
  }

  /** A longer or shorter context than before; drawn once, as its buttons may have the focus. */
  #showContextChange(): void {
    const { activity, metrics = {} } = this.#turn;
    const raised = metrics.raised ?? activity.raised;
    const key = JSON.stringify([raised, metrics.steppedBack ?? activity.steppedBack]);
    if (key === this.#shownChange) return;
    this.#shownChange = key;
    const line = createContextChange(this.#turn, this.#actions.post);
    this.#change.replaceChildren(...(line ? [line] : []));
  }

  /** Marks the blocks in which a cut-off answer was continued. */
  #markSeams(): void {
    const { text, continuationOffsets = [] } = this.#turn;
    for (const at of continuationOffsets) {
      // Blank lines belong to the block before them.
      const start = at + text.slice(at).search(/\S|$/u);
      const block = this.#stream.blockAt(toCommonMark(text.slice(0, start)).length);
      block?.classList.add('seam');
      block?.setAttribute('title', texts.answer.seam);
    }
  }

  #ending(): HTMLElement[] {
    const turn = this.#turn;
    const { post } = this.#actions;
    const parts: HTMLElement[] = [];
    if (turn.continuationOffsets)
      parts.push(createElement('p', { class: 'ending' }, texts.answer.continued));
    const sentence = describeEnding(turn);
    if (sentence !== undefined) parts.push(createElement('p', { class: 'ending' }, sentence));
    if (turn.notice) parts.push(createNotice(turn.notice, post, turn.id));
    const startEdit = (): void => {
      if (!this.#edit) this.#showEdit(turn.text).querySelector('textarea')?.focus();
    };
    parts.push(createFooter(turn, this.#actions, startEdit));
    return parts;
  }

  #showEdit(begun: string): HTMLElement {
    const { onEdit, onResend } = this.#actions;
    const form = createEditForm(begun, {
      turn: this.#turn,
      onEdit,
      onResend,
      close: () => {
        form.remove();
        this.#edit = undefined;
        setHidden(this.#stream.element, false);
        this.#after.querySelector<HTMLElement>('.edit-summary')?.focus();
      },
      label: texts.answer.editedSummary,
      resendLabel: texts.answer.saveSummary,
      isMultiline: true,
    });
    this.#edit = form;
    setHidden(this.#stream.element, true);
    this.#stream.element.after(form);
    return form;
  }
}

/** Whether the first text or the first reasoning has just arrived. */
function hasBegun(had: AssistantTurnView, turn: AssistantTurnView): boolean {
  return (had.text === '' && turn.text !== '') || (had.thinking === '' && turn.thinking !== '');
}

/** How the answer ended, unless the text or a notice shows it. */
function describeEnding(turn: AssistantTurnView): string | undefined {
  const { state } = turn.activity;
  if (isThinkingOnly(turn)) return texts.thinking.only;
  if (turn.notice) return undefined;
  if (state === 'done') return turn.text === '' ? texts.answer.empty : undefined;
  if (state === 'stopped' || state === 'failed') return texts.answer[state];
  if (state === 'truncated' || state === 'interrupted') return texts.answer[state];
  return undefined;
}

function findSelectedRange(element: Element): Range | undefined {
  const selection = getSelection();
  if (!selection || selection.isCollapsed) return undefined;
  const range = selection.getRangeAt(0);
  return range.intersectsNode(element) ? range : undefined;
}

function isThinkingOnly({ activity, text, thinking }: AssistantTurnView): boolean {
  return activity.state === 'done' && text === '' && thinking !== '';
}

/** The model's reasoning, collapsed to one line. It is drawn only while it is expanded. */
export class ThinkingBlock {
  readonly element: HTMLElement;
  readonly #label = createElement('span');
  readonly #button: HTMLButtonElement;
  readonly #body: HTMLElement;
  readonly #onToggle: (isOpen: boolean) => void;
  #stream: MarkdownStream | undefined;
  #text = '';
  #taken = 0;
  #isFinal = false;

  /** @param onToggle called when the user expands or collapses it */
  constructor(id: string, onToggle: (isOpen: boolean) => void) {
    this.#onToggle = onToggle;
    this.#body = createElement('div', {
      class: 'thinking-body',
      id,
      hidden: true,
      role: 'group',
      'aria-label': texts.thinking.region,
    });
    this.#button = createElement(
      'button',
      {
        type: 'button',
        class: 'thinking-toggle',
        'aria-expanded': 'false',
        'aria-controls': id,
        on: { click: () => this.#toggle() },
      },
      createIcon('chevron-right'),
      this.#label,
    );
    this.element = createElement(
      'div',
      { class: 'thinking', hidden: true },
      this.#button,
      this.#body,
    );
  }

  get isOpen(): boolean {
    return !this.#body.hidden;
  }

  setLabel(label: string): void {
    setText(this.#label, label);
  }

  /** @param isFinal no more text follows */
  setText(text: string, isFinal: boolean): void {
    this.#text = text;
    this.#isFinal = isFinal;
  }

  open(isOpen: boolean): void {
    this.#body.hidden = !isOpen;
    this.#button.setAttribute('aria-expanded', String(isOpen));
  }

  /** Draws new content while `hasTime` returns true; returns whether work is left. */
  advance(hasTime: () => boolean): boolean {
    if (!this.isOpen) return false;
    this.#stream ??= this.#start();
    this.#stream.append(this.#text.slice(this.#taken));
    this.#taken = this.#text.length;
    if (this.#isFinal) this.#stream.end();
    return this.#stream.advance(hasTime);
  }

  #start(): MarkdownStream {
    const stream = new MarkdownStream();
    this.#body.append(stream.element);
    return stream;
  }

  #toggle(): void {
    this.open(!this.isOpen);
    this.#onToggle(this.isOpen);
  }
}
