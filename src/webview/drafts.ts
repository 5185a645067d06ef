import type { FromWebview, TurnView } from '../shared/protocol';
import type { Composer } from './composer/composer';
import { debounced } from './debounced';
import type { ViewMemory } from './viewMemory';

const delayMs = 300;

/**
 * Nothing typed is lost: the text being written is kept in the page's own state and by the host, and
 * a message that was sent comes back into the box if the host refused it or never got it.
 */
export class Drafts {
  readonly #composer: Composer;
  readonly #memory: ViewMemory;
  readonly #post: (message: FromWebview) => void;
  readonly #tell = debounced(delayMs, () => {
    const { text } = this.#composer;
    this.#post({ type: 'draftChanged', text });
    this.#memory.setTold(text);
  });
  #isRestored = false;

  constructor(composer: Composer, memory: ViewMemory, post: (message: FromWebview) => void) {
    this.#composer = composer;
    this.#memory = memory;
    this.#post = post;
  }

  changed(): void {
    this.#memory.save();
    this.#tell.schedule();
  }

  /** The composer has already been emptied of `text`. */
  send(text: string): void {
    this.#tell.flush();
    this.#memory.setUnconfirmed(text);
    this.#post({ type: 'send', text });
  }

  /** The conversation has been shown; `hostDraft` is the text the host has kept. */
  restore(hostDraft: string, turns: readonly TurnView[]): void {
    const { caret, unconfirmed } = this.#memory.state;
    const draft = this.#ownDraft(hostDraft, turns);
    const isConfirmed = turns.some((turn) => turn.role === 'user' && turn.text === unconfirmed);
    if (isConfirmed) this.#memory.setUnconfirmed(undefined);
    else if (hostDraft !== '' && hostDraft === unconfirmed) this.#refused(hostDraft);
    if (this.#isRestored) return;
    this.#isRestored = true;
    if (this.#composer.text !== '') return;
    if (draft !== '') this.#composer.setText(draft, caret);
    else this.#composer.setText((isConfirmed ? undefined : unconfirmed) ?? hostDraft);
  }

  /**
   * The page's own draft, unless the host has a newer one: VS Code keeps the state of a page only now and
   * then, so after a crash it may be one of earlier, and the host was told more since, or it was sent.
   */
  #ownDraft(hostDraft: string, turns: readonly TurnView[]): string {
    const { draft, told } = this.#memory.state;
    if (hostDraft === '') {
      return turns.findLast(({ role }) => role === 'user')?.text === draft ? '' : draft;
    }
    return told !== undefined && hostDraft !== told ? '' : draft;
  }

  /** A message of the person has entered the conversation. */
  confirm(text: string): void {
    if (this.#memory.state.unconfirmed === text) this.#memory.setUnconfirmed(undefined);
  }

  /** The host could not send this message now, and has kept it as a draft. */
  #refused(text: string): void {
    this.#memory.setUnconfirmed(undefined);
    if (this.#composer.text === '') this.#composer.setText(text);
    this.#memory.save();
  }
}
