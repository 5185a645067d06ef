// `npm test [tier…] [-- --grep text]`: every tier, or those named, and a count of each. With `--floor`
// in the oldest VS Code that Cria supports.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { describeError } from '../support/humanError';
import { inParallel } from '../support/inParallel';
import { prefetch } from '../support/prefetch';
import type { TestCounts } from '../support/runMocha';
import {
  hostedTiers,
  isTierName,
  partsOf,
  tierNames,
  type TestPart,
  type TierName,
} from '../support/tiers';
import { floorVscode, installVscode } from '../support/vscodeInstall';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { grep: { type: 'string' }, floor: { type: 'boolean' } },
});
const { grep } = values;
if (values.floor) process.env['CRIA_HOST'] = floorVscode;

/** Tests of windows and servers wait a good part of their time: one part more than processors. */
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

interface Outcome extends TestCounts {
  tier: TierName;
}

/** Runs one part and then prints what it said, in one piece. A part that cannot run has failed. */
async function runPart({ tier, name, run }: TestPart): Promise<Outcome> {
  const said: string[] = [];
  const started = performance.now();
  const counts = await run({ print: (text) => void said.push(text), grep }).catch(
    (error: unknown): TestCounts => {
      said.push(`${describeError(error)}\n`);
      return { passed: 0, failed: 1, skipped: 0 };
    },
  );
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  const ran = counts.passed + counts.failed > 0;
  if (ran || !grep) print(`\n── ${name} (${seconds} s) ──\n${said.join('')}`);
  return { tier, ...counts };
}

/** The counts of a tier's parts. A tier that runs no test has failed, unless a text was looked for. */
function sum(tier: TierName, outcomes: readonly Outcome[]): TestCounts {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const counts of outcomes.filter((outcome) => outcome.tier === tier)) {
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
  if (total.passed + total.failed === 0 && !grep) total.failed = 1;
  return total;
}

function closingLine(name: string, { passed, failed, skipped }: TestCounts): string {
  return `${name}: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`;
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
const jobs = (await partsOf(wanted)).map((part) => async () => {
  outcomes.push(await runPart(part));
});
const started = performance.now();
await inParallel(WIDTH, jobs);
const totals = wanted.map((tier) => ({ tier, ...sum(tier, outcomes) }));
print('\n');
for (const { tier, ...counts } of totals) print(closingLine(tier, counts));
const passed = totals.reduce((sumSoFar, counts) => sumSoFar + counts.passed, 0);
const failed = totals.reduce((sumSoFar, counts) => sumSoFar + counts.failed, 0);
print(`${((performance.now() - started) / 1_000).toFixed(0)} s\n`);
print(`\n${passed} passed, ${failed} failed\n`);
// A download that is no longer needed may still be under way.
process.exit(failed > 0 || passed === 0 ? 1 : 0);
