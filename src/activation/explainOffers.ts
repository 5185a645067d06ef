import * as vscode from 'vscode';
import { asLabel } from '../shared/hiddenCharacters';
import { cellScheme, hasCode } from '../ui/codeDocuments';
import type { CommandId } from '../ui/commandIds';
import { type Disposable, DisposableStore } from '../ui/disposables';

const { t } = vscode.l10n;
const explainKind = vscode.CodeActionKind.Empty.append('explain');
const explainSelection: CommandId = 'cria.explainSelection';
const explainProblem: CommandId = 'cria.explainProblem';

/** Most problems offered at one position; more would bury other extensions' fixes. */
const mostProblems = 3;

/** Code actions that explain the selection and each problem at the caret. */
export function registerCodeActions(): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    { pattern: '**' },
    {
      provideCodeActions(document, range, { diagnostics }) {
        if (!isEnabled() || !hasCode(document)) return [];
        const problems = diagnostics
          .slice(0, mostProblems)
          .map((problem) => explain(document, problem));
        return range.isEmpty ? problems : [selectionAction(), ...problems];
      },
    },
    { providedCodeActionKinds: [explainKind, vscode.CodeActionKind.QuickFix] },
  );
}

function isEnabled(): boolean {
  return vscode.workspace.getConfiguration('cria').get<unknown>('codeActions.enabled') !== false;
}

function selectionAction(): vscode.CodeAction {
  const title = t('Explain with Cria');
  const action = new vscode.CodeAction(title, explainKind);
  action.command = { command: explainSelection, title };
  return action;
}

/** The arguments identify the problem; its text is read from VS Code. */
function explain({ uri }: vscode.TextDocument, problem: vscode.Diagnostic): vscode.CodeAction {
  const { message, range } = problem;
  const title = t('Explain with Cria: {0}', asLabel(message, longestTitle));
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  const place = { line: range.start.line, character: range.start.character };
  action.command = {
    command: explainProblem,
    title,
    arguments: [{ uri: uri.toString(), message, ...place }],
  };
  action.diagnostics = [problem];
  return action;
}

const longestTitle = 60;

const explainable = 'cria.explainable';
const problemHere = 'cria.problemHere';
/** The palette does not see VS Code's own key for the selection in a cell of a notebook. */
const cellSelected = 'cria.cellSelected';

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
  const lookAtSelection = (): void => {
    const editor = window.activeTextEditor;
    const isCell = editor?.document.uri.scheme === cellScheme;
    set(cellSelected, isCell && !editor.selection.isEmpty);
  };
  owned.add(window.onDidChangeTextEditorSelection(lookAtSelection));
  owned.add(window.onDidChangeActiveTextEditor(lookAtSelection));
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
