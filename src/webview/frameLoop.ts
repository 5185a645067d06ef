import { systemClock, Throttle } from '../shared/clock';

/** How long one frame may draw, in milliseconds. */
const frameBudgetMs = 5;
/** After drawing, the loop pauses for this many times the time it took. */
const restFactor = 3;

/**
 * Draws at most once per animation frame, and pauses after costly frames, so that the page stays responsive
 * to the user.
 */
export class FrameLoop {
  readonly #draw: (hasTime: () => boolean) => boolean;
  #isScheduled = false;
  #restUntil = 0;

  /** @param draw draws while `hasTime` returns true; returns whether work is left */
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

/**
 * Runs `run` at most once per interval, at its end. VS Code may remove the page at any moment, so a pending
 * run also happens when the page loses the focus or goes away.
 */
export function createPageThrottle(intervalMs: number, run: () => void): Throttle {
  const throttle = new Throttle({ clock: systemClock, intervalMs, edge: 'trailing', run });
  window.addEventListener('pagehide', () => throttle.flush());
  window.addEventListener('blur', () => throttle.flush());
  return throttle;
}
