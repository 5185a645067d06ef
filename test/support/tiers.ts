import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { runChecks } from './checks';
import { HumanError } from './humanError';
import { runIntegration } from './integration';
import { inRepo } from './paths';
import type { TestCounts } from './runMocha';
import { temporaryFolder } from './temporaryFolder';

interface TierOptions {
  print: (text: string) => void;
  /** Only tests whose full title has this text. */
  grep?: string;
}

type Tier = (options: TierOptions) => Promise<TestCounts>;

/** The tiers of `npm test`, in their order: the quickest to fail first. */
export const tiers = {
  check: ({ print }) => runChecks(print),
  unit: mochaTier('unit'),
  contract: mochaTier('contract'),
  integration: runIntegration,
  e2e: mochaTier('e2e'),
} as const satisfies Record<string, Tier>;

export type TierName = keyof typeof tiers;

/** The tiers that need a browser and VS Code, which may have to be fetched first. */
export const hostedTiers: ReadonlySet<TierName> = new Set<TierName>(['integration', 'e2e']);

export function isTierName(name: string): name is TierName {
  return Object.hasOwn(tiers, name);
}

/** A folder of tests, run by mocha in a process of its own; with a floor under the unit tests' coverage. */
function mochaTier(folder: string): Tier {
  return async ({ grep }) => {
    const temporary = await temporaryFolder('counts');
    const countsFile = path.join(temporary.path, 'counts.json');
    const measured = folder === 'unit' && grep === undefined && existsSync(inRepo('.c8rc.json'));
    const coverage = measured ? [inRepo('node_modules', 'c8', 'bin', 'c8.js'), 'node'] : [];
    const child = spawn(
      process.execPath,
      [...coverage, inRepo('.cache', 'tools', 'mocha.mjs'), folder],
      {
        cwd: inRepo(),
        stdio: ['ignore', 'inherit', 'inherit'],
        env: { ...process.env, CRIA_TEST_COUNTS: countsFile, CRIA_TEST_GREP: grep ?? '' },
      },
    );
    await once(child, 'exit');
    try {
      const counts = await readCounts(countsFile, folder);
      if (child.exitCode === 0 || counts.failed > 0) return counts;
      throw new HumanError(`The ${folder} tests passed, but they do not cover what they must.`);
    } finally {
      await temporary.remove();
    }
  };
}

async function readCounts(file: string, folder: string): Promise<TestCounts> {
  if (!existsSync(file)) throw new HumanError(`The ${folder} tests ended without a count.`);
  return JSON.parse(await readFile(file, 'utf8')) as TestCounts;
}
