import * as vscode from 'vscode';
import type { Outbox } from '../conversation/outbox';
import type { Attachment } from '../shared/attachment';
import type { AttachmentView, OutboxView } from '../shared/protocol';

const { t } = vscode.l10n;

/** Code and paths have about so many characters a token. */
const charactersPerToken = 3.5;

export function outboxView({ attachments, queue }: Outbox): OutboxView {
  return {
    attachments: attachments.map(attachmentView),
    queue: queue.map(({ id, text, isHeld, attachments: attached }) => ({
      ...{ id, text, isHeld, attachments: attached.map(attachmentView) },
    })),
  };
}

export function attachmentView(attachment: Attachment): AttachmentView {
  const { id, kind, label, part } = attachment;
  return { id, kind, label, detail: detailOf(attachment), isPart: part !== undefined };
}

function detailOf({ path, label, part, text }: Attachment): string {
  const tokens = Math.ceil(text.length / charactersPerToken);
  const size = t('about {0} tokens', tokens.toLocaleString(vscode.env.language));
  return [path === '' ? label : path, part, size].filter((each) => each !== undefined).join(', ');
}
