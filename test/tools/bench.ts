// Measures what must stay fast: `npm run bench`, or `npm run bench -- client panel` for some of it.
// Prints a table for each bench and writes artifacts/bench/<name>.json; fails when a goal is missed.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runGroup, type Bench, type GroupResult } from '../support/bench/bench';
import { benchTable } from '../support/bench/table';
import { describeError, HumanError } from '../support/humanError';
import { inRepo } from '../support/paths';

const folder = inRepo('.cache', 'test', 'bench');
const suffix = '.bench.mjs';
const print = (text: string): void => void process.stdout.write(text);

async function wanted(names: readonly string[]): Promise<readonly string[]> {
  const files = await readdir(folder);
  const known = files
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length));
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new HumanError(`There is no bench "${unknown}": ${known.join(', ')}.`);
  }
  return names.length > 0 ? names : known.sort();
}

async function run(name: string): Promise<readonly GroupResult[]> {
  print(`\n── ${name} ──\n`);
  const file = path.join(folder, name + suffix);
  const { bench } = (await import(pathToFileURL(file).href)) as { bench: Bench };
  const stop = await bench.start?.();
  const results: GroupResult[] = [];
  try {
    for (const group of bench.groups) {
      const result = await runGroup(group);
      print(benchTable(result));
      results.push(result);
    }
  } finally {
    await stop?.();
  }
  await save(name, results);
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
  let failed = 0;
  for (const name of await wanted(process.argv.slice(2))) {
    const groups = await run(name);
    failed += groups.flatMap(({ rows }) => rows).filter((row) => row.failed).length;
  }
  print(failed === 0 ? '\nEvery goal is met.\n' : `\n${failed} goals are missed.\n`);
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = 1;
}
