import * as vscode from 'vscode';
import { lineRange } from '../conversation/attachmentText';
import { lastSelectedLine } from '../explain/lastSelectedLine';

/** Whole lines, counted from 1, both included. */
export interface SelectedLines {
  readonly first: number;
  readonly last: number;
  /** Such as `80-96`. */
  readonly range: string;
}

/** The last segment of its path. */
export function nameOf({ path }: vscode.Uri): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** As people write it: relative to its folder, with the folder's name where there are several. */
export function pathOf(uri: vscode.Uri): string {
  return vscode.workspace.asRelativePath(uri);
}

export function linesAt(first: number, last: number): SelectedLines {
  return { first, last, range: lineRange({ first, last }) };
}

export function selectedLines({ selection }: vscode.TextEditor): SelectedLines {
  return linesAt(selection.start.line + 1, lastSelectedLine(selection) + 1);
}

/** The document of a file, if somebody has it open; its text may be newer than the file. */
export function openDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  const wanted = uri.toString();
  return vscode.workspace.textDocuments.find((document) => document.uri.toString() === wanted);
}
