import * as vscode from 'vscode';
import { findNamedFile, withoutNameLine } from '../shared/codeNames';
import { findHidden, formatCodePoint, removeHidden, showHidden } from '../shared/hiddenCharacters';
import type { CodeBlock } from '../shared/markdown/codeBlocks';
import { type FocusReturn, showInformation } from '../ui/dialogs';
import type { ChangePreviews } from './changePreviews';
import {
  dedent,
  getIndentation,
  indentContinuation,
  parseLanguage,
  toTerminalText,
} from './codeText';
import { applyChange, findTargetEditor, warn } from './editorChanges';
import { parseRelativePath } from './relativePath';
import { confirmWrite, resolveTarget, type TargetPath, toTarget } from './targetPaths';

const { t } = vscode.l10n;

/** Applies a block to the file that it names, after a diff. Creates the file if it is missing. */
export async function applyToFile(block: CodeBlock, previews: ChangePreviews): Promise<void> {
  const path = findNamedFile(block.info, block.text);
  const place = path === undefined ? undefined : await resolveTarget(path);
  if (path === undefined || !place) {
    await warn(t('The code block does not name a file in this workspace.'));
  } else if (place.state === 'file') {
    await rewriteFile(place, block, path, previews);
  } else if (place.state === 'missing') {
    await createFile(place, block, path, previews);
  } else {
    await warn(t('{0} is not a file.', place.shown));
  }
}

/** Makes a new file of a block. Its name is the person's; what the block names is a proposal. */
export async function newFile(
  block: CodeBlock,
  previews: ChangePreviews,
  focusReturn: FocusReturn,
): Promise<void> {
  const { text } = block;
  const named = findNamedFile(block.info, text);
  if (!vscode.workspace.workspaceFolders?.length) {
    await openUntitled(block);
    return;
  }
  const box = vscode.window.showInputBox({
    title: t('New File'),
    prompt: t('Path in the workspace. Leave empty for an untitled file.'),
    value: named ?? '',
    validateInput: async (value) => (value.trim() === '' ? undefined : validatePath(value)),
  });
  const path = await focusReturn.whileOpen(box);
  if (path === undefined) return;
  focusReturn.release();
  if (path.trim() === '') {
    await openUntitled(block);
    return;
  }
  const place = await resolveTarget(path);
  if (place?.state === 'missing') await createFile(place, block, named ?? path, previews);
  else await warn(t('{0} already exists. Nothing was written.', place?.shown ?? path));
}

async function validatePath(path: string): Promise<string | undefined> {
  if (!parseRelativePath(path)) return t('The path must be inside the workspace.');
  const place = await resolveTarget(path);
  if (place?.state === 'missing') return undefined;
  return place?.state === 'blocked'
    ? t('Part of this path is a file, not a folder.')
    : t('A file or folder with this name already exists.');
}

async function rewriteFile(
  place: TargetPath,
  { text: code }: CodeBlock,
  path: string,
  previews: ChangePreviews,
): Promise<void> {
  const { uri, shown } = place;
  const text = await confirmHiddenCharacters(code);
  if (text === undefined || !(await confirmWrite(place))) return;
  const document = await vscode.workspace.openTextDocument(uri);
  const { version } = document;
  const keepsName = document.lineAt(0).text === text.split('\n', 1)[0];
  const after = withoutNameLine(text, path, keepsName);
  const isWanted = await previews.ask({
    before: uri,
    after: showHidden(after),
    name: nameOf(uri),
    question: t('Replace the entire contents of {0}?', shown),
    yes: t('Replace'),
  });
  if (!isWanted) return;
  const everything = document.validateRange(new vscode.Range(0, 0, document.lineCount, 0));
  if (await applyChange({ uri, version }, everything, after)) {
    await vscode.window.showTextDocument(document);
  }
}

async function createFile(
  place: TargetPath,
  { text: code }: CodeBlock,
  path: string,
  previews: ChangePreviews,
): Promise<void> {
  const { uri, shown } = place;
  const text = await confirmHiddenCharacters(code);
  if (text === undefined || !(await confirmWrite(place))) return;
  const content = withoutNameLine(text, path, false);
  const isWanted = await previews.ask({
    after: showHidden(content),
    name: nameOf(uri),
    question: t('Create {0}?', shown),
    yes: t('Create'),
  });
  if (!isWanted) return;
  const edit = new vscode.WorkspaceEdit();
  // Whatever came to be there in the meantime is left alone, and the edit fails.
  const contents = new TextEncoder().encode(content);
  edit.createFile(uri, { overwrite: false, ignoreIfExists: false, contents });
  if (await vscode.workspace.applyEdit(edit)) await vscode.window.showTextDocument(uri);
  else await warn(t('Could not create {0}.', shown));
}

