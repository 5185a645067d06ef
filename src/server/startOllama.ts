import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { ConnectionProbe, Logger } from '../conversation/ports';
import type { Clock } from '../shared/clock';
import type { Failure, FailureKind } from '../shared/turn';
import { failureNotice, fixButton } from '../ui/failureMessages';
import { showError, showInformation, showProgress, showWarning, translated } from '../ui/dialogs';
import { findOllama, isSystemService, type Served, serveOllama } from './ollamaProcess';
import { isThisMachine } from '../shared/urlPolicy';

const { t } = vscode.l10n;
const download = 'https://ollama.com/download';

export interface StartDependencies {
  readonly connection: ConnectionProbe;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly logFolder: string;
  /** No address is set: Ollama listens where its own environment says. */
  readonly isUsual: boolean;
  /** Of the extension host. */
  readonly env: NodeJS.ProcessEnv;
}

/** Starts Ollama on this machine and waits until it answers; true when it does. */
export async function startOllama(deps: StartDependencies): Promise<boolean> {
  const { connection, env } = deps;
  const state = await connection.check();
  if (state.kind === 'connected') {
    await showInformation(t('Ollama is already running at {0}.', connection.origin));
    return true;
  }
  if (state.kind === 'failed' && state.failure.kind === 'invalidAddress') {
    return tellOccupied(state.failure, connection.origin);
  }
  if (!isThisMachine(connection.origin)) {
    const sentence = t('{0} is another machine. Start Ollama there.', connection.origin);
    await showWarning(sentence);
    return false;
  }
  if (state.kind === 'failed' && !nobodyThere.has(state.failure.kind)) {
    return tellOccupied(state.failure, connection.origin);
  }
  const system = { platform: process.platform, env, home: homedir() };
  if ((await isSystemService(system)) && !(await confirmOwnModels())) return false;
  const program = await findOllama(system);
  if (program === undefined) return offerDownload();
  const served = await serveWithProgress(deps, program);
  return served.kind === 'answers' || tellFailure(served);
}

const nobodyThere: ReadonlySet<FailureKind> = new Set(['refused', 'unreachable']);

/** Something listens there already, so that a second one could not. */
async function tellOccupied(failure: Failure, origin: string): Promise<false> {
  const { sentence } = failureNotice(failure, '', origin);
  const { label } = fixButton('diagnose');
  const chosen = await showWarning(sentence, label);
  if (chosen === label) await vscode.commands.executeCommand('cria.diagnoseConnection');
  return false;
}

/** Says what starting a second Ollama means, and offers the service's own command; true to start anyway. */
async function confirmOwnModels(): Promise<boolean> {
  const useService = t('Start Service in Terminal');
  const anyway = t('Start Anyway');
  const sentence = t(
    'Ollama is installed as a system service with its own model folder. Started by Cria, it would use your model folder and not find the models of the service.',
  );
  const chosen = await showWarning(sentence, useService, anyway);
  if (chosen === useService) {
    const terminal = vscode.window.createTerminal('Ollama');
    terminal.show();
    // It asks for a password, so the user runs it.
    terminal.sendText('sudo systemctl start ollama', false);
  }
  return chosen === anyway;
}

async function offerDownload(): Promise<boolean> {
  const get = t('Download Ollama');
  const sentence = t('Ollama is not installed (not found on PATH or in the usual folders).');
  const chosen = await showWarning(sentence, get);
  if (chosen === get) await vscode.env.openExternal(vscode.Uri.parse(download));
  return false;
}

function serveWithProgress(deps: StartDependencies, program: string): Promise<Served> {
  const { connection, clock, logger, logFolder, env, isUsual } = deps;
  const serve = async (_: unknown, cancelled: vscode.CancellationToken): Promise<Served> => {
    const abort = new AbortController();
    const subscription = cancelled.onCancellationRequested(() => abort.abort());
    try {
      const host = isUsual ? undefined : new URL(connection.origin).host;
      const answersNow = (): Promise<boolean> => answers(connection);
      const wait = { answers: answersNow, signal: abort.signal };
      return await serveOllama({ program, host, env, logFolder, clock, logger, ...wait });
    } finally {
      subscription.dispose();
    }
  };
  return Promise.resolve(showProgress(t('Starting Ollama'), serve, { cancellable: true }));
}

async function tellFailure(served: Served): Promise<false> {
  if (served.kind === 'gaveUp') return false;
  const showLog = t('Show Log');
  const sentence =
    served.kind === 'ended'
      ? t('Ollama exited immediately ({0}). {1}', translated(served.reason), served.lastLine)
      : t('Ollama was started but is not responding yet.');
  const chosen = await showError(sentence, showLog);
  if (chosen === showLog) await vscode.commands.executeCommand('cria.showLog');
  return false;
}

async function answers(connection: ConnectionProbe): Promise<boolean> {
  return (await connection.check()).kind === 'connected';
}
