import type { Clock } from '../shared/clock';
import { defined } from '../shared/defined';
import type {
  Activity,
  AssistantTurn,
  Channel,
  ConversationEvent,
  Failure,
  Metrics,
  PromptNotes,
  TurnEnd,
  TurnState,
} from '../shared/turn';
import { RepeatFilter } from './continuation';
import { getWrittenLength } from './conversation';
import type { ModelEnd, ModelEvent } from './ports';
import { ReasoningSplitter, type SplitPiece } from './reasoningSplitter';
import { RepetitionDetector } from './repetition';

/** What an answer does from now on. */
export interface ActivityNews {
  readonly activity: Activity;
  /** Whether its first text follows in the same moment. */
  readonly isWithText: boolean;
}

/** Receives what happens to the conversation while an answer runs, and what the answer is doing. */
export interface AnswerListener {
  record(event: ConversationEvent): void;
  activity(news: ActivityNews): void;
}

export interface AnswerRunOptions {
  readonly turnId: string;
  readonly clock: Clock;
  readonly listener: AnswerListener;
  /** How long this model took to load last time, in milliseconds. */
  readonly lastLoadMs?: number;
  /** How long the model reads this prompt at most, in milliseconds. */
  readonly readingLimitMs?: () => number | undefined;
  /** Opens the stream; called again after a recovery. */
  readonly open: (signal: AbortSignal) => AsyncIterable<ModelEvent>;
  /**
   * Called when the request was refused before any text: whether something was changed for another try. If not,
   * the refusal is final.
   */
  readonly recover: (failure: Failure) => boolean;
  /** What of the prompt is not as the user may expect. */
  readonly notes: () => PromptNotes;
  /** The answer that is continued: its text and reasoning so far. */
  readonly continues?: Pick<AssistantTurn, 'text' | 'thinking' | 'movedLength'>;
  /** The model began the continued answer again: from now on `open` asks in words. */
  readonly askInWords?: () => void;
}

/** A longer context, a shorter one again, and a shorter prompt. */
const maxRecoveries = 3;

/** How one stream ended; undefined: this side ended it. */
type StreamResult = ModelEnd | { readonly kind: 'restarted' } | undefined;

/** One answer from the request to its end. It ends exactly once and reports nothing after that. */
export class AnswerRun {
  readonly turnId: string;
  readonly #options: AnswerRunOptions;
  readonly #controller = new AbortController();
  readonly #startedMs: number;
  readonly #lengths: Record<Channel, number>;
  #repeatFilter: RepeatFilter;
  #splitter: ReasoningSplitter;
  readonly #repetition = new RepetitionDetector();
  #activity: Omit<Activity, 'elapsedMs'> = { state: 'connecting' };
  #sinceMs: number;
  /** Of the last text. */
  #textState: TurnState | undefined;
  #firstTextMs: number | undefined;
  #firstThoughtMs: number | undefined;
  #thoughtMs: number | undefined;
  #ended = false;

