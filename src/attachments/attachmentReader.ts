import * as vscode from 'vscode';
import { asLabel } from '../shared/hiddenCharacters';
import type { NewId } from '../conversation/ports';
import { type Attachment, maxAttachmentLength } from '../shared/turn';
import { defined } from '../shared/defined';
import { takeAround, toLf } from '../shared/text';
import { pathInside } from '../files/pathRules';
import type { ReadingGate } from '../files/readingGate';
import { baseName } from '../ui/codeDocuments';
import { findCell, getDisplayPath, getLinesName } from '../ui/documentNames';
import { findOpenDocument, getLines, getSelectedRanges } from './attachmentTargets';
import {
  type FileText,
  findOpenNotebook,
  getActiveCell,
  NotAttached,
  readNotebook,
  readText,
} from './fileText';
import { listFolder } from './folderListing';
import type { DiffSource } from './gitChanges';
import { fitDiff } from './gitDiffText';
import { formatNotebook, type NotebookCell } from './notebookText';
import { excerptAroundLine, formatOutline, type SymbolPlace } from './textExcerpts';

const { t } = vscode.l10n;

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
  readSelections(editor: vscode.TextEditor): readonly Attachment[] {
    const { uri, languageId } = editor.document;
    return getSelectedRanges(editor).map((range) => {
      const lines = getLines(range);
      const whole = new vscode.Range(lines.first - 1, 0, lines.last, 0);
      const end = editor.document.validateRange(whole.with({ end: whole.end.translate(-1, 1e9) }));
      const code = toLf(editor.document.getText(end));
      const before = new vscode.Range(end.start, range.start);
      const at = toLf(editor.document.getText(before)).length;
      const text = takeAround(code, at, toLf(editor.document.getText(range)));
      const part = text === code ? undefined : 'shortened lines';
      return this.#toSelection({ uri, language: languageId, lines, text, part });
    });
  }

  /** Lines of a file, from 1, both included. */
  async readLines(uri: vscode.Uri, first: number, last: number): Promise<Attachment> {
    const { text, language, part } = await readText(uri);
    const lines = text.split('\n').slice(first - 1, last);
    return this.#toSelection({
      uri,
      language,
      lines: { first, last },
      text: lines.join('\n'),
      part,
    });
  }

  /** A whole file; of one that is too long, the part around the caret of a visible editor, or the start. */
  async readFile(uri: vscode.Uri): Promise<Attachment> {
    const notebook = await readNotebook(uri);
    if (notebook) return this.#toNotebook(uri, notebook);
    const { text, language, part: encoding } = await readText(uri);
    if (text.trim() === '') throw new NotAttached(t('{0} is empty.', getDisplayPath(uri)));
    const { part, ...excerpt } = excerptAroundLine(text, this.#maxLength(), getCaretLine(uri));
    const { lines } = excerpt;
    return defined({
      id: this.#newId(),
      kind: 'file',
      label: shortenLabel(lines ? getLinesName(uri, lines) : baseName(uri)),
      language,
      path: toAttachmentPath(uri),
      uri: uri.toString(),
      part: joinNotes(part, encoding),
      ...excerpt,
    });
  }

  /** The first line of each symbol of a file. */
  async readOutline(uri: vscode.Uri, symbols: readonly SymbolPlace[]): Promise<Attachment> {
    const { text: whole, language, part: encoding } = await readText(uri);
    const { text, part } = formatOutline(whole, symbols, this.#maxLength());
    return defined({
      id: this.#newId(),
      kind: 'file',
      label: shortenLabel(t('{0} (outline)', baseName(uri))),
      language,
      path: toAttachmentPath(uri),
      uri: uri.toString(),
      part: joinNotes(part, encoding),
      text,
    });
  }

  /** The source of its cells and what they printed, without pictures. */
  #toNotebook(uri: vscode.Uri, cells: readonly NotebookCell[]): Attachment {
    if (cells.every(({ source }) => source.trim() === '')) {
      throw new NotAttached(t('{0} is empty.', getDisplayPath(uri)));
    }
    return {
      id: this.#newId(),
      kind: 'file',
      label: shortenLabel(baseName(uri)),
      language: '',
      path: toAttachmentPath(uri),
      uri: uri.toString(),
      ...formatNotebook(cells, this.#maxLength(), getActiveCell(uri)),
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

  /** The problems of a file, each with its line of code; of a notebook, those of all its cells. */
  async readProblems(uri: vscode.Uri): Promise<Attachment> {
    const cells = findOpenNotebook(uri)?.getCells() ?? [];
    const places = cells.length === 0 ? [uri] : cells.map(({ document }) => document.uri);
    const found = await Promise.all(places.map(findProblems));
    const problems = found.flat();
    if (problems.length === 0) {
      throw new NotAttached(t('{0} has no problems.', getDisplayPath(uri)));
    }
    const { text, shown } = problemsText(problems, this.#maxLength());
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

  #toSelection({ uri, language, lines: { first }, text, part: note }: SelectedText): Attachment {
    if (text.trim() === '') throw new NotAttached(t('The selection is empty.'));
    const { text: fitting, part } = excerptAroundLine(text, maxAttachmentLength / 4);
    const lines = { first, last: first + fitting.split('\n').length - 1 };
    return defined({
      id: this.#newId(),
      kind: 'selection',
      label: shortenLabel(getLinesName(uri, lines)),
      language,
      path: toAttachmentPath(uri),
      uri: uri.toString(),
      lines,
      part: joinNotes(part, note),
      text: fitting,
    });
  }
}

interface SelectedText extends FileText {
  readonly uri: vscode.Uri;
  /** From 1. */
  readonly lines: { readonly first: number; readonly last: number };
}

function joinNotes(...notes: readonly (string | undefined)[]): string | undefined {
  const said = notes.filter((note) => note !== undefined);
  return said.length === 0 ? undefined : said.join(', ');
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

function shortenLabel(name: string): string {
  const label = asLabel(name, 4_096);
  return label.length <= 256 ? label : `…${label.slice(-255)}`;
}

const severities: Readonly<Record<vscode.DiagnosticSeverity, string>> = {
  [vscode.DiagnosticSeverity.Error]: 'error',
  [vscode.DiagnosticSeverity.Warning]: 'warning',
  [vscode.DiagnosticSeverity.Information]: 'information',
  [vscode.DiagnosticSeverity.Hint]: 'hint',
};

/** A problem and the line of code that it is on. */
export interface LocatedProblem {
  readonly problem: vscode.Diagnostic;
  /** Of a notebook, such as `cell 2, `; otherwise empty. */
  readonly place: string;
  readonly line: string;
}

async function findProblems(uri: vscode.Uri): Promise<readonly LocatedProblem[]> {
  const problems = vscode.languages.getDiagnostics(uri);
  if (problems.length === 0) return [];
  const lines = (await readText(uri)).text.split('\n');
  const cell = findCell(uri);
  const place = cell ? `cell ${cell.index + 1}, ` : '';
  return problems.map((problem) => {
    const { line, character } = problem.range.start;
    const text = lines[line] ?? '';
    return { problem, place, line: takeAround(text, Math.min(character, text.length), '') };
  });
}

/** As many problems as fit into `maxLength`, the most severe first, each with its line of code. */
export function problemsText(
  problems: readonly LocatedProblem[],
  maxLength: number,
): { readonly text: string; readonly shown: number } {
  const sorted = problems.toSorted(
    ({ problem: a }, { problem: b }) =>
      a.severity - b.severity || a.range.start.compareTo(b.range.start),
  );
  let length = 0;
  const fitting = sorted
    .map(problemText)
    .filter((text) => (length += text.length + 1) <= maxLength);
  return { text: fitting.join('\n'), shown: fitting.length };
}

function problemText({ problem, place, line }: LocatedProblem): string {
  const { severity, source, code, message } = problem;
  const { start } = problem.range;
  const number = typeof code === 'object' ? code.value : code;
  const origin = `${source ?? ''}${number === undefined ? '' : `(${number})`}`;
  const position = `${place}${start.line + 1}:${start.character + 1}`;
  const reported = origin === '' ? message : `${origin}: ${message}`;
  return `${position} ${severities[severity]} ${reported}\n> ${line.trim()}`;
}
