import * as vscode from 'vscode';
import { findNamedFile, withoutNameLine } from '../shared/codeNames';
import {
  asIconLabel,
  asLabel,
  findHidden,
  formatCodePoint,
  removeHidden,
} from '../shared/hiddenCharacters';
import { type Clock, withTimeout } from '../shared/clock';
import type { CodeBlock } from '../shared/markdown/codeBlocks';
import { dialogTexts, type FocusReturn, showInformation, withQuickInputs } from '../ui/dialogs';
import { applyChange, applyText, findTargetEditor, warn } from './editorChanges';
import type { ChangePreviews } from './changePreviews';
import {
  indentContinuation,
  dedent,
  parseLanguage,
  getIndentation,
  toTerminalText,
} from './codeText';
import { applyPatch, isPatch, parsePatch } from './placing/patches';
import { type FileSymbol, placeBlock } from './placing/placeBlock';
import { parseRelativePath } from './relativePath';
import { confirmWrite, type TargetPath, resolveTarget, toTarget } from './targetPaths';

const { t } = vscode.l10n;

/** What applying a block needs besides the block. */
export interface ApplyParts {
  readonly previews: ChangePreviews;
  readonly focusReturn: FocusReturn;
  readonly clock: Clock;
}

/** A language server that is still starting is not waited for longer: placing works without it, too. */
const symbolTimeoutMs = 2000;

type FoundSymbol = vscode.DocumentSymbol | vscode.SymbolInformation;

async function findFileSymbols(uri: vscode.Uri, clock: Clock): Promise<readonly FileSymbol[]> {
  const asked = vscode.commands.executeCommand<readonly FoundSymbol[] | undefined>(
    'vscode.executeDocumentSymbolProvider',
    uri,
  );
  return flattenSymbols((await withTimeout(asked, { clock, ms: symbolTimeoutMs })) ?? []);
}

function flattenSymbols(symbols: readonly FoundSymbol[]): readonly FileSymbol[] {
  return symbols.flatMap((symbol) => {
    const { start, end } = 'range' in symbol ? symbol.range : symbol.location.range;
    const inner = 'children' in symbol ? flattenSymbols(symbol.children) : [];
    return [{ name: symbol.name, start: start.line, end: end.line }, ...inner];
  });
}

/** Applies a block to the file that it names, after a review. Creates the file if it is missing. */
export async function applyToFile(block: CodeBlock, parts: ApplyParts): Promise<void> {
  const language = parseLanguage(block);
  const patches = isPatch(language, block.text) ? parsePatch(block.text) : [];
  if (patches.length > 1) {
    // One file after the other: each has its own review.
    for (const { path, text } of patches) {
      if (path !== undefined) await applyToPath({ info: 'diff', text }, path, parts);
    }
    return;
  }
  await applyToPath(block, findNamedFile(block.info, block.text), parts);
}

async function applyToPath(
  block: CodeBlock,
  path: string | undefined,
  parts: ApplyParts,
): Promise<void> {
  const place = path === undefined ? undefined : await resolveTarget(path);
  if (path === undefined || !place) {
    await warn(t('The code block does not name a file in this workspace.'));
  } else if (place.state === 'file') {
    await changeFile(place, block, path, parts);
  } else if (place.state === 'missing') {
    await createFile(place, createdText(block), path, parts.previews);
  } else {
    await warn(t('{0} is not a file.', place.shown));
  }
}

/** What a patch adds is all of a new file. */
function createdText(block: CodeBlock): CodeBlock {
  if (!isPatch(parseLanguage(block), block.text)) return block;
  const hunks = parsePatch(block.text).flatMap((patch) => patch.hunks);
  const text = applyPatch([''], hunks)?.join('\n');
  return text === undefined ? block : { info: '', text };
}

