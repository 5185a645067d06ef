import * as vscode from 'vscode';
import { namedFile, withoutNameLine } from '../shared/namedFile';
import type { Asking } from '../ui/focusReturn';
import { askHidden } from './askHidden';
import type { ChangePreviews } from './changePreviews';
import { languageOf, type CodeBlock } from './codeBlocks';
import { change, warn } from './editors';
import { showHidden } from './hiddenCharacters';
import { nameOf } from './intoEditor';
import { mayWrite, placeOf, type Place } from './places';
import { relativeSegments } from './relativePath';

const { t } = vscode.l10n;

/** Makes the file that a block names what the block says, after a diff; a missing one is made anew. */
export async function applyToFile(block: CodeBlock, previews: ChangePreviews): Promise<void> {
  const path = namedFile(block.info, block.text);
  const place = path === undefined ? undefined : await placeOf(path);
  if (path === undefined || !place) {
    await warn(t('The code does not name a file of this workspace.'));
  } else if (place.state === 'file') {
    await rewrite(place, block, path, previews);
  } else if (place.state === 'missing') {
    await create(place, block, path, previews);
  } else {
    await warn(t('{0} is not a file.', place.shown));
  }
}

/** Makes a new file of a block. Its name is the person's; what the block names is a proposal. */
export async function newFile(
  block: CodeBlock,
  previews: ChangePreviews,
  asking: Asking,
): Promise<void> {
  const { text } = block;
  const named = namedFile(block.info, text);
  if (!vscode.workspace.workspaceFolders?.length) {
    await openUntitled(block);
    return;
  }
  const box = vscode.window.showInputBox({
    title: t('New File'),
    prompt: t('Its path in the workspace. Leave it empty for a document without a name.'),
    value: named ?? '',
    validateInput: async (value) => (value.trim() === '' ? undefined : problemOf(value)),
  });
  const path = await asking.showing(box);
  if (path === undefined) return;
  asking.goesOnElsewhere();
  if (path.trim() === '') {
    await openUntitled(block);
    return;
  }
  const place = await placeOf(path);
  if (place?.state === 'missing') await create(place, block, named ?? path, previews);
  else await warn(t('{0} is there already; nothing was written.', place?.shown ?? path));
}

async function problemOf(path: string): Promise<string | undefined> {
  if (!relativeSegments(path)) return t('This is not a path within the workspace.');
  const place = await placeOf(path);
  if (place?.state === 'missing') return undefined;
  return place?.state === 'blocked'
    ? t('A part of this path is a file.')
    : t('There is something of this name already.');
}

async function rewrite(
  place: Place,
  { text: code }: CodeBlock,
  path: string,
  previews: ChangePreviews,
): Promise<void> {
  const { uri, shown } = place;
  const text = await askHidden(code);
  if (text === undefined || !(await mayWrite(place))) return;
  const document = await vscode.workspace.openTextDocument(uri);
  const { version } = document;
  const keepsName = document.lineAt(0).text === text.split('\n', 1)[0];
  const after = withoutNameLine(text, path, keepsName);
  const isWanted = await previews.ask({
    before: uri,
    after: showHidden(after),
    name: nameOf(uri),
    question: t('Replace everything in {0} with this?', shown),
    yes: t('Replace'),
  });
  if (!isWanted) return;
  const everything = document.validateRange(new vscode.Range(0, 0, document.lineCount, 0));
  if (await change({ uri, version }, everything, after)) {
    await vscode.window.showTextDocument(document);
  }
}

async function create(
  place: Place,
  { text: code }: CodeBlock,
  path: string,
  previews: ChangePreviews,
): Promise<void> {
  const { uri, shown } = place;
  const text = await askHidden(code);
  if (text === undefined || !(await mayWrite(place))) return;
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
  else await warn(t('{0} could not be made.', shown));
}

async function openUntitled(block: CodeBlock): Promise<void> {
  const text = await askHidden(block.text);
  if (text === undefined) return;
  const language = languageOf(block);
  const known = await vscode.languages.getLanguages();
  const document = await vscode.workspace.openTextDocument({
    content: text,
    ...(known.includes(language) ? { language } : {}),
  });
  await vscode.window.showTextDocument(document);
}
