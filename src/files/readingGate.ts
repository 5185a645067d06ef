import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { getFileUri } from '../ui/documentNames';
import { ExcludeRules } from './excludedFiles';
import {
  type FileAccess,
  type Ignored,
  IgnoredFiles,
  maxIgnoreBytes,
  type UserFolders,
} from './ignoredFiles';
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
  /** By the scheme and authority of a folder. */
  readonly #ignoredFiles = new Map<string, IgnoredFiles>();
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
    document: vscode.Uri,
    { mayBeMissing = false }: { readonly mayBeMissing?: boolean } = {},
  ): Promise<string | undefined> {
    const uri = getFileUri(document);
    const label = vscode.workspace.asRelativePath(uri);
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    const inside = folder && pathInside(folder.uri, uri);
    if (mayHoldSecrets(inside ?? uri.path)) return t('{0} may contain passwords or keys.', label);
    if (uri.scheme === 'untitled') return undefined;
    if (!folder || inside === undefined) {
      return t('{0} is not in this workspace.', uri.path);
    }
    // Up to here nothing outside of the folder has been read.
    const kind = await findKind(folder.uri, inside, mayBeMissing);
    if (kind === 'link') {
      return t(
        '{0} is reached through a symbolic link, which may lead outside the workspace.',
        label,
      );
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
    inside: string,
    isFolder: boolean,
  ): Promise<string | undefined> {
    if (inside === '') return undefined;
    const setting = excludeSettings.find((name) =>
      this.#getExcludeRules(name, root).isExcluded(inside),
    );
    if (setting !== undefined) return t('{0} is excluded by the setting {1}.', inside, setting);
    const ignored = await this.#getIgnoredFiles(root).find(root.path, inside, isFolder);
    if (!ignored) return undefined;
    const by = nameFile(root, ignored);
    return ignored.isUnknown
      ? t('{0} may be ignored by {1}, which could not be read.', inside, by)
      : t('{0} is ignored by {1}.', inside, by);
  }

  #getExcludeRules(name: ExcludeSetting, root: vscode.Uri): ExcludeRules {
    const key = `${name} ${root.toString()}`;
    const known = this.#excludeRules.get(key) ?? new ExcludeRules(getExcludePatterns(name, root));
    this.#excludeRules.set(key, known);
    return known;
  }

  #getIgnoredFiles(root: vscode.Uri): IgnoredFiles {
    const key = root.with({ path: '/', query: '', fragment: '' }).toString();
    const known =
      this.#ignoredFiles.get(key) ?? new IgnoredFiles(createAccess(root), getUserFolders(root));
    this.#ignoredFiles.set(key, known);
    return known;
  }
}

/** The file with the rules, as seen from the workspace folder. */
function nameFile(root: vscode.Uri, { by }: Ignored): string {
  const relative = path.posix.relative(root.path, by);
  return relative.startsWith('../../') ? by : relative;
}

/** `link` if any segment is a symbolic link: it may lead out of the folder. */
async function findKind(
  root: vscode.Uri,
  inside: string,
  mayBeMissing: boolean,
): Promise<'link' | 'folder' | 'file'> {
  let at = root;
  let isFolder = true;
  for (const segment of inside === '' ? [] : inside.split('/')) {
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

/** Reads the files that say what Git ignores, next to the workspace folder and above it. */
function createAccess(root: vscode.Uri): FileAccess {
  const at = (place: string): vscode.Uri => root.with({ path: place });
  return {
    kindOf: async (place) => {
      const type = await findType(at(place)).catch(() => vscode.FileType.Unknown);
      if (type === undefined) return 'missing';
      if (type === vscode.FileType.File) return 'file';
      return type === vscode.FileType.Directory ? 'folder' : 'other';
    },
    read: async (place) => {
      const { type, size } = await vscode.workspace.fs.stat(at(place));
      if ((type & vscode.FileType.File) === 0 || size > maxIgnoreBytes) {
        throw new Error(`${place} is no file, or too large`);
      }
      const bytes = await vscode.workspace.fs.readFile(at(place));
      if (bytes.length > maxIgnoreBytes) throw new Error(`${place} is too large`);
      return new TextDecoder().decode(bytes);
    },
  };
}

/** Only on this machine it is known where the user's own settings of Git are. */
function getUserFolders({ scheme }: vscode.Uri): UserFolders | undefined {
  if (scheme !== 'file') return undefined;
  const home = vscode.Uri.file(os.homedir()).path;
  const config = process.env['XDG_CONFIG_HOME'] ?? '';
  return { home, config: config === '' ? `${home}/.config` : vscode.Uri.file(config).path };
}

/** The patterns that are on. Those with a `when` clause, which depend on a sibling file, count as on. */
export function getExcludePatterns(name: ExcludeSetting, scope: vscode.Uri): string[] {
  const value = vscode.workspace.getConfiguration(undefined, scope).get<object>(name, {});
  return Object.entries(value).flatMap(([glob, isOn]) => (isOn === false ? [] : [glob]));
}
