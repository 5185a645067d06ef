import type * as vscode from 'vscode';
import type { SettingKey } from './settingDescriptors';

/** Options that have their own setting, or whose change makes Ollama reload the model (api/types.go `Runner`). */
const refused =
  /^(?:temperature|keep_alive|think|num_(?!predict$|keep$).*|main_gpu|use_m(?:map|lock)|draft_num_predict|low_vram)$/u;

/** The first option that is not allowed in `cria.options`. */
export function refusedOption(options: object): string | undefined {
  const entries = Object.entries(options);
  // Ollama drops a 0 for many templates, and the answer would have no limit at all.
  const isZeroLimit = (option: string, value: unknown): boolean =>
    option === 'num_predict' && value === 0;
  return entries.find(([option, value]) => refused.test(option) || isZeroLimit(option, value))?.[0];
}

/** The values of a setting in each scope. */
export type Inspected = ReturnType<vscode.WorkspaceConfiguration['inspect']>;

/** The user's value or the default. A remote machine's value does not count: a devcontainer.json can write it. */
export function ownValue(inspected: Inspected): unknown {
  const own = remoteValue(inspected) === undefined ? inspected?.globalValue : localValue(inspected);
  return own ?? inspected?.defaultValue;
}

/** The values from files that come with a folder: its settings, its workspace file, its devcontainer. */
export function valuesOfFolder(inspected: Inspected): readonly unknown[] {
  const values = [
    inspected?.workspaceFolderValue,
    inspected?.workspaceValue,
    remoteValue(inspected),
  ];
  return values.filter((value) => value !== undefined);
}

/** VS Code has this field, though its type definitions do not. */
function remoteValue(inspected: Inspected): unknown {
  return inspected && 'globalRemoteValue' in inspected ? inspected.globalRemoteValue : undefined;
}

function localValue(inspected: Inspected): unknown {
  return inspected && 'globalLocalValue' in inspected ? inspected.globalLocalValue : undefined;
}

/** Ollama's defaults where none are configured (`OLLAMA_CONTEXT_LENGTH`, `OLLAMA_KEEP_ALIVE`). */
const serverContext = 4096;
const serverKeepAlive = 300;

const unitSeconds: Readonly<Record<string, number>> = {
  ...{ ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3 },
  ...{ s: 1, m: 60, h: 3600 },
};

/**
 * Whether a workspace value uses more memory than the user's: a longer context, or a model that stays loaded
 * longer. Such a value is used only after the user agrees.
 */
export function costsMore(key: SettingKey, value: unknown, own: unknown): boolean {
  if (key === 'contextLength') {
    if (value === 'auto') return own !== 'auto';
    return typeof value === 'number' && value > (typeof own === 'number' ? own : serverContext);
  }
  return key === 'keepAlive' && value !== null && seconds(value) > seconds(own ?? serverKeepAlive);
}

/** No duration is longer, in UTF-16 code units. */
const maxDurationLength = 64;

/** A `keep_alive` in seconds; negative values mean forever. */
function seconds(keepAlive: unknown): number {
  const text = String(keepAlive).slice(0, maxDurationLength).trim();
  const parts = [...text.matchAll(/(?<![\d.])(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/gu)];
  const total =
    parts.length === 0
      ? Number(text)
      : parts.reduce(
          (sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit ?? ''] ?? 0),
          0,
        );
  if (text.startsWith('-')) return Infinity;
  // The schema refuses what is not a duration.
  return Number.isNaN(total) ? 0 : total;
}
