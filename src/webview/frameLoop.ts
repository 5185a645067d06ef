/** How much of a frame drawing may take, in milliseconds. */
const frameBudgetMs = 5;
/** A costly frame is followed by a pause of this many times its cost. */
const restFactor = 3;

/**
 * Draws at most once per animation frame. After a costly frame it waits for about three times its
 * cost, so that the page stays free to answer the reader.
 */
export class FrameLoop {
  readonly #draw: (hasTime: () => boolean) => boolean;
  #isScheduled = false;
  #restUntil = 0;

  /** @param draw draws while `hasTime` says so, and returns whether work is left */
  constructor(draw: (hasTime: () => boolean) => boolean) {
    this.#draw = draw;
  }

  request(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => this.#frame());
  }

  #frame(): void {
    this.#isScheduled = false;
    const start = performance.now();
    if (start < this.#restUntil) {
      this.request();
      return;
    }
    const isMore = this.#draw(() => performance.now() - start < frameBudgetMs);
    const end = performance.now();
    this.#restUntil = end + (end - start) * restFactor;
    if (isMore) this.request();
  }
}

export interface Debounced {
  /** Runs the action after the delay; many calls before then are one. */
  readonly schedule: () => void;
  /** Runs it now if it is due. */
  readonly flush: () => void;
}

/**
 * Runs `action` at most once per `delayMs`. The page may be taken away at any moment, so what is due
 * is also done when it loses the focus or goes.
 */
export function debounced(delayMs: number, action: () => void): Debounced {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    action();
  };
  window.addEventListener('pagehide', flush);
  window.addEventListener('blur', flush);
  return { schedule: () => (timer ??= setTimeout(flush, delayMs)), flush };
}
