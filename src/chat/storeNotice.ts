import * as vscode from 'vscode';
import type { StoreNotice } from '../conversation/ports';
import type { Notice } from '../shared/protocol';
import { fixButton } from '../ui/failureMessages';

const { t } = vscode.l10n;

/** The conversation that is shown is also shown in another window of this folder. */
export function openElsewhereNotice(): Notice {
  return {
    severity: 'info',
    sentence: t('This conversation is also open in another window.'),
    detail: t('What is said there appears here a little later; nothing is overwritten.'),
    buttons: [fixButton('newConversation')],
  };
}

/** What the memory has to say, as a notice above the composer; undefined when all is well again. */
export function storeNotice(notice: StoreNotice): Notice | undefined {
  switch (notice.kind) {
    case 'savedAgain':
      return undefined;
    case 'notSaved':
      return {
        severity: 'error',
        sentence: t('The conversation cannot be saved; it goes on in memory.'),
        detail: whyNotSaved(notice),
        buttons: [fixButton('showLog')],
      };
    case 'unreadable':
      return {
        severity: 'warning',
        sentence: t('A part of the stored conversations could not be read.'),
        detail: t('{0} records were set aside, and nothing was deleted.', notice.count),
        buttons: [fixButton('showLog')],
      };
    case 'restoredFromCheckpoint':
      return {
        severity: 'warning',
        ...(notice.missingEarlier === 0
          ? {
              sentence: t(
                'The log of this conversation is gone; all of it came back all the same.',
              ),
            }
          : {
              sentence: t('The log of this conversation is gone; its last part came back.'),
              detail: t('{0} earlier messages are missing.', notice.missingEarlier),
            }),
        buttons: [],
      };
  }
}

/** The system's own words are for the log, where they are known to mean something to people. */
function whyNotSaved({
  code,
  message,
}: {
  readonly code?: string;
  readonly message: string;
}): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return t('The disk is full.');
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return t('The folder in which VS Code keeps it cannot be written to.');
    default:
      return message;
  }
}
