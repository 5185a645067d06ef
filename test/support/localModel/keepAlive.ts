import { Failure } from './failure';

const unitsMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Ollama's default: five minutes. */
export const defaultKeepAliveMs = 300_000;

/**
 * How long a model stays loaded, in milliseconds, from a number of seconds or Go's `"1h30m"`.
 * A negative value means for ever; nothing given, nothing said.
 *
 * @throws Failure 400 when a number has no unit, with Go's words
 */
export function keepAliveMs(value: number | string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = typeof value === 'number' ? value * 1_000 : durationMs(value);
  return ms < 0 ? Infinity : ms;
}

function durationMs(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const body = text.replace(/^[+-]/u, '');
  if (body === '0') return 0;
  const parts = [...body.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/gu)];
  if (body === '' || parts.map(([part]) => part).join('') !== body) {
    const problem = /^\d+(?:\.\d+)?$/u.test(body) ? 'missing unit in duration' : 'invalid duration';
    throw new Failure(400, `time: ${problem} ${JSON.stringify(text)}`);
  }
  return parts.reduce((sum, [, n, unit]) => sum + sign * Number(n) * (unitsMs[unit ?? ''] ?? 0), 0);
}
