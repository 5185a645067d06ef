import * as vscode from 'vscode';
import { fenced, linesText } from '../conversation/explainPrompt';
import { hasCode } from './place';
import { codeOf, linesOf, selectedLines, type Target } from './target';

const { t } = vscode.l10n;

/** Of code that is put into a message; more belongs into no message, and fits few models. */
const mostCharacters = 64 * 1024;

/** Opens the chat with this text in the message that is being written. */
export type WriteInChat = (text: string) => Promise<void>;

/** Puts the selected code into the message, with where it stands; the person asks below it. */
export async function askAboutSelection(write: WriteInChat): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor || editor.selection.isEmpty) {
    await vscode.window.showInformationMessage(t('Select the code to ask about first.'));
    return;
  }
  await askAbout(selectedLines(editor), true, write);
}

/** The same with the whole file. */
export async function askAboutFile(write: WriteInChat): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (!document || !hasCode(document)) {
    await vscode.window.showInformationMessage(t('Open a file with code in it first.'));
    return;
  }
  const everything = new vscode.Range(0, 0, document.lineCount - 1, 0);
  await askAbout(linesOf(document, everything), false, write);
}

async function askAbout(target: Target, isPart: boolean, write: WriteInChat): Promise<void> {
  const code = codeOf(target.document, target).trimEnd();
  if (code.length > mostCharacters) {
    await vscode.window.showWarningMessage(
      t('This is too long for a message. Select the part that you want to ask about.'),
    );
    return;
  }
  const { document, first, last } = target;
  const path = vscode.workspace.asRelativePath(document.uri, false);
  const lines = linesText({ firstLine: first + 1, lastLine: last + 1 });
  const place = isPart ? `${path}, ${lines}` : path;
  await write(`${place}:\n\n${fenced(code, document.languageId)}\n\n`);
}
