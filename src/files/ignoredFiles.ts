import { IgnorePatterns } from './ignorePatterns';
import type { Budget } from './wildcards';

/** Paths are those of URIs: with `/` between the segments, and at the beginning. */
export interface FileAccess {
  /** `other`: a link, a device, or what cannot be looked at. */
  readonly kindOf: (path: string) => Promise<'file' | 'folder' | 'missing' | 'other'>;
  /** Rejects if the file cannot be read, or has more than `maxIgnoreBytes`. */
  readonly read: (path: string) => Promise<string>;
}

/** Where the user's own Git settings are; absent where the files are on another machine. */
export interface UserFolders {
  readonly home: string;
  /** `$XDG_CONFIG_HOME`, or `~/.config`. */
  readonly config: string;
}

export const maxIgnoreBytes = 512 * 1024;

/** Comparisons for all paths together: some seconds. */
const maxSteps = 50_000_000;

interface Top {
  readonly folder: string;
  readonly config: string;
  /** The setting `core.ignoreCase` of the repository. */
  readonly ignoresCase: boolean;
}

interface Source {
  /** The file with the patterns, or null where it is there but cannot be read. */
  readonly patterns: IgnorePatterns | null;
  readonly file: string;
  /** The patterns are about what is below it. */
  readonly folder: string;
}

/** Why a path counts as ignored. */
export interface Ignored {
  readonly by: string;
  /** The file could not be read, or not compared in time: nothing else is known. */
  readonly isUnknown: boolean;
}

/**
 * Tells which files Git ignores, by the files it reads itself: `.gitignore` in each folder up to the top of the
 * repository, `info/exclude`, and the user's `core.excludesFile`. Each is read once.
 */
export class IgnoredFiles {
  readonly #files: FileAccess;
  readonly #user: UserFolders | undefined;
  readonly #sources = new Map<string, Promise<readonly Source[]>>();
  readonly #tops = new Map<string, Promise<Top>>();
  /** What was found about folders. */
  readonly #found = new Map<string, Ignored | undefined>();
  readonly #budget: Budget = { steps: maxSteps };

  constructor(files: FileAccess, user: UserFolders | undefined) {
    this.#files = files;
    this.#user = user;
  }

