// Measures what must stay fast: `npm run bench`, or `npm run bench -- client panel` for some of it.
// Prints a table for each bench and writes artifacts/bench/<name>.json; fails when a goal is missed.
// With `--smoke`, each bench runs once in its smallest form and no goal is judged.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { Bench, GroupResult } from '../support/bench';
import { inRepo } from '../support/folders';
import { describeError, HumanError } from '../support/process';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { smoke: { type: 'boolean', default: false } },
});
if (values.smoke) process.env['CRIA_BENCH_SMOKE'] = '1';
// The sizes of benches are read when their modules are loaded.
const { printBench, runGroup } = await import('../support/bench');

const folder = inRepo('.cache', 'test', 'bench');
const suffix = '.bench.mjs';
const print = (text: string): void => void process.stdout.write(text);

async function wanted(names: readonly string[]): Promise<readonly string[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(suffix));
  const known = files.map((file) => file.slice(0, -suffix.length)).sort();
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names.length > 0 ? names : known;
  throw new HumanError(`There is no bench "${unknown}": ${known.join(', ')}.`);
}

async function run(name: string): Promise<readonly GroupResult[]> {
  print(`\n── ${name} ──\n`);
  const file = pathToFileURL(path.join(folder, name + suffix)).href;
  const { bench } = (await import(file)) as { bench: Bench };
  const stop = await bench.start?.();
  const results: GroupResult[] = [];
  try {
    for (const group of bench.groups) {
      const result = await runGroup(group);
      printBench(result);
      results.push(result);
    }
  } finally {
    await stop?.();
  }
  return results;
}

async function save(name: string, groups: readonly GroupResult[]): Promise<void> {
  const file = inRepo('artifacts', 'bench', `${name}.json`);
  await mkdir(path.dirname(file), { recursive: true });
  const machine = { cpu: os.cpus()[0]?.model, cores: os.cpus().length, node: process.version };
  await writeFile(file, `${JSON.stringify({ name, machine, groups }, undefined, 2)}\n`);
  print(`\n${path.relative(inRepo(), file)}\n`);
}

try {
  let missed = 0;
  for (const name of await wanted(positionals)) {
    const groups = await run(name);
    if (!values.smoke) await save(name, groups);
    missed += groups.flatMap(({ rows }) => rows).filter((row) => row.failed).length;
  }
  print(missed === 0 ? '\nNo goal is missed.\n' : `\n${missed} goals are missed.\n`);
  process.exit(missed === 0 ? 0 : 1);
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exit(1);
}
