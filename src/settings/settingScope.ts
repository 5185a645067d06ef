import type * as vscode from 'vscode';
import type { SettingKey } from './settingDescriptors';

/** Options that have a setting of their own, or of which another value makes the server load the model anew (api/types.go `Runner`). */
const refused =
  /^(?:temperature|keep_alive|think|num_(?!predict$|keep$).*|main_gpu|use_m(?:map|lock)|draft_num_predict|low_vram)$/u;

/** The first of the sampling options that cannot be one. */
export function refusedOption(options: object): string | undefined {
  return Object.keys(options).find((option) => refused.test(option));
}

/** What VS Code knows of a setting: the values of each place. */
export type Inspected = ReturnType<vscode.WorkspaceConfiguration['inspect']>;

/** The person's own value, or the manifest's; a remote machine's, which a devcontainer.json can write, is not theirs. */
export function ownValue(inspected: Inspected): unknown {
  const own = remoteValue(inspected) === undefined ? inspected?.globalValue : localValue(inspected);
  return own ?? inspected?.defaultValue;
}

/** What files say that come with a folder: its settings, its workspace's, its devcontainer's. */
export function valuesOfFolder(inspected: Inspected): readonly unknown[] {
  const values = [
    inspected?.workspaceFolderValue,
    inspected?.workspaceValue,
    remoteValue(inspected),
  ];
  return values.filter((value) => value !== undefined);
}

/** VS Code has told these two apart for long, though its types do not say so. */
function remoteValue(inspected: Inspected): unknown {
  return inspected && 'globalRemoteValue' in inspected ? inspected.globalRemoteValue : undefined;
}

function localValue(inspected: Inspected): unknown {
  return inspected && 'globalLocalValue' in inspected ? inspected.globalLocalValue : undefined;
}

/** The smallest values that a server has when nobody sets any (Ollama's `OLLAMA_CONTEXT_LENGTH`, `OLLAMA_KEEP_ALIVE`). */
const serverContext = 4096;
const serverKeepAlive = 300;

const unitSeconds: Readonly<Record<string, number>> = {
  ...{ ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3 },
  ...{ s: 1, m: 60, h: 3600 },
};

/**
 * Whether a workspace's value takes more of the person's memory than the person's own does: a longer
 * context, or a model that stays loaded for longer. Such a value is used only when the person agrees.
 */
export function costsMore(key: SettingKey, value: unknown, own: unknown): boolean {
  if (key === 'contextLength') {
    return typeof value === 'number' && value > (typeof own === 'number' ? own : serverContext);
  }
  return key === 'keepAlive' && value !== null && seconds(value) > seconds(own ?? serverKeepAlive);
}

/** Seconds that a `keep_alive` means; a negative one is for ever. */
function seconds(keepAlive: unknown): number {
  const text = String(keepAlive).trim();
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/gu)];
  const total =
    parts.length === 0
      ? Number(text)
      : parts.reduce(
          (sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit ?? ''] ?? 0),
          0,
        );
  if (text.startsWith('-')) return Infinity;
  // What cannot be read is refused elsewhere.
  return Number.isNaN(total) ? 0 : total;
}