  /** @param root the workspace folder, which is read as the top where there is no repository */
  async find(root: string, path: string, isFolder: boolean): Promise<Ignored | undefined> {
    const whole = join(root, path);
    const top = await this.#getTop(root);
    const folders = getFolders(top.folder, whole);
    const lists = await Promise.all(folders.map((folder) => this.#getSources(top, folder)));
    // Those that decide first are last.
    const sources = lists.flat();
    for (const folder of folders.slice(1)) {
      const ignored = this.#found.has(folder)
        ? this.#found.get(folder)
        : this.#findSource(sources, folder, true);
      this.#found.set(folder, ignored);
      if (ignored) return ignored;
    }
    return this.#findSource(sources, whole, isFolder);
  }

  #findSource(sources: readonly Source[], path: string, isFolder: boolean): Ignored | undefined {
    const applying = sources.filter(({ folder }) => path.startsWith(withSlash(folder)));
    for (const { patterns, file, folder } of applying.toReversed()) {
      const below = path.slice(withSlash(folder).length);
      const found = patterns?.find(below, isFolder, this.#budget);
      const isUnknown = !patterns || this.#budget.steps < 0 || patterns.isCut;
      if (isUnknown) return { by: file, isUnknown: found !== 'ignored' };
      if (found) return found === 'ignored' ? { by: file, isUnknown } : undefined;
    }
    return undefined;
  }

  /** The folder of the repository that holds the workspace folder. */
  #getTop(root: string): Promise<Top> {
    const known = this.#tops.get(root) ?? this.#findTop(root);
    this.#tops.set(root, known);
    return known;
  }

  async #findTop(root: string): Promise<Top> {
    for (const folder of getFolders('/', `${withSlash(root)}x`).toReversed()) {
      if ((await this.#files.kindOf(join(folder, '.git'))) === 'missing') continue;
      const git = await findGitFolder(this.#files, join(folder, '.git'));
      const config = git === undefined ? '' : await this.#readIfFile(join(git, 'config'));
      const ignoresCase = readConfig(config, 'core', 'ignorecase').at(-1)?.toLowerCase() === 'true';
      return { folder, config, ignoresCase };
    }
    return { folder: root, config: '', ignoresCase: false };
  }

  #getSources(top: Top, folder: string): Promise<readonly Source[]> {
    const known = this.#sources.get(folder) ?? this.#readFolder(top, folder);
    this.#sources.set(folder, known);
    return known;
  }

  /** What a folder says about what is in it. */
  async #readFolder(top: Top, folder: string): Promise<readonly Source[]> {
    const git = await findGitFolder(this.#files, join(folder, '.git'));
    const users = folder === top.folder ? await this.#findUserFiles(top) : [];
    const exclude = git === undefined ? [] : [join(git, 'info/exclude')];
    const files = [...users, ...exclude, join(folder, '.gitignore')];
    const sources = await Promise.all(
      files.map((file) => this.#readSource(file, folder, top.ignoresCase)),
    );
    return sources.filter((source) => source !== undefined);
  }

  async #readSource(
    file: string,
    folder: string,
    ignoresCase: boolean,
  ): Promise<Source | undefined> {
    if ((await this.#files.kindOf(file)) === 'missing') return undefined;
    try {
      const text = await this.#files.read(file);
      return { patterns: new IgnorePatterns(text, ignoresCase), file, folder };
    } catch {
      return { patterns: null, file, folder };
    }
  }

  /** The files that `core.excludesFile` names, of the user and of the repository. */
  async #findUserFiles(top: Top): Promise<readonly string[]> {
    if (!this.#user) return [];
    const { home, config } = this.#user;
    const texts = [top.config];
    for (const file of [join(config, 'git/config'), join(home, '.gitconfig')]) {
      const text = await this.#readIfFile(file);
      texts.push(text);
      // Parts of the configuration, also those for some repositories only: to ask once too often does no harm.
      for (const part of readConfig(text, 'include', 'path').slice(0, 16)) {
        texts.push(await this.#readIfFile(resolveFrom(home, getParent(file), part)));
      }
    }
    const named = texts.flatMap((text) => readConfig(text, 'core', 'excludesfile'));
    const paths = named
      .filter((path) => path !== '')
      .map((path) => resolveFrom(home, top.folder, path));
    return [...new Set([join(config, 'git/ignore'), ...paths])];
  }

  async #readIfFile(path: string): Promise<string> {
    try {
      return (await this.#files.kindOf(path)) === 'missing' ? '' : await this.#files.read(path);
    } catch {
      // It is there, but what it says is not known; Git would stop with an error.
      return '';
    }
  }
}

/** The folder with `info/`, which worktrees share. */
async function findGitFolder(files: FileAccess, path: string): Promise<string | undefined> {
  const kind = await files.kindOf(path);
  if (kind !== 'file') return kind === 'missing' ? undefined : path;
  const folder = await readPath(files, path, 'gitdir: ', getParent(path));
  if (folder === undefined) return undefined;
  return (await readPath(files, join(folder, 'commondir'), '', folder)) ?? folder;
}

async function readPath(
  files: FileAccess,
  file: string,
  prefix: string,
  base: string,
): Promise<string | undefined> {
  if ((await files.kindOf(file)) !== 'file') return undefined;
  try {
    const [line = ''] = (await files.read(file)).split(/\r?\n/u, 1);
    return line.startsWith(prefix) ? resolveFrom('', base, line.slice(prefix.length)) : undefined;
  } catch {
    return undefined;
  }
}

/** The values of a key in Git's configuration, the last of which counts. A section may have a name behind it. */
function readConfig(text: string, section: string, key: string): readonly string[] {
  const values: string[] = [];
  let isInSection = false;
  for (const written of text.split('\n')) {
    const line = written.trim();
    if (line.startsWith('[')) {
      const name = /^\[(?<name>[\w.-]{1,64})/u.exec(line)?.groups?.['name']?.toLowerCase();
      isInSection = name === section || name === `${section}if`;
    }
    const equals = line.indexOf('=');
    const before = line.slice(line.startsWith('[') ? line.indexOf(']') + 1 : 0, equals).trim();
    if (isInSection && equals > 0 && before.toLowerCase() === key) {
      values.push(unquote(line.slice(equals + 1).trim()));
    }
  }
  return values;
}

function unquote(value: string): string {
  if (!value.startsWith('"')) return value.split(/[#;]/u, 1)[0]?.trim() ?? '';
  const end = value.indexOf('"', 1);
  return value.slice(1, end < 0 ? undefined : end).replaceAll('\\\\', '\\');
}

function resolveFrom(home: string, base: string, path: string): string {
  // Two slashes would name another machine on Windows, which would be contacted.
  const slashes = path.replaceAll('\\', '/').replace(/^\/+/u, '/');
  if (slashes.startsWith('~/')) return join(home, slashes.slice(2));
  if (slashes.startsWith('/')) return slashes;
  if (/^[a-z]:\//iu.test(slashes)) return `/${slashes}`;
  const segments = base.split('/').slice(1);
  for (const segment of slashes.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '.' && segment !== '') segments.push(segment);
  }
  return `/${segments.join('/')}`;
}

function withSlash(folder: string): string {
  return folder.endsWith('/') ? folder : `${folder}/`;
}

function join(folder: string, path: string): string {
  return path === '' ? folder : withSlash(folder) + path;
}

function getParent(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

/** The folders from `top` down to the one that holds `path`. */
function getFolders(top: string, path: string): readonly string[] {
  const below = path.slice(withSlash(top).length).split('/').slice(0, -1);
  return [top, ...below.map((_name, index) => join(top, below.slice(0, index + 1).join('/')))];
}
