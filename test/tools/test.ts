// `npm test [tier…] [-- --grep text] [-- --all]`: every tier, or those named, and a count of each. With
// `--floor` in the oldest VS Code that Cria supports; with `--all` also long series, and what passed before.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { EarlierRuns } from '../support/earlierRuns';
import { describeError } from '../support/humanError';
import { inParallel } from '../support/inParallel';
import { prefetch } from '../support/prefetch';
import { runPart, type Outcome } from '../support/runPart';
import { hostedTiers, isTierName, partsOf, tierNames, type TierName } from '../support/tiers';
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
 * Tests of windows and servers wait a good part of their time: one part more than processors. With two more, all
 * of them take as long, and each takes longer.
 */
const WIDTH = Math.min(availableParallelism() + 1, 8);

const print = (text: string): void => void process.stdout.write(text);

function wantedTiers(): readonly TierName[] {
  const unknown = positionals.find((name) => !isTierName(name));
  if (unknown !== undefined) {
    print(`There is no tier "${unknown}": ${tierNames.join(', ')}.\n`);
    process.exit(1);
  }
  return positionals.length === 0 ? tierNames : positionals.filter(isTierName);
}

type Totals = Omit<Outcome, 'tier'>;

function sum(outcomes: readonly Totals[]): Totals {
  const add = (name: 'passed' | 'skipped' | 'earlier'): number =>
    outcomes.reduce((total, counts) => total + counts[name], 0);
  return {
    passed: add('passed'),
    failures: outcomes.flatMap(({ failures }) => failures),
    skipped: add('skipped'),
    earlier: add('earlier'),
  };
}

/** The counts of a tier's parts. A tier that runs no test has failed, unless a text was looked for. */
function sumOf(tier: TierName, outcomes: readonly Outcome[]): Totals {
  const total = sum(outcomes.filter((outcome) => outcome.tier === tier));
  const { passed, failures } = total;
  return passed + failures.length > 0 || grep ? total : { ...total, failures: ['It ran no test.'] };
}

function sentence({ passed, failures, skipped, earlier }: Totals): string {
  return [
    `${String(passed)} passed, ${String(failures.length)} failed`,
    ...(skipped > 0 ? [`, ${String(skipped)} skipped`] : []),
    ...(earlier > 0 ? [` (${String(earlier)} of them before, with the same code)`] : []),
  ].join('');
}

const wanted = wantedTiers();
if (values.floor) {
  // Said once, and not by every suite that cannot run.
  await installVscode(floorVscode).catch((error: unknown) => {
    print(`${describeError(error)}\n`);
    process.exit(1);
  });
}
if (wanted.some((name) => hostedTiers.has(name))) prefetch();
const outcomes: Outcome[] = [];
const runs = new EarlierRuns();
const parts = await partsOf(wanted);
const leftOut = all || grep ? [] : parts.filter(({ isSeries = false }) => isSeries);
const jobs = parts
  .filter((part) => !leftOut.includes(part))
  .map((part) => async () => {
    outcomes.push(await runPart(part, { print, grep, all, runs }));
  });
const started = performance.now();
await inParallel(WIDTH, jobs);
const totals = wanted.map((tier) => ({ tier, ...sumOf(tier, outcomes) }));
print('\n');
// Again, and last: a long output is often cut at its beginning.
for (const { tier, failures } of totals) {
  for (const failure of failures) print(`✘ ${tier}: ${failure}\n\n`);
}
for (const { tier, ...counts } of totals) print(`${tier}: ${sentence(counts)}\n`);
print(`${((performance.now() - started) / 1_000).toFixed(0)} s\n`);
const whole = sum(totals);
for (const { name } of leftOut) print(`Left out: ${name}, a long series.\n`);
if (whole.earlier > 0 || leftOut.length > 0) print('`npm test -- --all` leaves out nothing.\n');
print(`\n${sentence(whole)}\n`);
// A download that is no longer needed may still be under way.
process.exit(whole.failures.length > 0 || whole.passed === 0 ? 1 : 0);
