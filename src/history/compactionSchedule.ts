import type { Clock } from '../shared/clock';
import type { WorkspaceStore } from '../storage/workspaceStore';
import type { Disposable } from '../ui/disposables';

export interface CompactionScheduleDependencies {
  readonly store: Pick<WorkspaceStore, 'compact'>;
  readonly clock: Clock;
  /** Whether an answer is being written in this window. */
  readonly isBusy: () => boolean;
}

/** How long a deletion can be undone, in milliseconds; after that its text is removed from all files. */
export const undoMs = 60_000;

const intervalMs = 10 * 60_000;

/**
 * Removes deleted text from the files: first what an earlier window left, then periodically what other
 * windows delete, because this window's logs are rewritten by no other window.
 */
export function scheduleCompaction({
  store,
  clock,
  isBusy,
}: CompactionScheduleDependencies): Disposable {
  let cancel = clock.after(undoMs, run);
  function run(): void {
    cancel = clock.after(intervalMs, run);
    if (!isBusy()) void store.compact(undoMs);
  }
  return { dispose: () => cancel() };
}
