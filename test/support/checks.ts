import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { inParallel } from './inParallel';
import { inRepo } from './paths';
import { nameOfContent, repoFiles } from './repoFiles';
import { tryCommand } from './runCommand';
import type { TestCounts } from './runMocha';

interface Check {
  name: string;
  /** A program of node_modules/.bin, with its arguments. */
  command: readonly [program: string, ...args: string[]];
}

const cacheOf = (tool: string): string => path.join('.cache', tool);

/** What holds without running anything. The slowest come first, so that they end together. */
const checks = (code: string): readonly Check[] => [
  {
    name: 'lint',
    command: [
      ...(['eslint/bin/eslint.js', '.', '--max-warnings', '0', '--cache'] as const),
      ...['--cache-strategy', 'content', '--cache-location', cacheOf(`eslint/${code}`)],
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

/**
 * A name for the code as it is. ESLint keeps what it found by the content of a file alone, but a rule that
 * knows types says something else of it when another file changes: what it kept holds for this code only.
 */
async function nameOfCode(): Promise<string> {
  const configs = ['eslint.config.mjs', 'tsconfig.base.json', 'tsconfig.lint.json'];
  const others = ['package-lock.json', ...configs];
  const isCode = (file: string): boolean => /^(?:src|test|scripts)\/.*\.m?[jt]s$/u.test(file);
  const files = await repoFiles(inRepo());
  return nameOfContent(
    inRepo(),
    files.filter((file) => isCode(file) || others.includes(file)),
  );
}

async function forgetOtherCode(code: string): Promise<void> {
  const kept = inRepo(cacheOf('eslint'));
  await mkdir(kept, { recursive: true });
  const others = (await readdir(kept)).filter((name) => name !== code);
  await Promise.all(others.map((name) => rm(path.join(kept, name))));
}

/** Types, lint, format and dead code, two at a time; prints each as it ends, and counts. */
export async function runChecks(print: (text: string) => void): Promise<TestCounts> {
  const code = await nameOfCode();
  await forgetOtherCode(code);
  const all = checks(code);
  const failures: string[] = [];
  const jobs = all.map((check) => async () => {
    const failure = await runCheck(check, print);
    if (failure !== undefined) failures.push(failure);
  });
  await inParallel(2, jobs);
  return { passed: all.length - failures.length, failures, skipped: 0 };
}

/** What the check found, if it failed. */
async function runCheck(
  { name, command: [program, ...args] }: Check,
  print: (text: string) => void,
): Promise<string | undefined> {
  const started = performance.now();
  const file = inRepo('node_modules', ...program.split('/'));
  const { code, stdout, stderr } = await tryCommand(process.execPath, [file, ...args], {
    cwd: inRepo(),
  });
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  print(`  ${code === 0 ? '✔' : '✘'} ${name} (${seconds} s)\n`);
  if (code === 0) return undefined;
  print(`${stdout}${stderr}\n`);
  return `${name}\n${stdout}${stderr}`;
}
