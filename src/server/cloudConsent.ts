import * as v from 'valibot';
import * as vscode from 'vscode';
import { fullName, sameModel } from '../ollama/modelName';
import { valuesOfFolder } from '../settings/settingScope';
import { readValue } from '../storage/keyValueStore';

const { t } = vscode.l10n;
const key = 'cria.cloudConsent';

export interface CloudConsentOptions {
  readonly global: vscode.Memento;
  readonly workspace: vscode.Memento;
  readonly origin: () => string;
}

/**
 * Which cloud models the user has allowed, each at one server address. It is stored by VS Code, where no
 * file of a workspace can write. A model that a workspace names needs the consent in that workspace.
 */
export class CloudConsent {
  readonly #options: CloudConsentOptions;

  constructor(options: CloudConsentOptions) {
    this.#options = options;
  }

  isGiven(model: string): boolean {
    const { global, workspace } = this.#options;
    const memento = isNamedByWorkspace(model) ? workspace : global;
    return readConsents(memento).includes(this.#name(model));
  }

  /** Asks the user; true if they agree now or did so before. */
  async ask(model: string): Promise<boolean> {
    if (this.isGiven(model)) return true;
    const use = t('Use {0}', model);
    const detail = t(
      'Ollama at {0} would send your messages and code to ollama.com. Cria asks once per cloud model.',
      this.#options.origin(),
    );
    const sentence = t('{0} runs in the cloud (ollama.com).', model);
    const chosen = await vscode.window.showWarningMessage(sentence, { modal: true, detail }, use);
    if (chosen !== use) return false;
    const { global, workspace } = this.#options;
    for (const memento of [global, workspace]) {
      await memento.update(key, [...new Set([...readConsents(memento), this.#name(model)])]);
    }
    return true;
  }

  #name(model: string): string {
    return `${this.#options.origin()} ${fullName(model)}`;
  }
}

/** What cannot be read counts as no consent. */
function readConsents(memento: vscode.Memento): readonly string[] {
  return readValue(memento, key, v.array(v.string())) ?? [];
}

function isNamedByWorkspace(model: string): boolean {
  const config = vscode.workspace.getConfiguration('cria');
  return ['model', 'explain.model'].some((setting) =>
    valuesOfFolder(config.inspect(setting)).some((named) => sameModel(String(named), model)),
  );
}
