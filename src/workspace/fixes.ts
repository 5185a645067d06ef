import * as vscode from 'vscode';
import type { FixAction } from '../shared/protocol';

/** What the buttons of a notice do; `retry` is the asker's own, for it knows what to ask again. */
export interface FixDependencies {
  /** Lets the person choose a model; true when one was chosen. */
  readonly pickModel: () => Promise<boolean>;
  readonly checkConnection: () => Promise<unknown>;
  readonly newConversation: () => void;
  readonly showLog: () => void;
}

export type Fixes = (action: FixAction, retry: () => void) => Promise<void>;

export function createFixes(deps: FixDependencies): Fixes {
  const table: Record<FixAction, (retry: () => void) => Promise<unknown> | undefined> = {
    retry: (retry) => {
      retry();
      return undefined;
    },
    checkConnection: () => deps.checkConnection(),
    changeEndpoint: () => openSetting('cria.endpoint'),
    selectModel: async (retry) => {
      if (await deps.pickModel()) retry();
    },
    openSettings: () => openSetting('cria.'),
    newConversation: () => {
      deps.newConversation();
      return undefined;
    },
    showLog: () => {
      deps.showLog();
      return undefined;
    },
  };
  return async (action, retry) => {
    await table[action](retry);
  };
}

async function openSetting(query: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', query);
}
