import type { Checkpoint } from './checkpoint';
import type { IndexEntry } from './conversationIndex';

/** What was shown last, unless something was said elsewhere after that was written down. */
export function activeConversation(
  checkpoint: Checkpoint | undefined,
  newestFirst: readonly IndexEntry[],
): string | undefined {
  if (!checkpoint) return newestFirst[0]?.id;
  const { savedAt, active } = checkpoint;
  const later = newestFirst.filter(({ lastSent }) => lastSent > savedAt);
  const last = later.toSorted((a, b) => b.lastSent - a.lastSent)[0];
  return last?.id ?? active ?? undefined;
}