async function openUntitled(block: CodeBlock): Promise<void> {
  const text = await confirmHiddenCharacters(block.text);
  if (text === undefined) return;
  const language = parseLanguage(block);
  const known = await vscode.languages.getLanguages();
  const document = await vscode.workspace.openTextDocument({
    content: text,
    ...(known.includes(language) ? { language } : {}),
  });
  await vscode.window.showTextDocument(document);
}

/** Puts code where the caret is, indented like the line it comes into. What is selected stays. */
export async function insertAtCursor(code: string): Promise<void> {
  const editor = findTargetEditor();
  if (!editor) {
    await warn(t('Open the file to insert the code into.'));
    return;
  }
  const { document, selection } = editor;
  const { version } = document;
  const text = await confirmHiddenCharacters(code);
  if (text === undefined || !(await confirmWrite(toTarget(document)))) return;
  const at = selection.active;
  const inserted = indentInsertion(document.lineAt(at.line).text, at.character, text);
  const { uri } = document;
  if (await applyChange({ uri, version }, new vscode.Range(at, at), inserted)) {
    await vscode.window.showTextDocument(document, {
      viewColumn: editor.viewColumn ?? vscode.ViewColumn.Active,
    });
  }
}

/** Indented like the line it is inserted into. The rest of that line moves to a new line. */
function indentInsertion(line: string, caret: number, code: string): string {
  const before = line.slice(0, caret);
  const margin = getIndentation(before);
  const isSplit = before.trim() === '' && line.slice(caret).trim() !== '' && code.includes('\n');
  return `${indentContinuation(margin, dedent(code))}${isSplit ? `\n${margin}` : ''}`;
}

/** Puts code in the place of what is selected, after the person has seen what that makes of it. */
export async function replaceSelection(code: string, previews: ChangePreviews): Promise<void> {
  const editor = findTargetEditor();
  if (!editor || editor.selection.isEmpty) {
    await warn(t('Select the code to replace.'));
    return;
  }
  const { document } = editor;
  const { uri, version } = document;
  const range = new vscode.Range(editor.selection.start, editor.selection.end);
  const text = await confirmHiddenCharacters(code);
  if (text === undefined || !(await confirmWrite(toTarget(document)))) return;
  const replacement = indentReplacement(document, range, text);
  const whole = document.getText();
  const after =
    whole.slice(0, document.offsetAt(range.start)) +
    replacement +
    whole.slice(document.offsetAt(range.end));
  const shown = vscode.workspace.asRelativePath(uri);
  const isWanted = await previews.ask({
    before: uri,
    after: showHidden(after),
    name: nameOf(uri),
    question: t('Replace the selection in {0}?', shown),
    yes: t('Replace'),
  });
  if (isWanted && (await applyChange({ uri, version }, range, replacement))) {
    await vscode.window.showTextDocument(document);
  }
}

export function nameOf({ path }: vscode.Uri): string {
  return path.slice(path.lastIndexOf('/') + 1) || path;
}

/** Indented as the selected code was, and ending as it did. */
function indentReplacement(
  document: vscode.TextDocument,
  range: vscode.Range,
  code: string,
): string {
  const margin = getIndentation(document.lineAt(range.start.line).text);
  const hasMargin = range.start.character < margin.length;
  const ends = range.end.character === 0 && range.end.line > range.start.line ? '\n' : '';
  const first = hasMargin ? margin.slice(range.start.character) : '';
  return `${first}${indentContinuation(margin, dedent(code))}${ends}`;
}

/** Brings code to the terminal without running it: that is left to the person's own Enter. */
export async function insertIntoTerminal(code: string): Promise<void> {
  const brought = toTerminalText(code);
  if (!brought) {
    await warn(t('This code has nothing to insert into the terminal.'));
    return;
  }
  const terminal = vscode.window.activeTerminal ?? vscode.window.createTerminal();
  terminal.show(false);
  if (brought.kind === 'line') {
    terminal.sendText(brought.text, false);
    return;
  }
  // `sendText` would run every line but the last.
  await vscode.env.clipboard.writeText(brought.text);
  void showInformation(
    t('The code has several lines and was copied. Paste it into the terminal to run it.'),
  );
}

const maxShownCharacters = 12;

/**
 * The code as the person wants it written: code that holds characters one cannot see may do another
 * thing than it seems to. Undefined when it is not to be written at all.
 */
export async function confirmHiddenCharacters(code: string): Promise<string | undefined> {
  const found = findHidden(code);
  if (found.length === 0) return code;
  const numbers = found.slice(0, maxShownCharacters).map(formatCodePoint).join(' ');
  const [without, as] = [t('Remove Characters'), t('Keep Characters')];
  const chosen = await vscode.window.showWarningMessage(
    t('This code contains invisible characters.'),
    { modal: true, detail: t('They can make code look different from what it does: {0}', numbers) },
    without,
    as,
  );
  if (chosen === undefined) return undefined;
  return chosen === without ? removeHidden(code) : code;
}
