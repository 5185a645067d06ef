import type { Clock } from './ollamaClock';

/** Milliseconds before repetition `attempt` (1, 2, …): doubled each time, up to half of it added by chance. */
export function retryWait(
  from: { readonly timing: { readonly retry: number }; readonly random: () => number },
  attempt: number,
): number {
  const base = from.timing.retry * 2 ** (attempt - 1);
  return Math.round(base * (1 + from.random() / 2));
}

/** Resolves after `ms`, or as soon as `signal` is aborted. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
