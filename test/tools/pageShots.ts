import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { launchBrowser } from '../support/browser';
import { pageStates } from '../support/page/actions';
import { PageHarness, type HarnessOptions } from '../support/page/pageHarness';
import { inRepo } from '../support/folders';

// Takes pictures of the chat page alone, in every theme kind, in forced colours, and at two widths, into artifacts/page.
//   node scripts/run.mjs pageShots [--language=de] [state…]

const looks: Readonly<Record<string, HarnessOptions>> = {
  dark: { theme: 'dark' },
  light: { theme: 'light' },
  'hc-dark': { theme: 'hc-dark' },
  'hc-light': { theme: 'hc-light' },
  forced: { theme: 'light', forcedColors: true },
};
const folder = inRepo('artifacts', 'page');
const given = process.argv.slice(2);
const displayLanguage = given
  .find((one) => one.startsWith('--language='))
  ?.slice('--language='.length);
const wanted = given.filter((one) => !one.startsWith('--'));
const inLanguage = displayLanguage === undefined ? '' : `-${displayLanguage}`;

await mkdir(folder, { recursive: true });
const browser = await launchBrowser();
const tab = await browser.newPage();
for (const [name, { messages, act }] of Object.entries(pageStates)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const [look, options] of Object.entries(looks)) {
    for (const width of [300, 600]) {
      const harness = await PageHarness.open(tab, {
        ...options,
        width,
        ...(displayLanguage === undefined ? {} : { displayLanguage }),
      });
      await harness.post(...messages);
      await act?.(harness);
      await tab.evaluate(async () => document.fonts.ready);
      await tab.waitForTimeout(150);
      const file = path.join(folder, `${name}-${look}-${width}${inLanguage}.png`);
      await tab.screenshot({ path: file });
      await tab.mouse.move(-1, -1);
      await harness.close();
    }
  }
}
await browser.close();
process.stdout.write(`Pictures are in ${folder}\n`);
