import type { ConversationEvent, ConversationEventOf } from '../shared/conversationEvents';
import type { Turn, TurnState } from '../shared/turn';
import { createTitle } from './prompt';
import { type Branch, type MutableAnswer, TurnTree } from './turnTree';

/**
 * The one truth of a conversation: a tree of turns, folded from events. `apply` changes it in
 * place, because a copy at each token would cost what the conversation is long.
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

  /** Kept at the top of the list. */
  get pinned(): boolean {
    return this.#pinned;
  }

  /** Every turn of every branch, in the order in which they were begun. */
  turns(): Iterable<Turn> {
    return this.#tree.values();
  }

  /** Where the conversation ends now; the next message is said in answer to this turn. */
  get leaf(): string | null {
    return this.#tree.leaf;
  }

  turn(id: string): Turn | undefined {
    return this.#tree.get(id);
  }

  /** From the first turn to the leaf (or to the turn named), along its branch. */
  path(to: string | null = this.#tree.leaf): readonly Turn[] {
    return this.#tree.pathTo(to);
  }

  /** The turn before which the person has let all be forgotten; null: nothing is. */
  get contextStart(): string | null {
    return this.#contextStart;
  }

  /** The end of `path` that is sent: all of it, but what the person has let be forgotten. */
  contextPath(to: string | null = this.#tree.leaf): readonly Turn[] {
    const path = this.path(to);
    const first = path.findIndex(({ id }) => id === this.#contextStart);
    return first > 0 ? path.slice(first) : path;
  }

  /** The turns that were said in this one's place. */
  branch(turnId: string): Branch | undefined {
    return this.#tree.branch(turnId);
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
        this.#title = event.title;
        return;
      case 'pinned':
        this.#pinned = event.pinned;
        return;
      case 'deleted':
        this.#tree.clear();
        return;
    }
  }

  /** Says where a running answer stands; the final states come from `turnEnded` alone. */
  setState(turnId: string, state: TurnState): void {
    const answer = this.#answer(turnId);
    if (answer && !answer.end) answer.state = state;
  }

  /**
   * Answers that were running when the events stop: their window went away, but for those in
   * `goingOn`. They keep their text. Returns the events that say so, already folded in.
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

  /** Keeps to the branch that ends with this turn, unless what is shown only goes on from it. */
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
    answer.state = end.kind;
    answer.metrics = metrics;
  }

  #continue({ turnId, at }: ConversationEventOf<'turnContinued'>): void {
    const answer = this.#answer(turnId);
    if (!answer) return;
    delete answer.end;
    answer.state = 'connecting';
    answer.continuationOffsets = [...(answer.continuationOffsets ?? []), at];
  }

  /** What comes before a deleted turn stays forgotten. */
  #keepContextStart(change: () => void): void {
    const sent = this.#contextStart === null ? [] : this.contextPath();
    change();
    const isGone = this.#contextStart !== null && !this.#tree.get(this.#contextStart);
    if (isGone) this.#contextStart = sent.find(({ id }) => this.#tree.get(id))?.id ?? null;
  }

  #delete(turnId: string): void {
    const turn = this.#tree.get(turnId);
    if (turn?.role === 'user') {
      // An answer without its question says nothing.
      for (const child of this.#tree.children(turnId)) this.#tree.remove(child);
    }
    this.#tree.remove(turnId);
  }

  #answer(id: string): MutableAnswer | undefined {
    const turn = this.#tree.get(id);
    return turn?.role === 'assistant' ? turn : undefined;
  }
}
