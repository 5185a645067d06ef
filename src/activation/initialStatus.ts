import * as vscode from 'vscode';
import type { Status } from '../ui/statusItem';
import { resolveAddress } from '../server/serverAddress';
import { ownValue } from '../settings/settingScope';

/** The settings needed before the app is loaded. */
export interface InitialStatus {
  /** For the status bar; undefined if it is hidden. */
  readonly status: Status | undefined;
  /** The address may contain a name and a password, which must not stay in a file. */
  readonly holdsPassword: boolean;
}

export function readInitialStatus(): InitialStatus {
  const config = vscode.workspace.getConfiguration('cria');
  const own = ownValue(config.inspect<unknown>('endpoint'));
  const address = typeof own === 'string' ? own : '';
  const isVisible = config.get<unknown>('statusBar.visible') !== false;
  const model = config.get<unknown>('model');
  return {
    status: isVisible
      ? {
          model: typeof model === 'string' ? model.trim() : '',
          origin: resolveAddress(address).origin,
        }
      : undefined,
    holdsPassword: address.includes('@'),
  };
}
