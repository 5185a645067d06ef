import { steady } from '../shared/visible';

/**
 * A sentence as a notification may show it. VS Code makes a link of `[words](address)` there, also of a
 * command, which a click would run; and names of models, files and conversations, and what a server says,
 * are somebody else's words.
 */
export function unlinked(sentence: string): string {
  return steady(sentence).replaceAll('](', '] (');
}
