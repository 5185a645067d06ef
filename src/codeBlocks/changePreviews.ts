import * as vscode from 'vscode';
import { findHidden, showHidden } from '../shared/hiddenCharacters';
import { carryOver, type ChangeHunk, findChanges } from './changeHunks';
import { applyHunks, warn } from './editorChanges';
import { ProposedFiles } from './proposedFiles';

const { t } = vscode.l10n;

export interface Change {
  /** The document that is changed; absent for a new file. */
  readonly before?: vscode.TextDocument;
  /** The text after the change. */
  readonly after: string;
  /** The name of the file, for the tab and for its language. */
  readonly name: string;
}

/** A change whose diff is open. */
interface Review extends Change {
  readonly uri: vscode.Uri;
  /** What `before` holds when the proposal was made or last followed it. */
  base: string;
  /** The proposal shows hidden characters written out, so it is not what is written. */
  readonly isReadOnly: boolean;
  readonly decide: (isAccepted: boolean) => void;
}

/**
 * Shows a change in VS Code's diff editor. The decision is taken there: above each change, in the title of
 * the editor, or with the keyboard; the proposal itself can be edited. Closing the diff means no. If the
 * file changes meanwhile, the proposal follows it, or is withdrawn. VS Code hides CodeLens in diffs, so Cria's
 * manifest changes the default of `diffEditor.codeLens`; the user can turn it off.
 */
export class ChangePreviews implements vscode.Disposable, vscode.CodeLensProvider {
  readonly #files: ProposedFiles;
  /** By URI: each change whose diff is still open. */
  readonly #reviews = new Map<string, Review>();
  readonly #lensesChanged = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#lensesChanged.event;
  readonly #owned: vscode.Disposable;
  #count = 0;

  /** @param scheme of the proposals; menus and keys are for `cria-change` */
  constructor(scheme = 'cria-change') {
    this.#files = new ProposedFiles(scheme);
    this.#owned = vscode.Disposable.from(
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const tab of closed) {
          const uri = getModifiedUri(tab);
          // A tab that is moved to another group is closed in its old one.
          if (findDiffTabs(uri).length === 0) this.#reviews.get(uri)?.decide(false);
        }
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#follow(document)),
      vscode.languages.registerCodeLensProvider({ scheme }, this),
      this.#lensesChanged,
      this.#files,
    );
    void closeStaleDiffs(scheme);
  }

  /** Resolves with the text that the user accepted; undefined if none. Rejects if the diff cannot be shown. */
  async review(change: Change): Promise<string | undefined> {
    const { before, after, name } = change;
    this.#count += 1;
    // What is shown differs from what is written then, so it cannot be edited.
    const isReadOnly = before === undefined || addsHidden(before.getText(), after);
    const shown = isReadOnly ? showHidden(after) : after;
    const uri = this.#files.add(`/${this.#count}/${name}`, shown, isReadOnly);
    const left = before?.uri ?? this.#files.add(`/${this.#count}/nothing/${name}`, '', true);
    const decided = this.#waitForDecision(change, uri, isReadOnly);
    try {
      const title = t('{0} (Suggested Change)', name);
      const show = { preview: false };
      const opened = vscode.commands.executeCommand('vscode.diff', left, uri, title, show);
      // VS Code 1.100 never answers if the diff is closed before it is computed.
      await Promise.race([opened, decided]);
      if (!(await decided)) {
        await closeDiff(uri);
        return undefined;
      }
      const accepted = isReadOnly ? after : await this.#readSaved(uri);
      await closeDiff(uri);
      return accepted;
    } finally {
      this.#reviews.delete(uri.toString());
      this.#files.remove(uri);
      this.#files.remove(left);
      this.#lensesChanged.fire();
    }
  }

  /** @param at a preview, one of its changes as `{ uri, index }`, or undefined for the active preview */
  async decide(at: unknown, isAccepted: boolean): Promise<void> {
    const target = parseTarget(at);
    const review = this.#reviews.get(target.uri ?? '');
    if (!review) return;
    if (target.index === undefined) review.decide(isAccepted);
    else await this.#decideOne(review, target.index, isAccepted);
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const review = this.#reviews.get(document.uri.toString());
    if (!review) return [];
    const changes = this.#computeChanges(review, document);
    const uri = document.uri;
    const lens = (line: number, title: string, accepts: boolean, at: unknown): vscode.CodeLens =>
      new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
        title,
        command: accepts ? 'cria.applyChange' : 'cria.discardChange',
        arguments: [at],
      });
    const first = changes[0]?.after.start ?? 0;
    if (changes.length <= 1) {
      return [lens(first, t('Accept'), true, uri), lens(first, t('Discard'), false, uri)];
    }
    return [
      lens(first, t('Accept All'), true, uri),
      lens(first, t('Discard All'), false, uri),
      ...changes.flatMap(({ after }, index) => [
        lens(after.start, t('Accept'), true, { uri, index }),
        lens(after.start, t('Discard'), false, { uri, index }),
      ]),
    ];
  }

  dispose(): void {
    for (const { decide } of this.#reviews.values()) decide(false);
    this.#owned.dispose();
  }

  #computeChanges(
    { before, isReadOnly }: Review,
    document: vscode.TextDocument,
  ): readonly ChangeHunk[] {
    return before && !isReadOnly ? findChanges(before.getText(), document.getText()) : [];
  }

  /** Writes one change, or takes it out of the proposal. With the last one the review ends. */
  async #decideOne(review: Review, index: number, isAccepted: boolean): Promise<void> {
    const { before, uri } = review;
    if (!before || review.isReadOnly) return;
    const document = await vscode.workspace.openTextDocument(uri);
    const changes = this.#computeChanges(review, document);
    const change = changes[index];
    if (!change) return;
    if (changes.length === 1) {
      review.decide(isAccepted);
    } else if (isAccepted) {
      // Set first, so that this change of the file is no news.
      review.base = replaceLines(before.getText(), change.before, change.lines);
      await applyHunks(before, [change]);
    } else {
      const { start, end } = change.before;
      const own = before.getText().replaceAll('\r\n', '\n').split('\n').slice(start, end);
      await applyHunks(document, [{ ...change, before: change.after, lines: own }]);
    }
    this.#lensesChanged.fire();
  }

  #follow(document: vscode.TextDocument): void {
    for (const review of this.#reviews.values()) {
      if (review.uri.toString() === document.uri.toString()) this.#lensesChanged.fire();
      if (review.before === document) this.#carryOver(review, document.getText());
    }
  }

  #carryOver(review: Review, now: string): void {
    if (isSameText(now, review.base)) return;
    const { base, uri, name } = review;
    review.base = now;
    const after = review.isReadOnly ? undefined : carryOver(base, this.#files.read(uri), now);
    if (after === undefined) {
      review.decide(false);
      void warn(
        t('{0} has changed, and the suggested change no longer fits. Apply it again.', name),
      );
      return;
    }
    this.#files.update(uri, after);
    this.#lensesChanged.fire();
  }

  async #readSaved(uri: vscode.Uri): Promise<string> {
    const document = await vscode.workspace.openTextDocument(uri);
    if (!document.isDirty) return this.#files.read(uri);
    const text = document.getText();
    // A diff with changes that are not saved would ask when it is closed.
    await document.save();
    return text;
  }

  #waitForDecision(change: Change, uri: vscode.Uri, isReadOnly: boolean): Promise<boolean> {
    const key = uri.toString();
    return new Promise((resolve) => {
      const decide = (isAccepted: boolean): void => {
        this.#reviews.delete(key);
        resolve(isAccepted);
      };
      this.#reviews.set(key, {
        ...change,
        uri,
        isReadOnly,
        base: change.before?.getText() ?? '',
        decide,
      });
    });
  }
}

