import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, open, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ConnectionProbe, Logger } from '../conversation/ports';
import type { Clock } from '../shared/clock';
import type { Failure, FailureKind } from '../shared/turn';
import { isThisMachine } from '../shared/urlPolicy';
import { showError, showInformation, showProgress, showWarning, translated } from '../ui/dialogs';
import { failureNotice, fixButton } from '../ui/failureMessages';

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

export interface ServeOptions {
  readonly program: string;
  /** The address to listen on, in the form of `OLLAMA_HOST`. Undefined: from the environment. */
  readonly host: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** What it prints goes to a file here, and into the log. */
  readonly logFolder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether the server answers now. */
  readonly answers: () => Promise<boolean>;
  /** The person does not want to wait any longer. */
  readonly signal: AbortSignal;
}

export type Served =
  | { readonly kind: 'answers' | 'gaveUp' | 'silent' }
  | { readonly kind: 'ended'; readonly reason: string; readonly lastLine: string };

const lookEveryMs = 300;
/** A machine that is busy may need some; loading a model is not part of it. */
const patienceMs = 60_000;

/**
 * Starts `ollama serve`, without a shell, and waits until it answers. It is detached: it keeps running
 * when the window is closed, as if it had been started by hand.
 */
export async function serveOllama(options: ServeOptions): Promise<Served> {
  const { program, host, env, logFolder, logger } = options;
  await mkdir(logFolder, { recursive: true });
  const file = path.join(logFolder, 'ollama-serve.log');
  const output = await open(file, 'w');
  logger.info(`Starting ${program} serve; what it prints goes to ${file}`);
  try {
    const child = spawn(program, ['serve'], {
      detached: true,
      shell: false,
      windowsHide: true,
      stdio: ['ignore', output.fd, output.fd],
      env: host === undefined ? env : { ...env, OLLAMA_HOST: host },
    });
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${String(code)}`));
    });
    child.unref();
    return await wait(options, ended, new Tail(file, logger));
  } finally {
    await output.close();
  }
}

async function wait(options: ServeOptions, ended: Promise<string>, tail: Tail): Promise<Served> {
  const { clock, answers, signal } = options;
  const since = clock.monotonicMs();
  let over: string | undefined;
  void ended.then((reason) => (over = reason));
  for (;;) {
    await new Promise<void>((resolve) => clock.after(lookEveryMs, resolve));
    await tail.follow();
    if (await answers()) return { kind: 'answers' };
    if (over !== undefined) {
      await tail.follow();
      return { kind: 'ended', reason: over, lastLine: tail.lastLine };
    }
    if (signal.aborted) return { kind: 'gaveUp' };
    if (clock.monotonicMs() - since > patienceMs) return { kind: 'silent' };
  }
}

/** Copies what a growing file got since the last look into the log. */
class Tail {
  readonly #file: string;
  readonly #logger: Logger;
  #read = 0;
  lastLine = '';

  constructor(file: string, logger: Logger) {
    this.#file = file;
    this.#logger = logger;
  }

  async follow(): Promise<void> {
    const text = await readFile(this.#file, 'utf8');
    const lines = text.slice(this.#read).split('\n');
    // The last piece is a line that is still being written.
    this.#read = text.length - (lines.pop() ?? '').length;
    for (const line of lines.filter((one) => one.trim() !== '')) {
      this.#logger.info(`ollama: ${line}`);
      this.lastLine = line;
    }
  }
}

export interface SystemInfo {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/**
 * The places where Ollama's program can be, likeliest first: the folders of the PATH, then those of its
 * installers. Folders of the PATH that are not absolute are left out: they would be looked for in the
 * workspace.
 */
export function getOllamaPaths({ platform, env, home }: SystemInfo): readonly string[] {
  const paths = platform === 'win32' ? path.win32 : path.posix;
  const join = (...parts: readonly string[]): string => paths.join(...parts);
  const name = platform === 'win32' ? 'ollama.exe' : 'ollama';
  const onPath = (env['PATH'] ?? env['Path'] ?? '')
    .split(paths.delimiter)
    .map((folder) => folder.replaceAll('"', ''))
    .filter((folder) => paths.isAbsolute(folder))
    .map((folder) => join(folder, name));
  const installed: Partial<Record<NodeJS.Platform, readonly string[]>> = {
    win32: [
      join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Programs', 'Ollama', name),
      join(env['ProgramFiles'] ?? 'C:\\Program Files', 'Ollama', name),
    ],
    darwin: [
      '/Applications/Ollama.app/Contents/Resources/ollama',
      join(home, 'Applications/Ollama.app/Contents/Resources/ollama'),
      '/opt/homebrew/bin/ollama',
      '/usr/local/bin/ollama',
    ],
    linux: [
      '/usr/local/bin/ollama',
      '/usr/bin/ollama',
      '/snap/bin/ollama',
      join(home, '.local/bin/ollama'),
    ],
  };
  return [...new Set([...onPath, ...(installed[platform] ?? [])])];
}

/** The first of the places that has a program which may be run; undefined: Ollama is not installed. */
export async function findOllama(surroundings: SystemInfo): Promise<string | undefined> {
  for (const place of getOllamaPaths(surroundings)) {
    if (await mayRun(place)) return place;
  }
  return undefined;
}

/** Where distributions and Ollama's own installer put the unit of the system service. */
const serviceUnits = ['/etc', '/usr/lib', '/lib'].map(
  (folder) => `${folder}/systemd/system/ollama.service`,
);

/**
 * Whether Ollama is installed as a systemd service. The service runs as another user, with its own
 * model folder: started by the user of the window, Ollama would not find the models.
 */
export async function isSystemService(
  { platform, env }: Pick<SystemInfo, 'platform' | 'env'>,
  exists: (file: string) => Promise<boolean> = isFile,
): Promise<boolean> {
  if (platform !== 'linux' || (env['OLLAMA_MODELS'] ?? '') !== '') return false;
  return (await Promise.all(serviceUnits.map(exists))).includes(true);
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

async function mayRun(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    // It is not there, or not for us: the next place is tried.
    return false;
  }
}
