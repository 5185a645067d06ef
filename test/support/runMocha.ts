import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format } from 'node:util';
import { describeError } from './humanError';

export interface TestCounts {
  passed: number;
  /** For each failure, what failed and how. */
  failures: readonly string[];
  skipped: number;
}

export interface MochaRun {
  /** Bundled test files; absolute paths. */
  files: readonly string[];
  /** For one test or hook, in milliseconds: a net under tests that hang, never a measurement. */
  timeout: number;
  /** Only tests whose full title has this text. */
  grep?: string;
  /** Where the counts go as JSON, for a runner in another process. */
  countsFile?: string;
  /** Put before each line, where other programs write to the same output. */
  linePrefix?: string;
  /** Knows an uncaught error of other code in this process, which is no failure of a test. */
  isForeign?: (error: Error) => boolean;
}

/** Runs bundled tests in this process and prints them as they end. A left `.only` fails the run. */
export async function runMocha(run: MochaRun): Promise<TestCounts> {
  const { default: Mocha } = await import('mocha');
  const { Base } = Mocha.reporters;
  const print = Base.consoleLog;
  const prefix = run.linePrefix ?? '';
  Base.consoleLog = (...words: unknown[]) => print(prefix + format(...words));
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: run.timeout,
    color: true,
    reporter: 'spec',
    forbidOnly: true,
  });
  if (run.grep !== undefined) mocha.fgrep(run.grep);
  for (const file of run.files) mocha.addFile(file);
  await mocha.loadFilesAsync();
  const ownListeners = process.listeners(uncaught);
  const failures: string[] = [];
  const counts = await new Promise<TestCounts>((resolve) => {
    const runner = mocha.run(() => {
      const { passes = 0, pending = 0 } = runner.stats ?? {};
      resolve({ passed: passes, failures, skipped: pending });
    });
    runner.on('fail', (test, error: unknown) => {
      failures.push(`${test.fullTitle()}\n${describeError(error)}`);
    });
    if (run.isForeign) spare(run.isForeign, ownListeners);
  });
  if (run.isForeign) restore(ownListeners);
  if (run.countsFile !== undefined) await writeFile(run.countsFile, JSON.stringify(counts));
  return counts;
}

const uncaught = 'uncaughtException';
type Listener = NodeJS.UncaughtExceptionListener;

/** Keeps errors that are foreign from the listeners that were added since `before`. */
function spare(isForeign: (error: Error) => boolean, before: readonly Listener[]): void {
  const added = process.listeners(uncaught).filter((listener) => !before.includes(listener));
  for (const listener of added) {
    process.off(uncaught, listener);
    process.on(uncaught, (error, origin) => {
      if (!isForeign(error)) listener(error, origin);
    });
  }
}

function restore(before: readonly Listener[]): void {
  for (const listener of process.listeners(uncaught)) {
    if (!before.includes(listener)) process.off(uncaught, listener);
  }
}

/** All bundled test files below `folder`, in the order of their names. */
export async function findTests(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => /\.test\.m?js$/u.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}
