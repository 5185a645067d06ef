import * as vscode from 'vscode';
import type { FixAction } from '../shared/protocol';

/** Whose notice a button stood in: it alone knows what to ask again, or what to go on with. */
export interface Asker {
  retry(): void;
  proceed(): void;
}

/** What the buttons of a notice need. */
export interface FixDependencies {
  /** Lets the person choose a model; true when one was chosen. */
  readonly pickModel: () => Promise<boolean>;
  readonly checkConnection: () => Promise<unknown>;
  readonly newConversation: () => void;
  /** Answers to the offer of another place's conversations. */
  readonly adoptConversations: () => Promise<void>;
  readonly declineAdoption: () => Promise<void>;
  readonly showLog: () => void;
}

export type Fixes = (action: FixAction, asker: Asker) => Promise<void>;

export function createFixes(deps: FixDependencies): Fixes {
  const table: Record<FixAction, (asker: Asker) => Promise<unknown> | undefined> = {
    retry: (asker) => {
      asker.retry();
      return undefined;
    },
    continue: (asker) => {
      asker.proceed();
      return undefined;
    },
    checkConnection: () => deps.checkConnection(),
    changeEndpoint: () => openSetting('cria.endpoint'),
    selectModel: async (asker) => {
      if (await deps.pickModel()) asker.retry();
    },
    openSettings: () => openSetting('cria.'),
    newConversation: () => {
      deps.newConversation();
      return undefined;
    },
    adoptConversations: () => deps.adoptConversations(),
    declineAdoption: () => deps.declineAdoption(),
    showLog: () => {
      deps.showLog();
      return undefined;
    },
  };
  return async (action, asker) => {
    await table[action](asker);
  };
}

/** For a notice that stands for itself: there is nothing to ask again. */
export const nobody: Asker = { retry: () => undefined, proceed: () => undefined };

async function openSetting(query: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', query);
}
