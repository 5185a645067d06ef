import * as vscode from 'vscode';
import { defined } from '../shared/defined';
import type { ReadingGate } from '../files/readingGate';

/** More files are not read: a longer list takes long and helps no model. */
const maxFiles = 2_000;

export interface Listing {
  readonly text: string;
  readonly files: number;
  /** What is left out, for the model; absent if nothing is. */
  readonly part?: string;
}

interface Entry {
  readonly name: string;
  /** Absent for files. */
  readonly children?: readonly Entry[];
}

/** Lists a folder as indented names, without what is excluded or ignored, in at most `maxLength` characters. */
export async function listFolder(
  root: vscode.Uri,
  path: string,
  gate: ReadingGate,
  maxLength: number,
): Promise<Listing> {
  const walk = new FolderWalk(root, gate);
  const lines = toLines(await walk.read(path));
  let length = 0;
  const fitting = lines.filter(({ text }) => (length += text.length + 1) <= maxLength);
  const files = fitting.filter(({ isFile }) => isFile).length;
  const isAll = fitting.length === lines.length && !walk.isFull;
  const notes: string[] = [];
  if (!isAll) notes.push(`the first ${files} files`);
  if (walk.hidden > 0) notes.push(`without ${walk.hidden} excluded or ignored files`);
  return defined({
    text: fitting.map(({ text }) => text).join('\n'),
    files: isAll ? files : walk.files,
    part: notes.length === 0 ? undefined : notes.join(', '),
  });
}

class FolderWalk {
  readonly #root: vscode.Uri;
  readonly #gate: ReadingGate;
  files = 0;
  hidden = 0;

  constructor(root: vscode.Uri, gate: ReadingGate) {
    this.#root = root;
    this.#gate = gate;
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
    // A link to a folder is listed but not followed: it may lead back up.
    const isFolder = type === vscode.FileType.Directory;
    const reason = await this.#gate.reasonToHide(this.#root, path, isFolder);
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
