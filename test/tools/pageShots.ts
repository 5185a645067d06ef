import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../support/browser';
import { PageHarness, type ThemeName } from '../support/page/pageHarness';
import { composerStates } from '../support/page/composerStates';
import { prompts } from '../support/page/planStates';
import { pictured } from '../support/page/states';
import type { ToWebview } from '../../src/shared/protocol';
import { inRepo } from '../support/paths';

/** What a reader does before the picture is taken. */
const actions: Readonly<Record<string, (page: Page, harness: PageHarness) => Promise<void>>> = {
  find: async (page) => {
    await page.keyboard.press('Control+F');
    await page.keyboard.type('line');
    await page.keyboard.press('Enter');
  },
  plan: async (page) => {
    await page.locator('.meter').click();
    await page.getByRole('dialog').waitFor();
  },
  slash: async (page) => {
    await page.locator('.composer textarea').fill('');
    await page.keyboard.type('/');
    await page.evaluate((told) => window.postMessage(told), prompts);
    await page.getByRole('option').first().waitFor();
  },
  codeTools: async (page) => page.locator('.code-block').last().hover(),
  figures: async (page) => page.locator('.figures-toggle').last().click(),
  completion: async (page, harness) => {
    await page.locator('.composer textarea').pressSequentially('See #cl');
    const seq = (await harness.postedOf('query')).at(-1)?.seq ?? 0;
    const found: readonly (readonly [label: string, detail: string, icon: string])[] = [
      ['client.ts', 'src/net', 'file'],
      ['clock.ts', 'src', 'file'],
      ['averyverylongclientnamethatfitsnowhere.ts', 'src/some/very/deep/folder', 'file'],
      ['closeAll', 'src/net/client.ts:12', 'symbol-method'],
    ];
    const items = found.map(([label, detail, icon]) => ({ label, detail, icon, uri: 'file:///x' }));
    await harness.post({ type: 'queryResult', seq, items });
  },
  editing: async (page) => page.locator('.said-line .codicon-edit').last().click(),
};

/** The conversation behind a state that only an action makes. */
const behind: Readonly<Record<string, string>> = {
  completion: 'chips',
  find: 'rich',
  plan: 'meter',
  slash: 'meter',
  codeTools: 'meter',
  figures: 'rich',
  editing: 'versions',
};

// Takes pictures of the chat page alone, in every theme kind and at two widths, into artifacts/page.
//   node scripts/run.mjs pageShots [--language=de] [state…]

const themes: readonly ThemeName[] = ['dark', 'light', 'hc-dark', 'hc-light'];
const folder = inRepo('artifacts', 'page');
const given = process.argv.slice(2);
const displayLanguage = given
  .find((one) => one.startsWith('--language='))
  ?.slice('--language='.length);
const wanted = given.filter((one) => !one.startsWith('--'));
const inLanguage = displayLanguage === undefined ? '' : `-${displayLanguage}`;

await mkdir(folder, { recursive: true });
const browser = await launchBrowser();
const context = await browser.newContext();
const states: Readonly<Record<string, readonly ToWebview[]>> = { ...pictured, ...composerStates };
for (const name of [...Object.keys(states), ...Object.keys(actions)]) {
  const messages = states[behind[name] ?? name] ?? [];
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const theme of themes) {
    for (const width of [300, 600]) {
      const harness = await PageHarness.open(context, {
        ...{ theme, width },
        ...(displayLanguage === undefined ? {} : { displayLanguage }),
      });
      await harness.post(...messages);
      await actions[name]?.(harness.page, harness);
      await harness.page.evaluate(async () => document.fonts.ready);
      await harness.page.waitForTimeout(150);
      const file = path.join(folder, `${name}-${theme}-${width}${inLanguage}.png`);
      await harness.page.screenshot({ path: file });
      await harness.close();
    }
  }
}
await browser.close();
process.stdout.write(`Pictures are in ${folder}\n`);
