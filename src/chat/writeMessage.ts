import type { Conversations } from '../conversation/conversations';
import type { Bridge } from './bridge';

/**
 * Puts text into the message that is being written. A post is lost when its page goes at that moment: so it
 * is in the draft first, and the next page has it if this one, or none, did not get it.
 *
 * @param bridge to the page that is there now
 */
export function writeMessage(
  conversations: Conversations,
  bridge: Bridge | undefined,
  text: string,
): void {
  conversations.saveDraft([conversations.draft, text].filter(Boolean).join('\n'));
  if (bridge?.isLive) bridge.focusComposer(text);
}
