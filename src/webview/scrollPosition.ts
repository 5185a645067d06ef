import type { FromWebview } from '../shared/protocol';
import { createElement, createIcon, setHidden, setText } from './dom';
import type { Store } from './store';
import { texts } from './texts/texts';

/** A reader who scrolls down this close to the end, in pixels, counts as being at the end. */
const endTolerancePx = 24;

/** Keys that scroll up. */
const upwardKeys = new Set(['ArrowUp', 'PageUp', 'Home']);

/** A match this close to an edge, in pixels, counts as out of view: the find bar may cover it. */
const revealMarginPx = 48;

/** How often scrolling to a stored position is repeated until it is reached. */
const maxAlignments = 4;

/** Where the reader is: at the end, or `offset` pixels below the top of a turn. */
export type ReadingPosition = 'end' | { readonly turnId: string; readonly offset: number };

/**
 * Keeps the end of the transcript in view until the reader scrolls up. From then on nothing moves, and a
 * button leads to the end.
 */
export class ScrollPosition {
  readonly button: HTMLButtonElement;
  readonly #scroller: HTMLElement;
  readonly #onMove: (top: number) => void;
  #isAtEnd = true;
  #lastTop = 0;
  #lastHeight = 0;
  #touchY: number | undefined;

  /** @param onMove receives the scroll position, in pixels from the top */
  constructor(scroller: HTMLElement, onMove: (top: number) => void) {
    this.#scroller = scroller;
    this.#onMove = onMove;
    this.button = createElement(
      'button',
      { type: 'button', class: 'new-text', hidden: true, on: { click: () => this.toEnd() } },
      createIcon('arrow-down'),
      texts.transcript.newText,
    );
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    // The first movement up counts, however small: text that arrives before it is drawn would undo it.
    scroller.addEventListener('wheel', ({ deltaY }) => this.#intend(deltaY < 0), { passive: true });
    scroller.addEventListener('keydown', ({ key }) => this.#intend(upwardKeys.has(key)));
    scroller.addEventListener('touchstart', () => (this.#touchY = undefined), { passive: true });
    scroller.addEventListener('touchmove', (event) => this.#touched(event), { passive: true });
    new ResizeObserver(() => this.contentChanged(false)).observe(scroller);
    const content = new ResizeObserver(() => this.#settle());
    for (const box of scroller.children) content.observe(box);
  }

  /** Call after the content has changed. @param isNewText shows the button if the reader is not at the end */
  contentChanged(isNewText: boolean): void {
    if (this.#isAtEnd) this.#jumpToEnd();
    else if (isNewText) setHidden(this.button, false);
  }

  /**
   * The content gets a few pixels more when turns are laid out that were estimated before, or a font has loaded.
   * What the reader has unfolded is more, and must not move.
   */
  #settle(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    const distance = scrollHeight - scrollTop - clientHeight;
    if (this.#isAtEnd && distance > 0 && distance <= endTolerancePx) this.#jumpToEnd();
  }

  toEnd(): void {
    this.#isAtEnd = true;
    this.button.hidden = true;
    this.#jumpToEnd();
  }

  /** Runs `change`, which adds content above, and keeps the visible content where it is. */
  keepView(change: () => void): void {
    const first = this.firstInView;
    const before = first?.getBoundingClientRect().top ?? 0;
    change();
    if (first) this.#scroller.scrollTop += first.getBoundingClientRect().top - before;
  }

  get place(): ReadingPosition {
    if (this.#isAtEnd) return 'end';
    const turn = this.firstInView;
    if (!turn) return 'end';
    const top = this.#scroller.getBoundingClientRect().top;
    return {
      turnId: turn.dataset['turnId'] ?? '',
      offset: top - turn.getBoundingClientRect().top,
    };
  }

  /** Scrolls `range` into the middle of the view, unless it is visible. */
  reveal(range: StaticRange): void {
    const { startContainer: start, endContainer: end } = range;
    if (!start.isConnected || !end.isConnected) return;
    this.#isAtEnd = false;
    start.parentElement?.dispatchEvent(new CustomEvent('cria-reveal', { bubbles: true }));
    // The content of a turn out of view has no layout until the turn is scrolled into view.
    start.parentElement?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    const live = document.createRange();
    live.setStart(start, range.startOffset);
    live.setEnd(end, range.endOffset);
    const wide = start.parentElement?.closest('pre, .table');
    if (wide) wide.scrollLeft += getCenteringOffset(live, wide, 'left', 'right');
    this.#scroller.scrollTop += getCenteringOffset(live, this.#scroller, 'top', 'bottom');
  }

  get firstInView(): HTMLElement | undefined {
    const { top } = this.#scroller.getBoundingClientRect();
    const isReached = (element: Element): boolean => element.getBoundingClientRect().bottom > top;
    // Measuring a turn in a skipped group would lay out the whole group.
    const groups = [...(this.#scroller.querySelector('.transcript')?.children ?? [])];
    const turns = [...(groups.find(isReached)?.children ?? [])];
    return turns.find(isReached) as HTMLElement | undefined;
  }

  restore(place: ReadingPosition): void {
    if (place !== 'end') this.#align(place.turnId, place.offset, maxAlignments);
  }

  /** The height of turns out of view is an estimate until they are laid out, so one step may fall short. */
  #align(turnId: string, offset: number, times: number): void {
    const turn = this.#scroller.querySelector(`article[data-turn-id="${CSS.escape(turnId)}"]`);
    if (!turn || times === 0) return;
    this.#isAtEnd = false;
    const top = this.#scroller.getBoundingClientRect().top;
    this.#scroller.scrollTop += turn.getBoundingClientRect().top - top + offset;
    requestAnimationFrame(() => this.#align(turnId, offset, times - 1));
  }

  #jumpToEnd(): void {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  #intend(isUpward: boolean): void {
    const { scrollHeight, clientHeight, scrollTop } = this.#scroller;
    if (isUpward && scrollHeight > clientHeight && scrollTop > 0) this.#isAtEnd = false;
  }

  #touched({ touches }: TouchEvent): void {
    const y = touches[0]?.clientY ?? 0;
    // The content follows the finger: down is up.
    this.#intend(this.#touchY !== undefined && y > this.#touchY);
    this.#touchY = y;
  }

  #scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const wasShortened = scrollHeight < this.#lastHeight;
    const distance = scrollHeight - scrollTop - clientHeight;
    const isUpward = scrollTop < this.#lastTop && !wasShortened && distance > 1;
    const isDownward = scrollTop > this.#lastTop;
    if (isUpward) {
      this.#isAtEnd = false;
    } else if (distance <= 1 || (isDownward && distance <= endTolerancePx)) {
      this.#isAtEnd = true;
    }
    setHidden(this.button, this.#isAtEnd || distance <= 1);
    this.#lastTop = scrollTop;
    this.#lastHeight = scrollHeight;
    this.#onMove(scrollTop);
  }
}

/** How far `box` must scroll to center `range`, in pixels; 0 if `range` is visible. */
function getCenteringOffset(
  range: Range,
  box: Element,
  start: 'left' | 'top',
  end: 'right' | 'bottom',
): number {
  const [inner, outer] = [range.getBoundingClientRect(), box.getBoundingClientRect()];
  const isSeen =
    inner[start] >= outer[start] + revealMarginPx && inner[end] <= outer[end] - revealMarginPx;
  return isSeen ? 0 : (inner[start] + inner[end] - outer[start] - outer[end]) / 2;
}

/** Earlier turns are requested when the reader is this close to the top, in pixels. */
const loadDistancePx = 400;

/** Requests earlier turns: when the reader scrolls near the top, by button, or all of them for a search. */
export class EarlierTurns {
  readonly button = createElement('button', {
    type: 'button',
    class: 'earlier',
    hidden: true,
    on: { click: () => this.#load() },
  });
  readonly #store: Store;
  readonly #post: (message: FromWebview) => void;
  /** The last request was for turns before this one; while it is the first turn, the reply is still pending. */
  #asked: string | undefined;
  #wantsAll = false;

  constructor(store: Store, post: (message: FromWebview) => void) {
    this.#store = store;
    this.#post = post;
  }

  get isLoadingAll(): boolean {
    return this.#wantsAll && this.#store.earlier > 0;
  }

  /** Call after a new snapshot: the reply to a pending request no longer arrives. */
  reset(): void {
    this.#asked = undefined;
    this.refresh();
  }

  /** Call when the number of earlier turns may have changed. */
  refresh(): void {
    const { earlier } = this.#store;
    this.button.hidden = earlier === 0;
    setText(this.button, texts.transcript.earlier(earlier));
    if (this.#wantsAll) this.#load();
  }

  /** @param top distance from the top of the transcript, in pixels */
  scrolledTo(top: number): void {
    if (top < loadDistancePx) this.#load();
  }

  /** Loads all earlier turns, page by page, or stops doing so. */
  wantAll(isWanted: boolean): void {
    this.#wantsAll = isWanted;
    if (isWanted) this.#load();
  }

  #load(): void {
    const [first] = this.#store.turns;
    if (!first || this.#store.earlier === 0 || this.#asked === first.id) return;
    this.#asked = first.id;
    this.#post({ type: 'loadEarlier', before: first.id });
  }
}
