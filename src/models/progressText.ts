import * as vscode from 'vscode';
import { bytes, joined } from '../ui/format';
import { translated } from '../ui/translated';
import type { Download } from './downloads';

const { t } = vscode.l10n;

/** `42 %, 2.1 of 5.2 GB`, or what the server is doing while it does not count. */
export function progressText({ status, completedBytes, totalBytes, state }: Download): string {
  const waiting = { running: '', paused: t('paused'), failed: t('failed') }[state];
  const counted =
    totalBytes === 0
      ? ''
      : t(
          '{0} %, {1} of {2}',
          percent(completedBytes, totalBytes),
          bytes(completedBytes),
          bytes(totalBytes),
        );
  const isCounting = totalBytes > 0 && completedBytes < totalBytes;
  return joined([waiting, counted, state === 'running' && !isCounting ? translated(status) : '']);
}

export function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.floor((part / whole) * 100);
}
