// `npm test [tier…] [-- --grep text]`: every tier, or those named, and a count of each.
import { parseArgs } from 'node:util';
import { describeError } from '../support/humanError';
import { prefetch } from '../support/prefetch';
import type { TestCounts } from '../support/runMocha';
import { hostedTiers, isTierName, tiers, type TierName } from '../support/tiers';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { grep: { type: 'string' } },
});

type Print = (text: string) => void;
const print: Print = (text) => void process.stdout.write(text);

function wantedTiers(): TierName[] {
  const known = Object.keys(tiers).filter(isTierName);
  const unknown = positionals.find((name) => !isTierName(name));
  if (unknown !== undefined) {
    print(`There is no tier "${unknown}": ${known.join(', ')}.\n`);
    process.exit(1);
  }
  return positionals.length === 0 ? known : positionals.filter(isTierName);
}

/** Runs one tier and prints its closing line. A tier that cannot run, or runs no test, has failed. */
async function runTier(name: TierName, say: Print = print): Promise<TestCounts> {
  say(`\n── ${name} ──\n`);
  const started = performance.now();
  const counts = await countTier(name, say);
  say(`${((performance.now() - started) / 1_000).toFixed(1)} s\n`);
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  say(`${name}: ${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
  return counts;
}

/** Starts a tier beside the others; `report` waits for it, and prints what it had to say. */
function runBeside(name: TierName): { report(): Promise<TestCounts> } {
  const said: string[] = [];
  const counting = runTier(name, (text) => void said.push(text));
  return {
    async report() {
      const counts = await counting;
      print(said.join(''));
      return counts;
    },
  };
}

async function countTier(name: TierName, say: Print): Promise<TestCounts> {
  try {
    const counts = await tiers[name]({ print: say, ...(values.grep ? { grep: values.grep } : {}) });
    if (counts.passed + counts.failed > 0) return counts;
    if (values.grep) return counts;
    say(`No ${name} test was run.\n`);
    return { ...counts, failed: 1 };
  } catch (error) {
    say(`${describeError(error)}\n`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** One after the other, but for `check`, which reads the code while the unit tests run it. */
async function* runTiers(names: readonly TierName[]): AsyncGenerator<TestCounts> {
  const check = names.includes('check') && names.includes('unit') ? runBeside('check') : undefined;
  for (const name of names) {
    if (!(check && name === 'check')) yield await runTier(name);
    if (check && name === 'unit') yield await check.report();
  }
}

const wanted = wantedTiers();
if (wanted.some((name) => hostedTiers.has(name))) prefetch();
let passed = 0;
let failed = 0;
for await (const counts of runTiers(wanted)) {
  passed += counts.passed;
  failed += counts.failed;
}
print(`\n${passed} passed, ${failed} failed\n`);
// A download that is no longer needed may still be under way.
process.exit(failed > 0 || passed === 0 ? 1 : 0);
