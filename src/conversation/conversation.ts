import type {
  AssistantTurn,
  Channel,
  ConversationEvent,
  ConversationEventOf,
  Turn,
  TurnState,
} from '../shared/turn';
import { createTitle, toTitle } from './prompt';
import { type Branch, type MutableAnswer, TurnTree } from './turnTree';

/** How much text a channel's events have brought, in UTF-16 code units. */
export function getWrittenLength(
  { text, thinking, movedLength = 0 }: Pick<AssistantTurn, 'text' | 'thinking' | 'movedLength'>,
  channel: Channel,
): number {
  return channel === 'answer' ? text.length + movedLength : thinking.length - movedLength;
}

/**
 * The state of a conversation: a tree of turns, built by applying events. `apply` changes it in place, because
 * a copy per token would cost more the longer the conversation is.
 */
export class Conversation {
  readonly id: string;
  readonly #tree = new TurnTree();
  #title = '';
  #pinned = false;
  #contextStart: string | null = null;

  constructor(id: string, events: Iterable<ConversationEvent> = []) {
    this.id = id;
    for (const event of events) this.apply(event);
  }

  get title(): string {
    return this.#title;
  }

  /** Whether it is pinned to the top of the list. */
  get pinned(): boolean {
    return this.#pinned;
  }

  /** Every turn of every branch, in the order in which they were started. */
  turns(): Iterable<Turn> {
    return this.#tree.values();
  }

  /** The last turn that is shown; the next message follows it. */
  get leaf(): string | null {
    return this.#tree.leaf;
  }

  turn(id: string): Turn | undefined {
    return this.#tree.get(id);
  }

  /** From the first turn to the leaf (or to the given turn), along its branch. */
  path(to: string | null = this.#tree.leaf): readonly Turn[] {
    return this.#tree.pathTo(to);
  }

  /** The first message that is sent, if the user has excluded earlier ones; null: nothing is excluded. */
  get contextStart(): string | null {
    return this.#contextStart;
  }

  /** `path` without the messages that the user has excluded. */
  contextPath(to: string | null = this.#tree.leaf): readonly Turn[] {
    const path = this.path(to);
    const first = path.findIndex(({ id }) => id === this.#contextStart);
    return first > 0 ? path.slice(first) : path;
  }

  /** The turn and its alternatives. */
  branch(turnId: string): Branch | undefined {
    return this.#tree.branch(turnId);
  }

  /** Applies one event. An event about an unknown turn changes nothing. */
  apply(event: ConversationEvent): void {
    switch (event.kind) {
      case 'turnStarted':
        this.#start(event);
        return;
      case 'textAppended':
        this.#append(event);
        return;
      case 'reasoningFound':
        this.#moveToThinking(event);
        return;
      case 'turnEnded':
        this.#end(event);
        return;
      case 'turnContinued':
        this.#continue(event);
        return;
      case 'branchSelected':
        this.#tree.choose(event.turnId);
        return;
      case 'turnDeleted':
        this.#keepContextStart(() => this.#delete(event.turnId));
        return;
      case 'forgotten':
        this.#contextStart = event.turnId;
        return;
      case 'renamed':
        this.#title = toTitle(event.title);
        return;
      case 'pinned':
        this.#pinned = event.pinned;
        return;
      case 'deleted':
        this.#tree.clear();
        return;
    }
  }

  /** Sets the state of a running answer; only `turnEnded` sets a final state. */
  setState(turnId: string, state: TurnState): void {
    const answer = this.#answer(turnId);
    if (answer && !answer.end) answer.state = state;
  }

  /**
   * Ends the answers that never ended, because their window was closed, except those in `goingOn`, which another
   * window is writing. They keep their text. Returns the events, already applied.
   */
  interruptUnfinished(goingOn: ReadonlySet<string> = new Set()): readonly ConversationEvent[] {
    const events: ConversationEvent[] = [];
    for (const turn of this.#tree.values()) {
      if (turn.role === 'user' || turn.end || goingOn.has(turn.id)) continue;
      events.push({
        kind: 'turnEnded',
        turnId: turn.id,
        end: { kind: 'interrupted' },
        metrics: {},
      });
    }
    for (const event of events) this.apply(event);
    return events;
  }

  /** Stays on the branch that ends with this turn, unless the path that is shown continues it. */
  stayOn(leaf: string | null): void {
    if (leaf !== null && !this.path().some(({ id }) => id === leaf)) this.#tree.choose(leaf);
  }

  #start({ turn }: ConversationEventOf<'turnStarted'>): void {
    if (this.#tree.get(turn.id)) return;
    this.#tree.add(
      turn.role === 'user' ? { ...turn } : { ...turn, text: '', thinking: '', state: 'connecting' },
    );
    if (turn.role === 'user' && this.#title === '') this.#title = createTitle(turn.text);
  }

  #append({ turnId, channel, at, text }: ConversationEventOf<'textAppended'>): void {
    const answer = this.#answer(turnId);
    if (!answer) return;
    const field = channel === 'answer' ? 'text' : 'thinking';
    const known = getWrittenLength(answer, channel);
    // A record can be stored twice (written again after an error): known text is skipped. A gap cannot be
    // filled: text after it is appended.
    const fresh = at < known ? text.slice(known - at) : text;
    answer[field] += fresh;
    if (!answer.end) answer.state = channel === 'answer' ? 'answering' : 'thinking';
  }

  #moveToThinking({ turnId, at }: ConversationEventOf<'reasoningFound'>): void {
    const answer = this.#answer(turnId);
    if (!answer) return;
    const moved = answer.movedLength ?? 0;
    const length = Math.max(0, at - moved);
    answer.thinking =
      answer.thinking.slice(0, moved) + answer.text.slice(0, length) + answer.thinking.slice(moved);
    answer.text = answer.text.slice(length);
    answer.movedLength = moved + length;
  }

  #end({ turnId, end, metrics }: ConversationEventOf<'turnEnded'>): void {
    const answer = this.#answer(turnId);
    if (!answer) return;
    answer.end = end;
    answer.state = end.kind;
    answer.metrics = metrics;
  }

  #continue({ turnId, at }: ConversationEventOf<'turnContinued'>): void {
    const answer = this.#answer(turnId);
    if (!answer) return;
    delete answer.end;
    answer.state = 'connecting';
    (answer.continuationOffsets ??= []).push(at);
  }

  /** What comes before a deleted turn stays excluded. */
  #keepContextStart(change: () => void): void {
    const sent = this.#contextStart === null ? [] : this.contextPath();
    change();
    const isGone = this.#contextStart !== null && !this.#tree.get(this.#contextStart);
    if (isGone) this.#contextStart = sent.find(({ id }) => this.#tree.get(id))?.id ?? null;
  }

  #delete(turnId: string): void {
    const turn = this.#tree.get(turnId);
    if (turn?.role === 'user') {
      // An answer is useless without its question.
      for (const child of this.#tree.children(turnId)) this.#tree.remove(child);
    }
    this.#tree.remove(turnId);
  }

  #answer(id: string): MutableAnswer | undefined {
    const turn = this.#tree.get(id);
    return turn?.role === 'assistant' ? turn : undefined;
  }
}
