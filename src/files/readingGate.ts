import * as vscode from 'vscode';
import { ExcludeRules, type IgnoreFile, IgnoreRules } from './ignoredFiles';
import { pathInside } from './pathRules';
import { looksSecret, mayHoldSecrets } from './secretFiles';

const { t } = vscode.l10n;

const excludeSettings = ['files.exclude', 'search.exclude'] as const;
type ExcludeSetting = (typeof excludeSettings)[number];

/**
 * Finds what must not be attached without asking: files that may hold secrets, are hidden or ignored, or lie
 * outside of the workspace. Made for one action, so that settings and `.gitignore` files are read once.
 */
export class ReadingGate {
  /** By the URI of a folder: the text of its `.gitignore`; null if it has none. */
  readonly #ignoreFiles = new Map<string, Promise<IgnoreFile | null>>();
  /** By the URI of a folder: the rules of its `.gitignore` and of those above it. */
  readonly #ignoreRules = new Map<string, Promise<IgnoreRules>>();
  readonly #excludeRules = new Map<string, ExcludeRules>();

  /** Whether Cria may take text of the file along by itself. What cannot be found out is not read. */
  async mayReadUnasked(uri: vscode.Uri): Promise<boolean> {
    try {
      return (await this.reasonToAsk(uri)) === undefined;
    } catch {
      return false;
    }
  }

  /**
   * Why the user must be asked before text of the file is attached; undefined if there is no reason. Rejects if
   * the file is missing, unless it may be, as in a diff.
   */
  async reasonToAsk(
    uri: vscode.Uri,
    { mayBeMissing = false }: { readonly mayBeMissing?: boolean } = {},
  ): Promise<string | undefined> {
    const path = vscode.workspace.asRelativePath(uri);
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    const inside = folder && pathInside(folder.uri, uri);
    if (mayHoldSecrets(inside ?? uri.path)) return t('{0} may contain passwords or keys.', path);
    if (uri.scheme === 'untitled') return undefined;
    if (!folder || inside === undefined) {
      return t('{0} is not in this workspace.', uri.path);
    }
    // Up to here nothing outside of the folder has been read.
    const kind = await findKind(folder.uri, inside, mayBeMissing);
    if (kind === 'link') {
      return t('{0} is behind a symbolic link, which may lead outside the workspace.', path);
    }
    return this.reasonToHide(folder.uri, inside, kind === 'folder');
  }

  /** Why the user must be asked before a text is attached that has been read; undefined if there is no reason. */
  reasonInText(label: string, text: string): string | undefined {
    return looksSecret(text)
      ? t('{0} contains what looks like a private key or token.', label)
      : undefined;
  }

  /** Why a path below the workspace folder `root` is left out of listings; undefined if it is not. */
  async reasonToHide(
    root: vscode.Uri,
    path: string,
    isFolder: boolean,
  ): Promise<string | undefined> {
    if (path === '') return undefined;
    const setting = excludeSettings.find((name) =>
      this.#getExcludeRules(name, root).isExcluded(path),
    );
    if (setting !== undefined) return t('{0} is excluded by the setting {1}.', path, setting);
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const rules = await this.#getIgnoreRules(root, parent);
    const folder = rules.findIgnoringFolder(path, isFolder);
    if (folder === undefined) return undefined;
    return t('{0} is ignored by {1}.', path, folder === '' ? '.gitignore' : `${folder}/.gitignore`);
  }

  #getExcludeRules(name: ExcludeSetting, root: vscode.Uri): ExcludeRules {
    const key = `${name} ${root.toString()}`;
    const known = this.#excludeRules.get(key) ?? new ExcludeRules(getExcludePatterns(name, root));
    this.#excludeRules.set(key, known);
    return known;
  }

  #getIgnoreRules(root: vscode.Uri, folder: string): Promise<IgnoreRules> {
    const key = vscode.Uri.joinPath(root, folder).toString();
    const known = this.#ignoreRules.get(key) ?? this.#readIgnoreRules(root, folder);
    this.#ignoreRules.set(key, known);
    return known;
  }

  async #readIgnoreRules(root: vscode.Uri, folder: string): Promise<IgnoreRules> {
    const segments = folder === '' ? [] : folder.split('/');
    const folders = ['', ...segments.map((_name, index) => segments.slice(0, index + 1).join('/'))];
    const files = await Promise.all(folders.map((each) => this.#getIgnoreFile(root, each)));
    return new IgnoreRules(files.filter((file) => file !== null));
  }

  #getIgnoreFile(root: vscode.Uri, folder: string): Promise<IgnoreFile | null> {
    const uri = vscode.Uri.joinPath(root, folder, '.gitignore');
    const known = this.#ignoreFiles.get(uri.toString()) ?? readIgnoreFile(uri, folder);
    this.#ignoreFiles.set(uri.toString(), known);
    return known;
  }
}

/** `link` if any segment of `path` is a symbolic link: it may lead out of the folder. */
async function findKind(
  root: vscode.Uri,
  path: string,
  mayBeMissing: boolean,
): Promise<'link' | 'folder' | 'file'> {
  let at = root;
  let isFolder = true;
  for (const segment of path === '' ? [] : path.split('/')) {
    at = vscode.Uri.joinPath(at, segment);
    const type = await findType(at);
    if (type === undefined) {
      if (mayBeMissing) return 'file';
      throw vscode.FileSystemError.FileNotFound(at);
    }
    if ((type & vscode.FileType.SymbolicLink) !== 0) return 'link';
    isFolder = type === vscode.FileType.Directory;
  }
  return isFolder ? 'folder' : 'file';
}

async function findType(uri: vscode.Uri): Promise<vscode.FileType | undefined> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type;
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
    throw error;
  }
}

async function readIgnoreFile(uri: vscode.Uri, folder: string): Promise<IgnoreFile | null> {
  try {
    const bytes = await vscode.workspace.fs.readFile(uri);
    return { folder, text: new TextDecoder().decode(bytes) };
  } catch {
    // Most folders have none.
    return null;
  }
}

/** The patterns that are on. Those with a `when` clause, which depend on a sibling file, count as on. */
export function getExcludePatterns(name: ExcludeSetting, scope: vscode.Uri): string[] {
  const value = vscode.workspace.getConfiguration(undefined, scope).get<object>(name, {});
  return Object.entries(value).flatMap(([glob, isOn]) => (isOn === false ? [] : [glob]));
}
