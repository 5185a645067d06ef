// `npm test [tier…] [-- --grep text] [-- --all]`: every tier, or those named, and a count of each. With
// `--floor` in the oldest VS Code that Cria supports; with `--all` also the long series.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { TestCounts } from '../support/mocha';
import { describeError } from '../support/process';
import {
  listParts,
  prepare,
  series,
  tierNames,
  type TestPart,
  type TierName,
} from '../support/testParts';
import { floorVscode, installVscode } from '../support/vscodeInstall';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    grep: { type: 'string' },
    floor: { type: 'boolean' },
    all: { type: 'boolean', default: false },
  },
});
const { grep, all } = values;
if (values.floor) process.env['CRIA_HOST'] = floorVscode;

/**
 * Tests of windows and servers wait a good part of their time: one part more than processors. With two
 * more, the whole takes as long, and each part longer.
 */
const WIDTH = Math.min(availableParallelism() + 1, 8);

const print = (text: string): void => void process.stdout.write(text);

function fail(sentence: string): never {
  print(`${sentence}\n`);
  process.exit(1);
}

function wantedTiers(): readonly TierName[] {
  const known: readonly string[] = tierNames;
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) fail(`There is no tier "${unknown}": ${tierNames.join(', ')}.`);
  if (positionals.length > 0) return tierNames.filter((name) => positionals.includes(name));
  // A text selects tests, and these have no titles.
  return tierNames.filter((name) => !grep || (name !== 'check' && name !== 'bench'));
}

/** Runs a part and then prints its output in one piece. A part that cannot run has failed. */
async function runPart(part: TestPart): Promise<TestCounts> {
  const { name, run } = part;
  await prepare(part);
  const output: string[] = [];
  const started = performance.now();
  const counts = await run((text) => void output.push(text), grep).catch((error: unknown) => {
    output.push(`${describeError(error)}\n`);
    return { passed: 0, failures: [describeError(error)], skipped: 0 };
  });
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  const ran = counts.passed + counts.failures.length > 0;
  if (ran || !grep) print(`\n── ${name} (${seconds} s) ──\n${output.join('')}`);
  return counts;
}

/** Runs all parts, some at a time, each started in its order. */
async function runParts(parts: readonly TestPart[]): Promise<Map<TestPart, TestCounts>> {
  const counts = new Map<TestPart, TestCounts>();
  const waiting = parts.values();
  const work = async (): Promise<void> => {
    for (const part of waiting) counts.set(part, await runPart(part));
  };
  await Promise.all(Array.from({ length: WIDTH }, work));
  return counts;
}

function sum(counts: readonly TestCounts[]): TestCounts {
  return {
    passed: counts.reduce((total, { passed }) => total + passed, 0),
    failures: counts.flatMap(({ failures }) => failures),
    skipped: counts.reduce((total, { skipped }) => total + skipped, 0),
  };
}

function sentence({ passed, failures, skipped }: TestCounts): string {
  const left = skipped > 0 ? `, ${skipped} skipped` : '';
  return `${passed} passed, ${failures.length} failed${left}`;
}

const tiers = wantedTiers();
if (values.floor) {
  // Reported once, and not by every part that cannot run.
  await installVscode(floorVscode).catch((error: unknown) => fail(describeError(error)));
}
const parts = await listParts(tiers);
const leftOut = parts.filter(({ name }) => !all && !grep && series.has(name));
const wanted = parts.filter((part) => !leftOut.includes(part));
for (const part of wanted) void prepare(part);
const started = performance.now();
const counts = await runParts(wanted);

print('\n');
const totals = tiers.map((tier) => {
  const total = sum([...counts].filter(([part]) => part.tier === tier).map(([, each]) => each));
  const isEmpty = total.passed + total.failures.length === 0 && !grep;
  return { tier, ...total, failures: isEmpty ? ['It ran no test.'] : total.failures };
});
// Again, and last: a long output is often cut at its beginning.
for (const { tier, failures } of totals) {
  for (const failure of failures) print(`✘ ${tier}: ${failure}\n\n`);
}
for (const { tier, ...total } of totals) print(`${tier}: ${sentence(total)}\n`);
print(`${((performance.now() - started) / 1_000).toFixed(0)} s\n`);
for (const { name } of leftOut) print(`Left out: ${name}, a long series.\n`);
if (leftOut.length > 0) print('`npm test -- --all` leaves out nothing.\n');
const whole = sum(totals);
print(`\n${sentence(whole)}\n`);
process.exit(whole.failures.length > 0 || whole.passed === 0 ? 1 : 0);
