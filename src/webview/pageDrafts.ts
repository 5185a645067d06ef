import type { Draft, FromWebview, TurnView } from '../shared/protocol';
import type { Composer } from './composer/composer';
import { createPageThrottle } from './pageThrottle';
import type { ViewStateStore, ViewState } from './viewState';

const delayMs = 300;

/**
 * Nothing typed is lost: the text being written is kept in the page's own state and by the host, and
 * a message that was sent comes back into the box if the host refused it or never got it.
 *
 * VS Code keeps the state of a page only now and then, and a host that crashes has not written the last
 * second: each draft, also the empty one, has the time at which it became that, and the newer one counts.
 */
export class Drafts {
  readonly #composer: Composer;
  readonly #memory: ViewStateStore;
  readonly #post: (message: FromWebview) => void;
  readonly #saver = createPageThrottle(delayMs, () => {
    this.#toldAt = this.#at;
    this.#memory.save();
    this.#post({ type: 'draftChanged', text: this.#composer.text, at: this.#at });
  });
  /** What VS Code had kept when the page was loaded. */
  readonly #kept: ViewState;
  #isRestored = false;
  #text = '';
  #at: number;
  #toldAt: number | undefined;

  constructor(composer: Composer, memory: ViewStateStore, post: (message: FromWebview) => void) {
    this.#composer = composer;
    this.#memory = memory;
    this.#post = post;
    this.#kept = memory.state;
    this.#at = memory.state.draftAt;
    this.#toldAt = memory.state.toldAt;
  }

  /** What is to be kept of it; nothing before what was kept is back. */
  get stored(): Partial<Pick<ViewState, 'draft' | 'draftAt' | 'toldAt' | 'caret'>> {
    const { text, caret } = this.#composer;
    if (!this.#isRestored && text === '') return {};
    return { draft: text, draftAt: this.#at, toldAt: this.#toldAt, caret: [...caret] };
  }

  /** The text or the caret is another. */
  changed(): void {
    this.#noteTime();
    this.#memory.save();
    this.#saver.request();
  }

  /** The composer has already been emptied of `text`. */
  send(text: string): void {
    this.#saver.flush();
    this.#noteTime();
    this.#memory.setUnconfirmed(text);
    this.#post({ type: 'send', text });
  }

  /** The conversation has been shown; `host` is the text that the host has kept. */
  restore(host: Draft, turns: readonly TurnView[]): void {
    const { unconfirmed } = this.#memory.state;
    const isConfirmed = turns.some((turn) => turn.role === 'user' && turn.text === unconfirmed);
    if (isConfirmed) this.#memory.setUnconfirmed(undefined);
    else if (host.draft !== '' && host.draft === unconfirmed) this.#refused(host.draft);
    if (this.#isRestored) return;
    this.#isRestored = true;
    this.#bringBack(host, isConfirmed ? undefined : unconfirmed);
  }

  /** A message of the person has entered the conversation. */
  confirm(text: string): void {
    if (this.#memory.state.unconfirmed === text) this.#memory.setUnconfirmed(undefined);
  }

  #bringBack(host: Draft, unconfirmed: string | undefined): void {
    const { caret, draftAt } = this.#kept;
    // Who knows of something later has got what was sent before that.
    const lost = host.draftAt > draftAt ? '' : (unconfirmed ?? '');
    const isNewer = draftAt > host.draftAt && this.#goesOnFrom(host);
    const draft = (isNewer ? this.#kept.draft : host.draft) || lost;
    const typed = this.#composer.text;
    this.#at = Math.max(this.#at, host.draftAt);
    this.#toldAt = host.draftAt;
    if (draft !== host.draft) this.#saver.request();
    if (draft === '' || typed === draft) return;
    if (typed !== '') {
      // Somebody was quicker than the host: what they type goes on below what was there.
      this.#composer.setText(`${draft}\n${typed}`);
      this.changed();
    } else if (draft === this.#kept.draft) this.#composer.setText(draft, caret);
    else this.#composer.setText(draft);
    this.#text = this.#composer.text;
  }

  /** Two windows on a folder have their pages' state in one place: what was kept may be of the other one. */
  #goesOnFrom(host: Draft): boolean {
    return this.#kept.toldAt === host.draftAt || this.#kept.draft.startsWith(host.draft);
  }

  /** The host could not send this message now, and has kept it as a draft. */
  #refused(text: string): void {
    this.#memory.setUnconfirmed(undefined);
    const typed = this.#composer.text;
    this.#composer.setText(typed === '' ? text : `${text}\n${typed}`);
    this.changed();
  }

  /** Later than any before, whatever the clock does. */
  #noteTime(): void {
    const { text } = this.#composer;
    if (text === this.#text) return;
    this.#text = text;
    this.#at = Math.max(Date.now(), this.#at + 1);
  }
}

/** What of the conversation is shown. */
interface Shown {
  readonly conversationId: string;
  readonly turns: readonly TurnView[];
  /** How many earlier turns are not there. */
  readonly earlier: number;
}

/** Keeps the message that is being edited, over whatever is shown meanwhile and over a reload. */
export class Edits {
  readonly #memory: ViewStateStore;
  #conversationId = '';

  constructor(memory: ViewStateStore) {
    this.#memory = memory;
  }

  /** The text that somebody was writing in place of this message. */
  get(turnId: string): string | undefined {
    const { edit } = this.#memory.state;
    return edit?.turnId === turnId ? edit.text : undefined;
  }

  /** Undefined: the message is edited no more. */
  set(turnId: string, text: string | undefined): void {
    if (text !== undefined) {
      this.#memory.setEdit({ conversationId: this.#conversationId, turnId, text });
    } else if (this.get(turnId) !== undefined) this.#memory.setEdit(undefined);
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
