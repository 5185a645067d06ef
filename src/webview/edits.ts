import type { TurnView } from '../shared/protocol';
import type { ViewMemory } from './viewMemory';

/** What of the conversation is shown. */
interface Shown {
  readonly conversationId: string;
  readonly turns: readonly TurnView[];
  /** How many earlier turns are not there. */
  readonly earlier: number;
}

/** Keeps the message that is being edited, over whatever is shown meanwhile and over a reload. */
export class Edits {
  readonly #memory: ViewMemory;
  #conversationId = '';

  constructor(memory: ViewMemory) {
    this.#memory = memory;
  }

  /** The text that somebody was writing in place of this message. */
  of(turnId: string): string | undefined {
    const { edit } = this.#memory.state;
    return edit?.turnId === turnId ? edit.text : undefined;
  }

  /** Undefined: the message is edited no more. */
  set(turnId: string, text: string | undefined): void {
    if (text !== undefined) {
      this.#memory.setEdit({ conversationId: this.#conversationId, turnId, text });
    } else if (this.of(turnId) !== undefined) this.#memory.setEdit(undefined);
  }

  /** Before the turns are drawn. What was deleted must not be kept here either. */
  showing({ conversationId, turns, earlier }: Shown): void {
    this.#conversationId = conversationId;
    const { edit } = this.#memory.state;
    if (!edit) return;
    const isThere = earlier > 0 || turns.some(({ id }) => id === edit.turnId);
    const isGone = edit.conversationId === conversationId ? !isThere : turns.length === 0;
    if (isGone) this.#memory.setEdit(undefined);
  }
}
