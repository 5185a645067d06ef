import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format } from 'node:util';
import { describeError, HumanError } from './process';

export interface TestCounts {
  passed: number;
  /** For each failure, what failed and how. */
  failures: readonly string[];
  skipped: number;
}

export interface MochaRun {
  /** A bundled test file, or a folder of them; absolute. */
  tests: string;
  /** For one test or hook, in milliseconds: a net for tests that hang, never a measurement. */
  timeout: number;
  /** Put before each line, where other programs write to the same output. */
  prefix?: string;
  /** Recognizes an uncaught error of other code in this process, which is no failure of a test. */
  isForeign?: (error: Error) => boolean;
}

/** Marks the lines of the test run among everything that an extension host prints. */
export const linePrefix = '[cria test] ';

/**
 * Runs bundled tests in this process and prints them as they end. A left `.only` fails the run.
 * `CRIA_TEST_GREP` selects tests by a text in their title; the counts also go to `CRIA_TEST_COUNTS`.
 */
export async function runMocha({
  tests,
  timeout,
  prefix,
  isForeign,
}: MochaRun): Promise<TestCounts> {
  const { default: Mocha } = await import('mocha');
  const { Base } = Mocha.reporters;
  const print = Base.consoleLog;
  Base.consoleLog = (...words: unknown[]) => print((prefix ?? '') + format(...words));
  const mocha = new Mocha({ timeout, color: true, reporter: 'spec', forbidOnly: true });
  mocha.fgrep(process.env['CRIA_TEST_GREP'] ?? '');
  for (const file of await findTests(tests)) mocha.addFile(file);
  await mocha.loadFilesAsync();
  const failures: string[] = [];
  const counts = await new Promise<TestCounts>((resolve) => {
    const before = process.listeners('uncaughtException');
    const runner = mocha.run(() => {
      const { passes = 0, pending = 0 } = runner.stats ?? {};
      resolve({ passed: passes, failures, skipped: pending });
    });
    runner.on('fail', (test, error: unknown) => {
      failures.push(`${test.fullTitle()}\n${describeError(error)}`);
    });
    if (isForeign) spareForeign(isForeign, before);
  });
  const file = process.env['CRIA_TEST_COUNTS'];
  if (file) await writeFile(file, JSON.stringify(counts));
  return counts;
}

/** Keeps foreign errors from the listeners that mocha has added. */
function spareForeign(
  isForeign: (error: Error) => boolean,
  before: readonly NodeJS.UncaughtExceptionListener[],
): void {
  for (const listener of process.listeners('uncaughtException')) {
    if (before.includes(listener)) continue;
    process.off('uncaughtException', listener);
    process.on('uncaughtException', (error, origin) => {
      if (!isForeign(error)) listener(error, origin);
    });
  }
}

async function findTests(tests: string): Promise<string[]> {
  if (/\.m?js$/u.test(tests)) return [tests];
  const names = await readdir(tests, { recursive: true });
  const files = names.filter((name) => /\.test\.m?js$/u.test(name)).sort();
  return files.map((name) => path.join(tests, name));
}

/** What a run in another process has counted. */
export async function readCounts(file: string): Promise<TestCounts> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as TestCounts;
  } catch (cause) {
    throw new HumanError('The tests ended without a count.', { cause });
  }
}
