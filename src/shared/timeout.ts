import type { Clock } from './clock';

export interface TimeoutOptions {
  readonly clock: Pick<Clock, 'after'>;
  readonly ms: number;
  /** Ends the wait at once when it is aborted. */
  readonly signal?: AbortSignal;
}

/**
 * The value of `answer`, or undefined if it takes too long, fails or is aborted: for what is useful but not
 * needed. The work itself continues if it cannot be canceled.
 */
export function withTimeout<T>(
  answer: PromiseLike<T>,
  { clock, ms, signal }: TimeoutOptions,
): Promise<T | undefined> {
  return new Promise((resolve) => {
    const settle = (value: T | undefined): void => {
      cancelTimer();
      signal?.removeEventListener('abort', giveUp);
      resolve(value);
    };
    const giveUp = (): void => settle(undefined);
    const cancelTimer = clock.after(ms, giveUp);
    signal?.addEventListener('abort', giveUp);
    if (signal?.aborted === true) giveUp();
    answer.then(settle, giveUp);
  });
}
