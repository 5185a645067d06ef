import * as vscode from 'vscode';
import type { AttachmentConsent } from './attachmentConsent';

/** More names are read from no disk, and help no model. */
const maxFiles = 2_000;

export interface Listing {
  readonly text: string;
  readonly files: number;
  /** What is left out, in words for a model. */
  readonly part?: string;
}

interface Entry {
  readonly name: string;
  /** Absent for a file. */
  readonly children?: readonly Entry[];
}

/** The names in a folder and below it, indented; what is excluded or ignored is left out. */
export async function listFolder(
  root: vscode.Uri,
  path: string,
  guard: AttachmentConsent,
  room: number,
): Promise<Listing> {
  const walk = new FolderWalk(root, guard);
  const lines = toLines(await walk.read(path));
  let length = 0;
  const fitting = lines.filter(({ text }) => (length += text.length + 1) <= room);
  const files = fitting.filter(({ isFile }) => isFile).length;
  const isAll = fitting.length === lines.length && !walk.isFull;
  const notes = [
    isAll ? [] : [`the first ${files} files`],
    walk.hidden === 0 ? [] : [`without ${walk.hidden} excluded or ignored files`],
  ].flat();
  return {
    text: fitting.map(({ text }) => text).join('\n'),
    files: isAll ? files : walk.files,
    ...(notes.length === 0 ? {} : { part: notes.join(', ') }),
  };
}

class FolderWalk {
  readonly #root: vscode.Uri;
  readonly #guard: AttachmentConsent;
  files = 0;
  hidden = 0;

  constructor(root: vscode.Uri, guard: AttachmentConsent) {
    this.#root = root;
    this.#guard = guard;
  }

  get isFull(): boolean {
    return this.files >= maxFiles;
  }

  async read(path: string): Promise<Entry[]> {
    const found = await vscode.workspace.fs.readDirectory(vscode.Uri.joinPath(this.#root, path));
    const entries: Entry[] = [];
    for (const [name, type] of found.sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (this.isFull) break;
      const entry = await this.#entry(path === '' ? name : `${path}/${name}`, name, type);
      if (entry) entries.push(entry);
    }
    return entries;
  }

  async #entry(path: string, name: string, type: vscode.FileType): Promise<Entry | undefined> {
    // A link to a folder is named, and not followed: it may lead back up.
    const isFolder = type === vscode.FileType.Directory;
    const reason = await this.#guard.reasonToHide(this.#root, path, isFolder);
    if (reason !== undefined || name === '.git') {
      this.hidden += name === '.git' ? 0 : 1;
      return undefined;
    }
    if (isFolder) return { name, children: await this.read(path) };
    this.files += 1;
    return { name };
  }
}

interface Line {
  readonly text: string;
  readonly isFile: boolean;
}

function toLines(entries: readonly Entry[], indent = ''): Line[] {
  return entries.flatMap(({ name, children }): Line[] =>
    children
      ? [{ text: `${indent}${name}/`, isFile: false }, ...toLines(children, `${indent}  `)]
      : [{ text: `${indent}${name}`, isFile: true }],
  );
}
