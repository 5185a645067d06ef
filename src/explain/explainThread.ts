import * as vscode from 'vscode';
import type { StoredExplanation } from '../conversation/explanation';
import type { ModelEnd, ModelEvent } from '../conversation/ports';
import { RepetitionDetector } from '../conversation/repetition';
import { Throttle } from '../shared/clock';
import { defined } from '../shared/defined';
import { getDrawInterval } from './commentMarkdown';
import {
  type ExplainDialogue,
  type ExplainRequest,
  type ExplainSettings,
  getRequestReadingLimitMs,
} from './explainDialogue';
import { getSubjectName } from './explainPrompt';
import {
  collectContext,
  createSubject,
  findTarget,
  type Target,
  trackTarget,
} from './explainTarget';
import {
  addChangeLabel,
  answeringLabel,
  type CodeState,
  collectingLabel,
  endLabel,
  type ExplainThreadDependencies,
  noticeBelow,
  phaseLabel,
  questionComment,
  repeatingLabel,
  thinkingLabel,
  type ThreadComment,
  type ThreadPlace,
} from './threadComments';
import { PhaseTicker, ThreadView } from './threadView';
import type { TrackedLines } from './trackedLines';

/** The request under way, and what it was begun with: settings may change meanwhile. */
interface Running {
  readonly settings: ExplainSettings;
  readonly controller: AbortController;
  readonly sinceMs: number;
  readonly repetition: RepetitionDetector;
  firstTokenMs: number | undefined;
}

/** Does what is needed before the request; after a stop it changes nothing. */
type Prepare = (signal: AbortSignal) => Promise<void>;

interface WaitingQuestion {
  readonly question: string;
  readonly comment: ThreadComment;
}

/** One explanation under its code: the dialogue, its comment thread, and the request that fills it. */
export class ExplainThread implements vscode.Disposable {
  readonly id: string;
  readonly #createdAt: number;
  readonly #deps: ExplainThreadDependencies;
  readonly #view: ThreadView;
  readonly #draw: Throttle;
  readonly #ticker: PhaseTicker;
  #uri: vscode.Uri;
  readonly #dialogue: ExplainDialogue;
  #lines: TrackedLines;
  #code: CodeState = 'same';
  #running: Running | undefined;
  /** Resolves when the answer that runs, or ran last, has ended. */
  #ended = Promise.resolve();
  #isDisposed = false;
  #label = '';
  /** Questions that wait for the answer that runs. */
  readonly #waiting: WaitingQuestion[] = [];

