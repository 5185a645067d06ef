import * as vscode from 'vscode';
import { asIconLabel } from '../shared/hiddenCharacters';
import { baseName } from '../ui/codeDocuments';
import { type FocusReturn, showWarning } from '../ui/dialogs';
import type { Ask } from './attachmentConsent';
import { NotAttached } from './fileText';
import {
  type ChangeScope,
  type DiffSource,
  findRepositories,
  type GitHost,
  type GitRepository,
  listChanges,
  type ReadChange,
} from './gitChanges';

const { t } = vscode.l10n;

type Choice = vscode.QuickPickItem & { readonly repository: GitRepository };

/**
 * The repository of `uri` if it has changes, otherwise one that has; the user is asked where there are several.
 * Undefined: the user chose none, or was shown why Git cannot be read. Throws `NotAttached` if there are none.
 */
export async function chooseRepository(
  host: GitHost,
  uri: vscode.Uri | undefined,
  scope: ChangeScope,
  focusReturn: FocusReturn,
): Promise<GitRepository | undefined> {
  const repositories = await findRepositories(host, uri);
  if (repositories === 'otherSide') {
    // Not awaited: a notification stays until the user closes it.
    void explainOtherSide();
    return undefined;
  }
  if (repositories === 'unavailable') throw new NotAttached(t('Git is not available in VS Code.'));
  if (repositories.all.length === 0) {
    throw new NotAttached(t('No Git repository in this workspace.'));
  }
  await Promise.all(repositories.all.map((repository) => repository.status()));
  const changed = repositories.all.filter((one) => listChanges(one, scope).length > 0);
  const [first] = changed;
  if (!first) {
    throw new NotAttached(
      scope === 'staged' ? t('No staged changes to attach.') : t('No changes to attach.'),
    );
  }
  if (changed.length === 1 || first === repositories.own) return first;
  const choices = changed.map((repository): Choice => ({
    label: asIconLabel(baseName(repository.rootUri)),
    description: describeCount(listChanges(repository, scope).length),
    detail: asIconLabel(vscode.workspace.asRelativePath(repository.rootUri), 500),
    repository,
  }));
  const title = t('Attach Changes of Repository');
  const chosen = await focusReturn.whileOpen(vscode.window.showQuickPick(choices, { title }));
  focusReturn.returnToMessage();
  return chosen?.repository;
}

function describeCount(files: number): string {
  return files === 1 ? t('1 file') : t('{0} files', files);
}

async function explainOtherSide(): Promise<void> {
  const open = t('Open Settings');
  const sentence = t(
    'Git runs on the remote machine and Cria on yours, so Cria cannot read Git changes. To attach them, run Cria on the remote machine with the setting remote.extensionKind.',
  );
  if ((await showWarning(sentence, open)) !== open) return;
  const id = '@id:remote.extensionKind';
  await vscode.commands.executeCommand('workbench.action.openSettings', id);
}

interface ConfirmedChanges {
  readonly attached: readonly ReadChange[];
  /** Number of files that the user left out. */
  readonly leftOut: number;
}

/** Asks once about the changes there is a reason to ask about. None are attached if the user cancels. */
export async function confirmChanges({ changes }: DiffSource, ask: Ask): Promise<ConfirmedChanges> {
  const asked = changes.flatMap(({ reason }) => (reason === undefined ? [] : [reason]));
  const [only] = asked;
  if (only === undefined) return { attached: changes, leftOut: 0 };
  const rest = changes.filter(({ reason }) => reason === undefined);
  const question =
    asked.length === 1
      ? t('{0} Attach anyway?', only)
      : t('{0} of the changed files may be private or excluded. Attach anyway?', asked.length);
  const leaveOut =
    rest.length === 0 ? undefined : t('Attach the Other {0}', changes.length - asked.length);
  const answer = await ask(question, asked.length === 1 ? [] : asked, leaveOut);
  if (answer === 'leaveOut') return { attached: rest, leftOut: asked.length };
  return { attached: answer ? changes : [], leftOut: 0 };
}
