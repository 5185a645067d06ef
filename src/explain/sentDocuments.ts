import * as vscode from 'vscode';
import type { SentRequest } from '../conversation/explanation';

const { t } = vscode.l10n;
const scheme = 'cria-sent';

/** Shows, read-only, the exact words that an explanation was asked for with. */
export class SentDocuments implements vscode.Disposable {
  readonly #registration: vscode.Disposable;
  readonly #texts = new Map<string, string>();
  #count = 0;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(scheme, {
      provideTextDocumentContent: (uri) => this.#texts.get(uri.path) ?? '',
    });
  }

  /** `name` stands in the tab. */
  async show(name: string, sent: readonly SentRequest[], origin: string): Promise<void> {
    this.#count += 1;
    const path = `/${this.#count}/${t('Prompt for {0}', name.replaceAll('/', '∕'))}.txt`;
    this.#texts.set(path, sentText(sent, origin));
    const document = await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme, path }));
    await vscode.window.showTextDocument(document, { preview: true });
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

function sentText(sent: readonly SentRequest[], origin: string): string {
  return sent.map((request) => requestText(request, origin)).join('\n\n\n');
}

function requestText(
  { model, system, prompt, contextTokens }: SentRequest,
  origin: string,
): string {
  const parts = [t('POST {0}/api/generate for {1}', origin, model)];
  if (contextTokens !== undefined) {
    parts.push(
      t(
        'With the {0} context tokens that the server returned for the request above.',
        contextTokens,
      ),
    );
  }
  if (system !== undefined) parts.push(`──── system ────\n${system}`);
  parts.push(`──── prompt ────\n${prompt}`);
  return parts.join('\n\n');
}
