import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { launchBrowser } from './browser';
import { runInDesktop } from './desktopVscode';
import { HumanError } from './humanError';
import { integrationLine } from './integrationLine';
import { inRepo } from './paths';
import type { TestCounts } from './runMocha';
import { temporaryFolder } from './temporaryFolder';
import { startVscodeHost } from './vscodeHost';
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

/** A run that has not ended by then hangs. */
const TIME_LIMIT_MS = 240_000;

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

/** Leaves all that the workbench printed in `artifacts/integration.log`, and prints what the tests did. */
async function runInHost(
  { version, print }: IntegrationOptions,
  workspaceFolder: string,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const log: string[] = [];
  const host = await startVscodeHost({
    ...(version === undefined ? {} : { version }),
    workspaceFolder,
    env,
  });
  try {
    return await runInBrowser(host.url({ extensionTests: entry }), (text) => {
      log.push(text);
      if (text.startsWith(integrationLine)) print(text.slice(integrationLine.length));
    });
  } finally {
    await mkdir(inRepo('artifacts'), { recursive: true });
    await writeFile(inRepo('artifacts', 'integration.log'), [...log, host.output()].join(''));
    await host.stop();
  }
}

async function runInBrowser(url: string, print: (text: string) => void): Promise<number> {
  const browser = await launchBrowser();
  try {
    return await exitCode(await browser.newPage(), url, print);
  } finally {
    await browser.close();
  }
}

/** Opens the workbench and waits until the test run inside it has said how it ended. */
function exitCode(page: Page, url: string, print: (text: string) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const tooLong = setTimeout(() => {
      reject(new HumanError('The tests inside VS Code did not end.'));
    }, TIME_LIMIT_MS);
    const exit = (code: unknown): void => {
      clearTimeout(tooLong);
      resolve(Number(code));
    };
    const log = (_type: string, words: unknown[]): void =>
      print(`${words.map(String).join(' ')}\n`);
    // VS Code calls these two when its smoke test driver is on.
    Promise.all([
      page.exposeFunction('codeAutomationExit', exit),
      page.exposeFunction('codeAutomationLog', log),
    ])
      .then(() => page.goto(url))
      .catch(reject);
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
