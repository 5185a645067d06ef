import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type Page, type ViewportSize } from 'playwright-core';
import { inRepo } from './folders';
import { HumanError, runCommand, tryCommand } from './process';

/** What keeps Chromium quiet, and able to run where there is no display and no graphics card. */
const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Starts Chromium without a window. It ends with this process.
 * @param more flags of the command line
 */
export async function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  const executablePath = await findBrowser();
  // Chromium's sandbox refuses to run as root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: [...flags, ...sandbox, ...more] });
}

/** Opens a page for a VS Code in which nothing moves by itself: each frame takes time of the processor. */
export async function openStillPage(browser: Browser, viewport: ViewportSize): Promise<Page> {
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce' });
  await context.addInitScript(stopMotion);
  return context.newPage();
}

/** Scrollbars fade for most of a second after each move of the mouse, whatever the settings say. */
function stopMotion(): void {
  // Views are frames in the page: they move as they do for a user.
  if (window.top !== window) return;
  document.addEventListener('DOMContentLoaded', () => {
    const style = document.createElement('style');
    style.textContent = '* { transition: none !important; animation: none !important; }';
    document.head.append(style);
  });
}

/**
 * The executable of a Chromium: `CHROME_PATH`, else one in the PATH, else Debian's package (installed when
 * this runs as root), else playwright's own download.
 *
 * @throws HumanError when there is none
 */
export async function findBrowser(): Promise<string> {
  const found = process.env['CHROME_PATH'] ?? browserInPath() ?? (await installDebianPackage());
  return found ?? downloadBrowser();
}

function browserInPath(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
  return (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .flatMap((folder) => names.map((name) => path.join(folder, name)))
    .find((file) => path.isAbsolute(file) && existsSync(file));
}

async function installDebianPackage(): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '--yes', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'];
  for (const args of [['update'], install]) {
    const { code } = await tryCommand('apt-get', args, { env });
    if (code !== 0) return undefined;
  }
  return browserInPath();
}

async function downloadBrowser(): Promise<string> {
  const file = chromium.executablePath();
  if (existsSync(file)) return file;
  const cli = inRepo('node_modules', 'playwright-core', 'cli.js');
  await runCommand(process.execPath, [cli, 'install', 'chromium']).catch((cause: unknown) => {
    const sentence = 'The tests need Chromium or Chrome: install one, or name it in CHROME_PATH.';
    throw new HumanError(sentence, { cause });
  });
  return file;
}
