import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { cacheFolder } from './cache';
import { withFileLock } from './fileLock';
import { HumanError } from './humanError';
import { inRepo } from './paths';
import { runCommand, tryCommand } from './runCommand';

const commandNames = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
];

const usualPlaces: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap((variable) => [
    path.join(process.env[variable] ?? '', 'Google', 'Chrome', 'Application', 'chrome.exe'),
    path.join(process.env[variable] ?? '', 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
  ]),
};

/**
 * The executable of a Chromium: `CHROME_PATH`, else one that is installed, else Debian's package (when
 * we may install it), else playwright's own download.
 *
 * @throws HumanError with one sentence when there is none
 */
export async function findBrowser(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const given = env['CHROME_PATH'];
  if (given) {
    if (existsSync(given)) return given;
    throw new HumanError(`CHROME_PATH names ${given}, which does not exist.`);
  }
  await mkdir(cacheFolder(env), { recursive: true });
  // Several suites want it at once: one installs, and none takes what is only half unpacked.
  return withFileLock(path.join(cacheFolder(env), 'browser.lock'), async () => {
    const found = installedBrowser(env) ?? (await installDebianPackage(env));
    return found ?? (await downloadBrowser());
  });
}

/** The Chromium that this machine has anyway, if it has one. */
export function installedBrowser(env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const onPath = folders.flatMap((folder) => commandNames.map((name) => path.join(folder, name)));
  return [...onPath, ...(usualPlaces[process.platform] ?? [])].find((file) => existsSync(file));
}

async function installDebianPackage(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  const quiet = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' } };
  const install = ['install', '--yes', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'];
  for (const args of [['update'], install]) {
    const { code } = await tryCommand('apt-get', args, quiet);
    if (code !== 0) return undefined;
  }
  return installedBrowser(env);
}

async function downloadBrowser(): Promise<string> {
  const file = chromium.executablePath();
  if (existsSync(file)) return file;
  const cli = inRepo('node_modules', 'playwright-core', 'cli.js');
  try {
    await runCommand(process.execPath, [cli, 'install', 'chromium']);
  } catch (cause) {
    throw new HumanError(
      'The end-to-end tests need Chromium or Chrome: install one, or name it in CHROME_PATH.',
      { cause },
    );
  }
  return file;
}
