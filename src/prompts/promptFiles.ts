import * as vscode from 'vscode';
import { withQuickInputs, type QuickInputs } from '../ui/quickInputs';

const { t } = vscode.l10n;

interface Place extends vscode.QuickPickItem {
  readonly uri: vscode.Uri;
}

/** Opens one of the person's prompts to be changed, or a new one. What is saved there is offered then. */
export async function openPrompts(own: vscode.Uri, folders: readonly vscode.Uri[]): Promise<void> {
  const items = [
    ...(await filesIn(own, t('for all folders'))),
    ...(await Promise.all(folders.map((uri) => filesIn(uri, t('for this folder'))))).flat(),
    newItem(own, t('New Prompt for All Folders…')),
    ...folders.map((uri) => newItem(uri, t('New Prompt for This Folder…'))),
  ];
  const uri = await withQuickInputs(async (inputs) => {
    const chosen = await inputs.pick(items, { title: t('Prompts Behind the Slash') });
    return !chosen || chosen.uri.path.endsWith('.md') ? chosen?.uri : newPrompt(inputs, chosen.uri);
  });
  if (uri) await vscode.window.showTextDocument(uri);
}

function newItem(uri: vscode.Uri, label: string): Place {
  return { label: `$(add) ${label}`, uri };
}

async function filesIn(folder: vscode.Uri, description: string): Promise<readonly Place[]> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(folder);
    return entries
      .filter(([name]) => name.endsWith('.md'))
      .map(([name]) => ({
        label: `/${name.slice(0, -'.md'.length)}`,
        description,
        uri: vscode.Uri.joinPath(folder, name),
      }));
  } catch {
    // There is no such folder before the first prompt.
    return [];
  }
}

async function newPrompt(inputs: QuickInputs, folder: vscode.Uri): Promise<vscode.Uri | undefined> {
  const name = await inputs.text({
    prompt: t('What is typed behind the slash, such as review'),
    validate: (value) =>
      /^[\p{L}\p{N}][\p{L}\p{N}_-]{0,39}$/u.test(value)
        ? undefined
        : t('Letters, digits, - and _, at most 40.'),
  });
  if (name === undefined) return undefined;
  const uri = vscode.Uri.joinPath(folder, `${name}.md`);
  const edit = new vscode.WorkspaceEdit();
  const contents = new TextEncoder().encode(
    `${t('Review this code: name the three most important problems, worst first.')}\n`,
  );
  // One that is there already is opened as it is.
  edit.createFile(uri, { overwrite: false, ignoreIfExists: true, contents });
  return (await vscode.workspace.applyEdit(edit)) ? uri : undefined;
}
