import * as vscode from 'vscode';
import type { NewId } from '../conversation/ports';
import { type Attachment, maxAttachmentLength } from '../shared/attachment';
import type { AttachmentConsent } from './attachmentConsent';
import {
  toSelectedLines,
  baseName,
  findOpenDocument,
  getDisplayPath,
  getSelectedLines,
} from './attachmentTargets';
import { listFolder } from './folderListing';
import type { GitRepository } from './gitChanges';
import { pathInside } from './pathRules';
import {
  decodeText,
  fitDiff,
  type Excerpt,
  excerptAroundLine,
  splitDiff,
  withPlainBreaks,
} from './textExcerpts';

const { t } = vscode.l10n;

/** Makes snapshots of what can be attached. What cannot be is a `NotAttached`. */
export class AttachmentReader {
  readonly #newId: NewId;
  readonly #room: () => number;

  /** @param room how much of one thing is attached, in UTF-16 code units */
  constructor(newId: NewId, room: () => number) {
    this.#newId = newId;
    this.#room = room;
  }

  /** The selected lines, whole; the person chose them, so only what no message carries is left out. */
  selection(editor: vscode.TextEditor): Attachment {
    const { document } = editor;
    const { first, last } = getSelectedLines(editor);
    return this.#lines(document, first, last);
  }

  /** Lines of a file, from 1, both included. */
  async lines(uri: vscode.Uri, first: number, last: number): Promise<Attachment> {
    return this.#lines(await vscode.workspace.openTextDocument(uri), first, last);
  }

