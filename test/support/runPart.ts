import type { EarlierRuns } from './earlierRuns';
import { describeError } from './humanError';
import type { TestCounts } from './runMocha';
import type { TestPart, TierName } from './tiers';

export interface Outcome extends TestCounts {
  tier: TierName;
  /** So many of the passed ones passed in an earlier run, and were not run again. */
  earlier: number;
}

interface PartRun {
  print: (text: string) => void;
  /** Only tests whose full title has this text. */
  grep: string | undefined;
  /** Also parts that would find the same as before. */
  all: boolean;
  runs: EarlierRuns;
}

/**
 * Runs one part and then prints what it said, in one piece. A part that passed before on the same ground
 * is not run again; where one failed there and passes now, that is said: a test of it may be flaky.
 */
export async function runPart(part: TestPart, options: PartRun): Promise<Outcome> {
  const { tier, name, everyTime = false } = part;
  const { print, grep, all, runs } = options;
  if (grep) return { tier, earlier: 0, ...(await runAndPrint(part, options)) };
  const ground = await runs.ground(name);
  const before = await runs.find(name, ground);
  if (before?.failures.length === 0 && !everyTime && !all) {
    print(`\n── ${name}: ${String(before.passed)} passed before, and nothing has changed ──\n`);
    return { tier, earlier: before.passed, ...before };
  }
  const counts = await runAndPrint(part, options);
  if (before && before.failures.length > 0 && counts.failures.length === 0) {
    print(`${name} failed before, with the same code: one of its tests may be flaky.\n`);
  }
  await runs.keep(name, ground, counts);
  return { tier, earlier: 0, ...counts };
}

/** A part that cannot run has failed. */
async function runAndPrint({ name, run }: TestPart, { print, grep }: PartRun): Promise<TestCounts> {
  const said: string[] = [];
  const started = performance.now();
  const counts = await run({ print: (text) => void said.push(text), grep }).catch(
    (error: unknown): TestCounts => {
      said.push(`${describeError(error)}\n`);
      return { passed: 0, failures: [describeError(error)], skipped: 0 };
    },
  );
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  const ran = counts.passed + counts.failures.length > 0;
  if (ran || !grep) print(`\n── ${name} (${seconds} s) ──\n${said.join('')}`);
  return counts;
}
