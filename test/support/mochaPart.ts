import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { HumanError } from './humanError';
import { inRepo } from './paths';
import type { TestCounts } from './runMocha';
import { temporaryFolder } from './temporaryFolder';

interface MochaPart {
  /** A bundled test file or a folder of them, relative to `.cache/test`. */
  tests: string;
  /** Measures coverage, and fails under the floor of `.c8rc.json`. */
  covered: boolean;
  print: (text: string) => void;
  /** Only tests whose full title has this text. */
  grep?: string | undefined;
}

/** Runs tests by mocha in a process of its own, so that no part can disturb another, and counts. */
export async function runMochaPart(part: MochaPart): Promise<TestCounts> {
  const temporary = await temporaryFolder('counts');
  const countsFile = path.join(temporary.path, 'counts.json');
  const coverage = part.covered ? [inRepo('node_modules', 'c8', 'bin', 'c8.js'), 'node'] : [];
  const child = spawn(
    process.execPath,
    [...coverage, inRepo('.cache', 'tools', 'mocha.mjs'), part.tests],
    {
      cwd: inRepo(),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, CRIA_TEST_COUNTS: countsFile, CRIA_TEST_GREP: part.grep ?? '' },
    },
  );
  child.stdout.setEncoding('utf8').on('data', part.print);
  child.stderr.setEncoding('utf8').on('data', part.print);
  await once(child, 'close');
  try {
    const counts = await readCounts(countsFile, part.tests);
    if (child.exitCode === 0 || counts.failures.length > 0) return counts;
    throw new HumanError(
      `The tests of ${part.tests} passed, but they do not cover what they must.`,
    );
  } finally {
    await temporary.remove();
  }
}

async function readCounts(file: string, tests: string): Promise<TestCounts> {
  if (!existsSync(file)) throw new HumanError(`The tests of ${tests} ended without a count.`);
  return JSON.parse(await readFile(file, 'utf8')) as TestCounts;
}
