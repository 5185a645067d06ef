import * as vscode from 'vscode';
import type { NewId } from '../conversation/ports';
import { type Attachment, maxAttachmentLength } from '../shared/turn';
import { defined } from '../shared/defined';
import { toLf } from '../shared/text';
import { pathInside } from '../files/pathRules';
import type { ReadingGate } from '../files/readingGate';
import { baseName } from '../ui/codeDocuments';
import {
  findOpenDocument,
  getDisplayPath,
  getSelectedLines,
  toSelectedLines,
} from './attachmentTargets';
import { listFolder } from './folderListing';
import type { DiffSource } from './gitChanges';
import { fitDiff } from './gitDiffText';
import { type Decoded, decodeText, excerptAroundLine } from './textExcerpts';

const { t } = vscode.l10n;

/** Why something cannot be attached; the message is a sentence for the user. */
export class NotAttached extends Error {}

/** Reads what is attached. Throws `NotAttached` if it cannot be, and what VS Code throws while reading. */
export class AttachmentReader {
  readonly #newId: NewId;
  readonly #maxLength: () => number;

  /** @param maxLength of the text of one attachment, in UTF-16 code units */
  constructor(newId: NewId, maxLength: () => number) {
    this.#newId = newId;
    this.#maxLength = maxLength;
  }

  /** The selected lines. The user chose exactly them, so they are cut only at the limit of a message. */
  readSelection(editor: vscode.TextEditor): Attachment {
    const { first, last } = getSelectedLines(editor);
    return this.#readLines(editor.document, first, last);
  }

  /** Lines of a file, from 1, both included. */
  async readLines(uri: vscode.Uri, first: number, last: number): Promise<Attachment> {
    return this.#readLines(await openDocument(uri), first, last);
  }

