import { spawn, spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inRepo } from './folders';

/** An error whose message is complete: it is printed as one sentence, without a stack. */
export class HumanError extends Error {
  override readonly name = 'HumanError';
}

/** What to print for anything that was thrown: the sentence of a {@link HumanError}, else the stack. */
export function describeError(error: unknown): string {
  if (error instanceof HumanError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

export interface CommandResult {
  /** Exit code; 1 when a signal ended the command. */
  code: number;
  stdout: string;
  stderr: string;
}

interface CommandOptions {
  /** Default: the repository. */
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Receives both outputs while the command runs. */
  print?: (text: string) => void;
}

/** Runs a command to its end. Rejects only when it cannot be started. */
export function tryCommand(
  command: string,
  args: readonly string[],
  { cwd = inRepo(), env = process.env, print = () => undefined }: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    // npm is a batch file on Windows, which only a shell can start.
    const shell = process.platform === 'win32' && command === 'npm';
    const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    for (const output of [child.stdout, child.stderr]) output.on('data', print);
    child.on('error', (cause: Error) => {
      reject(new HumanError(`\`${command}\` could not be started: ${cause.message}.`, { cause }));
    });
    child.on('close', (code, signal) => {
      if (signal !== null) stderr += `\nEnded by ${signal}.`;
      resolve({ code: code ?? 1, stdout, stderr });
    });
  });
}

/**
 * Runs a command to its end and gives what it printed.
 *
 * @throws HumanError with the last lines of its output when it fails
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await tryCommand(command, args, options);
  if (code === 0) return stdout;
  const lines = (stderr || stdout).split('\n').filter((line) => line.trim() !== '');
  const last = lines.slice(-6).join(' | ');
  throw new HumanError(`\`${[command, ...args].join(' ')}\` failed (${code}): ${last}`);
}

/** A program in the background, which ends when this process ends, in whatever way that is. */
export interface BackgroundProcess {
  /** The newest 64 KiB of what it printed, both outputs together. */
  output(): string;
  /** Resolves with the first match in its output; rejects when the program ends before that. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Ends it and everything it started; resolves when all are gone. */
  stop(): Promise<void>;
}

const KEPT_OUTPUT = 64 * 1024;
const GRACE_MS = 3_000;

/**
 * Starts a Node program as {@link BackgroundProcess}.
 *
 * @param node the executable that runs it
 * @param args the program, an absolute path, and its arguments
 */
export function startNode(
  node: string,
  args: readonly string[],
  options?: CommandOptions,
): BackgroundProcess {
  return startProgram(node, [inRepo('test', 'support', 'endWithParent.mjs'), ...args], options);
}

/** Starts a program that ends when its standard input closes as {@link BackgroundProcess}. */
export function startProgram(
  command: string,
  args: readonly string[],
  { cwd = inRepo(), env = process.env }: CommandOptions = {},
): BackgroundProcess {
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    // Its own process group: one signal reaches everything it started.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  let output = '';
  const changes = new EventEmitter();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-KEPT_OUTPUT);
      changes.emit('change');
    });
  }
  const ended = once(child, 'exit').finally(() => changes.emit('change'));
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    output: () => output,
    printed: async (pattern) => {
      for (;;) {
        const match = pattern.exec(output);
        if (match !== null) return match;
        if (!isRunning()) {
          const last = output.trim().split('\n').slice(-5).join(' | ');
          const program = args.find((arg) => path.basename(arg) !== 'endWithParent.mjs');
          throw new HumanError(`\`${path.basename(program ?? command)}\` ended early: ${last}`);
        }
        await once(changes, 'change');
      }
    },
    stop: async () => {
      if (isRunning()) {
        signalGroup(child.pid, 'SIGTERM');
        await Promise.race([ended, sleep(GRACE_MS, undefined, { ref: false })]);
      }
      signalGroup(child.pid, 'SIGKILL');
      await ended;
    },
  };
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(pid), '/t', '/f']);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
