import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format } from 'node:util';

export interface TestCounts {
  passed: number;
  failed: number;
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
  const counts = await new Promise<TestCounts>((resolve) => {
    const runner = mocha.run(() => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      resolve({ passed: passes, failed: failures, skipped: pending });
    });
  });
  if (run.countsFile !== undefined) await writeFile(run.countsFile, JSON.stringify(counts));
  return counts;
}

/** All bundled test files below `folder`, in the order of their names. */
export async function findTests(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => /\.test\.m?js$/u.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}