/** Makes a new file of a block. Its name is the person's; what the block names is a proposal. */
export async function newFile(
  block: CodeBlock,
  { previews, focusReturn }: Pick<ApplyParts, 'previews' | 'focusReturn'>,
): Promise<void> {
  const named = findNamedFile(block.info, block.text);
  if (!vscode.workspace.workspaceFolders?.length) {
    await openUntitled(block);
    return;
  }
  const box = vscode.window.showInputBox({
    title: t('New File'),
    prompt: t('Path in the workspace. Leave empty for an untitled file.'),
    value: named === undefined ? '' : await findFreePath(named),
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

/** The path itself, or with a number if there is such a file. */
async function findFreePath(path: string): Promise<string> {
  const [, stem = path, ending = ''] = /^(.*[^/])(\.[^./]+)$/u.exec(path) ?? [];
  for (let number = 1; number < 100; number += 1) {
    const free = number === 1 ? path : `${stem}-${number}${ending}`;
    const place = await resolveTarget(free);
    if (place?.state !== 'file' && place?.state !== 'folder') return free;
  }
  return path;
}

async function validatePath(path: string): Promise<string | undefined> {
  if (!parseRelativePath(path)) return t('The path must be inside the workspace.');
  const place = await resolveTarget(path);
  if (place?.state === 'missing') return undefined;
  return place?.state === 'blocked'
    ? t('Part of this path is a file, not a folder.')
    : t('A file or folder with this name already exists.');
}

/** Puts the code where it belongs in the file. Where that is not certain, the user says what to do with it. */
async function changeFile(
  place: TargetPath,
  block: CodeBlock,
  path: string,
  parts: ApplyParts,
): Promise<void> {
  const { uri, shown } = place;
  const text = await confirmHiddenCharacters(block.text);
  if (text === undefined || !(await confirmWrite(place))) return;
  const document = await vscode.workspace.openTextDocument(uri);
  const keepsName = document.lineAt(0).text === text.split('\n', 1)[0];
  const code = withoutNameLine(text, path, keepsName);
  const symbols = await findFileSymbols(uri, parts.clock);
  const file = document.getText();
  const language = parseLanguage(block);
  const placing = placeBlock({ path: uri.path, file, block: code, language, symbols });
  if (placing.kind === 'unchanged') {
    void showInformation(t('{0} already contains this code.', shown));
  } else if (placing.kind === 'unplaced') {
    await askWhere(document, { info: block.info, text: code }, shown, parts);
  } else {
    await reviewText(document, placing.text, parts.previews);
  }
}

async function reviewText(
  document: vscode.TextDocument,
  after: string,
  previews: ChangePreviews,
): Promise<void> {
  const accepted = await previews.review({
    before: document,
    after,
    name: getFileName(document.uri),
  });
  if (accepted !== undefined && (await applyText(document, accepted))) {
    await vscode.window.showTextDocument(document);
  }
}

/** The ways that are left for code without a certain place. None is preselected: each may be the wrong one. */
async function askWhere(
  document: vscode.TextDocument,
  block: CodeBlock,
  shown: string,
  parts: ApplyParts,
): Promise<void> {
  const ways = [
    {
      label: t('Replace Whole File'),
      description: t('Lines that are missing from the code block are deleted'),
      run: () => reviewText(document, block.text, parts.previews),
    },
    {
      label: t('Insert at Cursor'),
      description: asIconLabel(shown, 500),
      run: async () => {
        await vscode.window.showTextDocument(document);
        await insertAtCursor(block.text);
      },
    },
    { label: t('New File'), run: () => newFile(block, parts) },
  ];
  const chosen = await withQuickInputs(
    (inputs) =>
      inputs.pick(ways, {
        title: t('Apply to {0}', asLabel(shown, 500)),
        placeholder: t('Cria cannot tell where this code belongs in the file.'),
        hasNoDefault: true,
      }),
    parts.focusReturn,
  );
  if (!chosen) return;
  parts.focusReturn.release();
  await chosen.run();
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
  const accepted = await previews.review({ after: content, name: getFileName(uri) });
  if (accepted === undefined) return;
  const edit = new vscode.WorkspaceEdit();
  // Whatever came to be there in the meantime is left alone, and the edit fails.
  const contents = new TextEncoder().encode(accepted);
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
  const { document } = editor;
  const text = await confirmHiddenCharacters(code);
  if (text === undefined || !(await confirmWrite(toTarget(document)))) return;
  const at = editor.selection.active;
  const inserted = indentInsertion(document.lineAt(at.line).text, at.character, text);
  if (await applyChange(document, new vscode.Range(at, at), inserted)) {
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
  const range = new vscode.Range(editor.selection.start, editor.selection.end);
  const text = await confirmHiddenCharacters(code);
  if (text === undefined || !(await confirmWrite(toTarget(document)))) return;
  const replacement = indentReplacement(document, range, text);
  const whole = document.getText();
  const after =
    whole.slice(0, document.offsetAt(range.start)) +
    replacement +
    whole.slice(document.offsetAt(range.end));
  await reviewText(document, after, previews);
}

function getFileName({ path }: vscode.Uri): string {
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
    await warn(t('Nothing to insert into the terminal.'));
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
    t(
      'The code has several lines, so it was copied to the clipboard. Paste it into the terminal to run it.',
    ),
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
    ...dialogTexts(t('This code contains invisible characters.'), [
      t('They can make code look different from what it does: {0}', numbers),
    ]),
    without,
    as,
  );
  if (chosen === undefined) return undefined;
  return chosen === without ? removeHidden(code) : code;
}
