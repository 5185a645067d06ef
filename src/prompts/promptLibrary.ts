import * as vscode from 'vscode';
import type { Logger } from '../conversation/ports';
import { looksSecret } from '../files/secretFiles';
import { type PromptCommand, promptCommands, type PromptView } from '../shared/composerState';
import { asIconLabel, escapeHidden } from '../shared/hiddenCharacters';
import { toLf } from '../shared/text';
import type { Commands } from '../ui/commands';
import { type QuickInputs, withQuickInputs } from '../ui/dialogs';

/** More files belong into no list, and more text into no message. */
const maxFiles = 100;
const maxBytes = 16 * 1024;

/** `.md` without it: what is typed behind the slash. */
const fileName = /^(?<name>[\p{L}\p{N}][\p{L}\p{N}_-]{0,39})\.md$/iu;

export interface PromptLibraryDependencies {
  readonly globalStorageUri: vscode.Uri;
  readonly logger: Logger;
  /** A folder says what a model is asked only when the person trusts it. */
  readonly isTrusted: () => boolean;
  /** The setting `cria.prompts`: a command without text is not offered. */
  readonly ofSetting: () => Readonly<Partial<Record<PromptCommand, string>>>;
}

/** The prompts behind the slash: Cria's own, the person's, and those of a folder that is trusted. */
export class PromptLibrary {
  readonly #deps: PromptLibraryDependencies;

  readonly commands = {
    'cria.openPrompts': () => this.open(),
  } satisfies Commands<'cria.openPrompts'>;

  constructor(deps: PromptLibraryDependencies) {
    this.#deps = deps;
  }

  async all(): Promise<readonly PromptView[]> {
    const set = this.#deps.ofSetting();
    const own = promptCommands.flatMap((name): PromptView[] => {
      // The setting can be the workspace's.
      const text = escapeHidden(toLf(set[name] ?? '')).trim();
      return text === '' ? [] : [{ name, text, from: 'cria' }];
    });
    const person = await this.#in(getUserPromptsFolder(this.#deps.globalStorageUri), 'person');
    const ofFolders = await Promise.all(this.#folders().map((uri) => this.#in(uri, 'folder')));
    return [...own, ...person, ...ofFolders.flat()];
  }

  open(): Promise<void> {
    return openPrompts(getUserPromptsFolder(this.#deps.globalStorageUri), this.#folders());
  }

  #folders(): readonly vscode.Uri[] {
    return this.#deps.isTrusted() ? getFolderPromptsFolders() : [];
  }

  async #in(folder: vscode.Uri, from: PromptView['from']): Promise<readonly PromptView[]> {
    const files = (await listNames(folder))
      .filter((name) => fileName.test(name))
      .slice(0, maxFiles);
    const read = await Promise.all(files.map((name) => this.#read(folder, name, from)));
    return read.filter((prompt) => prompt !== undefined);
  }

  async #read(
    folder: vscode.Uri,
    file: string,
    from: PromptView['from'],
  ): Promise<PromptView | undefined> {
    const uri = vscode.Uri.joinPath(folder, file);
    try {
      if (await isLinked(uri, from)) throw new Error('a symbolic link leads to it');
      const { size, type } = await vscode.workspace.fs.stat(uri);
      if ((type & vscode.FileType.File) === 0) throw new Error('it is not a file');
      if (size > maxBytes) throw new Error(`it has ${size} bytes, and ${maxBytes} are taken`);
      const bytes = await vscode.workspace.fs.readFile(uri);
      // Some files are longer than the file system reports.
      if (bytes.length > maxBytes) throw new Error(`more than ${maxBytes} bytes are not taken`);
      // What the user does not see would be sent, too.
      const text = escapeHidden(toLf(new TextDecoder().decode(bytes))).trim();
      if (looksSecret(text)) throw new Error('it contains what looks like a private key or token');
      const name = fileName.exec(file)?.groups?.['name'] ?? '';
      return text === '' ? undefined : { name, text, from };
    } catch (error) {
      this.#deps.logger.warn(`The prompt ${file} is not offered: ${String(error)}`);
      return undefined;
    }
  }
}

/** Whether a folder's prompt is behind a link, which may lead to any file. The user may link their own. */
async function isLinked(uri: vscode.Uri, from: PromptView['from']): Promise<boolean> {
  if (from !== 'folder') return false;
  const segments = ['../..', '..', '.'].map((up) => vscode.Uri.joinPath(uri, up));
  for (const each of segments) {
    const { type } = await vscode.workspace.fs.stat(each);
    if ((type & vscode.FileType.SymbolicLink) !== 0) return true;
  }
  return false;
}

async function listNames(folder: vscode.Uri): Promise<readonly string[]> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(folder);
    return entries
      .filter(([, type]) => (type & vscode.FileType.File) !== 0)
      .map(([name]) => name)
      .sort((a, b) => a.localeCompare(b));
  } catch {
    // Most people and folders have none.
    return [];
  }
}

/** Where the person's own prompts are, for all folders. */
export function getUserPromptsFolder(globalStorageUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(globalStorageUri, 'prompts');
}

/** Where the prompts of the workspace's folders are. */
export function getFolderPromptsFolders(): readonly vscode.Uri[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.map(({ uri }) => vscode.Uri.joinPath(uri, '.cria', 'prompts'));
}

const { t } = vscode.l10n;

interface PromptItem extends vscode.QuickPickItem {
  readonly uri: vscode.Uri;
}

/** Opens one of the person's prompts to be changed, or a new one. What is saved there is offered then. */
export async function openPrompts(own: vscode.Uri, folders: readonly vscode.Uri[]): Promise<void> {
  const items = [
    ...(await findPromptFiles(own, t('all folders'))),
    ...(await Promise.all(folders.map((uri) => findPromptFiles(uri, t('this folder'))))).flat(),
    newItem(own, t('New Prompt for All Folders…')),
    ...folders.map((uri) => newItem(uri, t('New Prompt for This Folder…'))),
  ];
  const uri = await withQuickInputs(async (inputs) => {
    const chosen = await inputs.pick(items, { title: t('Edit Prompts') });
    return !chosen || chosen.uri.path.endsWith('.md')
      ? chosen?.uri
      : createPrompt(inputs, chosen.uri);
  });
  if (uri) await vscode.window.showTextDocument(uri);
}

function newItem(uri: vscode.Uri, label: string): PromptItem {
  return { label: `$(add) ${label}`, uri };
}

async function findPromptFiles(
  folder: vscode.Uri,
  description: string,
): Promise<readonly PromptItem[]> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(folder);
    return entries
      .filter(([name]) => name.endsWith('.md'))
      .map(([name]) => ({
        label: asIconLabel(`/${name.slice(0, -'.md'.length)}`),
        description,
        uri: vscode.Uri.joinPath(folder, name),
      }));
  } catch {
    // There is no such folder before the first prompt.
    return [];
  }
}

async function createPrompt(
  inputs: QuickInputs,
  folder: vscode.Uri,
): Promise<vscode.Uri | undefined> {
  const name = await inputs.text({
    prompt: t('Command name, such as review'),
    validate: (value) =>
      /^[\p{L}\p{N}][\p{L}\p{N}_-]{0,39}$/u.test(value)
        ? undefined
        : t('Use at most 40 letters, digits, hyphens, or underscores.'),
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
