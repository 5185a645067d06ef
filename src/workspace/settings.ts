import * as v from 'valibot';
import * as vscode from 'vscode';
import type { ExplainSettings } from '../conversation/explainDialogue';
import type { RequestProfile } from '../conversation/ports';
import type { ChatSettings } from '../conversation/session';
import { personOnly, settingSchemas, type SettingKey, type Settings } from './settingSchemas';

const fallback: Settings = {
  endpoint: '',
  model: '',
  systemPrompt: '',
  contextLength: null,
  temperature: null,
  keepAlive: null,
  answerLanguage: '',
  'explain.showIn': 'editor',
  'codeActions.enabled': true,
};

export interface SettingProblem {
  readonly key: SettingKey;
  /** What is wrong with the value, in a sentence. */
  readonly sentence: string;
}

export interface SettingsOptions {
  /** Says in a sentence what is wrong with an address, or undefined when it is a good one. */
  readonly addressProblem: (endpoint: string) => string | undefined;
}

/** The settings as one typed snapshot. A wrong value is said once, and the last good one stays. */
export class SettingsReader implements vscode.Disposable {
  readonly #options: SettingsOptions;
  readonly #changed = new vscode.EventEmitter<ReadonlySet<SettingKey>>();
  readonly #problem = new vscode.EventEmitter<SettingProblem>();
  readonly #subscription: vscode.Disposable;
  readonly #said = new Map<SettingKey, string>();
  #current: Settings = fallback;

  /** Fires with the keys whose value in force is another one now. */
  readonly onChanged = this.#changed.event;
  readonly onProblem = this.#problem.event;

  constructor(options: SettingsOptions) {
    this.#options = options;
    this.#subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('cria')) this.refresh();
    });
  }

  get current(): Settings {
    return this.#current;
  }

  /** Reads everything anew. Called once at the start, when listeners are in place. */
  refresh(): void {
    const before = this.#current;
    const config = vscode.workspace.getConfiguration('cria');
    this.#current = {
      endpoint: this.#read(config, 'endpoint'),
      model: this.#read(config, 'model'),
      systemPrompt: this.#read(config, 'systemPrompt'),
      contextLength: this.#read(config, 'contextLength'),
      temperature: this.#read(config, 'temperature'),
      keepAlive: this.#read(config, 'keepAlive'),
      answerLanguage: this.#read(config, 'answerLanguage'),
      'explain.showIn': this.#read(config, 'explain.showIn'),
      'codeActions.enabled': this.#read(config, 'codeActions.enabled'),
    };
    const keys = Object.keys(settingSchemas) as SettingKey[];
    const changed = new Set(keys.filter((key) => this.#current[key] !== before[key]));
    if (changed.size > 0) this.#changed.fire(changed);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
    this.#problem.dispose();
  }

  #read<K extends SettingKey>(config: vscode.WorkspaceConfiguration, key: K): Settings[K] {
    const inspected = config.inspect(key);
    const value: unknown = personOnly.has(key)
      ? (inspected?.globalValue ?? inspected?.defaultValue)
      : config.get(key);
    const parsed = v.safeParse(settingSchemas[key], value);
    const sentence = parsed.success ? this.#meaningProblem(key, parsed.output) : shapeProblem(key);
    if (parsed.success && sentence === undefined) {
      this.#said.delete(key);
      return parsed.output as Settings[K];
    }
    if (sentence !== undefined && this.#said.get(key) !== JSON.stringify(value)) {
      this.#said.set(key, JSON.stringify(value));
      this.#problem.fire({ key, sentence });
    }
    return this.#current[key];
  }

  #meaningProblem(key: SettingKey, value: unknown): string | undefined {
    return key === 'endpoint' && typeof value === 'string'
      ? this.#options.addressProblem(value)
      : undefined;
  }
}

function shapeProblem(key: SettingKey): string {
  const { t } = vscode.l10n;
  const sentences: Record<SettingKey, string> = {
    endpoint: t('The setting cria.endpoint must be an address, such as http://127.0.0.1:11434.'),
    model: t('The setting cria.model must be the name of a model, such as qwen3:8b.'),
    systemPrompt: t('The setting cria.systemPrompt must be text of at most 32,768 characters.'),
    contextLength: t(
      'The setting cria.contextLength must be null or a whole number of tokens from 256 on.',
    ),
    temperature: t('The setting cria.temperature must be null or a number from 0 to 2.'),
    keepAlive: t(
      'The setting cria.keepAlive must be null, a number of seconds, or a duration such as 10m.',
    ),
    answerLanguage: t(
      'The setting cria.answerLanguage must be the name of a language, such as Deutsch.',
    ),
    'explain.showIn': t('The setting cria.explain.showIn must be editor or chat.'),
    'codeActions.enabled': t('The setting cria.codeActions.enabled must be true or false.'),
  };
  return sentences[key];
}

/** The same load options for every request to a model, or the server loads it again each time. */
function requestProfile(settings: Settings): RequestProfile {
  const { contextLength, temperature, keepAlive: keep } = settings;
  return {
    ...(contextLength === null ? {} : { contextLength }),
    ...(temperature === null ? {} : { temperature }),
    ...(keep === null ? {} : { keepAlive: keep }),
  };
}

export function chatSettings(settings: Settings): ChatSettings {
  const { model, systemPrompt, answerLanguage } = settings;
  const inLanguage = answerLanguage === '' ? '' : `Answer in ${answerLanguage}.`;
  return {
    model,
    systemPrompt: [systemPrompt.trim(), inLanguage].filter((part) => part !== '').join('\n'),
    profile: requestProfile(settings),
  };
}

export function explainSettings(settings: Settings): ExplainSettings {
  const { model, answerLanguage } = settings;
  return { model, answerLanguage, profile: requestProfile(settings) };
}

/** Writes where the value in force was written, so that the change is seen. */
export async function saveModel(name: string): Promise<void> {
  const config = vscode.workspace.getConfiguration('cria');
  const inspected = config.inspect('model');
  const target =
    inspected?.workspaceValue === undefined
      ? vscode.ConfigurationTarget.Global
      : vscode.ConfigurationTarget.Workspace;
  await config.update('model', name, target);
}
