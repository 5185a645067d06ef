import * as v from 'valibot';
import * as vscode from 'vscode';
import { asLabel } from '../shared/hiddenCharacters';
import { fullName, parseModelName, sameModel } from '../ollama/modelName';
import { valuesOfFolder } from '../settings/settingScope';
import { readValue } from '../storage/checkpoint';
import { dialogTexts, showWarning } from '../ui/dialogs';

const { t } = vscode.l10n;
const key = 'cria.cloudConsent';

export interface CloudConsentOptions {
  readonly global: vscode.Memento;
  readonly workspace: vscode.Memento;
}

/** What is known of a model that the user is asked about. */
export type CloudQuestion = 'runsElsewhere' | 'isUnknown' | 'isPublicServer';

/**
 * Which cloud models the user has allowed, each at one server address, and which public servers. It is stored by
 * VS Code, where no file of a workspace can write. A model that a workspace names needs the consent in that workspace.
 */
export class CloudConsent {
  readonly #options: CloudConsentOptions;

  constructor(options: CloudConsentOptions) {
    this.#options = options;
  }

  /** @param origin the address of the server, as it is shown */
  isGiven(model: string, origin: string): boolean {
    if (!parseModelName(model)) return false;
    const { global, workspace } = this.#options;
    const memento = isNamedByWorkspace(model) ? workspace : global;
    return readConsents(memento).includes(toKey(model, origin));
  }

  /** Whether the public server may be used, with all its models; not those of Ollama’s cloud. */
  isServerAllowed(origin: string): boolean {
    return readConsents(this.#options.global).includes(toServerKey(origin));
  }

  /** Asks the user; true if they agree now or did so before. The consent is for the address that is shown. */
  async ask(
    model: string,
    origin: string,
    question: CloudQuestion = 'runsElsewhere',
  ): Promise<boolean> {
    if (question === 'isPublicServer') return this.#askForServer(origin);
    if (this.isGiven(model, origin)) return true;
    // Other text than a name could change what the question seems to say.
    if (!parseModelName(model)) return false;
    const use = t('Use {0}', asLabel(model, 1_000));
    const { sentence, detail } = describeQuestion(model, origin, question);
    if (!(await confirm(sentence, detail, use))) return false;
    const { global, workspace } = this.#options;
    for (const memento of [global, workspace]) {
      await memento.update(key, [...new Set([...readConsents(memento), toKey(model, origin)])]);
    }
    return true;
  }

  /** A server speaks for all its models, and no workspace names the server. */
  async #askForServer(origin: string): Promise<boolean> {
    if (this.isServerAllowed(origin)) return true;
    const use = t('Use This Server');
    const sentence = t('{0} is a public server.', origin);
    const detail = t('Your messages and code would be sent there. Cria asks once per server.');
    if (!(await confirm(sentence, detail, use))) return false;
    const { global } = this.#options;
    await global.update(key, [...new Set([...readConsents(global), toServerKey(origin)])]);
    return true;
  }
}

async function confirm(sentence: string, detail: string, use: string): Promise<boolean> {
  // The first button has the focus: Enter alone must not send anything elsewhere.
  const chosen = await vscode.window.showWarningMessage(
    ...dialogTexts(sentence, detail.split('\n')),
    { title: t('Cancel'), isCloseAffordance: true },
    { title: use },
  );
  return chosen?.title === use;
}

/** No name of a model has an asterisk. */
function toServerKey(origin: string): string {
  return `${origin} *`;
}

/** Asks whether the address that a remote environment sets may be used; undefined: no answer. */
export async function confirmRemoteHost(origin: string): Promise<boolean | undefined> {
  const use = t('Use {0}', origin);
  const sentence = t(
    'This remote environment sets OLLAMA_HOST to {0}. Cria would send your messages and code there.',
    origin,
  );
  const chosen = await showWarning(sentence, use, t('Don’t Use'));
  return chosen === undefined ? undefined : chosen === use;
}

function describeQuestion(
  model: string,
  origin: string,
  question: Exclude<CloudQuestion, 'isPublicServer'>,
): { readonly sentence: string; readonly detail: string } {
  if (question === 'isUnknown') {
    return {
      sentence: t('{0} may run in the cloud (ollama.com).', model),
      detail: t(
        'The server at {0} may send your messages and code to ollama.com or to another server. Cria asks once per model.',
        origin,
      ),
    };
  }
  return {
    sentence: t('{0} runs in the cloud (ollama.com).', model),
    detail: t(
      'Ollama at {0} would send your messages and code to ollama.com. Cria asks once per cloud model.',
      origin,
    ),
  };
}

function toKey(model: string, origin: string): string {
  return `${origin} ${fullName(model)}`;
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