  /** A whole file; of one that is too long, the part around the caret of a visible editor, or the start. */
  async readFile(uri: vscode.Uri): Promise<Attachment> {
    const { text, language } = await readText(uri);
    if (text.trim() === '') throw new NotAttached(t('{0} is empty.', getDisplayPath(uri)));
    const excerpt = excerptAroundLine(text, this.#maxLength(), getCaretLine(uri));
    const name = baseName(uri);
    const { lines } = excerpt;
    const label = lines ? `${name}:${toSelectedLines(lines.first, lines.last).range}` : name;
    return {
      id: this.#newId(),
      kind: 'file',
      label: shortenLabel(label),
      language,
      path: toAttachmentPath(uri),
      uri: uri.toString(),
      ...excerpt,
    };
  }

  /** The names of the files in a folder and below it. */
  async readFolder(uri: vscode.Uri, gate: ReadingGate): Promise<Attachment> {
    const root = vscode.workspace.getWorkspaceFolder(uri)?.uri ?? uri;
    const path = pathInside(root, uri) ?? '';
    const { files, text, part } = await listFolder(root, path, gate, this.#maxLength());
    const count = files === 1 ? t('1 file') : t('{0} files', files);
    return defined({
      id: this.#newId(),
      kind: 'folder',
      label: shortenLabel(`${baseName(uri)}/ (${count})`),
      language: '',
      path: path === '' ? `${baseName(uri)}/` : `${path}/`,
      uri: uri.toString(),
      part,
      text,
    });
  }

  /** The problems of a file, each with its line of code. */
  async readProblems(uri: vscode.Uri): Promise<Attachment> {
    const problems = vscode.languages.getDiagnostics(uri);
    if (problems.length === 0) {
      throw new NotAttached(t('{0} has no problems.', getDisplayPath(uri)));
    }
    const document = await openDocument(uri);
    const getLine = (line: number): string =>
      line < document.lineCount ? document.lineAt(line).text : '';
    const { text, shown } = problemsText(problems, getLine, this.#maxLength());
    const count = problems.length;
    return defined({
      id: this.#newId(),
      kind: 'problems',
      label: count === 1 ? t('1 problem') : t('{0} problems', count),
      language: '',
      path: toAttachmentPath(uri),
      uri: uri.toString(),
      part: shown < count ? `the first ${shown} of ${count}` : undefined,
      text,
    });
  }

  /** The uncommitted changes of a repository. @param leftOut number of files that the user left out */
  readDiff({ rootUri, scope, changes, unread }: DiffSource, leftOut = 0): Attachment {
    if (changes.length === 0) throw new NotAttached(t('No changes to attach.'));
    const { text, shown, isCut } = fitDiff(changes, this.#maxLength());
    // The model reads the label and the part, so they are not translated.
    const count = countFiles(changes.length);
    const notes = [
      ...(isCut ? [`the first lines of ${count}`] : []),
      ...(!isCut && shown.length < changes.length ? [`the first ${shown.length} of ${count}`] : []),
      ...(leftOut > 0 ? [`without ${countFiles(leftOut)} that may be private`] : []),
      ...(unread > 0 ? [`without ${countFiles(unread)} that could not be read`] : []),
    ];
    return defined({
      id: this.#newId(),
      kind: 'diff',
      label: `git diff ${scope === 'staged' ? '--staged ' : ''}(${count})`,
      language: 'diff',
      path: '',
      // A message can have both.
      uri: (scope === 'staged' ? rootUri.with({ fragment: 'staged' }) : rootUri).toString(),
      part: notes.length === 0 ? undefined : notes.join(', '),
      text,
    });
  }

  /** Text that the user pasted. @param length of the whole text, of which `text` is the beginning */
  readText(text: string, length: number): Attachment {
    const id = this.#newId();
    const { text: fitting } = excerptAroundLine(toLf(text), this.#maxLength());
    return defined({
      id,
      kind: 'file',
      label: 'pasted-text.txt',
      language: '',
      path: 'pasted-text.txt',
      // Tells two pasted texts apart.
      uri: `untitled:${id}`,
      part:
        fitting.length < length ? `the first ${fitting.length} of ${length} characters` : undefined,
      text: fitting,
    });
  }

  #readLines(document: vscode.TextDocument, first: number, last: number): Attachment {
    const range = document.validateRange(new vscode.Range(first - 1, 0, last - 1, 1e6));
    const text = toLf(document.getText(range));
    if (text.trim() === '') throw new NotAttached(t('The selection is empty.'));
    const { text: fitting, part } = excerptAroundLine(text, maxAttachmentLength / 4);
    const lines = { first, last: first + fitting.split('\n').length - 1 };
    const { uri, languageId } = document;
    return defined({
      id: this.#newId(),
      kind: 'selection',
      label: shortenLabel(`${baseName(uri)}:${toSelectedLines(lines.first, lines.last).range}`),
      language: languageId,
      path: toAttachmentPath(uri),
      uri: uri.toString(),
      lines,
      part,
      text: fitting,
    });
  }
}

function countFiles(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}

/** The line of the caret, from 1, if an editor shows the file. */
function getCaretLine(uri: vscode.Uri): number | undefined {
  const document = findOpenDocument(uri);
  const editor = vscode.window.visibleTextEditors.find((each) => each.document === document);
  return editor && editor.selection.active.line + 1;
}

function toAttachmentPath(uri: vscode.Uri): string {
  return getDisplayPath(uri).slice(0, 4096);
}

function shortenLabel(label: string): string {
  return label.length <= 256 ? label : `…${label.slice(-255)}`;
}

/** Larger files are not read: only a small part of them could be attached. */
const maxFileBytes = 20 * 1024 * 1024;

export interface FileText {
  readonly text: string;
  /** For the fence: VS Code's language identifier, or the file name extension. */
  readonly language: string;
}

/** The text of a file as the user sees it, with changes that are not saved. */
export async function readText(uri: vscode.Uri): Promise<FileText> {
  const open = findOpenDocument(uri);
  if (open) return { text: toLf(open.getText()), language: open.languageId };
  const decoded = await decodeFile(uri);
  switch (decoded.kind) {
    case 'text':
      return { text: decoded.text, language: fileExtension(uri) };
    case 'binary':
      throw notText(uri);
    case 'unknown': {
      // VS Code knows which encoding the user has set for such files.
      const document = await openDocument(uri);
      return { text: toLf(document.getText()), language: document.languageId };
    }
  }
}

/** VS Code opens some binary files as text, and rejects others and very large ones with an internal error. */
async function openDocument(uri: vscode.Uri): Promise<vscode.TextDocument> {
  const open = findOpenDocument(uri);
  if (open) return open;
  if (uri.scheme !== 'untitled' && (await decodeFile(uri)).kind === 'binary') throw notText(uri);
  try {
    return await vscode.workspace.openTextDocument(uri);
  } catch (error) {
    throw error instanceof vscode.FileSystemError ? error : notText(uri);
  }
}

async function decodeFile(uri: vscode.Uri): Promise<Decoded> {
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > maxFileBytes) {
    const megabytes = Math.round(size / (1024 * 1024));
    throw new NotAttached(
      t('{0} is too large to attach ({1} MB).', getDisplayPath(uri), megabytes),
    );
  }
  return decodeText(await vscode.workspace.fs.readFile(uri));
}

function notText(uri: vscode.Uri): NotAttached {
  return new NotAttached(t('{0} is not a text file.', getDisplayPath(uri)));
}

function fileExtension(uri: vscode.Uri): string {
  const name = baseName(uri);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
}

const severities: Readonly<Record<vscode.DiagnosticSeverity, string>> = {
  [vscode.DiagnosticSeverity.Error]: 'error',
  [vscode.DiagnosticSeverity.Warning]: 'warning',
  [vscode.DiagnosticSeverity.Information]: 'information',
  [vscode.DiagnosticSeverity.Hint]: 'hint',
};

/** As many problems as fit into `maxLength`, the most severe first, each with its line of code. */
export function problemsText(
  problems: readonly vscode.Diagnostic[],
  getLine: (line: number) => string,
  maxLength: number,
): { readonly text: string; readonly shown: number } {
  const sorted = problems.toSorted(
    (a, b) => a.severity - b.severity || a.range.start.compareTo(b.range.start),
  );
  let length = 0;
  const fitting = sorted
    .map((problem) => problemText(problem, getLine))
    .filter((text) => (length += text.length + 1) <= maxLength);
  return { text: fitting.join('\n'), shown: fitting.length };
}

function problemText(
  { range: { start }, severity, source, code, message }: vscode.Diagnostic,
  getLine: (line: number) => string,
): string {
  const number = typeof code === 'object' ? code.value : code;
  const origin = `${source ?? ''}${number === undefined ? '' : `(${number})`}`;
  const position = `${start.line + 1}:${start.character + 1}`;
  const reported = origin === '' ? message : `${origin}: ${message}`;
  return `${position} ${severities[severity]} ${reported}\n> ${getLine(start.line).trim()}`;
}
