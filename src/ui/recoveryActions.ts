import * as vscode from 'vscode';
import type { FixAction } from '../shared/protocol';
import type { CommandId } from './commandIds';
import { openPage } from './openLink';

/** The owner of the notice whose button was pressed: it knows what to retry or continue. */
export interface Requester {
  /** @param model the one to ask; absent: the selected one */
  retry(model?: string): void;
  /** Answers again so that the model is less likely to repeat itself. */
  retryVaried?(): void;
  continueAnswer(): void;
  /** The model that the notice is about; absent: the selected one. */
  readonly model?: string;
  /** The page about the account that the failure names. */
  readonly link?: string;
  /** Answers again with the longer context that was offered. */
  useContext?(): Promise<void>;
  summarize?(): Promise<void>;
  /** The notice is about the model for explanations, which may be another one. */
  readonly explains?: true;
}

/** What the buttons of notices do. */
export interface RecoveryDependencies {
  /** Lets the user select a model. Returns whether one was selected. */
  readonly pickModel: (requester?: Requester) => Promise<boolean>;
  /** Pulls the missing model, or lets the user choose one; true once it is installed. */
  readonly pullModel: (requester: Requester) => Promise<boolean>;
  /** Asks for consent that the model may run elsewhere. */
  readonly allowCloud: (requester: Requester) => Promise<boolean>;
  readonly startServer: () => Promise<boolean>;
  readonly changeEndpoint: () => Promise<boolean>;
  readonly diagnose: () => Promise<void>;
  readonly setApiKey: () => Promise<boolean>;
  readonly checkConnection: () => Promise<unknown>;
  readonly newConversation: () => void;
  /** Accept or decline copying the conversations of a moved or cloned folder. */
  readonly adoptConversations: () => Promise<void>;
  readonly declineAdoption: () => Promise<void>;
  readonly showLog: () => void;
  /** Copies a report about the last errors. */
  readonly copyReport: () => Promise<void>;
}

export type RunRecovery = (action: FixAction, requester: Requester) => Promise<void>;

export function createRecoveryActions(deps: RecoveryDependencies): RunRecovery {
  const table: Record<FixAction, (requester: Requester) => Promise<unknown> | undefined> = {
    retry: (requester) => {
      requester.retry();
      return undefined;
    },
    retryVaried: (requester) => {
      requester.retryVaried?.();
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
    allowCloud: async (requester) => {
      if (await deps.allowCloud(requester)) requester.retry(requester.model);
    },
    startServer: thenRetry(deps.startServer),
    diagnose: () => deps.diagnose(),
    setApiKey: thenRetry(deps.setApiKey),
    openSettings: () => openSetting('cria.'),
    setContextLength: () =>
      Promise.resolve(vscode.commands.executeCommand('cria.setContextLength' satisfies CommandId)),
    useContext: (requester) => requester.useContext?.(),
    summarize: (requester) => requester.summarize?.(),
    newConversation: () => {
      deps.newConversation();
      return undefined;
    },
    adoptConversations: () => deps.adoptConversations(),
    declineAdoption: () => deps.declineAdoption(),
    openAccount: ({ link = 'https://ollama.com/settings' }) => openPage(link),
    getOllama: () => openPage('https://ollama.com/download'),
    showLog: () => {
      deps.showLog();
      return undefined;
    },
    copyReport: () => deps.copyReport(),
  };
  return async (action, requester) => {
    await table[action](requester);
  };
}

/** Retries only if the recovery succeeded. */
function thenRetry(
  mend: (requester: Requester) => Promise<boolean>,
): (requester: Requester) => Promise<void> {
  return async (requester) => {
    if (await mend(requester)) requester.retry();
  };
}

/** For a notice that belongs to no request. */
export const noRequester: Requester = { retry: () => undefined, continueAnswer: () => undefined };

async function openSetting(query: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', query);
}
