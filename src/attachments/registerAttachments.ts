import * as vscode from 'vscode';
import { OnDemand } from '../activation/deferredStartup';
import type { Conversations } from '../conversation/conversations';
import type { Logger, NewId } from '../conversation/ports';
import type { SettingsReader } from '../settings/settingsReader';
import type { Clock } from '../shared/clock';
import { registerCommand } from '../ui/commands';
import { type Disposable, DisposableStore } from '../ui/disposables';
import type { Asking } from '../ui/focusReturn';
import { askInModal } from './attachmentConsent';
import type { AttachmentActions, Attachments } from './attachments';
import { loadAttachments } from './attachmentsLoader';

export interface RegisterAttachmentsDependencies {
  readonly conversations: Conversations;
  readonly settings: SettingsReader;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
  readonly asking: Asking;
  readonly chat: () => Chat;
}

/** The chat panel: shown with the caret in its message, or with the caret where it was. */
interface Chat {
  open(): Promise<void>;
  reveal(): Promise<void>;
}

/** Every way to attach something but those of the page, which get what is returned. */
export function registerAttachments(
  deps: RegisterAttachmentsDependencies,
): AttachmentActions & Disposable {
  const { logger, chat, conversations, settings } = deps;
  const owned = new DisposableStore();
  const all = owned.add(
    new OnDemand<Attachments>(() =>
      loadAttachments({
        ...deps,
        outbox: conversations.pending,
        contextLength: () => settings.current.contextLength,
        ask: askInModal,
      }),
    ),
  );
  const showing =
    (takeFocus: boolean, attach: (attachments: Attachments) => Promise<boolean>) =>
    async (): Promise<void> => {
      if (!(await attach(await all.get()))) return;
      await (takeFocus ? chat().open() : chat().reveal());
    };
  const selection = (attachments: Attachments): Promise<boolean> => attachments.attachSelection();
  const openFile = (attachments: Attachments): Promise<boolean> =>
    attachments.attachFiles(undefined);
  owned.add(registerCommand('cria.askAboutSelection', logger, showing(true, selection)));
  owned.add(registerCommand('cria.askAboutFile', logger, showing(true, openFile)));
  owned.add(registerCommand('cria.attachSelection', logger, showing(false, selection)));
  owned.add(
    registerCommand('cria.attachFile', logger, (...args) => {
      const uris = parseClickedUris(args);
      return showing(false, (attachments) => attachments.attachFiles(uris))();
    }),
  );
  owned.add(
    registerCommand('cria.attachProblems', logger, (...args) => {
      const [uri] = parseClickedUris(args) ?? [];
      return showing(false, (attachments) => attachments.attachProblems(uri))();
    }),
  );
  const diff = (attachments: Attachments): Promise<boolean> => attachments.attachGitDiff();
  owned.add(registerCommand('cria.attachGitDiff', logger, showing(false, diff)));
  return {
    attach: async (source) => (await all.get()).attach(source),
    attachUris: async (uris) => (await all.get()).attachUris(uris),
    preview: async (attachment) => (await all.get()).preview(attachment),
    suggest: async (query) => (await all.get()).suggest(query),
    dispose: () => owned.dispose(),
  };
}

/**
 * What an explorer's or an editor's menu gives: the entry that was clicked, and all that are selected if
 * it is one of them. Undefined: nothing of that form, so the open file is meant.
 */
function parseClickedUris([clicked, selected]: readonly unknown[]):
  readonly vscode.Uri[] | undefined {
  const many = Array.isArray(selected) ? selected.filter(isUri) : [];
  if (many.length > 0) return many;
  return isUri(clicked) ? [clicked] : undefined;
}

function isUri(value: unknown): value is vscode.Uri {
  return value instanceof vscode.Uri;
}
