import { estimate, promptWeight } from '../conversation/calibration';
import { weighText } from '../conversation/tokenEstimate';
import { getReadingLimitMs } from '../conversation/modelSpeeds';
import type {
  CodeContext,
  Continuation,
  ExplainSubject,
  ExplainTurn,
  SentRequest,
} from '../conversation/explanation';
import type { ChatPrompt, ExplainPrompt, ModelEnd, RequestProfile } from '../conversation/ports';
import { ReasoningSplitter, type SplitPiece } from '../conversation/reasoningSplitter';
import { requestProfile, type Settings } from '../settings/settingDescriptors';
import { defined } from '../shared/defined';
import type { Failure, TurnEnd } from '../shared/turn';
import {
  explainSystem,
  firstPrompt,
  followUpMessages,
  getSentCode,
  maxPromptLength,
} from './explainPrompt';

/** Read for each turn; a running turn keeps the settings that it began with. */
export interface ExplainSettings {
  /** Empty if no model is selected. */
  readonly model: string;
  /** Such as `Deutsch`; empty leaves the language to the model. */
  readonly answerLanguage: string;
  readonly profile: RequestProfile;
  /** The context length of the model in tokens, as far as it is known. */
  readonly contextTokens: number;
  /**
   * How follow-ups are asked: as the messages of a chat, or with the `context` that `/api/generate` returned.
   * With `context`, chat templates do not close the earlier answer, and Ollama inserts another system prompt.
   */
  readonly followUps: 'messages' | 'context';
}

/**
 * A request of an explanation. A single prompt goes to `/api/generate`, because only that returns a `context`;
 * a prompt with earlier messages goes to `/api/chat`.
 */
export type ExplainRequest =
  ({ readonly kind: 'generate' } & ExplainPrompt) | ({ readonly kind: 'chat' } & ChatPrompt);

/** `context` has one number per token. A longer one is slower to send and store than the text. */
const maxContextTokens = 32_768;

/** VS Code redraws a whole comment thread at each update, so a thread stays small. */
const maxTurns = 10;
const maxCharacters = 8_000;

/** The ways to ask a question, each shorter or simpler than the one before it. */
const ways = ['context', 'whole', 'withoutCodeContext', 'withoutHistory'] as const;
type Way = (typeof ways)[number];

/** The turn that is being asked. */
interface Asked {
  readonly settings: ExplainSettings;
  readonly question: string | undefined;
  readonly before: readonly ExplainTurn[];
  continuation: Continuation | undefined;
  way: Way;
}

type MutableTurn = { -readonly [K in keyof ExplainTurn]: ExplainTurn[K] };

interface Replaced {
  readonly subject: ExplainSubject;
  readonly turn: MutableTurn;
}

/** How a request ended. */
export type Outcome = Pick<ExplainTurn, 'model' | 'end' | 'metrics'>;

/** What the model read before the explanation itself. */
export interface FirstRequest {
  readonly system: string;
  readonly prompt: string;
}

export interface SavedDialogue {
  readonly turns: readonly ExplainTurn[];
  readonly sent: readonly SentRequest[];
}

/** An explanation with its follow-ups, and what is sent to the model for each of them. */
export class ExplainDialogue {
  readonly #turns: MutableTurn[];
  #subject: ExplainSubject;
  #sent: readonly SentRequest[];
  #continuation: Continuation | undefined;
  #asked: Asked | undefined;
  /** The answer that is being regenerated; it is restored if no new text arrives. */
  #replaced: Replaced | undefined;
  #refused: Outcome | undefined;
  #splitter = new ReasoningSplitter();

  constructor(subject: ExplainSubject, saved: SavedDialogue = { turns: [], sent: [] }) {
    this.#subject = subject;
    this.#turns = saved.turns.map((turn) => ({ ...turn }));
    this.#sent = saved.sent;
    // An answer that was running when its window closed has no end.
    const last = this.#turns.at(-1);
    if (last && !last.end) last.end = { kind: 'interrupted' };
  }

  get subject(): ExplainSubject {
    return this.#subject;
  }

  get turns(): readonly ExplainTurn[] {
    return this.#turns;
  }

  /** The text of the last answer so far. */
  get answer(): string {
    return this.#turns.at(-1)?.answer ?? '';
  }

