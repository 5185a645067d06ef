import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { launchBrowser } from './browser';
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
  grep?: string;
}

/** The bundle whose `run()` is called inside the extension host. */
const entry = inRepo('.cache', 'test', 'integration', 'index.js');

/** A run that has not ended by then hangs. */
const TIME_LIMIT_MS = 240_000;

/**
 * Runs `test/integration` inside the extension host of a real VS Code, and counts. All that the
 * workbench printed meanwhile is left in `artifacts/integration.log`.
 */
export async function runIntegration(options: IntegrationOptions): Promise<TestCounts> {
  const folder = await temporaryFolder('integration');
  const workspaceFolder = path.join(folder.path, 'workspace');
  await mkdir(workspaceFolder);
  const countsFile = path.join(folder.path, 'counts.json');
  const log: string[] = [];
  const host = await startVscodeHost({
    ...(options.version === undefined ? {} : { version: options.version }),
    workspaceFolder,
    env: { CRIA_TEST_COUNTS: countsFile, CRIA_TEST_GREP: options.grep ?? '' },
  });
  try {
    const url = host.url({ extensionTests: entry });
    const exit = await runInBrowser(url, (text) => {
      log.push(text);
      if (text.startsWith(integrationLine)) options.print(text.slice(integrationLine.length));
    });
    return await readCounts(countsFile, exit);
  } finally {
    await mkdir(inRepo('artifacts'), { recursive: true });
    await writeFile(inRepo('artifacts', 'integration.log'), [...log, host.output()].join(''));
    await host.stop();
    await folder.remove();
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
