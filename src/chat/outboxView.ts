import * as vscode from 'vscode';
import type { Outbox } from '../conversation/pendingMessages';
import type { Attachment } from '../shared/attachment';
import type { AttachmentView, OutboxView } from '../shared/protocol';
import { whole } from '../ui/numbers';
import { translated } from '../ui/translated';

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
  // Of a diff, the label is what is sent, too.
  const shown = kind === 'diff' ? translated(label) : label;
  return { id, kind, label: shown, detail: detailOf(attachment), isPart: part !== undefined };
}

function detailOf({ path, label, part, text }: Attachment): string {
  const tokens = Math.ceil(text.length / charactersPerToken);
  const size = t('about {0} tokens', whole(tokens));
  const parts = part === undefined ? [] : [translated(part)];
  return [path === '' ? translated(label) : path, ...parts, size].join(', ');
}
