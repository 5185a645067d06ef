import type { ConversationSummary } from '../../conversation/ports';

/** What conversations take on disk together, as it is shown. */
export function sizeOf(summaries: readonly ConversationSummary[]): string {
  const bytes = summaries.reduce((sum, summary) => sum + summary.bytes, 0);
  if (bytes < 1_000_000) return `${Math.ceil(bytes / 1_000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
