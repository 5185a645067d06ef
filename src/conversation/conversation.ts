import type { ConversationEvent, ConversationEventOf } from '../shared/events';
import type { AssistantTurn, Turn, TurnEnd, TurnState } from '../shared/turn';
import { titleOf } from './titles';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type MutableAnswer = Mutable<AssistantTurn>;

/**
 * The one truth of a conversation: a tree of turns, folded from events. `apply` changes it in
 * place, because a copy at each token would cost what the conversation is long.
 */
export class Conversation {
  readonly id: string;
  readonly #turns = new Map<string, Exclude<Turn, AssistantTurn> | MutableAnswer>();
  #leaf: string | null = null;
  #title = '';

  constructor(id: string, events: Iterable<ConversationEvent> = []) {
    this.id = id;
    for (const event of events) this.apply(event);
  }

  get title(): string {
    return this.#title;
  }

  /** Where the conversation ends now; the next message is said in answer to this turn. */
  get leaf(): string | null {
    return this.#leaf;
  }

  turn(id: string): Turn | undefined {
    return this.#turns.get(id);
  }

  /** From the first turn to the leaf (or to the turn named), along its branch. */
  path(to: string | null = this.#leaf): readonly Turn[] {
    const path: Turn[] = [];
    let at = to === null ? undefined : this.#turns.get(to);
    while (at) {
      path.push(at);
      at = at.parent === null ? undefined : this.#turns.get(at.parent);
    }
    return path.reverse();
  }

  /** Folds one event in. An event about a turn that is not there changes nothing. */
  apply(event: ConversationEvent): void {
    switch (event.kind) {
      case 'turnStarted':
        this.#start(event);
        return;
      case 'textAppended':
        this.#append(event);
        return;
      case 'turnEnded':
        this.#end(event);
        return;
      case 'renamed':
        this.#title = event.title;
        return;
      case 'deleted':
        this.#turns.clear();
        this.#leaf = null;
        return;
    }
  }

  /** Says where a running answer stands; the final states come from `turnEnded` alone. */
  setState(turnId: string, state: TurnState): void {
    const answer = this.#answer(turnId);
    if (answer && !answer.end) answer.state = state;
  }

  /**
   * Answers that were running when the events stop: their window went away. They keep their text.
   * Returns the events that say so, already folded in.
   */
  interruptUnfinished(): readonly ConversationEvent[] {
    const events: ConversationEvent[] = [];
    for (const turn of this.#turns.values()) {
      if (turn.role === 'user' || turn.end) continue;
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

  #start({ turn }: ConversationEventOf<'turnStarted'>): void {
    if (this.#turns.has(turn.id)) return;
    this.#turns.set(
      turn.id,
      turn.role === 'user' ? turn : { ...turn, text: '', thinking: '', state: 'connecting' },
    );
    this.#leaf = turn.id;
    if (turn.role === 'user' && this.#title === '') this.#title = titleOf(turn.text);
  }

  #append({ turnId, channel, at, text }: ConversationEventOf<'textAppended'>): void {
    const answer = this.#answer(turnId);
    if (!answer) return;
    const field = channel === 'answer' ? 'text' : 'thinking';
    const known = answer[field].length;
    // Stored text can be there twice (a record written again after an error), and a hole cannot be
    // filled: what is known is skipped, what would leave a hole goes on at the end.
    const fresh = at < known ? text.slice(known - at) : text;
    answer[field] += fresh;
    if (!answer.end) answer.state = channel === 'answer' ? 'answering' : 'thinking';
  }

  #end({ turnId, end, metrics }: ConversationEventOf<'turnEnded'>): void {
    const answer = this.#answer(turnId);
    if (!answer) return;
    answer.end = end;
    answer.state = stateOf(end);
    answer.metrics = metrics;
  }

  #answer(id: string): MutableAnswer | undefined {
    const turn = this.#turns.get(id);
    return turn?.role === 'assistant' ? turn : undefined;
  }
}

function stateOf(end: TurnEnd): TurnState {
  return end.kind;
}
