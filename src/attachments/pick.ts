import * as vscode from 'vscode';
import type { AttachSource } from '../shared/protocol';
import type { QuickInputs } from '../ui/quickInputs';
import { hasGit } from './gitDiff';
import { nameOf, selectedLines } from './places';

const { t } = vscode.l10n;

type Choice = Exclude<AttachSource, 'pick'> | 'files' | 'folder';
type Item = vscode.QuickPickItem & { readonly choice: Choice };

/** Asks what is to be attached: what is in the editor now comes first. */
export async function pickSource(inputs: QuickInputs): Promise<Choice | undefined> {
  const placeholder = t('Attach to the message');
  const chosen = await inputs.pick([...inEditor(), ...anywhere()], { placeholder });
  return chosen?.choice;
}

function inEditor(): Item[] {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return [];
  const { document, selection } = editor;
  const name = nameOf(document.uri);
  const problems = vscode.languages.getDiagnostics(document.uri).length;
  const items: Item[] = [];
  if (!selection.isEmpty) {
    const description = `${name}:${selectedLines(editor).range}`;
    items.push({ label: t('$(list-selection) Selection'), description, choice: 'selection' });
  }
  items.push({ label: t('$(file-code) Open File'), description: name, choice: 'file' });
  if (problems > 0) {
    const description = t('{0} in {1}', problems, name);
    items.push({ label: t('$(warning) Problems'), description, choice: 'problems' });
  }
  return items;
}

function anywhere(): Item[] {
  const git: Item[] = hasGit() ? [{ label: t('$(diff) Git Changes'), choice: 'gitDiff' }] : [];
  return [
    { label: t('$(files) Files…'), choice: 'files' },
    { label: t('$(folder) Names in a Folder…'), choice: 'folder' },
    ...git,
  ];
}
