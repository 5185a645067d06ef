import * as vscode from 'vscode';
import { showInformation } from '../ui/notifications';

const { t } = vscode.l10n;
const scheme = 'cria-change';

export interface Change {
  /** What the change is made to; absent for a new file. */
  readonly before?: vscode.Uri;
  /** As it will be, with hidden characters written out. */
  readonly after: string;
  /** The name of the file, for the tab and for its language. */
  readonly name: string;
  readonly question: string;
  readonly yes: string;
}

/**
 * Shows a change as VS Code's own diff, read-only, and asks: in a notification, and in the title of the
 * diff. Closing the diff means no. VS Code has no API to close a notification, so one whose change is
 * decided already says what came of it.
 */
export class ChangePreviews implements vscode.Disposable {
  readonly #registration: vscode.Disposable;
  readonly #texts = new Map<string, string>();
  /** How each preview that is not decided yet is answered. */
  readonly #pending = new Map<string, (isWanted: boolean) => void>();
  readonly #tabs: vscode.Disposable;
  #count = 0;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(scheme, {
      provideTextDocumentContent: (uri) => this.#texts.get(uri.path) ?? '',
    });
    this.#tabs = vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
      for (const tab of closed) this.#pending.get(getModifiedUri(tab))?.(false);
    });
  }

  /** Resolves when the person has decided. */
  async ask({ before, after, name, question, yes }: Change): Promise<boolean> {
    this.#count += 1;
    const uri = this.#hold(`/${this.#count}/${name}`, after);
    const left = before ?? this.#hold(`/${this.#count}/nothing/${name}`, '');
    const decided = this.#decisionOn(uri);
    const title = t('{0} (Suggested Change)', name);
    const show = { preview: false };
    const shown = vscode.commands.executeCommand('vscode.diff', left, uri, title, show);
    // VS Code 1.100 never answers when the diff is closed before it is computed.
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
    this.#texts.delete(uri.path);
    this.#texts.delete(left.path);
    return isWanted;
  }

  /** Answers for the preview `at`, or the one that is shown. */
  decide(at: unknown, isWanted: boolean): void {
    const active = vscode.window.tabGroups.activeTabGroup.activeTab;
    const key = at instanceof vscode.Uri ? at.toString() : active && getModifiedUri(active);
    this.#pending.get(key ?? '')?.(isWanted);
  }

  dispose(): void {
    for (const answer of this.#pending.values()) answer(false);
    this.#registration.dispose();
    this.#tabs.dispose();
  }

  #decisionOn(uri: vscode.Uri): Promise<boolean> {
    const key = uri.toString();
    return new Promise((resolve) => {
      this.#pending.set(key, (isWanted) => {
        this.#pending.delete(key);
        resolve(isWanted);
      });
    });
  }

  #hold(path: string, text: string): vscode.Uri {
    this.#texts.set(path, text);
    return vscode.Uri.from({ scheme, path });
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

async function closeDiff(uri: vscode.Uri): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const tab = tabs.find((each) => getModifiedUri(each) === uri.toString());
  if (tab) await vscode.window.tabGroups.close(tab);
}
