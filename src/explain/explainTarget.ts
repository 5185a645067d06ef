import * as vscode from 'vscode';
import type { ExplainSubject, CodeContext } from '../conversation/explanation';
import { lastSelectedLine } from '../ui/documents';
import type { LineRange, TrackedLines } from './trackedLines';

/** What is to be explained: lines of a document, and perhaps a part of one, or what is reported of them. */
export interface Target extends LineRange {
  readonly document: vscode.TextDocument;
  readonly part?: string;
  readonly problem?: vscode.Diagnostic;
}

/** Over several lines it is always whole ones that are meant, however exactly their ends were touched. */
export function getSelectedTarget({ document, selection }: vscode.TextEditor): Target {
  const lines = { document, first: selection.start.line, last: lastSelectedLine(selection) };
  const part = document.getText(selection).trim();
  const isPart = selection.isSingleLine && part !== '' && part !== getCode(document, lines).trim();
  return isPart ? { ...lines, part } : lines;
}

export function toTarget(document: vscode.TextDocument, range: vscode.Range): Target {
  return { document, first: range.start.line, last: range.end.line };
}

/** Lines of a document that is open; undefined where it is not. */
export function findTarget(uri: vscode.Uri, { first, last }: LineRange): Target | undefined {
  const document = vscode.workspace.textDocuments.find(
    (open) => open.uri.toString() === uri.toString(),
  );
  return document && { document, first, last };
}

export function getRange(document: vscode.TextDocument, { first, last }: LineRange): vscode.Range {
  const end = Math.min(last, document.lineCount - 1);
  return document.validateRange(
    new vscode.Range(Math.min(first, end), 0, end, document.lineAt(end).text.length),
  );
}

export function trackTarget(target: Target): TrackedLines {
  const { start, end } = getRange(target.document, target);
  return { first: start.line, last: end.line, length: end.character, isLost: false };
}

/** The code with line breaks of one kind, so that it is the same code in whatever file. */
export function getCode(document: vscode.TextDocument, lines: LineRange): string {
  return document.getText(getRange(document, lines)).replaceAll('\r\n', '\n');
}

export function createSubject(target: Target, around?: CodeContext): ExplainSubject {
  const { document, problem, part, first, last } = target;
  return {
    code: getCode(document, target),
    language: document.languageId,
    path: vscode.workspace.asRelativePath(document.uri, false),
    firstLine: first + 1,
    lastLine: last + 1,
    ...(part === undefined ? {} : { part }),
    ...(problem === undefined ? {} : { problem: toProblem(problem) }),
    ...(around === undefined ? {} : { around }),
  };
}

function toProblem({
  message,
  source,
  code,
}: vscode.Diagnostic): NonNullable<ExplainSubject['problem']> {
  const number = typeof code === 'object' ? code.value : code;
  return {
    message,
    ...(source === undefined ? {} : { source }),
    ...(number === undefined ? {} : { code: String(number) }),
  };
}

/** The problem nearest to the caret: on it, else on its line, else the next one below. */
export function findProblemAt(
  document: vscode.TextDocument,
  caret: vscode.Position,
): vscode.Diagnostic | undefined {
  const problems = [...vscode.languages.getDiagnostics(document.uri)].sort(
    (a, b) => a.severity - b.severity || a.range.start.compareTo(b.range.start),
  );
  return (
    problems.find(({ range }) => range.contains(caret)) ??
    problems.find(({ range }) => range.start.line === caret.line) ??
    problems
      .filter(({ range }) => range.start.isAfter(caret))
      .sort((a, b) => a.range.start.compareTo(b.range.start))[0]
  );
}

/**
 * Whether a comment thread can be kept for a document. A document without a file (an old version of a commit,
 * a decompiled class) no longer exists when the window is opened again.
 */
export function canKeepThreads({ scheme }: vscode.Uri): boolean {
  const known = ['untitled', 'vscode-notebook-cell'].includes(scheme);
  return known || vscode.workspace.fs.isWritableFileSystem(scheme) === true;
}

/** Whether VS Code shows comments: with the setting off, threads exist but are invisible. */
export function areCommentsVisible(): boolean {
  return vscode.workspace.getConfiguration('comments').get<boolean>('visible', true);
}