function parseTarget(at: unknown): { readonly uri?: string; readonly index?: number } {
  if (at instanceof vscode.Uri) return { uri: at.toString() };
  if (typeof at === 'object' && at !== null && 'uri' in at && at.uri instanceof vscode.Uri) {
    const index = 'index' in at && typeof at.index === 'number' ? { index: at.index } : {};
    return { uri: at.uri.toString(), ...index };
  }
  const active = vscode.window.tabGroups.activeTabGroup.activeTab;
  return active ? { uri: getModifiedUri(active) } : {};
}

function isSameText(text: string, other: string): boolean {
  return text.replaceAll('\r\n', '\n') === other.replaceAll('\r\n', '\n');
}

function replaceLines(
  text: string,
  { start, end }: ChangeHunk['before'],
  added: readonly string[],
): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  return [...lines.slice(0, start), ...added, ...lines.slice(end)].join('\n');
}

/** Whether the change brings hidden characters into the file. */
function addsHidden(before: string, after: string): boolean {
  const own = new Set(findHidden(before));
  return findHidden(after).some((character) => !own.has(character));
}

function getModifiedUri({ input }: vscode.Tab): string {
  return input instanceof vscode.TabInputTextDiff ? input.modified.toString() : '';
}

function findDiffTabs(uri: string): readonly vscode.Tab[] {
  return allTabs().filter((tab) => getModifiedUri(tab) === uri);
}

function allTabs(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap((group) => group.tabs);
}

async function closeDiff(uri: vscode.Uri): Promise<void> {
  const tabs = findDiffTabs(uri.toString());
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs);
}

/** After a reload VS Code restores the tabs of changes that no one waits for any more. */
async function closeStaleDiffs(scheme: string): Promise<void> {
  const stale = allTabs().filter((tab) => getModifiedUri(tab).startsWith(`${scheme}:`));
  if (stale.length > 0) await vscode.window.tabGroups.close(stale);
}
