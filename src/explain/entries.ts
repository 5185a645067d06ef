import * as v from 'valibot';
import * as vscode from 'vscode';
import { hasCode } from './place';
import { enclosingSymbol } from './symbols';
import { linesOf, problemAt, selectedLines, type Target } from './target';
import { showInformation } from '../ui/notifications';

const { t } = vscode.l10n;

/** Explains these lines where explanations are shown. */
export type ShowExplanation = (target: Target) => Promise<void>;

/** The editor in front, where it has code; the person is told what is missing where it has none. */
async function editorWithCode(): Promise<vscode.TextEditor | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (editor && hasCode(editor.document)) return editor;
  await showInformation(t('Open a file with code in it first.'));
  return undefined;
}

/** Explains the selected lines. */
export async function explainSelection(show: ShowExplanation): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor || editor.selection.isEmpty || !hasCode(editor.document)) {
    await showInformation(t('Select the code to explain first.'));
    return;
  }
  await show(selectedLines(editor));
}

/** Explains the function, class or the like in which the caret stands. */
export async function explainSymbol(show: ShowExplanation): Promise<void> {
  const editor = await editorWithCode();
  if (!editor) return;
  const { document, selection } = editor;
  const symbol = await enclosingSymbol(document, selection);
  if (!symbol) {
    await showInformation(t('There is no function or class at the caret.'));
    return;
  }
  await show(linesOf(document, symbol));
}

/** Which problem of which document a quick fix means. */
const problemArguments = v.tuple([
  v.object({ uri: v.string(), message: v.string(), line: v.number(), character: v.number() }),
]);

/** Explains the problem that a quick fix names, or without arguments the one at the caret. */
export async function explainProblem(
  show: ShowExplanation,
  args: readonly unknown[],
): Promise<void> {
  const parsed = v.safeParse(problemArguments, args);
  if (args.length > 0 && !parsed.success) return;
  const editor = await editorWithCode();
  if (!editor) return;
  const { document, selection } = editor;
  const problem = parsed.success
    ? vscode.languages
        .getDiagnostics(document.uri)
        .find((candidate) => isMeant(candidate, document.uri, parsed.output[0]))
    : problemAt(document, selection.active);
  if (!problem) {
    await showInformation(t('There is no problem at the caret.'));
    return;
  }
  await show({ ...linesOf(document, problem.range), problem });
}

function isMeant(
  { message, range: { start } }: vscode.Diagnostic,
  uri: vscode.Uri,
  wanted: v.InferOutput<typeof problemArguments>[0],
): boolean {
  return (
    wanted.uri === uri.toString() &&
    wanted.message === message &&
    wanted.line === start.line &&
    wanted.character === start.character
  );
}
