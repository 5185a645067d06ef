import type { ConversationSummary } from '../conversation/ports';
import { decimal, whole } from '../ui/numbers';

/** What conversations take on disk together, as it is shown. */
export function sizeOf(summaries: readonly ConversationSummary[]): string {
  const bytes = summaries.reduce((sum, summary) => sum + summary.bytes, 0);
  if (bytes < 1_000_000) return `${whole(Math.ceil(bytes / 1_000))} KB`;
  return `${decimal(bytes / 1_000_000)} MB`;
}
