import type { Failure, TurnEnd } from '../shared/turn';
import { requestProfile } from '../settings/requestSettings';
import type { Settings } from '../settings/settingDescriptors';
import type {
  Continuation,
  ExplainSubject,
  ExplainTurn,
  SentRequest,
  CodeContext,
} from '../conversation/explanation';
import { explainSystem, firstPrompt, formatDialogue, maxPromptLength } from './explainPrompt';
import type { ExplainPrompt, ModelEnd, RequestProfile } from '../conversation/ports';

/** What the person has set, read anew for each turn; a running turn keeps what it began with. */
export interface ExplainSettings {
  /** Empty while none is chosen. */
  readonly model: string;
  /** Such as `Deutsch`; empty: whatever the model takes. */
  readonly answerLanguage: string;
  readonly profile: RequestProfile;
  /** Tokens of context that the model has, as far as is known. */
  readonly contextTokens: number;
}

/** Ollama's `context` is one number a token; a longer one costs more than sending the text again. */
const maxContextTokens = 32_768;

/** A comment thread draws all of itself at each update, so it stays small. */
const maxTurns = 10;
const maxCharacters = 8_000;

/** The ways to ask the same, each smaller or plainer than the one before. */
const ways = ['goOn', 'whole', 'withoutSurroundings', 'withoutHistory'] as const;
type Way = (typeof ways)[number];

/** The turn that is asked now. */
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

/** How the last request went. */
export type Outcome = Pick<ExplainTurn, 'model' | 'end' | 'metrics'>;

export interface SavedDialogue {
  readonly turns: readonly ExplainTurn[];
  readonly sent: readonly SentRequest[];
}

/**
 * An explanation and the questions after it. Its text is the truth; the `context` the server
 * returned only spares it reading the same again.
 */
export class ExplainDialogue {
  readonly #turns: MutableTurn[];
  #subject: ExplainSubject;
  #sent: readonly SentRequest[];
  #continuation: Continuation | undefined;
  #asked: Asked | undefined;
  /** An answer that is asked for again; it comes back if nothing takes its place. */
  #replaced: Replaced | undefined;
  #refused: Outcome | undefined;

  constructor(subject: ExplainSubject, saved: SavedDialogue = { turns: [], sent: [] }) {
    this.#subject = subject;
    this.#turns = saved.turns.map((turn) => ({ ...turn }));
    this.#sent = saved.sent;
    // What was running when its window went away will not go on.
    const last = this.#turns.at(-1);
    if (last && !last.end) last.end = { kind: 'interrupted' };
  }

  get subject(): ExplainSubject {
    return this.#subject;
  }

  get turns(): readonly ExplainTurn[] {
    return this.#turns;
  }

