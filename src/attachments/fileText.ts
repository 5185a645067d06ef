import * as vscode from 'vscode';
import { decodeText, withPlainBreaks } from './decode';
import { nameOf, openDocument, pathOf } from './places';

const { t } = vscode.l10n;

/** Reading it all only to leave most of it out would take memory and time for nothing. */
const largest = 20 * 1024 * 1024;

/** A sentence for the person: this cannot be attached. */
export class NotAttached extends Error {}

export interface FileText {
  readonly text: string;
  /** For the fence: VS Code's name of the language, or the ending of the file's name. */
  readonly language: string;
}

/** The text of a file as the person sees it, changes that are not saved included. */
export async function readText(uri: vscode.Uri): Promise<FileText> {
  const open = openDocument(uri);
  if (open) return { text: withPlainBreaks(open.getText()), language: open.languageId };
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > largest) {
    const megabytes = Math.round(size / (1024 * 1024));
    throw new NotAttached(t('{0} is too large to be attached: {1} MB.', pathOf(uri), megabytes));
  }
  const decoded = decodeText(await vscode.workspace.fs.readFile(uri));
  switch (decoded.kind) {
    case 'text':
      return { text: decoded.text, language: endingOf(uri) };
    case 'binary':
      throw new NotAttached(t('{0} is no text, so a model cannot read it.', pathOf(uri)));
    case 'unknown':
      return readByVscode(uri);
  }
}

/** VS Code knows the encoding that the person has set for such files. */
async function readByVscode(uri: vscode.Uri): Promise<FileText> {
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    return { text: withPlainBreaks(document.getText()), language: document.languageId };
  } catch {
    throw new NotAttached(t('{0} is no text, so a model cannot read it.', pathOf(uri)));
  }
}

function endingOf(uri: vscode.Uri): string {
  const name = nameOf(uri);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
}
