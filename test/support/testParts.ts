import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { findBrowser } from './browser';
import { runIntegration } from './extensionTests';
import { inRepo, temporaryFolder } from './folders';
import { installLlamaServer, installModel } from './localModel/installModel';
import { readCounts, type TestCounts } from './mocha';
import { HumanError, tryCommand } from './process';
import { installVscode } from './vscodeInstall';

/** The tiers of `npm test`, in the order of their closing lines. */
export const tierNames = ['check', 'unit', 'contract', 'integration', 'e2e', 'bench'] as const;

export type TierName = (typeof tierNames)[number];

type Print = (text: string) => void;
type Download = () => Promise<unknown>;

/** What runs in one piece, next to other parts of this tier and of other tiers. */
export interface TestPart {
  readonly tier: TierName;
  /** Such as `unit/webview`. */
  readonly name: string;
  /** Downloads without which it cannot start. */
  readonly needs: readonly Download[];
  /** @param grep only tests whose full title has this text */
  readonly run: (print: Print, grep: string | undefined) => Promise<TestCounts>;
}

/** Hundreds of cases of one promise each: every byte of an answer, every event in every phase. */
export const series: ReadonlySet<string> = new Set([
  'unit/ollamaFaults',
  'e2e/lifecycle',
  'e2e/network',
]);

/** The parts that take longest start first, so that no processor waits for one at the end. */
const longest = [
  ['check/lint', 'unit/ollamaFaults', 'unit/storage', 'unit/webview', 'integration'],
  ['e2e/memoryFaults', 'e2e/explain', 'e2e/composer', 'e2e/network', 'e2e/lifecycle', 'e2e/panel'],
].flat();

/** All parts of these tiers, in the order in which they should start. */
export async function listParts(tiers: readonly TierName[]): Promise<TestPart[]> {
  const parts = (await Promise.all(tiers.map(partsOfTier))).flat();
  const rank = ({ name }: TestPart): number =>
    longest.includes(name) ? longest.indexOf(name) : longest.length;
  return parts.sort((a, b) => rank(a) - rank(b));
}

async function partsOfTier(tier: TierName): Promise<TestPart[]> {
  switch (tier) {
    case 'check':
      return Object.entries(checks).map(([name, args]) => commandPart(tier, name, args));
    case 'integration':
      return [{ tier, name: tier, needs: needsOf(tier), run: runIntegration }];
    case 'contract':
      return [mochaPart(tier, tier)];
    case 'unit':
    case 'e2e':
      return (await listNames(tier, '.test.ts')).map((name) => mochaPart(tier, `${tier}/${name}`));
    case 'bench': {
      const names = await listNames(tier, '.bench.ts');
      const program = inRepo('.cache', 'tools', 'bench.mjs');
      return names.map((name) => commandPart(tier, name, [program, name, '--smoke']));
    }
  }
}

/** What holds without running anything: Node programs with their arguments. */
const checks: Readonly<Record<string, readonly string[]>> = {
  lint: ['node_modules/eslint/bin/eslint.js', '.', '--max-warnings', '0'],
  types: ['node_modules/typescript/bin/tsc', '-b'],
  format: ['node_modules/prettier/bin/prettier.cjs', '.', '--check', '--log-level', 'warn'],
  'dead code': ['node_modules/knip/bin/knip.js', '--no-progress'],
};

/** The folders and files right in the folder of a tier: each can run without the others. */
async function listNames(tier: TierName, ending: string): Promise<string[]> {
  const files = await readdir(inRepo('test', tier), { recursive: true });
  const names = files
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length).replace(/[/\\].*$/u, ''));
  return [...new Set(names)].sort();
}

/** A program that counts as one test. */
function commandPart(tier: TierName, name: string, args: readonly string[]): TestPart {
  const run: TestPart['run'] = async (print) => {
    const { code, stdout, stderr } = await tryCommand(process.execPath, args, { print });
    if (code === 0) return { passed: 1, failures: [], skipped: 0 };
    return { passed: 0, failures: [`${name}\n${stdout}${stderr}`], skipped: 0 };
  };
  return { tier, name: `${tier}/${name}`, needs: needsOf(tier), run };
}

/** Tests that mocha runs in a process of their own, so that no part can disturb another. */
function mochaPart(tier: TierName, name: string): TestPart {
  const run: TestPart['run'] = async (print, grep) => {
    const temporary = await temporaryFolder('counts');
    const file = path.join(temporary.path, 'counts.json');
    const env = { ...process.env, CRIA_TEST_COUNTS: file, CRIA_TEST_GREP: grep ?? '' };
    // The floor of .c8rc.json holds for the clients alone.
    const isCovered = name === 'unit/ollama' && !grep;
    const program = [inRepo('.cache', 'tools', 'mocha.mjs'), name];
    const coverage = [inRepo('node_modules', 'c8', 'bin', 'c8.js'), 'node', ...program];
    const args = isCovered ? coverage : program;
    try {
      const { code } = await tryCommand(process.execPath, args, { env, print });
      const counts = await readCounts(file);
      if (code === 0 || counts.failures.length > 0) return counts;
      throw new HumanError(`The tests of ${name} passed, but cover less than .c8rc.json demands.`);
    } finally {
      await temporary.remove();
    }
  };
  return { tier, name, needs: needsOf(name), run };
}

function needsOf(name: string): readonly Download[] {
  if (name === 'unit/webview') return [findBrowser];
  if (name === 'contract') return [findBrowser, installModel];
  if (name === 'e2e/realModel') {
    return [installVscode, findBrowser, installModel, installLlamaServer];
  }
  const isDesktop = process.env['CRIA_VSCODE'] !== undefined;
  return /^(?:integration|e2e|bench)/u.test(name) && !isDesktop ? [installVscode, findBrowser] : [];
}

const downloads = new Map<Download, Promise<unknown>>();

/**
 * Fetches what a part needs, once for all parts. What cannot be had is not reported here but by the test
 * that needs it, which tries again.
 */
export async function prepare({ needs }: TestPart): Promise<void> {
  const running = needs.map((need) => {
    const download = downloads.get(need) ?? need().catch(() => undefined);
    downloads.set(need, download);
    return download;
  });
  await Promise.all(running);
}
