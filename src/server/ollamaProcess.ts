import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '../conversation/ports';
import type { Clock } from '../shared/clock';

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
