import * as vscode from 'vscode';
import type { Clock } from '../shared/clock';
import type { CodeAction } from '../shared/protocol';
import type { Commands } from '../ui/commands';
import { isCodeDocument } from '../ui/codeDocuments';
import type { Disposable } from '../ui/disposables';
import type { FocusReturn } from '../ui/focusReturn';
import { showWarning } from '../ui/notifications';
import {
  applyToFile,
  insertAtCursor,
  newFile,
  replaceSelection,
  insertIntoTerminal,
} from './applyBlock';
import { ChangePreviews } from './changePreviews';
import { type CodeBlock, parseCodeBlocks } from './codeText';
import { FileAndSymbolLinks } from './fileAndSymbolLinks';

/** Takes code and names out of answers into the editor. Nothing is written that was not shown. */
export class BlockActions implements Disposable {
  readonly commands = {
    'cria.applyChange': (at) => this.decide(at, true),
    'cria.discardChange': (at) => this.decide(at, false),
  } satisfies Commands<'cria.applyChange' | 'cria.discardChange'>;
  readonly names: FileAndSymbolLinks;
  readonly #focusReturn: FocusReturn;
  readonly #previews = new ChangePreviews();
  readonly #table: Record<CodeAction, (block: CodeBlock) => Promise<void>> = {
    insert: ({ text }) => insertAtCursor(text),
    replace: ({ text }) => replaceSelection(text, this.#previews),
    apply: (block) => applyToFile(block, this.#previews),
    newFile: (block) => newFile(block, this.#previews, this.#focusReturn),
    terminal: ({ text }) => insertIntoTerminal(text),
  };

  constructor(clock: Clock, focusReturn: FocusReturn) {
    this.#focusReturn = focusReturn;
    this.names = new FileAndSymbolLinks(clock);
  }

  /** @param answer the whole text of the answer; @param index of the block in it, from 0 */
  async act(action: CodeAction, answer: string, index: number): Promise<void> {
    const block = parseCodeBlocks(answer)[index];
    if (block) await this.#table[action](block);
  }

  /** For the preview `at`, or the one that is shown. */
  decide(at: unknown, isWanted: boolean): void {
    this.#previews.decide(at, isWanted);
  }

  dispose(): void {
    this.#previews.dispose();
  }
}

const { t } = vscode.l10n;

/** The editor to write to. The chat panel is no editor, so the editor used last stays the active one. */
export function findTargetEditor(): vscode.TextEditor | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  return activeTextEditor && isCodeDocument(activeTextEditor.document)
    ? activeTextEditor
    : visibleTextEditors.find(({ document }) => isCodeDocument(document));
}

/**
 * Makes one change that one undo reverts, if the document is still as it was when the user looked
 * at it. The document is not saved: that is left to the person.
 */
export async function applyChange(
  { uri, version }: { readonly uri: vscode.Uri; readonly version: number },
  range: vscode.Range,
  text: string,
): Promise<boolean> {
  const document = await vscode.workspace.openTextDocument(uri);
  const shown = vscode.workspace.asRelativePath(uri);
  if (document.version !== version) {
    await warn(t('{0} has changed in the meantime. Nothing was written.', shown));
    return false;
  }
  const edit = new vscode.WorkspaceEdit();
  edit.replace(uri, range, text);
  const isDone = await vscode.workspace.applyEdit(edit);
  if (!isDone) await warn(t('{0} cannot be edited.', shown));
  return isDone;
}

export async function warn(sentence: string): Promise<void> {
  // Not awaited to its end: a notification that nobody closes would hold up what comes after it.
  void showWarning(sentence);
  return Promise.resolve();
}
