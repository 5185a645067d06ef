import { readdir } from 'node:fs/promises';
import { runChecks } from './checks';
import { runIntegration } from './integration';
import { runMochaPart } from './mochaPart';
import { inRepo } from './paths';
import type { TestCounts } from './runMocha';

/** The tiers of `npm test`, in the order of their closing lines. */
export const tierNames = ['check', 'unit', 'contract', 'integration', 'e2e'] as const;

export type TierName = (typeof tierNames)[number];

export interface RunOptions {
  print: (text: string) => void;
  /** Only tests whose full title has this text. */
  grep?: string | undefined;
}

/** What runs in one piece, beside other parts of its own and of other tiers. */
export interface TestPart {
  tier: TierName;
  /** Such as `unit/webview`. */
  name: string;
  /** Depends on more than the code, so that it runs each time. */
  everyTime?: boolean;
  /** Runs only when everything is wanted. */
  isSeries?: boolean;
  run: (options: RunOptions) => Promise<TestCounts>;
}

/** The tiers that need a browser and VS Code, which may have to be fetched first. */
export const hostedTiers: ReadonlySet<TierName> = new Set<TierName>(['integration', 'e2e']);

/** They ask a real model, which may be another one each time. */
const outside: ReadonlySet<string> = new Set(['contract', 'e2e/realModel']);

/** Hundreds of cases of one promise each: every byte of an answer, every event at every phase, every text. */
const series: ReadonlySet<string> = new Set(['unit/ollamaFaults', 'e2e/lifecycle', 'e2e/network']);

/**
 * The parts that take longest begin first, so that no processor waits for one in the end; before them some
 * that need no VS Code, which may still have to be fetched.
 */
const longest = [
  ...['unit/webview', 'check', 'unit/ollamaFaults', 'unit/workspace'],
  ...['integration', 'e2e/memoryFaults', 'e2e/explain', 'e2e/composer', 'e2e/network'],
  ...['e2e/lifecycle', 'e2e/panel', 'e2e/realModel'],
];

export function isTierName(name: string): name is TierName {
  return tierNames.some((known) => known === name);
}

/** All parts of these tiers, in the order in which they should begin. */
export async function partsOf(names: readonly TierName[]): Promise<TestPart[]> {
  const parts = (await Promise.all(names.map(partsOfTier))).flat();
  const rank = ({ name }: TestPart): number =>
    longest.includes(name) ? longest.indexOf(name) : longest.length;
  return parts.sort((a, b) => rank(a) - rank(b));
}

async function partsOfTier(tier: TierName): Promise<TestPart[]> {
  switch (tier) {
    case 'check':
      return [{ tier, name: tier, everyTime: true, run: ({ print }) => runChecks(print) }];
    case 'integration':
      return [{ tier, name: tier, run: runIntegration }];
    case 'contract':
      return [mochaPart(tier, tier)];
    case 'unit':
    case 'e2e':
      return (await testsIn(tier)).map((entry) => mochaPart(tier, `${tier}/${entry}`));
  }
}

/** The folders and files of tests right in a tier's folder: each can run without the others. */
async function testsIn(tier: TierName): Promise<string[]> {
  const files = await readdir(inRepo('test', tier), { recursive: true });
  const tests = files.filter((file) => file.endsWith('.test.ts')).sort();
  return [...new Set(tests.map((file) => file.replace(/\.test\.ts$|[/\\].*$/u, '')))];
}

function mochaPart(tier: TierName, tests: string): TestPart {
  const run = ({ print, grep }: RunOptions): Promise<TestCounts> =>
    // The floor stands under the client alone; the cases of every byte add nothing to it but time.
    runMochaPart({ tests, print, grep, covered: tests === 'unit/ollama' && !grep });
  return { tier, name: tests, everyTime: outside.has(tests), isSeries: series.has(tests), run };
}
