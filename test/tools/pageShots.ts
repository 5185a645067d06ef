import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../support/browser';
import { PageHarness, type ThemeName } from '../support/page/pageHarness';
import { pictured } from '../support/page/states';
import { inRepo } from '../support/paths';

/** What a reader does before the picture is taken. */
const actions: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  find: async (page) => {
    await page.keyboard.press('Control+F');
    await page.keyboard.type('line');
    await page.keyboard.press('Enter');
  },
  figures: async (page) => page.locator('.figures-toggle').last().click(),
  editing: async (page) => page.getByRole('button', { name: 'Edit Message' }).last().click(),
};

/** The conversation behind a state that only an action makes. */
const behind: Readonly<Record<string, keyof typeof pictured>> = {
  find: 'rich',
  figures: 'rich',
  editing: 'versions',
};

// Takes pictures of the chat page alone, in every theme kind and at two widths, into artifacts/page.
//   node scripts/run.mjs pageShots [state…]

const themes: readonly ThemeName[] = ['dark', 'light', 'hc-dark', 'hc-light'];
const folder = inRepo('artifacts', 'page');
const wanted = process.argv.slice(2);

await mkdir(folder, { recursive: true });
const browser = await launchBrowser();
for (const name of [...Object.keys(pictured), ...Object.keys(actions)]) {
  const messages = pictured[behind[name] ?? name] ?? [];
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const theme of themes) {
    for (const width of [300, 600]) {
      const harness = await PageHarness.open(browser, { theme, width });
      await harness.post(...messages);
      await actions[name]?.(harness.page);
      await harness.page.evaluate(async () => document.fonts.ready);
      await harness.page.waitForTimeout(150);
      const file = path.join(folder, `${name}-${theme}-${width}.png`);
      await harness.page.screenshot({ path: file });
      await harness.close();
    }
  }
}
await browser.close();
process.stdout.write(`Pictures are in ${folder}\n`);
