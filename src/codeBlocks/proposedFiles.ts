import * as vscode from 'vscode';

/**
 * Proposed texts as files in memory, so that the diff editor can revert each change of a proposal and the
 * user can edit it. They are gone when they are removed.
 */
export class ProposedFiles implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #scheme: string;
  readonly #files = new Map<string, { bytes: Uint8Array; mtime: number; isReadOnly: boolean }>();
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #owned: vscode.Disposable;
  #time = 1;
  readonly onDidChangeFile = this.#changed.event;

  constructor(scheme: string) {
    this.#scheme = scheme;
    this.#owned = vscode.Disposable.from(
      vscode.workspace.registerFileSystemProvider(scheme, this, { isCaseSensitive: true }),
      // Edits and reverted changes are saved at once: closing the diff then asks nothing.
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.scheme === scheme && document.isDirty) void document.save();
      }),
      this.#changed,
    );
  }

  /** @param path begins with a slash */
  add(path: string, text: string, isReadOnly: boolean): vscode.Uri {
    this.#files.set(path, { bytes: encode(text), mtime: this.#tick(), isReadOnly });
    return vscode.Uri.from({ scheme: this.#scheme, path });
  }

  /** The text of a proposal, with the edits that were saved. */
  read(uri: vscode.Uri): string {
    return new TextDecoder().decode(this.#find(uri).bytes);
  }

  /** Gives a proposal another text; editors that show it follow. */
  update(uri: vscode.Uri, text: string): void {
    const file = this.#files.get(uri.path);
    if (!file) return;
    this.#files.set(uri.path, { ...file, bytes: encode(text), mtime: this.#tick() });
    this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  remove(uri: vscode.Uri): void {
    this.#files.delete(uri.path);
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const { bytes, mtime, isReadOnly } = this.#find(uri);
    const stat = { type: vscode.FileType.File, ctime: 0, mtime, size: bytes.length };
    return isReadOnly ? { ...stat, permissions: vscode.FilePermission.Readonly } : stat;
  }

  readFile(uri: vscode.Uri): Uint8Array {
    return this.#find(uri).bytes;
  }

  writeFile(uri: vscode.Uri, content: Uint8Array): void {
    const file = this.#find(uri);
    this.#files.set(uri.path, { ...file, bytes: content, mtime: this.#tick() });
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(uri: vscode.Uri): [] {
    throw vscode.FileSystemError.FileNotFound(uri);
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #find(uri: vscode.Uri): { bytes: Uint8Array; mtime: number; isReadOnly: boolean } {
    const file = this.#files.get(uri.path);
    if (!file) throw vscode.FileSystemError.FileNotFound(uri);
    return file;
  }

  #tick(): number {
    this.#time += 1;
    return this.#time;
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
