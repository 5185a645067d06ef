import * as vscode from 'vscode';
import type { Logger } from '../conversation/ports';
import { type PromptCommand, promptCommands, type PromptView } from '../shared/composerState';
import { openPrompts } from './promptFiles';

/** More files belong into no list, and more text into no message. */
const mostFiles = 100;
const longest = 16 * 1024;

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

  constructor(deps: PromptLibraryDependencies) {
    this.#deps = deps;
  }

  async all(): Promise<readonly PromptView[]> {
    const set = this.#deps.ofSetting();
    const own = promptCommands.flatMap((name): PromptView[] => {
      const text = set[name]?.trim() ?? '';
      return text === '' ? [] : [{ name, text, from: 'cria' }];
    });
    const person = await this.#in(ownPrompts(this.#deps.globalStorageUri), 'person');
    const ofFolders = await Promise.all(this.#folders().map((uri) => this.#in(uri, 'folder')));
    return [...own, ...person, ...ofFolders.flat()];
  }

  open(): Promise<void> {
    return openPrompts(ownPrompts(this.#deps.globalStorageUri), this.#folders());
  }

  #folders(): readonly vscode.Uri[] {
    return this.#deps.isTrusted() ? folderPrompts() : [];
  }

  async #in(folder: vscode.Uri, from: PromptView['from']): Promise<readonly PromptView[]> {
    const files = (await namesIn(folder)).filter((name) => fileName.test(name)).slice(0, mostFiles);
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
      const { size } = await vscode.workspace.fs.stat(uri);
      if (size > longest) throw new Error(`it has ${size} bytes, and ${longest} are taken`);
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)).trim();
      const name = fileName.exec(file)?.groups?.['name'] ?? '';
      return text === '' ? undefined : { name, text, from };
    } catch (error) {
      this.#deps.logger.warn(`The prompt ${file} is not offered: ${String(error)}`);
      return undefined;
    }
  }
}

async function namesIn(folder: vscode.Uri): Promise<readonly string[]> {
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
export function ownPrompts(globalStorageUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(globalStorageUri, 'prompts');
}

/** Where the prompts of the workspace's folders are. */
export function folderPrompts(): readonly vscode.Uri[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.map(({ uri }) => vscode.Uri.joinPath(uri, '.cria', 'prompts'));
}
