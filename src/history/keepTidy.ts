import type { Clock } from '../shared/clock';
import type { WorkspaceStore } from '../storage/conversationStore';
import type { Disposable } from '../ui/disposables';

export interface TidyingDependencies {
  readonly store: Pick<WorkspaceStore, 'tidy'>;
  readonly clock: Clock;
  /** Whether an answer is being written in this window. */
  readonly isBusy: () => boolean;
}

const intervalMs = 10 * 60_000;

/**
 * Takes what was deleted out of the files: what an earlier window did not get to, once the start is
 * over; and then now and again what another window deletes, for nobody but this one rewrites its logs.
 */
export function keepTidy({ store, clock, isBusy }: TidyingDependencies): Disposable {
  let cancel = clock.after(undoMs, tidy);
  function tidy(): void {
    cancel = clock.after(intervalMs, tidy);
    if (!isBusy()) void store.tidy(undoMs);
  }
  return { dispose: () => cancel() };
}

/** For so long a deletion can be taken back, in milliseconds; then its text leaves every file. */
export const undoMs = 60_000;
