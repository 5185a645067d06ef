import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { runInDesktop } from './desktopVscode';
import { runExtensionTests } from './extensionTests';
import { HumanError } from './humanError';
import { integrationLine } from './integrationLine';
import { inRepo } from './paths';
import type { TestCounts } from './runMocha';
import { temporaryFolder } from './temporaryFolder';
import type { VscodeVersion } from './vscodeInstall';

interface IntegrationOptions {
  version?: VscodeVersion;
  /** Where the tests' own output goes. */
  print: (text: string) => void;
  /** Only tests whose full title has this text. */
  grep?: string | undefined;
}

/** The bundle whose `run()` is called inside the extension host. */
const entry = inRepo('.cache', 'test', 'integration', 'index.js');

/**
 * Runs `test/integration` inside the extension host of a real VS Code, and counts: in the VS Code that
 * `CRIA_VSCODE` names (an executable, or a version to download), else in the one of vscodeHost.ts.
 */
export async function runIntegration(options: IntegrationOptions): Promise<TestCounts> {
  const folder = await temporaryFolder('integration');
  const workspaceFolder = path.join(folder.path, 'workspace');
  await mkdir(workspaceFolder);
  const countsFile = path.join(folder.path, 'counts.json');
  const env = { CRIA_TEST_COUNTS: countsFile, CRIA_TEST_GREP: options.grep ?? '' };
  const desktop = process.env['CRIA_VSCODE'];
  const userDataFolder = path.join(folder.path, 'user');
  try {
    const exit = desktop
      ? await runInDesktop({ wanted: desktop, entry, workspaceFolder, userDataFolder, env })
      : await runInHost(options, workspaceFolder, env);
    return await readCounts(countsFile, exit);
  } finally {
    await folder.remove();
  }
}

/** Prints what the tests did, and leaves all that the workbench printed in `artifacts/`. */
function runInHost(
  { version, print }: IntegrationOptions,
  workspaceFolder: string,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const logFile = inRepo('artifacts', 'integration.log');
  return runExtensionTests({ version, entry, workspaceFolder, env, logFile }, (text) => {
    if (text.startsWith(integrationLine)) print(text.slice(integrationLine.length));
  });
}

async function readCounts(file: string, exit: number): Promise<TestCounts> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as TestCounts;
  } catch (cause) {
    throw new HumanError(
      `The tests inside VS Code ended (${exit}) without a count; see artifacts/integration.log.`,
      { cause },
    );
  }
}