  constructor(options: AnswerRunOptions) {
    this.turnId = options.turnId;
    this.#options = options;
    this.#startedMs = options.clock.monotonicMs();
    this.#sinceMs = this.#startedMs;
    const continued = options.continues ?? { text: '', thinking: '' };
    this.#lengths = {
      answer: getWrittenLength(continued, 'answer'),
      thinking: getWrittenLength(continued, 'thinking'),
    };
    this.#repeatFilter = new RepeatFilter(continued.text);
    this.#splitter = new ReasoningSplitter(continued.text === '');
  }

  get activity(): Activity {
    return { ...this.#activity, elapsedMs: this.#nowMs() - this.#sinceMs };
  }

  /** Resolves when the answer has ended, however it did; rejects only for a defect. */
  async finished(): Promise<void> {
    let result = await this.#readStream();
    for (let tries = 0; tries < maxRecoveries && this.#recover(result); tries += 1) {
      result = await this.#readStream();
    }
    this.#finish(result);
  }

  /** Ends the answer now, keeping its text, and closes the connection. */
  stop(): void {
    if (!this.#ended) this.#addPieces(this.#splitter.end());
    this.#end({ kind: 'stopped' }, {});
    this.#controller.abort();
  }

  /** Closes the connection without recording an end: the next start finds the turn interrupted. */
  abandon(): void {
    this.#ended = true;
    this.#controller.abort();
  }

  async #readStream(): Promise<StreamResult> {
    for await (const event of this.#options.open(this.#controller.signal)) {
      if (this.#ended) return undefined;
      if (event.type === 'end') return event.end;
      if (event.type === 'phase') this.#enterPhase(event);
      else this.#addText(event.thinking, event.answer);
      if (this.#repeatFilter.isRestart) return { kind: 'restarted' };
    }
    if (this.#ended) return undefined;
    const message = 'The stream ended without an end event.';
    return { kind: 'truncated', failure: { kind: 'truncated', message } };
  }

  #recover(result: StreamResult): boolean {
    if (this.#ended) return false;
    if (result?.kind === 'restarted') {
      this.#options.askInWords?.();
      this.#repeatFilter = new RepeatFilter(this.#options.continues?.text ?? '', true);
      this.#splitter = new ReasoningSplitter(false);
      return true;
    }
    if (result?.kind !== 'failed' || this.#firstTextMs !== undefined) return false;
    return this.#options.recover(result.failure);
  }

  #enterPhase(event: Extract<ModelEvent, { type: 'phase' }>): void {
    const { phase, sizeBytes, probe, retryMs, readPart } = event;
    const { lastLoadMs, readingLimitMs } = this.#options;
    if (phase === 'resumed') {
      this.#enter({ state: this.#textState ?? 'prompting' });
      return;
    }
    const activity = { state: phase, sizeBytes, probe, retryMs, readPart };
    if (phase === 'loading') this.#enter(defined({ ...activity, lastLoadMs }));
    else if (phase === 'prompting')
      this.#enter(defined({ ...activity, readingLimitMs: readingLimitMs?.() }));
    else this.#enter(defined(activity));
  }

  #addText(thinking: string, answer: string): void {
    if (thinking !== '') this.#addReasoning(thinking);
    if (answer !== '') this.#addPieces(this.#splitter.take(answer));
  }

  #addPieces(pieces: readonly SplitPiece[]): void {
    for (const piece of pieces) {
      if (piece.kind === 'thinking') this.#addReasoning(piece.text);
      else if (piece.kind === 'answer') this.#addAnswer(this.#repeatFilter.take(piece.text));
      else this.#moveToThinking();
    }
  }

  #addReasoning(text: string): void {
    this.#firstThoughtMs ??= this.#nowMs();
    this.#append('thinking', text);
  }

  #addAnswer(text: string): void {
    if (text === '') return;
    if (this.#firstThoughtMs !== undefined)
      this.#thoughtMs ??= this.#nowMs() - this.#firstThoughtMs;
    this.#append('answer', text);
  }

  #moveToThinking(): void {
    this.#firstThoughtMs ??= this.#startedMs + (this.#firstTextMs ?? 0);
    const { turnId } = this;
    this.#options.listener.record({ kind: 'reasoningFound', turnId, at: this.#lengths.answer });
  }

  #append(channel: Channel, text: string): void {
    this.#firstTextMs ??= this.#nowMs() - this.#startedMs;
    const state: TurnState = channel === 'answer' ? 'answering' : 'thinking';
    this.#textState = state;
    this.#repetition.take(text);
    const { isRepeating } = this.#repetition;
    if (this.#activity.state !== state || (this.#activity.isRepeating ?? false) !== isRepeating) {
      this.#enter({ state, ...(isRepeating ? { isRepeating } : {}) }, true);
    }
    const at = this.#lengths[channel];
    this.#lengths[channel] = at + text.length;
    this.#options.listener.record({
      kind: 'textAppended',
      turnId: this.turnId,
      channel,
      at,
      text,
    });
  }

  #enter(activity: Omit<Activity, 'elapsedMs'>, isWithText = false): void {
    const isNew = this.#activity.state !== activity.state || activity.retryMs !== undefined;
    if (isNew) this.#sinceMs = this.#nowMs();
    const { raised, steppedBack } = this.#options.notes();
    this.#activity = { ...activity, ...defined({ raised, steppedBack }) };
    this.#options.listener.activity({ activity: this.activity, isWithText });
  }

  #finish(end: StreamResult): void {
    if (!this.#ended) this.#addPieces(this.#splitter.end());
    const held = this.#ended ? '' : this.#repeatFilter.rest();
    if (held !== '') this.#append('answer', held);
    if (end === undefined || end.kind === 'cancelled' || end.kind === 'restarted') {
      this.#end({ kind: 'stopped' }, {});
    } else if (end.kind === 'done') {
      this.#end({ kind: 'done', reason: end.reason }, end.metrics);
    } else {
      this.#end({ kind: end.kind, failure: end.failure }, {});
    }
  }

  #end(end: TurnEnd, metrics: Metrics): void {
    if (this.#ended) return;
    this.#ended = true;
    const { turnId } = this;
    this.#options.listener.record({
      kind: 'turnEnded',
      turnId,
      end,
      metrics: { ...metrics, ...this.#getMeasurements() },
    });
  }

  #getMeasurements(): Metrics {
    return defined({
      firstTokenMs: this.#firstTextMs,
      thoughtMs: this.#thoughtMs,
      hasRepeated: this.#repetition.isRepeating || undefined,
      ...this.#options.notes(),
    });
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }
}
