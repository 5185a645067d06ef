import * as v from 'valibot';
import * as vscode from 'vscode';
import { costsMore } from './costlyValues';
import { ownValue } from './whoseValue';
import {
  personOnly,
  refusedOption,
  settingKeys,
  settingSchemas,
  type SettingKey,
  type Settings,
} from './settingSchemas';

/** What is wrong with a value: its shape, an address (in a sentence), or one of the options. */
export type SettingProblem = { readonly key: SettingKey } & (
  | { readonly kind: 'shape' }
  | { readonly kind: 'address'; readonly sentence: string }
  | { readonly kind: 'option'; readonly option: string }
);

/** A value of a workspace, or of a remote machine, that takes more memory than the person's own. */
export interface CostlyValue {
  readonly key: SettingKey;
  readonly value: unknown;
  readonly own: unknown;
}

export interface SettingsOptions {
  /** Says in a sentence what is wrong with an address, or undefined when it is a good one. */
  readonly addressProblem: (endpoint: string) => string | undefined;
  /** Whether the person has agreed to this value of the workspace. */
  readonly isAllowed: (value: CostlyValue) => boolean;
}

/** The settings as one typed snapshot. A wrong value is said once, and the last good one stays. */
export class SettingsReader implements vscode.Disposable {
  readonly #options: SettingsOptions;
  readonly #changed = new vscode.EventEmitter<ReadonlySet<SettingKey>>();
  readonly #problem = new vscode.EventEmitter<SettingProblem>();
  readonly #costly = new vscode.EventEmitter<CostlyValue>();
  readonly #subscription: vscode.Disposable;
  readonly #said = new Map<string, string>();
  #current: Settings = defaults();

  /** Fires with the keys whose value in force is another one now. */
  readonly onChanged = this.#changed.event;
  readonly onProblem = this.#problem.event;
  /** Fires with a workspace's value that is not used until the person agrees to it. */
  readonly onCostly = this.#costly.event;

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
    this.#current = snapshot((key) => this.#read(config, key));
    const changed = settingKeys.filter(
      (key) => JSON.stringify(this.#current[key]) !== JSON.stringify(before[key]),
    );
    if (changed.length > 0) this.#changed.fire(new Set(changed));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
    this.#problem.dispose();
    this.#costly.dispose();
  }

  #read(config: vscode.WorkspaceConfiguration, key: SettingKey): unknown {
    const value = this.#value(config, key);
    const parsed = v.safeParse(settingSchemas[key], value);
    const problem: SettingProblem | undefined = parsed.success
      ? this.#meaningProblem(key, parsed.output)
      : { key, kind: 'shape' };
    if (parsed.success && problem === undefined) {
      this.#said.delete(key);
      return parsed.output;
    }
    if (problem !== undefined) this.#once(key, value, () => this.#problem.fire(problem));
    return this.#current[key];
  }

  /** The value that counts: of some settings only the person's own, of some a workspace's if allowed. */
  #value(config: vscode.WorkspaceConfiguration, key: SettingKey): unknown {
    const own = ownValue(config.inspect<unknown>(key));
    if (personOnly.has(key)) return own;
    const value = config.get<unknown>(key);
    const costly = { key, value, own };
    if (!costsMore(key, value, own) || this.#options.isAllowed(costly)) return value;
    this.#once(`${key}?`, value, () => this.#costly.fire(costly));
    return own;
  }

  #once(about: string, value: unknown, say: () => void): void {
    const text = JSON.stringify(value);
    if (this.#said.get(about) === text) return;
    this.#said.set(about, text);
    say();
  }

  #meaningProblem(key: SettingKey, value: unknown): SettingProblem | undefined {
    if (key === 'endpoint' && typeof value === 'string') {
      const sentence = this.#options.addressProblem(value);
      return sentence === undefined ? undefined : { key, kind: 'address', sentence };
    }
    if (key !== 'options' || typeof value !== 'object' || value === null) return undefined;
    const option = refusedOption(value);
    return option === undefined ? undefined : { key, kind: 'option', option };
  }
}

/** The manifest's own values, which a contract test has tried. */
function defaults(): Settings {
  const config = vscode.workspace.getConfiguration('cria');
  return snapshot((key) => config.inspect<unknown>(key)?.defaultValue);
}

/** The schemas that `read` has applied give each key its type. */
function snapshot(read: (key: SettingKey) => unknown): Settings {
  return Object.fromEntries(settingKeys.map((key) => [key, read(key)])) as Settings;
}
