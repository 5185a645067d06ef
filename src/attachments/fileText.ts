import * as v from 'valibot';
import * as vscode from 'vscode';
import { toLf } from '../shared/text';
import { baseName } from '../ui/codeDocuments';
import { getDisplayPath } from '../ui/documentNames';
import { findOpenDocument } from './attachmentTargets';
import { type NotebookCell, type NotebookOutput, parseNotebook } from './notebookText';
import { decodeText, guessEncoding } from './textEncodings';

const { t } = vscode.l10n;

/** Why something cannot be attached; the message is a sentence for the user. */
export class NotAttached extends Error {}

/** Larger files are not read: only a small part of them could be attached. */
const maxFileBytes = 20 * 1024 * 1024;

export interface FileText {
  readonly text: string;
  /** For the fence: VS Code's language identifier, or the file name extension. */
  readonly language: string;
  /** Present if it was read in an encoding that had to be guessed: says so, for the model and the user. */
  readonly part?: string | undefined;
}

/** The text of a file as the user sees it, with changes that are not saved. */
export async function readText(uri: vscode.Uri): Promise<FileText> {
  const open = findOpenDocument(uri);
  if (open) return { text: toLf(open.getText()), language: open.languageId };
  const bytes = await readBytes(uri);
  const decoded = decodeText(bytes);
  const language = fileExtension(uri);
  switch (decoded.kind) {
    case 'text':
      return { text: decoded.text, language };
    case 'binary':
      throw new NotAttached(t('{0} is not a text file.', getDisplayPath(uri)));
    case 'pdf':
      throw new NotAttached(
        t('{0} is a PDF file. Only text can be attached.', getDisplayPath(uri)),
      );
    case 'unknown':
      return (await readAsConfigured(uri)) ?? { ...guessText(uri, bytes), language };
  }
}

/** As VS Code reads it: the user may have set an encoding for such files. */
async function readAsConfigured(uri: vscode.Uri): Promise<FileText | undefined> {
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    const text = toLf(document.getText());
    // Where a byte is none of the encoding, VS Code puts this character.
    return text.includes('\u{fffd}') ? undefined : { text, language: document.languageId };
  } catch (error) {
    // What is no text for VS Code is rejected with an internal error.
    if (error instanceof vscode.FileSystemError) throw error;
    return undefined;
  }
}

function guessText(uri: vscode.Uri, bytes: Uint8Array): Pick<FileText, 'text' | 'part'> {
  const guessed = guessEncoding(bytes, vscode.env.language);
  if (!guessed) {
    throw new NotAttached(t('{0} is in an encoding that Cria does not know.', getDisplayPath(uri)));
  }
  return { text: guessed.text, part: `read as ${guessed.encoding}` };
}

async function readBytes(uri: vscode.Uri): Promise<Uint8Array> {
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > maxFileBytes) {
    const megabytes = Math.round(size / (1024 * 1024));
    throw new NotAttached(
      t('{0} is too large to attach ({1} MB).', getDisplayPath(uri), megabytes),
    );
  }
  return vscode.workspace.fs.readFile(uri);
}

export function findOpenNotebook(uri: vscode.Uri): vscode.NotebookDocument | undefined {
  const wanted = uri.toString();
  return vscode.workspace.notebookDocuments.find((each) => each.uri.toString() === wanted);
}

/** The cells of a notebook as the user sees it, or as it is saved; undefined if the file is none. */
export async function readNotebook(uri: vscode.Uri): Promise<readonly NotebookCell[] | undefined> {
  const open = findOpenNotebook(uri);
  if (open) return open.getCells().map(toNotebookCell);
  if (fileExtension(uri) !== 'ipynb' || findOpenDocument(uri)) return undefined;
  return parseNotebook((await readText(uri)).text);
}

function toNotebookCell({ kind, document, outputs }: vscode.NotebookCell): NotebookCell {
  return {
    kind: kind === vscode.NotebookCellKind.Markup ? 'markdown' : 'code',
    language: document.languageId,
    source: toLf(document.getText()),
    outputs: outputs.map(toNotebookOutput),
  };
}

/** What VS Code shows as text, by its MIME types. */
const textTypes = ['text/plain', 'application/vnd.code.notebook.stdout'].concat(
  'application/vnd.code.notebook.stderr',
  'application/vnd.code.notebook.error',
);

function toNotebookOutput({ items }: vscode.NotebookCellOutput): NotebookOutput {
  const isPicture = items.some(({ mime }) => mime.startsWith('image/'));
  const text = items.find(({ mime }) => textTypes.includes(mime));
  if (!text || isPicture) return 'leftOut';
  const decoded = toLf(new TextDecoder().decode(text.data));
  return { text: text.mime.endsWith('.error') ? readErrorOutput(decoded) : decoded };
}

/** Such an output is JSON with `name`, `message` and `stack`. */
const errorOutputSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ name: v.string(), message: v.string() }),
);

function readErrorOutput(json: string): string {
  const parsed = v.safeParse(errorOutputSchema, json);
  return parsed.success ? `${parsed.output.name}: ${parsed.output.message}` : json;
}

/** From 0; undefined if the notebook is not the active one. */
export function getActiveCell(uri: vscode.Uri): number | undefined {
  const editor = vscode.window.activeNotebookEditor;
  return editor?.notebook.uri.toString() === uri.toString() ? editor.selection.start : undefined;
}

function fileExtension(uri: vscode.Uri): string {
  const name = baseName(uri);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
}
