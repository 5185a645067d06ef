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
import { installVscode } from '../support/vscodeInstall';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    grep: { type: 'string' },
    floor: { type: 'boolean' },
    all: { type: 'boolean', default: false },
  },
});
const { grep, all } = values;
if (values.floor) process.env['CRIA_HOST'] = 'floor';

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

interface Outcome extends TestCounts {
  readonly part: TestPart;
}

/** Runs a part and then prints its output in one piece. A part that cannot run has failed. */
async function runPart(part: TestPart): Promise<Outcome> {
  await prepare(part);
  const output: string[] = [];
  const started = performance.now();
  const counts = await part
    .run((text) => void output.push(text), grep)
    .catch((error: unknown) => ({ passed: 0, failures: [describeError(error)], skipped: 0 }));
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  const isEmpty = counts.passed + counts.failures.length === 0;
  if (isEmpty && grep) return { part, ...counts };
  const failures = isEmpty ? ['It ran no test.'] : counts.failures;
  print(`\n── ${part.name} (${seconds} s) ──\n${output.join('')}`);
  return { part, ...counts, failures };
}

/** Runs all parts, some at a time, each started in its order. */
async function runParts(parts: readonly TestPart[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const waiting = parts.values();
  const work = async (): Promise<void> => {
    for (const part of waiting) outcomes.push(await runPart(part));
  };
  await Promise.all(Array.from({ length: WIDTH }, work));
  return outcomes;
}

function sentence(outcomes: readonly Outcome[]): string {
  const sum = (count: (outcome: Outcome) => number): number =>
    outcomes.reduce((total, outcome) => total + count(outcome), 0);
  const skipped = sum((outcome) => outcome.skipped);
  const failed = sum((outcome) => outcome.failures.length);
  const left = skipped > 0 ? `, ${skipped} skipped` : '';
  return `${sum((outcome) => outcome.passed)} passed, ${failed} failed${left}`;
}

const tiers = wantedTiers();
if (values.floor) {
  // Reported once, and not by every part that cannot run.
  await installVscode().catch((error: unknown) => fail(describeError(error)));
}
const parts = await listParts(tiers);
const leftOut = parts.filter(({ name }) => !all && !grep && series.has(name));
const wanted = parts.filter((part) => !leftOut.includes(part));
for (const part of wanted) void prepare(part);
const started = performance.now();
const outcomes = await runParts(wanted);

print('\n');
// Again, and last: a long output is often cut at its beginning.
for (const { part, failures } of outcomes) {
  for (const failure of failures) print(`✘ ${part.name}: ${failure}\n\n`);
}
for (const tier of tiers) {
  print(`${tier}: ${sentence(outcomes.filter(({ part }) => part.tier === tier))}\n`);
}
print(`${((performance.now() - started) / 1_000).toFixed(0)} s\n`);
for (const { name } of leftOut) print(`Left out: ${name}, a long series.\n`);
if (leftOut.length > 0) print('`npm test -- --all` leaves out nothing.\n');
print(`\n${sentence(outcomes)}\n`);
const isPassed = outcomes.every(({ failures }) => failures.length === 0);
process.exit(isPassed && outcomes.some(({ passed }) => passed > 0) ? 0 : 1);
