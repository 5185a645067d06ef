import * as vscode from 'vscode';
import type { Disposable } from './disposables';

/** Read-only documents of one URI scheme, such as previews. A text is kept until its document is closed. */
export class ReadOnlyDocuments implements Disposable {
  readonly #scheme: string;
  readonly #texts = new Map<string, string>();
  readonly #registration: vscode.Disposable;

  constructor(scheme: string) {
    this.#scheme = scheme;
    this.#registration = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(scheme, {
        provideTextDocumentContent: ({ path }) => this.#texts.get(path) ?? '',
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === scheme) this.#texts.delete(uri.path);
      }),
    );
  }

  /** Keeps a text to be opened by the URI that is returned. @param path begins with a slash */
  add(path: string, text: string): vscode.Uri {
    this.#texts.set(path, text);
    return vscode.Uri.from({ scheme: this.#scheme, path });
  }

  remove(uri: vscode.Uri): void {
    this.#texts.delete(uri.path);
  }

  /** Opens a text in an editor. The last segment of `path` is the title of its tab. */
  async show(path: string, text: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.add(path, text));
    await vscode.window.showTextDocument(document, { preview: true });
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
