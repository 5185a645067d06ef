/** Numbers, durations and sizes in the language of the page's document. */

const language = typeof document === 'undefined' ? 'en' : document.documentElement.lang || 'en';
const plain = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });

export function count(value: number): string {
  return plain.format(value);
}

/** Tokens as `850`, `2.6k` or `33k`. */
export function shortCount(value: number): string {
  if (value < 1000) return plain.format(value);
  const thousands = value / (value % 1024 === 0 ? 1024 : 1000);
  return `${(thousands < 10 ? oneDecimal : plain).format(thousands)}k`;
}

/** Milliseconds as `40 ms`, `0.3 s`, `14 s` or `2 min 5 s`. */
export function seconds(ms: number): string {
  const whole = Math.floor(ms / 1000);
  if (ms >= 1 && ms < 100) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${oneDecimal.format(Math.round(ms / 100) / 10)} s`;
  if (whole < 60) return `${whole} s`;
  const rest = whole % 60;
  return rest === 0 ? `${Math.floor(whole / 60)} min` : `${Math.floor(whole / 60)} min ${rest} s`;
}

/** Milliseconds rounded down to whole seconds, for a running clock: tenths would flicker. */
export function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

/** Milliseconds as `0:15`. */
export function clock(ms: number): string {
  const whole = Math.floor(ms / 1000);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** A size as Ollama prints it: decimal units, one digit from a gigabyte up. */
export function bytes(size: number): string {
  if (size >= 1e9) return `${oneDecimal.format(size / 1e9)} GB`;
  if (size >= 1e6) return `${plain.format(size / 1e6)} MB`;
  return `${plain.format(size / 1e3)} kB`;
}

/**
 * Tokens per second.
 * @param tokens how many were evaluated
 * @param durationNs how long that took, in nanoseconds
 */
export function rate(tokens?: number, durationNs?: number): string | undefined {
  if (tokens === undefined || durationNs === undefined || durationNs <= 0) return undefined;
  const perSecond = tokens / (durationNs / 1e9);
  return perSecond < 10 ? oneDecimal.format(perSecond) : plain.format(perSecond);
}
