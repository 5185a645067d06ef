import * as vscode from 'vscode';
import type { InstalledModel } from '../conversation/ports';

/** A number in VS Code's display language, with one decimal digit. */
export function decimal(value: number): string {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return value.toLocaleString(vscode.env.language, digits);
}

/** The same without decimals. */
export function whole(value: number): string {
  return value.toLocaleString(vscode.env.language, { maximumFractionDigits: 0 });
}

const { t } = vscode.l10n;

/** A size on disk or in memory: `5.2 GB`, `98 MB`, `12 kB`. */
export function bytes(size: number): string {
  if (size >= 1e9) return withUnit('gigabyte', size / 1e9, 1);
  return size >= 1e6 ? withUnit('megabyte', size / 1e6) : withUnit('kilobyte', size / 1e3);
}

function withUnit(unit: string, value: number, digits = 0): string {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const format = new Intl.NumberFormat(vscode.env.language, { style: 'unit', unit, ...options });
  return format.format(value);
}

/** Empty for a cloud model and where the server reports no size. */
export function sizeOnDisk({ size, cloud }: InstalledModel): string {
  return cloud || size === 0 ? '' : bytes(size);
}

export function tokens(count: number): string {
  return t('{0} tokens', whole(count));
}

export function joined(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}

/** `100 % GPU`, or how a model is split between both kinds of memory. */
export function split(sizeBytes: number, gpuBytes: number): string {
  const gpu = sizeBytes === 0 ? 0 : Math.round((gpuBytes / sizeBytes) * 100);
  if (gpu === 0) return t('100% CPU');
  return gpu === 100 ? t('100% GPU') : t('{0}% GPU, {1}% CPU', gpu, 100 - gpu);
}

/** Time until a model is unloaded; `nowMs` is in milliseconds since 1970. */
export function until(expiresAt: string | undefined, nowMs: number): string {
  const at = Date.parse(expiresAt ?? '');
  if (Number.isNaN(at)) return '';
  const minutes = Math.round((at - nowMs) / 60_000);
  // Ollama represents "forever" as a date centuries ahead.
  if (minutes > 60 * 24 * 365) return t('until unloaded');
  if (minutes >= 90) return t('{0} h left', Math.round(minutes / 60));
  return minutes >= 1 ? t('{0} min left', minutes) : t('less than 1 min left');
}

/** How long ago, such as `5 min. ago`. */
export function ago(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 1) return t('just now');
  const format = new Intl.RelativeTimeFormat(vscode.env.language, { style: 'short' });
  if (minutes < 60) return format.format(-minutes, 'minute');
  const hours = Math.round(minutes / 60);
  return hours < 48 ? format.format(-hours, 'hour') : format.format(-Math.round(hours / 24), 'day');
}
