import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { HumanError } from './humanError';
import { inRepo, repoRoot } from './paths';

const KEPT_OUTPUT = 64 * 1024;

/** A running program of ours that ends when we do, whatever way we end (see leash.mjs). */
export interface OwnedProcess {
  /** The newest 64 KiB of what it printed, both streams together. */
  output(): string;
  /** Resolves with the first match in its output; rejects when it ends before that. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves with the exit code when the program has ended. */
  readonly ended: Promise<number>;
  /** Ends it and everything it started; resolves when all is gone. */
  stop(): Promise<void>;
}

interface OwnedProcessOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/** Starts a program as {@link OwnedProcess}. */
export function startOwnedProcess(
  command: string,
  args: readonly string[],
  { cwd = repoRoot(), env = process.env }: OwnedProcessOptions = {},
): OwnedProcess {
  const leash = inRepo('test', 'support', 'leash.mjs');
  const child = spawn(process.execPath, [leash, command, ...args], {
    cwd,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    // Ctrl+C in the terminal reaches only us, so that we can end things in order.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  let output = '';
  const listeners = new Set<() => void>();
  const collect = (text: string): void => {
    output = (output + text).slice(-KEPT_OUTPUT);
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  const ended = once(child, 'close').then(() => child.exitCode ?? 1);

  return {
    output: () => output,
    ended,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(output);
          if (match === null) return;
          listeners.delete(look);
          resolve(match);
        };
        listeners.add(look);
        look();
        void ended.then((code) => {
          listeners.delete(look);
          const last = output.trim().split('\n').slice(-5).join(' | ');
          reject(new HumanError(`\`${path.basename(command)}\` ended early (${code}): ${last}`));
        });
      }),
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
