import * as vscode from 'vscode';
import { showInformation } from '../ui/dialogs';
import { ReadOnlyDocuments } from '../ui/readOnlyDocuments';

const { t } = vscode.l10n;

export interface Change {
  /** The file that is changed; absent for a new file. */
  readonly before?: vscode.Uri;
  /** The text after the change, with hidden characters written out. */
  readonly after: string;
  /** The name of the file, for the tab and for its language. */
  readonly name: string;
  readonly question: string;
  readonly yes: string;
}

/**
 * Shows a change in VS Code's diff editor, read-only, and asks for a decision in a notification and in the title
 * of the diff. Closing the diff means no. VS Code has no API to close a notification, so one whose
 * change is already decided says what was decided.
 */
export class ChangePreviews implements vscode.Disposable {
  readonly #documents = new ReadOnlyDocuments('cria-change');
  /** By URI: the decision on each preview that is still open. */
  readonly #pending = new Map<string, (isWanted: boolean) => void>();
  readonly #tabs: vscode.Disposable;
  #count = 0;

  constructor() {
    this.#tabs = vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
      for (const tab of closed) {
        const uri = getModifiedUri(tab);
        // A tab that is moved to another group is closed in its old one.
        if (findDiffTabs(uri).length === 0) this.#pending.get(uri)?.(false);
      }
    });
  }

  /** Resolves with the user's decision; rejects if the diff cannot be shown. */
  async ask({ before, after, name, question, yes }: Change): Promise<boolean> {
    this.#count += 1;
    const uri = this.#documents.add(`/${this.#count}/${name}`, after);
    const left = before ?? this.#documents.add(`/${this.#count}/nothing/${name}`, '');
    const decided = this.#waitForDecision(uri);
    try {
      const title = t('{0} (Suggested Change)', name);
      const show = { preview: false };
      const shown = vscode.commands.executeCommand('vscode.diff', left, uri, title, show);
      // VS Code 1.100 never answers if the diff is closed before it is computed.
      await Promise.race([shown, decided]);
      if (this.#pending.has(uri.toString())) {
        void showInformation(question, yes, t('Discard')).then((chosen) => {
          if (chosen === undefined) return;
          if (this.#pending.has(uri.toString())) this.decide(uri, chosen === yes);
          else void decided.then((was) => showInformation(alreadyDecidedText(name, was)));
        });
      }
      const isWanted = await decided;
      await closeDiff(uri);
      return isWanted;
    } finally {
      this.#pending.delete(uri.toString());
      this.#documents.remove(uri);
      this.#documents.remove(left);
    }
  }

  /** Decides on the preview of a URI, or on the active one. */
  decide(at: unknown, isWanted: boolean): void {
    const active = vscode.window.tabGroups.activeTabGroup.activeTab;
    const key = at instanceof vscode.Uri ? at.toString() : active && getModifiedUri(active);
    this.#pending.get(key ?? '')?.(isWanted);
  }

  dispose(): void {
    for (const decide of this.#pending.values()) decide(false);
    this.#documents.dispose();
    this.#tabs.dispose();
  }

  #waitForDecision(uri: vscode.Uri): Promise<boolean> {
    const key = uri.toString();
    return new Promise((resolve) => {
      this.#pending.set(key, (isWanted) => {
        this.#pending.delete(key);
        resolve(isWanted);
      });
    });
  }
}

function alreadyDecidedText(name: string, wasWanted: boolean): string {
  return wasWanted
    ? t('The change to {0} was already applied. Use Undo to revert it.', name)
    : t('The change to {0} was already discarded. Open it again from the chat.', name);
}

function getModifiedUri({ input }: vscode.Tab): string {
  return input instanceof vscode.TabInputTextDiff ? input.modified.toString() : '';
}

function findDiffTabs(uri: string): readonly vscode.Tab[] {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.filter((tab) => getModifiedUri(tab) === uri);
}

async function closeDiff(uri: vscode.Uri): Promise<void> {
  const tabs = findDiffTabs(uri.toString());
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs);
}
