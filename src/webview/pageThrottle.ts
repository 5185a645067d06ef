import { systemClock } from '../shared/clock';
import { Throttle } from '../shared/throttle';

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
