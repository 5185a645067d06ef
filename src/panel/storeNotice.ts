import * as vscode from 'vscode';
import type { StoreNotice } from '../conversation/ports';
import type { Notice } from '../shared/protocol';
import { fixButton } from '../workspace/failures';

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
        detail: notice.message,
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
        sentence: t('The log of this conversation is gone; its last part came back.'),
        detail:
          notice.missingEarlier === 0
            ? t('Nothing is missing.')
            : t('{0} earlier messages are missing.', notice.missingEarlier),
        buttons: [],
      };
  }
}