  /** A whole file, or of a large one the part around the caret, if it is open, else the beginning. */
  async file(uri: vscode.Uri): Promise<Attachment> {
    const { text, language } = await readText(uri);
    if (text.trim() === '') throw new NotAttached(t('{0} is empty.', getDisplayPath(uri)));
    const part = excerptAroundLine(text, this.#room(), caretLine(uri));
    const name = baseName(uri);
    const range = part.lines && toSelectedLines(part.lines.first, part.lines.last).range;
    const label = range === undefined ? name : `${name}:${range}`;
    return { ...this.#from(uri), kind: 'file', label: shortenLabel(label), language, ...part };
  }

  /** The names in a folder. */
  async folder(uri: vscode.Uri, guard: AttachmentConsent): Promise<Attachment> {
    const root = vscode.workspace.getWorkspaceFolder(uri)?.uri ?? uri;
    const path = pathInside(root, uri) ?? '';
    const { files, ...listing } = await listFolder(root, path, guard, this.#room());
    const count = files === 1 ? t('1 file') : t('{0} files', files);
    const label = shortenLabel(`${baseName(uri)}/ (${count})`);
    const from = { ...this.#from(uri), path: path === '' ? `${baseName(uri)}/` : `${path}/` };
    return { ...from, kind: 'folder', label, language: '', ...listing };
  }

  /** What is reported of a file. */
  async problems(uri: vscode.Uri): Promise<Attachment> {
    const problems = vscode.languages.getDiagnostics(uri);
    if (problems.length === 0) {
      throw new NotAttached(t('{0} has no problems.', getDisplayPath(uri)));
    }
    const document = await vscode.workspace.openTextDocument(uri);
    const lineAt = (line: number): string =>
      line < document.lineCount ? document.lineAt(line).text : '';
    const { text, shown } = problemsText(problems, lineAt, this.#room());
    const count = problems.length;
    const label = count === 1 ? t('1 problem') : t('{0} problems', count);
    const part = shown < count ? { part: `the first ${shown} of ${count}` } : {};
    return { ...this.#from(uri), kind: 'problems', label, language: '', ...part, text };
  }

  /** What is changed in a repository since its last commit, staged or not. */
  async diff({ rootUri, diff }: DiffSource): Promise<Attachment> {
    const files = splitDiff(diff);
    if (files.length === 0) throw new NotAttached(t('No changes to attach.'));
    const { text, shown, isCut } = fitDiff(files, this.#room());
    // What stands here is sent, so it is said as to a model, in English.
    const count = files.length === 1 ? '1 file' : `${files.length} files`;
    const part =
      shown.length < files.length || isCut
        ? { part: isCut ? `the first lines of ${count}` : `the first ${shown.length} of ${count}` }
        : {};
    const id = this.#newId();
    const label = `git diff (${count})`;
    const uri = rootUri.toString();
    return Promise.resolve({
      ...{ id, kind: 'diff' as const, label, language: 'diff', path: '', uri },
      ...{ ...part, text },
    });
  }

  #lines(document: vscode.TextDocument, first: number, last: number): Attachment {
    const range = document.validateRange(new vscode.Range(first - 1, 0, last - 1, 1e6));
    const text = document.getText(range).replace(/\r\n?/gu, '\n');
    const name = baseName(document.uri);
    if (text.trim() === '') throw new NotAttached(t('The selection is empty.'));
    const { part, text: fitting } = wholeIfPossible(text);
    const lines = { first, last: first + fitting.split('\n').length - 1 };
    const label = shortenLabel(`${name}:${toSelectedLines(lines.first, lines.last).range}`);
    return {
      ...this.#from(document.uri),
      ...{ kind: 'selection', label, language: document.languageId, lines, text: fitting },
      ...(part === undefined ? {} : { part }),
    };
  }

  #from(uri: vscode.Uri): Pick<Attachment, 'id' | 'path' | 'uri'> {
    return { id: this.#newId(), path: getDisplayPath(uri).slice(0, 4096), uri: uri.toString() };
  }
}

export interface DiffSource {
  readonly rootUri: vscode.Uri;
  readonly diff: string;
}

/** What is staged, then what is not. */
export async function readDiff(repository: GitRepository): Promise<DiffSource> {
  const parts = [await repository.diff(true), await repository.diff(false)];
  const diff = parts.map((part) => part.replace(/\r\n?/gu, '\n').trim()).join('\n');
  return { rootUri: repository.rootUri, diff };
}

function wholeIfPossible(text: string): Excerpt {
  return excerptAroundLine(text, maxAttachmentLength / 4);
}

/** The line of the caret in an editor that shows the file, from 1. */
function caretLine(uri: vscode.Uri): number | undefined {
  const document = findOpenDocument(uri);
  const editor = vscode.window.visibleTextEditors.find((each) => each.document === document);
  return editor && editor.selection.active.line + 1;
}

function shortenLabel(label: string): string {
  return label.length <= 256 ? label : `…${label.slice(-255)}`;
}

/** Reading it all only to leave most of it out would take memory and time for nothing. */
const maxFileBytes = 20 * 1024 * 1024;

/** A sentence for the person: this cannot be attached. */
export class NotAttached extends Error {}

export interface FileText {
  readonly text: string;
  /** For the fence: VS Code's name of the language, or the ending of the file's name. */
  readonly language: string;
}

/** The text of a file as the person sees it, changes that are not saved included. */
export async function readText(uri: vscode.Uri): Promise<FileText> {
  const open = findOpenDocument(uri);
  if (open) return { text: withPlainBreaks(open.getText()), language: open.languageId };
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > maxFileBytes) {
    const megabytes = Math.round(size / (1024 * 1024));
    throw new NotAttached(
      t('{0} is too large to attach ({1} MB).', getDisplayPath(uri), megabytes),
    );
  }
  const decoded = decodeText(await vscode.workspace.fs.readFile(uri));
  switch (decoded.kind) {
    case 'text':
      return { text: decoded.text, language: fileExtension(uri) };
    case 'binary':
      throw new NotAttached(t('{0} is not a text file.', getDisplayPath(uri)));
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
    throw new NotAttached(t('{0} is not a text file.', getDisplayPath(uri)));
  }
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

/** What is reported of a file, each with the line of code it is about, as much as fits `room`. */
export function problemsText(
  problems: readonly vscode.Diagnostic[],
  lineAt: (line: number) => string,
  room: number,
): { readonly text: string; readonly shown: number } {
  const sorted = problems.toSorted(
    (a, b) => a.severity - b.severity || a.range.start.compareTo(b.range.start),
  );
  let length = 0;
  const fitting = sorted
    .map((problem) => problemText(problem, lineAt))
    .filter((text) => (length += text.length + 1) <= room);
  return { text: fitting.join('\n'), shown: fitting.length };
}

function problemText(
  { range: { start }, severity, source, code, message }: vscode.Diagnostic,
  lineAt: (line: number) => string,
): string {
  const number = typeof code === 'object' ? code.value : code;
  const who = [source, number === undefined ? undefined : `(${number})`]
    .filter((part) => part !== undefined)
    .join('');
  const place = `${start.line + 1}:${start.character + 1}`;
  const says = [place, severities[severity], who === '' ? undefined : `${who}:`, message]
    .filter((part) => part !== undefined)
    .join(' ');
  return `${says}\n> ${lineAt(start.line).trim()}`;
}
