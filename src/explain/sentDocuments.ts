import * as vscode from 'vscode';
import type { SentRequest } from '../conversation/explanation';
import type { Disposable } from '../ui/disposables';
import { ReadOnlyDocuments } from '../ui/readOnlyDocuments';

const { t } = vscode.l10n;

/** Shows exactly what was sent for an explanation, and the reasoning of the model. */
export class SentDocuments implements Disposable {
  readonly #documents = new ReadOnlyDocuments('cria-sent');
  #count = 0;

  /** @param name of the explained code, for the title of the tab */
  async show(name: string, sent: readonly SentRequest[], origin: string): Promise<void> {
    this.#count += 1;
    const path = `/${this.#count}/${t('Prompt for {0}', name.replaceAll('/', '∕'))}.txt`;
    const text = sent.map((request) => formatRequest(request, origin)).join('\n\n\n');
    await this.#documents.show(path, text);
  }

  async showReasoning(name: string, thinking: string): Promise<void> {
    this.#count += 1;
    const path = `/${this.#count}/${t('Reasoning for {0}', name.replaceAll('/', '∕'))}.md`;
    await this.#documents.show(path, thinking);
  }

  dispose(): void {
    this.#documents.dispose();
  }
}

function formatRequest(request: SentRequest, origin: string): string {
  const { model, system, prompt, earlier, contextTokens } = request;
  const parts = [
    earlier === undefined
      ? t('POST {0}/api/generate for {1}', origin, model)
      : t('POST {0}/api/chat for {1}', origin, model),
  ];
  if (contextTokens !== undefined) {
    parts.push(
      t(
        'With the {0} context tokens that the server returned for the request above.',
        contextTokens,
      ),
    );
  }
  if (system !== undefined) parts.push(`──── system ────\n${system}`);
  for (const { role, content } of earlier ?? []) parts.push(`──── ${role} ────\n${content}`);
  parts.push(`──── ${earlier === undefined ? 'prompt' : 'user'} ────\n${prompt}`);
  return parts.join('\n\n');
}
