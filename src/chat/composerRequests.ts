import type { Conversations } from '../conversation/conversations';
import type { Attachment } from '../shared/attachment';
import type { Handlers } from '../shared/dispatch';
import type { AttachSource, FromWebview } from '../shared/protocol';
import type { AttachmentActions } from '../attachments/attachmentActions';
import type { Asking } from '../ui/focusReturn';
import type { Bridge } from './bridge';
import type { InPanel, Settle } from './requests';

interface ComposerRequestDependencies {
  readonly conversations: Conversations;
  readonly attachments: AttachmentActions;
  readonly showConversations: () => Promise<unknown>;
  readonly asking: Asking;
  readonly write: (text: string) => void;
}

type ComposerRequest =
  | 'send'
  | 'draftChanged'
  | 'attach'
  | 'attachUris'
  | 'detach'
  | 'previewAttachment'
  | 'queued'
  | 'query'
  | 'showConversations';

/** What the page asks for about the message that is being written, and those that wait. */
export function composerRequests(
  bridge: Bridge,
  { conversations, attachments, showConversations, asking, write }: ComposerRequestDependencies,
  settle: Settle,
  inPanel: InPanel,
): Pick<Handlers<FromWebview>, ComposerRequest> {
  const { outbox } = conversations;
  const suggest = async (seq: number, text: string): Promise<void> => {
    bridge.suggest(seq, await attachments.suggest(text));
  };
  const attach = async (source: AttachSource): Promise<void> => {
    const isAttached = await attachments.attach(source);
    if (isAttached && source === 'pick') asking.over();
  };
  const send = (text: string): void => {
    const sent = outbox.send(text);
    // The page thought it could send: it is shown how things stand, with the text kept.
    conversations.saveDraft(sent === 'busy' ? text : '');
    if (sent === 'busy') bridge.snapshot();
  };
  return {
    // What is said before the memory was read belongs to the conversation that comes back.
    send: ({ text }) =>
      settle(
        'send',
        conversations.onceRestored(() => send(text)),
      ),
    draftChanged: ({ text, at }) => conversations.saveDraft(text, at),
    attach: ({ source }) => inPanel('attach', () => attach(source)),
    attachUris: ({ uris }) => inPanel('attachUris', () => attachments.attachUris(uris)),
    detach: ({ id }) => outbox.detach(id),
    previewAttachment: ({ id }) => {
      const attachment = findAttachment(conversations, id);
      if (attachment) settle('previewAttachment', attachments.preview(attachment));
    },
    queued: ({ id, action }) => {
      if (action === 'sendNow') outbox.sendNow(id);
      else if (action === 'remove') outbox.remove(id);
      else write(outbox.edit(id) ?? '');
    },
    query: ({ seq, text }) => settle('query', suggest(seq, text)),
    showConversations: () => inPanel('showConversations', showConversations),
  };
}

/** Of the message being written, of one that waits, or of a turn that is shown. */
function findAttachment({ outbox, current }: Conversations, id: string): Attachment | undefined {
  const said = current.conversation
    .path()
    .flatMap((turn) => (turn.role === 'user' ? (turn.attachments ?? []) : []));
  const waiting = outbox.queue.flatMap(({ attachments }) => attachments);
  return [...outbox.attachments, ...waiting, ...said].find((attachment) => attachment.id === id);
}
