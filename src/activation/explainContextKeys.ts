import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../ui/disposables';
import { hasCode } from '../ui/codeDocuments';

const explainable = 'cria.explainable';
const problemHere = 'cria.problemHere';

/** Sets the context keys for menus: the active editor has code, and problems in it. */
export function trackContextKeys(): Disposable {
  const owned = new DisposableStore();
  const { window, workspace, languages } = vscode;
  const known = new Map<string, boolean>();
  const set = (key: string, value: boolean): void => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
  const lookAgain = (): void => {
    const document = window.activeTextEditor?.document;
    const has = document !== undefined && hasCode(document);
    set(explainable, has);
    set(problemHere, has && languages.getDiagnostics(document.uri).length > 0);
  };
  owned.add(window.onDidChangeActiveTextEditor(lookAgain));
  owned.add(languages.onDidChangeDiagnostics(lookAgain));
  owned.add(
    workspace.onDidChangeTextDocument(({ document }) => {
      // Only an almost empty document can change between having code and not.
      const isShort = known.get(explainable) !== true || document.lineCount <= 2;
      if (document === window.activeTextEditor?.document && isShort) lookAgain();
    }),
  );
  lookAgain();
  return owned;
}
