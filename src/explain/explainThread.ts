import * as vscode from 'vscode';
import { ExplainDialogue, type ExplainSubject } from '../conversation/explainDialogue';
import type { Clock, ExplainModel, ExplainPrompt, Logger, ModelEnd } from '../conversation/ports';
import type { ChatSettings } from '../conversation/session';
import { failureNotice } from '../workspace/failures';
import {
  answerBody,
  answerComment,
  noticeComment,
  questionComment,
  type ThreadComment,
} from './comments';
import { answeringLabel, doneLabel, phaseLabel, thinkingLabel } from './labels';
import { Throttle } from './throttle';

/** Longer than the 100 ms for which VS Code waits before it draws a changed comment. */
const drawEveryMs = 160;

export interface ExplainThreadDependencies {
  readonly explainModel: ExplainModel;
  readonly settings: () => ChatSettings;
  readonly origin: () => string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The request under way, and what it was begun with: settings may change meanwhile. */
interface Running {
  readonly settings: ChatSettings;
  readonly controller: AbortController;
}

/** One explanation under its code: the comment thread, and the request that fills it. */
export class ExplainThread implements vscode.Disposable {
  readonly id: string;
  readonly native: vscode.CommentThread;
  readonly #deps: ExplainThreadDependencies;
  readonly #dialogue: ExplainDialogue;
  readonly #draw: Throttle;
  readonly #comments: ThreadComment[] = [];
  #answer: ThreadComment | undefined;
  #running: Running | undefined;

  constructor(
    id: string,
    native: vscode.CommentThread,
    subject: ExplainSubject,
    deps: ExplainThreadDependencies,
  ) {
    this.id = id;
    this.native = native;
    this.#deps = deps;
    this.#dialogue = new ExplainDialogue(subject);
    this.#draw = new Throttle(deps.clock, drawEveryMs, () => this.#show());
  }

  get running(): boolean {
    return this.#running !== undefined;
  }

  /** Explains, or answers a question about the explanation. One request at a time. */
  async ask(question?: string): Promise<void> {
    if (this.running) return;
    const settings = this.#deps.settings();
    const running = { settings, controller: new AbortController() };
    const prompt = this.#dialogue.ask(settings.model, settings.profile, question);
    this.#running = running;
    this.#begin(settings.model, question);
    const end = await this.#follow(prompt, running.controller.signal).catch((error: unknown) =>
      this.#defect(error),
    );
    if (this.#running === running) this.#finish(running, end);
  }

  /** Ends the running answer, keeps its text and closes the connection. */
  stop(): void {
    const running = this.#running;
    if (!running) return;
    this.#finish(running, { kind: 'cancelled' });
    running.controller.abort();
  }

  /** Asks the last question again in place of its answer. */
  async retry(): Promise<void> {
    if (this.running) return;
    const question = this.#dialogue.takeBack();
    const first = this.#comments.findLastIndex((comment) => comment === this.#answer);
    this.#comments.length = Math.max(0, question === undefined ? first : first - 1);
    await this.ask(question);
  }

  dispose(): void {
    this.#draw.cancel();
    this.#running?.controller.abort();
    this.#running = undefined;
    this.native.dispose();
  }

  #begin(model: string, question: string | undefined): void {
    if (question !== undefined) this.#comments.push(questionComment(question));
    this.#answer = answerComment(model, { answer: '' });
    this.#comments.push(this.#answer);
    this.native.canReply = false;
    this.native.contextValue = 'running';
    this.native.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
    this.#draw.flush();
  }

  async #follow(prompt: ExplainPrompt, signal: AbortSignal): Promise<ModelEnd> {
    if (prompt.model === '') {
      return { kind: 'failed', failure: { kind: 'noModel', message: 'No model is chosen.' } };
    }
    for await (const event of this.#deps.explainModel.generate(prompt, signal)) {
      if (signal.aborted) break;
      if (event.type === 'end') return event.end;
      if (event.type === 'phase') this.native.label = phaseLabel(event, prompt.model);
      else this.#take(event.answer, event.thinking, prompt.model);
    }
    return { kind: 'cancelled' };
  }

  #take(answer: string, thinking: string, model: string): void {
    if (answer !== '') {
      this.#dialogue.append(answer);
      this.native.label = answeringLabel(model);
      this.#draw.request();
    } else if (thinking !== '') {
      this.native.label = thinkingLabel(model);
    }
  }

  #finish({ settings: { model, profile } }: Running, end: ModelEnd): void {
    this.#running = undefined;
    this.#dialogue.finish(model, profile, end);
    this.native.label =
      end.kind === 'done' ? doneLabel(model, end.metrics) : endLabel(end.kind, model);
    if (end.kind === 'failed' || end.kind === 'truncated') {
      const notice = failureNotice(end.failure, model, this.#deps.origin());
      this.#comments.push(noticeComment(this.id, notice));
    }
    this.native.contextValue = end.kind === 'done' ? 'done' : 'ended';
    this.native.canReply = true;
    this.#draw.flush();
  }

  /** A defect of ours, not of the wire. */
  #defect(error: unknown): ModelEnd {
    const message = error instanceof Error ? error.message : String(error);
    this.#deps.logger.error(error instanceof Error ? (error.stack ?? message) : message);
    return { kind: 'failed', failure: { kind: 'internal', message } };
  }

  /** The same comment objects in a new array: only what changed is drawn again. */
  #show(): void {
    const text = this.#dialogue.turns.at(-1)?.answer ?? '';
    if (this.#answer) this.#answer.body = answerBody(text);
    const nothingCame = text === '' && !this.running;
    this.native.comments = this.#comments.filter(
      (comment) => !(nothingCame && comment === this.#answer),
    );
  }
}

function endLabel(kind: 'cancelled' | 'failed' | 'truncated', model: string): string {
  const { t } = vscode.l10n;
  return kind === 'cancelled' ? t('{0} · stopped', model) : t('{0} · not finished', model);
}
