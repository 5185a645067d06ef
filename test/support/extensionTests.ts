import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import type { Page } from 'playwright-core';
import { launchBrowser, openStillPage } from './browser';
import { cacheFolder } from './download';
import { inRepo, repoRoot, temporaryFolder } from './folders';
import { linePrefix, readCounts, type TestCounts } from './mocha';
import { HumanError } from './process';
import { startVscodeHost, stillSettings, type VscodeHostOptions } from './vscodeHost';

interface ExtensionTests extends VscodeHostOptions {
  /** The bundle whose `run()` is called inside the extension host; absolute. */
  entry: string;
  /** Where everything that the workbench and its server printed is left, however the run ends; absolute. */
  logFile: string;
  /** Receives what the bundle prints. */
  print?: (text: string) => void;
}

/**
 * A run that has printed nothing for so long hangs. How long the whole takes is no sign of that: it grows
 * with the tests, and a slow machine needs several times as long.
 */
const SILENCE_LIMIT_MS = 120_000;

/**
 * Runs a bundle inside the extension host of a real VS Code, next to the extension. Resolves with the exit
 * code: 0 when its `run()` resolved.
 *
 * @throws HumanError when it does not end
 */
export async function runExtensionTests({
  entry,
  logFile,
  print = () => undefined,
  ...options
}: ExtensionTests): Promise<number> {
  const log: string[] = [];
  const host = await startVscodeHost({ ...options, settings: stillSettings });
  const browser = await launchBrowser();
  try {
    // It is not looked at: the smaller it is, the less there is to draw.
    const page = await openStillPage(browser, { width: 800, height: 600 });
    return await exitCode(page, host.url({ extensionTests: entry }), (text) => {
      log.push(text);
      print(text);
    });
  } finally {
    await browser.close();
    await mkdir(path.dirname(logFile), { recursive: true });
    await writeFile(logFile, [...log, host.output()].join(''));
    await host.stop();
  }
}

/** Opens the workbench and waits until the run inside it has reported how it ended. */
function exitCode(page: Page, url: string, print: (text: string) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const seconds = String(SILENCE_LIMIT_MS / 1_000);
    const silence = setTimeout(() => {
      reject(new HumanError(`The tests inside VS Code printed nothing for ${seconds} s.`));
    }, SILENCE_LIMIT_MS);
    const exit = (code: unknown): void => {
      clearTimeout(silence);
      resolve(Number(code));
    };
    const log = (_type: string, words: unknown[]): void => {
      silence.refresh();
      print(`${words.map(String).join(' ')}\n`);
    };
    // VS Code calls these two when its smoke test driver is on.
    Promise.all([
      page.exposeFunction('codeAutomationExit', exit),
      page.exposeFunction('codeAutomationLog', log),
    ])
      .then(() => page.goto(url))
      .catch(reject);
  });
}

/**
 * Runs `test/integration` inside the extension host of a real VS Code: the desktop VS Code that
 * `CRIA_VSCODE` names (an executable, or a version to download), else the one of vscodeHost.ts.
 *
 * @param grep only tests whose full title has this text
 */
export async function runIntegration(
  print: (text: string) => void,
  grep: string | undefined,
): Promise<TestCounts> {
  const folder = await temporaryFolder('integration');
  const workspaceFolder = path.join(folder.path, 'workspace');
  const countsFile = path.join(folder.path, 'counts.json');
  const entry = inRepo('.cache', 'test', 'integration', 'index.js');
  const env = { CRIA_TEST_COUNTS: countsFile, CRIA_TEST_GREP: grep ?? '' };
  const desktop = process.env['CRIA_VSCODE'];
  await mkdir(workspaceFolder);
  try {
    if (desktop) await runInDesktop(desktop, entry, folder.path, env, print);
    else {
      const logFile = inRepo('artifacts', 'integration.log');
      const printTests = (text: string): void => {
        if (text.startsWith(linePrefix)) print(text.slice(linePrefix.length));
      };
      await runExtensionTests({ entry, workspaceFolder, env, logFile, print: printTests });
    }
    return await readCounts(countsFile);
  } finally {
    await folder.remove();
  }
}

/** Needs a display. */
async function runInDesktop(
  wanted: string,
  entry: string,
  folder: string,
  env: Record<string, string>,
  print: (text: string) => void,
): Promise<void> {
  const cachePath = path.join(cacheFolder(), 'vscode-desktop');
  const vscodeExecutablePath = existsSync(wanted)
    ? wanted
    : await downloadAndUnzipVSCode({ version: wanted, cachePath });
  const launchArgs = [path.join(folder, 'workspace'), '--disable-extensions'];
  launchArgs.push('--disable-workspace-trust', `--user-data-dir=${path.join(folder, 'user')}`);
  await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: repoRoot(),
    extensionTestsPath: entry,
    extensionTestsEnv: { ...env, CRIA_ROOT: repoRoot() },
    launchArgs,
    // It rejects when a test has failed, which the counts report.
  }).catch((error: unknown) => print(`${String(error)}\n`));
}
