import * as vscode from 'vscode';
import { baseName, getDisplayPath } from './attachmentTargets';
import { ignoredBy, type IgnoreFile, isExcluded, parseIgnoreFile } from './ignoredFiles';
import { mayHoldSecrets, pathInside } from './pathRules';

const { t } = vscode.l10n;

/** Says of files and folders of one workspace why they are not attached without asking. */
export class AttachmentConsent {
  /** By the folder's URI: what is in its `.gitignore`; null where there is none. */
  readonly #ignoreFiles = new Map<string, Promise<IgnoreFile | null>>();

  /** Why the person is asked first; undefined: there is nothing to ask. */
  async reasonToAsk(uri: vscode.Uri): Promise<string | undefined> {
    const path = getDisplayPath(uri);
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    if (mayHoldSecrets(baseName(uri))) return t('{0} may contain passwords or keys.', path);
    if (uri.scheme === 'untitled') return undefined;
    const inside = folder && pathInside(folder.uri, uri);
    if (!folder || inside === undefined) {
      return t('{0} is not in this workspace.', uri.path);
    }
    // Nothing outside of the folder has been looked at up to here.
    const kind = await findKind(folder.uri, inside);
    if (kind === 'link') {
      return t('{0} is behind a symbolic link, which may lead outside the workspace.', path);
    }
    return this.reasonToHide(folder.uri, inside, kind === 'folder');
  }

  /** Why a path below a workspace folder is hidden from view or from others. */
  async reasonToHide(
    root: vscode.Uri,
    path: string,
    isFolder: boolean,
  ): Promise<string | undefined> {
    if (path === '') return undefined;
    const setting = (['files.exclude', 'search.exclude'] as const).find((name) =>
      isExcluded(path, getExcludePatterns(name, root)),
    );
    if (setting !== undefined) return t('{0} is excluded by the setting {1}.', path, setting);
    const by = ignoredBy(path, isFolder, await this.#ignoreFilesAbove(root, path));
    if (by === undefined) return undefined;
    return t('{0} is ignored by {1}.', path, by === '' ? '.gitignore' : `${by}/.gitignore`);
  }

  async #ignoreFilesAbove(root: vscode.Uri, path: string): Promise<IgnoreFile[]> {
    const above = path.split('/').slice(0, -1);
    const folders = ['', ...above.map((_name, index) => above.slice(0, index + 1).join('/'))];
    const files = await Promise.all(folders.map((folder) => this.#ignoreFile(root, folder)));
    return files.filter((file) => file !== null);
  }

  #ignoreFile(root: vscode.Uri, folder: string): Promise<IgnoreFile | null> {
    const uri = vscode.Uri.joinPath(root, folder, '.gitignore');
    const key = uri.toString();
    const known = this.#ignoreFiles.get(key);
    if (known) return known;
    const read = readIgnoreFile(uri, folder);
    this.#ignoreFiles.set(key, read);
    return read;
  }
}

/** A link, if one of the segments that lead to `path` is one. */
async function findKind(root: vscode.Uri, path: string): Promise<'link' | 'folder' | 'file'> {
  let at = root;
  let isFolder = true;
  for (const segment of path === '' ? [] : path.split('/')) {
    at = vscode.Uri.joinPath(at, segment);
    const { type } = await vscode.workspace.fs.stat(at);
    if ((type & vscode.FileType.SymbolicLink) !== 0) return 'link';
    isFolder = type === vscode.FileType.Directory;
  }
  return isFolder ? 'folder' : 'file';
}

async function readIgnoreFile(uri: vscode.Uri, folder: string): Promise<IgnoreFile | null> {
  try {
    const bytes = await vscode.workspace.fs.readFile(uri);
    return parseIgnoreFile(folder, new TextDecoder().decode(bytes));
  } catch {
    // Most folders have none.
    return null;
  }
}

/** The patterns that are switched on; those that depend on a neighbour file count, too. */
export function getExcludePatterns(
  name: 'files.exclude' | 'search.exclude',
  scope: vscode.Uri,
): string[] {
  const value = vscode.workspace.getConfiguration(undefined, scope).get<object>(name, {});
  return Object.entries(value).flatMap(([glob, isOn]) => (isOn === false ? [] : [glob]));
}

/** Asks the person, with a reason for each that is asked about; whether it may be attached. */
export type Ask = (question: string, reasons: readonly string[]) => Promise<boolean>;

export const askInModal: Ask = async (question, reasons) => {
  const attach = t('Attach');
  const detail = reasons.join('\n');
  const chosen = await vscode.window.showWarningMessage(question, { modal: true, detail }, attach);
  return chosen === attach;
};