  /** What is stored: while an answer is regenerated, the old one until the new one begins. */
  get kept(): { readonly subject: ExplainSubject; readonly turns: readonly ExplainTurn[] } {
    const replaced = this.#unreplaced;
    return replaced
      ? { subject: replaced.subject, turns: this.#turns.with(-1, replaced.turn) }
      : { subject: this.#subject, turns: this.#turns };
  }

  /** How the last request ended, even if its turn was replaced by the old answer. */
  get outcome(): Outcome | undefined {
    return this.#refused ?? this.#turns.at(-1);
  }

  /** What was sent for the last answer; with `context`, every request since the last whole prompt. */
  get sent(): readonly SentRequest[] {
    return this.#sent;
  }

  /** The first request as it was last sent, or would be now. */
  getFirstRequest({ answerLanguage, contextTokens }: ExplainSettings): FirstRequest {
    const [request] = this.#sent;
    const { earlier = [], prompt = '', system = explainSystem(answerLanguage) } = request ?? {};
    const sent = earlier[0]?.content ?? prompt;
    // A question without the earlier ones is in one message with the prompt.
    const isWhole = request?.earlier?.length !== 0 && sent.includes(getSentCode(this.#subject));
    if (isWhole) return { system, prompt: sent };
    return { system, prompt: firstPrompt(this.#subject, maxPromptLength(contextTokens)) };
  }

  /** Whether the thread is full, so that further questions belong in a conversation. */
  get isFull(): boolean {
    return this.#turns.length >= maxTurns || countCharacters(this.#turns) >= maxCharacters;
  }

  /** The `context` of the last answer that returned one. It may not belong to the turns any more. */
  get continuation(): Continuation | undefined {
    return this.#continuation;
  }

  /** Adds what was collected around the code to the first prompt. */
  addContext(around: CodeContext): void {
    this.#subject = { ...this.#subject, around };
  }

  /** Restores a stored `context`; it is used only if it belongs to these turns. */
  resumeFrom(continuation: Continuation | undefined): void {
    this.#continuation ??= continuation;
  }

  /** Begins a turn: the explanation itself if there is no question. */
  begin(settings: ExplainSettings, question?: string): void {
    const before = this.#turns.map((turn) => ({ ...turn }));
    this.#refused = undefined;
    this.#splitter = new ReasoningSplitter();
    this.#turns.push(defined({ question, model: settings.model, answer: '' }));
    this.#asked = { settings, question, before, continuation: undefined, way: 'whole' };
  }

  /** The request for the turn that was begun. */
  request(): ExplainRequest {
    const asked = this.#asked;
    if (!asked) throw new Error('No turn was begun.');
    asked.continuation = this.#usableContinuation(asked);
    asked.way = asked.continuation ? 'context' : 'whole';
    return this.#send(asked, this.#createRequest(asked));
  }

  /** A shorter or simpler request after a refusal; undefined if there is none, and the refusal stays. */
  recover(failure: Failure): ExplainRequest | undefined {
    const asked = this.#asked;
    const turn = this.#turns.at(-1);
    if (!asked || turn?.answer !== '' || !isRefusal(failure, asked.way)) return undefined;
    const refused = this.#createRequest(asked);
    for (const way of ways.slice(ways.indexOf(asked.way) + 1)) {
      asked.way = way;
      const request = this.#createRequest(asked);
      if (request.kind !== refused.kind || countLength(request) < countLength(refused)) {
        return this.#send(asked, request);
      }
    }
    return undefined;
  }

  /** Removes the last turn to ask it again; returns its question. */
  removeLastTurn(): string | undefined {
    const turn = this.#turns.pop();
    this.#replaced = turn && turn.answer !== '' ? { subject: this.#subject, turn } : undefined;
    return turn?.question;
  }

  /** Removes the explanation to ask for one of changed code. */
  replaceSubject(subject: ExplainSubject): void {
    this.removeLastTurn();
    this.#subject = subject;
  }

  /** Appends to the last answer, without template marks; reasoning in tags goes to its reasoning. */
  append(answer: string, thinking = ''): void {
    const turn = this.#turns.at(-1);
    if (!turn) return;
    if (thinking !== '') turn.thinking = (turn.thinking ?? '') + thinking;
    addPieces(turn, this.#splitter.take(answer));
  }

  finish(end: ModelEnd): void {
    const turn = this.#turns.at(-1);
    if (!turn || !this.#asked) return;
    const { settings, way, before } = this.#asked;
    this.#asked = undefined;
    addPieces(turn, this.#splitter.end());
    turn.end = toTurnEnd(end);
    if (this.#unreplaced) this.#putBack(this.#unreplaced, turn);
    this.#replaced = undefined;
    // After any other end the `context` of the turns before is still valid: the turn may be asked again.
    if (end.kind !== 'done' || this.#turns.at(-1) !== turn) return;
    const turnsLeftOut = way === 'withoutHistory' ? before.length : undefined;
    turn.metrics = { ...end.metrics, ...defined({ turnsLeftOut }) };
    this.#continuation = this.#toContinuation(settings, end.context);
  }

  #toContinuation(
    { model, answerLanguage, profile }: ExplainSettings,
    context: readonly number[] | undefined,
  ): Continuation | undefined {
    if (context === undefined || context.length > maxContextTokens) return undefined;
    const belongsTo = defined({
      model,
      system: explainSystem(answerLanguage),
      contextLength: profile.contextLength,
      turns: this.#turns.length,
      characters: countCharacters(this.#turns),
    });
    return { ...belongsTo, context: [...context] };
  }

  get #unreplaced(): Replaced | undefined {
    return this.#turns.at(-1)?.answer === '' ? this.#replaced : undefined;
  }

  #putBack({ subject, turn }: Replaced, instead: MutableTurn): void {
    this.#subject = subject;
    this.#turns.splice(-1, 1, turn);
    const kind = instead.end?.kind;
    this.#refused = kind === 'failed' || kind === 'truncated' ? instead : undefined;
  }

  #send({ way }: Asked, request: ExplainRequest): ExplainRequest {
    const before = way === 'context' ? this.#sent : [];
    this.#sent = [...before, toSentRequest(request)];
    return request;
  }

  #createRequest({ settings, question, before, continuation, way }: Asked): ExplainRequest {
    const { model, profile, answerLanguage, contextTokens } = settings;
    const system = explainSystem(answerLanguage);
    if (way === 'context' && continuation && question !== undefined) {
      const { context } = continuation;
      return { kind: 'generate', model, system, prompt: question, context, profile };
    }
    const maxLength = way === 'whole' || way === 'context' ? maxPromptLength(contextTokens) : 0;
    const prompt = firstPrompt(this.#subject, maxLength);
    if (question === undefined) return { kind: 'generate', model, system, prompt, profile };
    const history = way === 'withoutHistory' ? [] : before;
    const messages = followUpMessages({ system, prompt, turns: history, question });
    return { kind: 'chat', model, messages, profile };
  }

  #usableContinuation({ settings, question, before }: Asked): Continuation | undefined {
    const { model, profile, answerLanguage, followUps } = settings;
    const known = this.#continuation;
    const isUsable =
      followUps === 'context' &&
      question !== undefined &&
      before.at(-1)?.end?.kind === 'done' &&
      known?.model === model &&
      known.contextLength === profile.contextLength &&
      known.system === explainSystem(answerLanguage) &&
      known.turns === before.length &&
      known.characters === countCharacters(before);
    return isUsable ? known : undefined;
  }
}

function addPieces(turn: MutableTurn, pieces: readonly SplitPiece[]): void {
  for (const piece of pieces) {
    if (piece.kind === 'answer') turn.answer += piece.text;
    else if (piece.kind === 'thinking') turn.thinking = (turn.thinking ?? '') + piece.text;
    else {
      turn.thinking = (turn.thinking ?? '') + turn.answer;
      turn.answer = '';
    }
  }
}

function countLength(request: ExplainRequest): number {
  return request.kind === 'generate'
    ? request.prompt.length
    : request.messages.reduce((sum, { content }) => sum + content.length, 0);
}

/** How long the model reads the prompt of a request at most, in milliseconds. */
export function getRequestReadingLimitMs(request: ExplainRequest): number {
  const weight =
    request.kind === 'generate'
      ? estimate({}, weighText(request.prompt)).tokens + (request.context?.length ?? 0)
      : estimate({}, promptWeight(request.messages)).tokens;
  return getReadingLimitMs(weight);
}

/** A request as it is stored and shown. */
function toSentRequest(request: ExplainRequest): SentRequest {
  const { model } = request;
  if (request.kind === 'generate') {
    const { prompt, system, context } = request;
    return defined({ model, prompt, system, contextTokens: context?.length });
  }
  const system = request.messages.find(({ role }) => role === 'system')?.content;
  const messages = request.messages.flatMap(({ role, content }) =>
    role === 'system' ? [] : [{ role, content }],
  );
  return defined({
    model,
    prompt: messages.at(-1)?.content ?? '',
    system,
    earlier: messages.slice(0, -1),
  });
}

function countCharacters(turns: readonly ExplainTurn[]): number {
  return turns.reduce((sum, { question = '', answer }) => sum + question.length + answer.length, 0);
}

/** Whether a shorter request may help; with `context`, any refusal may be because of it. */
function isRefusal({ kind, status }: Failure, way: Way): boolean {
  if (kind === 'contextOverflow') return true;
  return way === 'context' && kind === 'server' && (status === 400 || status === 500);
}

function toTurnEnd(end: ModelEnd): TurnEnd {
  switch (end.kind) {
    case 'done':
      return { kind: 'done', reason: end.reason };
    case 'cancelled':
      return { kind: 'stopped' };
    case 'failed':
    case 'truncated':
      return { kind: end.kind, failure: end.failure };
  }
}

/** What the settings say of explanations. */
export function explainSettings(settings: Settings): Omit<ExplainSettings, 'contextTokens'> {
  const { answerLanguage } = settings;
  const model = settings['explain.model'] || settings.model;
  const followUps = settings['explain.followUps'];
  return { model, answerLanguage, profile: requestProfile(settings, model), followUps };
}
