import * as vscode from 'vscode';
import type { FixAction } from '../shared/protocol';

/** Whose notice a button stood in: it alone knows what to ask again, or what to go on with. */
export interface Requester {
  retry(): void;
  continueAnswer(): void;
  /** It is about the model that explains, where that is another one. */
  readonly explains?: true;
}

/** What the buttons of a notice need. */
export interface RecoveryDependencies {
  /** Lets the person choose a model; true when one was chosen. */
  readonly pickModel: (requester?: Requester) => Promise<boolean>;
  /** Downloads the model that is missing, or lets the person choose one; true when it is there. */
  readonly pullModel: (requester: Requester) => Promise<boolean>;
  /** Asks whether the model that is set may be one that runs elsewhere. */
  readonly allowCloud: () => Promise<boolean>;
  readonly startServer: () => Promise<boolean>;
  readonly changeEndpoint: () => Promise<boolean>;
  readonly diagnose: () => Promise<void>;
  readonly setApiKey: () => Promise<boolean>;
  readonly checkConnection: () => Promise<unknown>;
  readonly newConversation: () => void;
  /** Answers to the offer of another place's conversations. */
  readonly adoptConversations: () => Promise<void>;
  readonly declineAdoption: () => Promise<void>;
  readonly showLog: () => void;
}

export type RunRecovery = (action: FixAction, requester: Requester) => Promise<void>;

export function createRecoveryActions(deps: RecoveryDependencies): RunRecovery {
  const table: Record<FixAction, (requester: Requester) => Promise<unknown> | undefined> = {
    retry: (requester) => {
      requester.retry();
      return undefined;
    },
    continue: (requester) => {
      requester.continueAnswer();
      return undefined;
    },
    checkConnection: () => deps.checkConnection(),
    changeEndpoint: thenRetry(deps.changeEndpoint),
    selectModel: thenRetry(deps.pickModel),
    pullModel: thenRetry(deps.pullModel),
    allowCloud: thenRetry(deps.allowCloud),
    startServer: thenRetry(deps.startServer),
    diagnose: () => deps.diagnose(),
    setApiKey: thenRetry(deps.setApiKey),
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
  return async (action, requester) => {
    await table[action](requester);
  };
}

/** What was mended is asked again; what was not stays as it is. */
function thenRetry(
  mend: (requester: Requester) => Promise<boolean>,
): (requester: Requester) => Promise<void> {
  return async (requester) => {
    if (await mend(requester)) requester.retry();
  };
}

/** For a notice that stands for itself: there is nothing to ask again. */
export const noRequester: Requester = { retry: () => undefined, continueAnswer: () => undefined };

async function openSetting(query: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', query);
}
