import type { SettingKey } from './settingSchemas';

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