  constructor(
    { id, uri, controller, createdAt, typing }: ThreadPlace,
    dialogue: ExplainDialogue,
    lines: TrackedLines,
    deps: ExplainThreadDependencies,
  ) {
    this.id = id;
    this.#uri = uri;
    this.#createdAt = createdAt;
    this.#deps = deps;
    this.#dialogue = dialogue;
    this.#lines = lines;
    const range = new vscode.Range(lines.first, 0, lines.last, 0);
    this.#view = new ThreadView(controller, { uri, range });
    this.#draw = new Throttle({
      clock: deps.clock,
      intervalMs: () =>
        getDrawInterval(this.#dialogue.turns.at(-1)?.answer.length ?? 0, typing.isTyping),
      run: () => this.#show(),
    });
    this.#ticker = new PhaseTicker(deps.clock);
  }

  get native(): vscode.CommentThread {
    return this.#view.native;
  }

  get uri(): vscode.Uri {
    return this.#uri;
  }

  get running(): boolean {
    return this.#running !== undefined;
  }

  get dialogue(): ExplainDialogue {
    return this.#dialogue;
  }

  get lines(): TrackedLines {
    return this.#lines;
  }

  /** Explains the current code and replaces the earlier explanation. */
  async explain(target: Target): Promise<void> {
    if (this.running) return;
    const subject = createSubject(target);
    this.#dialogue.replaceSubject(subject);
    this.#lines = trackTarget(target);
    this.#code = 'same';
    await this.#run(undefined, (signal) => this.#collectContext(target, signal));
    if (this.#dialogue.subject.code === subject.code) return;
    // The new explanation failed, so the one of the earlier code is shown again.
    this.#code = 'changed';
    this.#showState();
  }

  /** Answers a question about the explanation. One request at a time: it waits for a running answer. */
  async ask(question: string): Promise<void> {
    const waiting = { question, comment: questionComment(question) };
    this.#waiting.push(waiting);
    if (this.running) this.#show();
    while (this.running) await this.#ended;
    this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
    if (this.#isDisposed) return;
    await this.#run(question, (signal) => this.#restoreContinuation(signal));
  }

  /** Asks the last question again in place of its answer. */
  async retry(): Promise<void> {
    if (this.running) return;
    const target = this.#code === 'same' && findTarget(this.#uri, this.#lines);
    const question = this.#dialogue.removeLastTurn();
    await this.#run(question, async (signal) => {
      if (question !== undefined) await this.#restoreContinuation(signal);
      // The first request may have been stopped before the context was collected.
      else if (target && !this.#dialogue.subject.around) await this.#collectContext(target, signal);
    });
  }

  /** Ends the running answer, keeps its text and closes the connection. */
  stop(): void {
    const running = this.#running;
    if (!running) return;
    this.#finish(running, { kind: 'cancelled' });
    running.controller.abort();
  }

  /** As it was when the window was last open, drawn collapsed. */
  showRestored(): void {
    this.#view.setExpanded(false);
    this.#label = this.#endLabel();
    this.#show();
  }

  expand(): void {
    this.#view.setExpanded(true);
  }

  collapse(): void {
    this.#view.setExpanded(false);
  }

  /** Called at every edit, so it does nothing but note. */
  track(lines: TrackedLines): void {
    this.#lines = lines;
  }

  /** Called after edits: sets the thread's range and whether its code changed. */
  settle(range: vscode.Range, code: CodeState): void {
    const isAnother = code !== this.#code || this.native.range?.isEqual(range) !== true;
    if (!isAnother) return;
    this.#code = code;
    this.#view.showAt(range);
    if (!this.running) this.#label = this.#endLabel();
    this.#showState();
    this.#save();
  }

  /** The document has another address now. */
  moveTo(uri: vscode.Uri): void {
    this.#uri = uri;
    this.#view.moveTo(uri, this.native.range ?? new vscode.Range(this.#lines.first, 0, 0, 0));
    this.#save();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#draw.cancel();
    this.#ticker.stop();
    this.#running?.controller.abort();
    this.#running = undefined;
    this.#view.dispose();
  }

  /** What is found after a stop is dropped: the thread may explain other code by then. */
  async #collectContext(target: Target, signal: AbortSignal): Promise<void> {
    const context = await collectContext(target, this.#deps.clock, signal);
    if (!signal.aborted) this.#dialogue.addContext(context);
  }

  async #restoreContinuation(signal: AbortSignal): Promise<void> {
    if (this.#dialogue.continuation || this.#deps.settings().followUps !== 'context') return;
    const stored = await this.#deps.store.continuation(this.id);
    if (!signal.aborted) this.#dialogue.resumeFrom(stored);
  }

  #run(question: string | undefined, prepare: Prepare): Promise<void> {
    this.#ended = this.#answer(question, prepare);
    return this.#ended;
  }

  async #answer(question: string | undefined, prepare: Prepare): Promise<void> {
    const { settings, clock } = this.#deps;
    const running: Running = {
      settings: settings(),
      controller: new AbortController(),
      sinceMs: clock.monotonicMs(),
      repetition: new RepetitionDetector(),
      firstTokenMs: undefined,
    };
    this.#running = running;
    this.#dialogue.begin(running.settings, question);
    this.#label = collectingLabel();
    this.expand();
    this.#draw.runNow();
    const end = await this.#prepareAndFollow(running, prepare).catch((error: unknown) =>
      this.#defect(error),
    );
    if (this.#running === running) this.#finish(running, end);
  }

  async #prepareAndFollow(running: Running, prepare: Prepare): Promise<ModelEnd> {
    const { signal } = running.controller;
    if (running.settings.model === '') {
      return { kind: 'failed', failure: { kind: 'noModel', message: 'No model is chosen.' } };
    }
    await prepare(signal);
    if (signal.aborted) return { kind: 'cancelled' };
    let request: ExplainRequest | undefined = this.#dialogue.request();
    for (;;) {
      const end: ModelEnd = await this.#follow(request, running);
      if (end.kind !== 'failed') return end;
      request = this.#dialogue.recover(end.failure);
      if (!request) return end;
    }
  }

  #stream(request: ExplainRequest, signal: AbortSignal): AsyncIterable<ModelEvent> {
    const { explainModel } = this.#deps;
    return request.kind === 'chat'
      ? explainModel.chat(request, signal)
      : explainModel.generate(request, signal);
  }

  async #follow(request: ExplainRequest, running: Running): Promise<ModelEnd> {
    const { signal } = running.controller;
    const readingLimitMs = getRequestReadingLimitMs(request);
    for await (const event of this.#stream(request, signal)) {
      if (signal.aborted) break;
      if (event.type === 'end') return event.end;
      if (event.type === 'delta') this.#take(event.answer, event.thinking, running);
      else if (event.phase === 'resumed') this.#showProgress(running);
      else {
        this.#ticker.start((seconds) =>
          this.#say(phaseLabel(event, request.model, seconds, readingLimitMs)),
        );
      }
    }
    return { kind: 'cancelled' };
  }

  #take(answer: string, thinking: string, running: Running): void {
    if (answer === '' && thinking === '') return;
    running.firstTokenMs ??= this.#deps.clock.monotonicMs() - running.sinceMs;
    const shown = this.#dialogue.answer;
    this.#dialogue.append(answer, thinking);
    running.repetition.take(thinking + answer);
    this.#showProgress(running);
    if (this.#dialogue.answer !== shown) this.#draw.request();
  }

  #showProgress({ settings: { model }, repetition }: Running): void {
    this.#ticker.stop();
    const label = this.#dialogue.answer === '' ? thinkingLabel(model) : answeringLabel(model);
    this.#say(repetition.isRepeating ? repeatingLabel(model) : label);
  }

  #finish({ firstTokenMs, settings }: Running, end: ModelEnd): void {
    this.#running = undefined;
    this.#ticker.stop();
    const { continuation } = this.#dialogue;
    const metrics = end.kind === 'done' ? { ...end.metrics, ...defined({ firstTokenMs }) } : {};
    this.#dialogue.finish(end.kind === 'done' ? { ...end, metrics } : end);
    this.#label = this.#endLabel();
    this.#draw.runNow();
    if (end.kind === 'done') this.#deps.answered(settings);
    // The stored one stays unless there is another one: an answer that was stopped can be asked again.
    if (this.#dialogue.continuation !== continuation) {
      void this.#deps.store.saveContinuation(this.id, this.#dialogue.continuation);
    }
  }

  /** A defect of ours, not of the wire. */
  #defect(error: unknown): ModelEnd {
    const message = error instanceof Error ? error.message : String(error);
    this.#deps.logger.error(error instanceof Error ? (error.stack ?? message) : message);
    return { kind: 'failed', failure: { kind: 'internal', message } };
  }

  #endLabel(): string {
    const { outcome } = this.#dialogue;
    return outcome ? endLabel(outcome) : '';
  }

  #say(label: string): void {
    if (label === this.#label) return;
    this.#label = label;
    this.#showState();
  }

  #show(): void {
    const waiting = this.#waiting.map(({ comment }) => comment);
    const notice = this.running
      ? undefined
      : noticeBelow(this.id, this.#dialogue, this.#deps.origin());
    const below = notice ? [notice, ...waiting] : waiting;
    this.#view.showComments(this.#dialogue.turns, this.running, below);
    this.#showState();
    this.#save();
  }

  #showState(): void {
    const { turns, sent } = this.#dialogue;
    const words: Readonly<Record<string, boolean>> = {
      running: this.running,
      idle: !this.running,
      answered: turns.some(({ answer }) => answer !== ''),
      sent: sent.length > 0,
      reasoned: turns.some(({ thinking = '' }) => thinking !== ''),
      changed: this.#code === 'changed',
    };
    const state =
      this.#code === 'same' ? this.#label : addChangeLabel(this.#label, this.#code === 'lost');
    const label = `${getSubjectName(this.#dialogue.subject)} · ${state}`;
    this.#view.showState({
      label,
      context: Object.keys(words).filter((word) => words[word]),
    });
  }

  #save(): void {
    const { kept, sent } = this.#dialogue;
    if (kept.turns.length === 0) return;
    const asked = this.#waiting.map(({ question }) => ({ question, model: '', answer: '' }));
    const stored: StoredExplanation = {
      v: 1,
      id: this.id,
      createdAt: this.#createdAt,
      uri: this.#uri.toString(),
      range: { first: this.#lines.first, last: this.#lines.last },
      subject: kept.subject,
      turns: [...kept.turns.map((turn) => ({ ...turn })), ...asked],
      sent: [...sent],
    };
    this.#deps.store.save(stored);
  }
}
