import * as vscode from 'vscode';
import type { ExplainSubject, Surroundings } from '../conversation/explanation';
import type { ExplainThread } from './explainThread';
import { lastSelectedLine } from './explainableCode';
import type { LineRange, Tracked } from './trackedLines';

/** What is to be explained: lines of a document, and perhaps a part of one, or what is reported of them. */
export interface Target extends LineRange {
  readonly document: vscode.TextDocument;
  readonly part?: string;
  readonly problem?: vscode.Diagnostic;
}

/** Over several lines it is always whole ones that are meant, however exactly their ends were touched. */
export function selectedLines({ document, selection }: vscode.TextEditor): Target {
  const lines = { document, first: selection.start.line, last: lastSelectedLine(selection) };
  const part = document.getText(selection).trim();
  const isPart = selection.isSingleLine && part !== '' && part !== codeOf(document, lines).trim();
  return isPart ? { ...lines, part } : lines;
}

export function linesOf(document: vscode.TextDocument, range: vscode.Range): Target {
  return { document, first: range.start.line, last: range.end.line };
}

/** Lines of a document that is open; undefined where it is not. */
export function targetOf(uri: vscode.Uri, { first, last }: LineRange): Target | undefined {
  const document = vscode.workspace.textDocuments.find(
    (open) => open.uri.toString() === uri.toString(),
  );
  return document && { document, first, last };
}

export function rangeOf(document: vscode.TextDocument, { first, last }: LineRange): vscode.Range {
  const end = Math.min(last, document.lineCount - 1);
  return document.validateRange(
    new vscode.Range(Math.min(first, end), 0, end, document.lineAt(end).text.length),
  );
}

export function trackedAt(target: Target): Tracked {
  const { start, end } = rangeOf(target.document, target);
  return { first: start.line, last: end.line, length: end.character, isLost: false };
}

/** The code with line breaks of one kind, so that it is the same code in whatever file. */
export function codeOf(document: vscode.TextDocument, lines: LineRange): string {
  return document.getText(rangeOf(document, lines)).replaceAll('\r\n', '\n');
}

export function subjectOf(target: Target, around?: Surroundings): ExplainSubject {
  const { document, problem, part, first, last } = target;
  return {
    code: codeOf(document, target),
    language: document.languageId,
    path: vscode.workspace.asRelativePath(document.uri, false),
    firstLine: first + 1,
    lastLine: last + 1,
    ...(part === undefined ? {} : { part }),
    ...(problem === undefined ? {} : { problem: problemOf(problem) }),
    ...(around === undefined ? {} : { around }),
  };
}

function problemOf({
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
export function problemAt(
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
 * The explanation in this editor whose code is nearest to the caret; of two that hold it, the shorter, and
 * of two of the same lines the newer.
 */
export function nearestThread(
  threads: Iterable<ExplainThread>,
  editor: vscode.TextEditor | undefined,
): ExplainThread | undefined {
  if (!editor) return undefined;
  const caret = editor.selection.active.line;
  const uri = editor.document.uri.toString();
  const here = [...threads].filter((thread) => thread.uri.toString() === uri);
  const distance = ({ lines: { first, last } }: ExplainThread): number =>
    Math.max(first - caret, caret - last, 0);
  const length = ({ lines: { first, last } }: ExplainThread): number => last - first;
  return here.reverse().sort((a, b) => distance(a) - distance(b) || length(a) - length(b))[0];
}
