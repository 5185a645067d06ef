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

const print = (text: string): void => void process.stdout.write(text);

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
async function runTier(name: TierName): Promise<TestCounts> {
  print(`\n── ${name} ──\n`);
  const started = performance.now();
  const counts = await countTier(name);
  print(`${((performance.now() - started) / 1_000).toFixed(1)} s\n`);
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  print(`${name}: ${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
  return counts;
}

async function countTier(name: TierName): Promise<TestCounts> {
  try {
    const counts = await tiers[name]({ print, ...(values.grep ? { grep: values.grep } : {}) });
    if (counts.passed + counts.failed > 0) return counts;
    if (values.grep) return counts;
    print(`No ${name} test was run.\n`);
    return { ...counts, failed: 1 };
  } catch (error) {
    print(`${describeError(error)}\n`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const wanted = wantedTiers();
if (wanted.some((name) => hostedTiers.has(name))) prefetch();
let passed = 0;
let failed = 0;
for (const name of wanted) {
  const counts = await runTier(name);
  passed += counts.passed;
  failed += counts.failed;
}
print(`\n${passed} passed, ${failed} failed\n`);
// A download that is no longer needed may still be under way.
process.exit(failed > 0 || passed === 0 ? 1 : 0);
