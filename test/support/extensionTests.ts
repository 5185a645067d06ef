import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { launchBrowser } from './browser';
import { HumanError } from './humanError';
import { openStillPage, stillSettings } from './stillWindow';
import { startVscodeHost, type VscodeHostOptions } from './vscodeHost';
import type { VscodeVersion } from './vscodeInstall';

interface ExtensionTests {
  version?: VscodeVersion | undefined;
  /** The bundle whose `run()` is called inside the extension host; absolute. */
  entry: string;
  workspaceFolder: string;
  /** The extension to load from its folder, and packages to install; default: this repository's alone. */
  extensions?: Pick<VscodeHostOptions, 'extensionFolder' | 'installed'>;
  /** Added to the environment of the extension host. */
  env: NodeJS.ProcessEnv;
  /** Where all that the workbench and its server printed is left, however the run ends; absolute. */
  logFile: string;
}

/**
 * A run that has printed nothing for so long hangs. How long the whole takes is no sign of that: it
 * grows with the tests, and a slow machine that runs other suites beside needs several times as long.
 */
const SILENCE_LIMIT_MS = 120_000;

/**
 * Runs a bundle inside the extension host of a real VS Code, beside the extension. Resolves with 0 when
 * its `run()` resolved; `onOutput` hears what it prints. Rejects when it does not end.
 */
export async function runExtensionTests(
  { version, entry, workspaceFolder, extensions, env, logFile }: ExtensionTests,
  onOutput: (text: string) => void = () => undefined,
): Promise<number> {
  const log: string[] = [];
  const host = await startVscodeHost({
    ...(version === undefined ? {} : { version }),
    ...extensions,
    settings: stillSettings,
    workspaceFolder,
    env,
  });
  try {
    return await runInBrowser(host.url({ extensionTests: entry }), (text) => {
      log.push(text);
      onOutput(text);
    });
  } finally {
    await mkdir(path.dirname(logFile), { recursive: true });
    await writeFile(logFile, [...log, host.output()].join(''));
    await host.stop();
  }
}

async function runInBrowser(url: string, print: (text: string) => void): Promise<number> {
  const browser = await launchBrowser();
  try {
    // Nobody looks at it: the smaller it is, the less there is to draw.
    const page = await openStillPage(browser, { width: 800, height: 600 });
    return await exitCode(page, url, print);
  } finally {
    await browser.close();
  }
}

/** Opens the workbench and waits until the test run inside it has said how it ended. */
function exitCode(page: Page, url: string, print: (text: string) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const silence = setTimeout(() => {
      reject(
        new HumanError(
          `The tests inside VS Code said nothing for ${String(SILENCE_LIMIT_MS / 1000)} s.`,
        ),
      );
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
