import * as vscode from 'vscode';
import { attachmentText } from '../conversation/attachmentText';
import type { Attachment } from '../shared/attachment';
import type { Disposable } from '../ui/disposables';

const scheme = 'cria-attachment';

/** Shows, read-only, exactly what is sent of an attachment. */
export class Previews implements Disposable {
  readonly #texts = new Map<string, string>();
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: ({ path }) => this.#texts.get(path) ?? '',
  });

  async show(attachment: Attachment): Promise<void> {
    const { id, label } = attachment;
    const path = `/${id}/${label.replaceAll('/', '∕')}.md`;
    this.#texts.set(path, attachmentText(attachment));
    const document = await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme, path }));
    await vscode.window.showTextDocument(document, { preview: true });
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
