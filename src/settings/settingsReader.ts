import * as v from 'valibot';
import * as vscode from 'vscode';
import {
  settingDescriptors,
  type SettingKey,
  settingKeys,
  type Settings,
} from './settingDescriptors';
import { costsMore, type Inspected, ownValue, refusedOption } from './settingScope';

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

/** The settings as one typed snapshot. An invalid value is reported once, and the last valid one is kept. */
export class SettingsReader implements vscode.Disposable {
  readonly #options: SettingsOptions;
  readonly #changed = new vscode.EventEmitter<ReadonlySet<SettingKey>>();
  readonly #problem = new vscode.EventEmitter<SettingProblem>();
  readonly #costly = new vscode.EventEmitter<CostlyValue>();
  readonly #subscription: vscode.Disposable;
  readonly #said = new Map<string, string>();
  #current: Settings | undefined;

  /** Fires with the keys whose effective value has changed. */
  readonly onChanged = this.#changed.event;
  readonly onProblem = this.#problem.event;
  /** Fires with a workspace value that is not used until the user agrees. */
  readonly onCostly = this.#costly.event;

  constructor(options: SettingsOptions) {
    this.#options = options;
    this.#subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('cria')) this.refresh();
    });
  }

  get current(): Settings {
    return (this.#current ??= getDefaults(inspectAll(vscode.workspace.getConfiguration('cria'))));
  }

  /** Reads all settings. Called once at startup, after listeners are registered. */
  refresh(): void {
    const config = vscode.workspace.getConfiguration('cria');
    const inspected = inspectAll(config);
    const before = this.#current ?? getDefaults(inspected);
    const now = snapshot((key) =>
      this.#read(key, this.#value(config, key, inspected[key]), before),
    );
    this.#current = now;
    const changed = settingKeys.filter(
      (key) => JSON.stringify(now[key]) !== JSON.stringify(before[key]),
    );
    if (changed.length > 0) this.#changed.fire(new Set(changed));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
    this.#problem.dispose();
    this.#costly.dispose();
  }

  /** The value if it is valid, else the previous one. */
  #read(key: SettingKey, value: unknown, before: Settings): unknown {
    const parsed = v.safeParse(settingDescriptors[key].schema, value);
    const problem: SettingProblem | undefined = parsed.success
      ? this.#meaningProblem(key, parsed.output)
      : { key, kind: 'shape' };
    if (parsed.success && problem === undefined) {
      this.#said.delete(key);
      return parsed.output;
    }
    if (problem !== undefined) this.#once(key, value, () => this.#problem.fire(problem));
    return before[key];
  }

  /** The effective value: for some settings only the user's own, for some a workspace's after consent. */
  #value(config: vscode.WorkspaceConfiguration, key: SettingKey, inspected: Inspected): unknown {
    const own = ownValue(inspected);
    if (settingDescriptors[key].from === 'user') return own;
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

type AllInspected = Readonly<Record<SettingKey, Inspected>>;

/**
 * Inspects each setting by itself: inspecting the section as a whole leaves out application-scoped settings
 * in a profile.
 */
function inspectAll(config: vscode.WorkspaceConfiguration): AllInspected {
  const entries = settingKeys.map((key) => [key, config.inspect<unknown>(key)] as const);
  return Object.fromEntries(entries) as AllInspected;
}

/** The manifest's defaults; a contract test validates them. */
function getDefaults(inspected: AllInspected): Settings {
  return snapshot((key) => inspected[key]?.defaultValue);
}

/** The schemas that `read` has applied give each key its type. */
function snapshot(read: (key: SettingKey) => unknown): Settings {
  return Object.fromEntries(settingKeys.map((key) => [key, read(key)])) as Settings;
}
