import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { inParallel } from './inParallel';
import { inRepo } from './paths';
import { tryCommand } from './runCommand';
import type { TestCounts } from './runMocha';

interface Check {
  name: string;
  /** A program of node_modules/.bin, with its arguments. */
  command: readonly [program: string, ...args: string[]];
}

const cacheOf = (tool: string): string => path.join('.cache', tool);

/** What holds without running anything. The slowest come first, so that they end together. */
const checks: readonly Check[] = [
  {
    name: 'lint',
    command: [
      ...(['eslint/bin/eslint.js', '.', '--max-warnings', '0', '--cache'] as const),
      ...['--cache-strategy', 'content', '--cache-location', cacheOf('eslint')],
    ],
  },
  { name: 'types', command: ['typescript/bin/tsc', '-b'] },
  {
    name: 'format',
    command: [
      ...(['prettier/bin/prettier.cjs', '.', '--check', '--log-level', 'warn'] as const),
      ...['--cache', '--cache-location', cacheOf('prettier')],
    ],
  },
  { name: 'dead code', command: ['knip/bin/knip.js', '--no-progress'] },
];

/** Types, lint, format and dead code, two at a time; prints each as it ends, and counts. */
export async function runChecks(print: (text: string) => void): Promise<TestCounts> {
  await mkdir(inRepo('.cache'), { recursive: true });
  let failed = 0;
  const jobs = checks.map((check) => async () => {
    if (!(await runCheck(check, print))) failed += 1;
  });
  await inParallel(2, jobs);
  return { passed: checks.length - failed, failed, skipped: 0 };
}

async function runCheck(
  { name, command: [program, ...args] }: Check,
  print: (text: string) => void,
): Promise<boolean> {
  const started = performance.now();
  const file = inRepo('node_modules', ...program.split('/'));
  const { code, stdout, stderr } = await tryCommand(process.execPath, [file, ...args], {
    cwd: inRepo(),
  });
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  print(`  ${code === 0 ? '✔' : '✘'} ${name} (${seconds} s)\n`);
  if (code !== 0) print(`${stdout}${stderr}\n`);
  return code === 0;
}