  /** What is to be stored: an answer that is asked for again, until the new one begins. */
  get kept(): { readonly subject: ExplainSubject; readonly turns: readonly ExplainTurn[] } {
    const replaced = this.#unreplaced;
    return replaced
      ? { subject: replaced.subject, turns: this.#turns.with(-1, replaced.turn) }
      : { subject: this.#subject, turns: this.#turns };
  }

  /** How the last request went, also one of which nothing came and whose turn is gone. */
  get outcome(): Outcome | undefined {
    return this.#refused ?? this.#turns.at(-1);
  }

  /** What the model has seen for its last answer, from the last whole prompt on. */
  get sent(): readonly SentRequest[] {
    return this.#sent;
  }

  /** Whether more questions belong into a conversation. */
  get isFull(): boolean {
    return this.#turns.length >= maxTurns || countCharacters(this.#turns) >= maxCharacters;
  }

  /** What the next question can go on from; kept apart from the text, as it may be lost. */
  get continuation(): Continuation | undefined {
    return this.#continuation;
  }

  /** What was found around the code goes with the first prompt. */
  addContext(around: CodeContext): void {
    this.#subject = { ...this.#subject, around };
  }

  /** Gives back what was kept; it is taken only where it belongs to this text. */
  resumeFrom(continuation: Continuation | undefined): void {
    this.#continuation ??= continuation;
  }

  /** Begins a turn: the explanation when there is no question. */
  begin(settings: ExplainSettings, question?: string): void {
    const before = this.#turns.map((turn) => ({ ...turn }));
    const said = question === undefined ? {} : { question };
    this.#refused = undefined;
    this.#turns.push({ ...said, model: settings.model, answer: '' });
    this.#asked = { settings, question, before, continuation: undefined, way: 'whole' };
  }

  /** What is sent for the turn that was begun. */
  prompt(): ExplainPrompt {
    const asked = this.#asked;
    if (!asked) throw new Error('No turn was begun.');
    asked.continuation = asked.question === undefined ? undefined : this.#usable(asked);
    asked.way = asked.continuation ? 'goOn' : 'whole';
    this.#continuation = undefined;
    return this.#send(asked, this.#prompt(asked));
  }

  /**
   * Another way of asking the same, after the server has refused to begin; undefined when there is
   * none, and the refusal stands.
   */
  recover(failure: Failure): ExplainPrompt | undefined {
    const asked = this.#asked;
    const turn = this.#turns.at(-1);
    if (!asked || turn?.answer !== '' || !isRefusal(failure, asked.way)) return undefined;
    const refused = this.#prompt(asked);
    for (const way of ways.slice(ways.indexOf(asked.way) + 1)) {
      asked.way = way;
      const prompt = this.#prompt(asked);
      if (prompt.context !== refused.context || prompt.prompt.length < refused.prompt.length) {
        return this.#send(asked, prompt);
      }
    }
    return undefined;
  }

  /** Takes the last turn out, to ask it again. Gives its question. */
  removeLastTurn(): string | undefined {
    this.#continuation = undefined;
    const turn = this.#turns.pop();
    this.#replaced = turn && turn.answer !== '' ? { subject: this.#subject, turn } : undefined;
    return turn?.question;
  }

  /** Takes the explanation out, to ask for one of the code as it is now. */
  replaceSubject(subject: ExplainSubject): void {
    this.removeLastTurn();
    this.#subject = subject;
  }

  /** The last answer grows. */
  append(text: string): void {
    const turn = this.#turns.at(-1);
    if (turn) turn.answer += text;
  }

  finish(end: ModelEnd): void {
    const turn = this.#turns.at(-1);
    if (!turn || !this.#asked) return;
    const { settings, way, before } = this.#asked;
    this.#asked = undefined;
    turn.end = toTurnEnd(end);
    if (this.#unreplaced) this.#putBack(this.#unreplaced, turn);
    this.#replaced = undefined;
    if (end.kind !== 'done' || this.#turns.at(-1) !== turn) return;
    const leftOut = way === 'withoutHistory' ? { turnsLeftOut: before.length } : {};
    turn.metrics = { ...end.metrics, ...leftOut };
    const { context } = end;
    if (context === undefined || context.length > maxContextTokens) return;
    const { contextLength } = settings.profile;
    this.#continuation = {
      model: settings.model,
      system: explainSystem(settings.answerLanguage),
      ...(contextLength === undefined ? {} : { contextLength }),
      turns: this.#turns.length,
      characters: countCharacters(this.#turns),
      context: [...context],
    };
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

  #send({ settings, continuation, way }: Asked, prompt: ExplainPrompt): ExplainPrompt {
    const { model, prompt: words, system } = prompt;
    const goesOn = way === 'goOn' && continuation;
    const contextTokens = goesOn ? { contextTokens: continuation.context.length } : {};
    const sent = { model, prompt: words, ...(system === undefined ? {} : { system }) };
    const before = goesOn ? this.#sent : [];
    this.#sent = [...before, { ...sent, ...contextTokens, model: settings.model }];
    return prompt;
  }

  #prompt({ settings, question, before, continuation, way }: Asked): ExplainPrompt {
    const { model, profile, answerLanguage, contextTokens } = settings;
    if (way === 'goOn' && continuation && question !== undefined) {
      return { model, prompt: question, context: continuation.context, profile };
    }
    const room = way === 'whole' || way === 'goOn' ? maxPromptLength(contextTokens) : 0;
    const history = way === 'withoutHistory' ? [] : before;
    const prompt = formatDialogue(firstPrompt(this.#subject, room), history, question);
    return { model, system: explainSystem(answerLanguage), prompt, profile };
  }

  #usable({ settings, before }: Asked): Continuation | undefined {
    const { model, profile, answerLanguage } = settings;
    const known = this.#continuation;
    const belongs =
      before.at(-1)?.end?.kind === 'done' &&
      known?.model === model &&
      known.contextLength === profile.contextLength &&
      known.system === explainSystem(answerLanguage) &&
      known.turns === before.length &&
      known.characters === countCharacters(before);
    return belongs ? known : undefined;
  }
}

function countCharacters(turns: readonly ExplainTurn[]): number {
  return turns.reduce((sum, { question = '', answer }) => sum + question.length + answer.length, 0);
}

/** A prompt that does not fit; or, for `context`, any refusal of the request as such. */
function isRefusal({ kind, status }: Failure, way: Way): boolean {
  if (kind === 'contextOverflow') return true;
  return way === 'goOn' && kind === 'server' && (status === 400 || status === 500);
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
  return { model, answerLanguage, profile: requestProfile(settings, model) };
}
