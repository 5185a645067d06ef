import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../browser';
import { PageHarness, type HarnessOptions } from './pageHarness';

let browser: Promise<Browser> | undefined;
/** What a page must not ask for leads nowhere, should it do so. */
const nowhere = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1';

const free: Page[] = [];
/** The tab that Chromium shows; it draws the others seldom. */
let shown: Page | undefined;

/**
 * A tab of the one Chromium that all tests of this process use. To open a tab takes many times as long as
 * to load a document in one, so a tab goes from one test to the next.
 */
export async function takeTab(): Promise<Page> {
  const used = free.pop();
  if (used && used !== shown) await used.bringToFront();
  shown = used ?? (await openTab());
  return shown;
}

async function openTab(): Promise<Page> {
  browser ??= launchBrowser([nowhere]);
  const running = await browser;
  const context = running.contexts()[0] ?? (await running.newContext());
  return context.newPage();
}

/** Returns a tab as it is for reuse: the next document loaded in it replaces everything. */
export async function giveBack(tab: Page): Promise<void> {
  if (tab.isClosed()) return;
  // Nothing of the next document is under the mouse.
  await tab.mouse.move(-1, -1);
  free.push(tab);
}

after(async () => (await browser)?.close());

/**
 * Gives the tests of a `describe` pages in a browser. Each is given back after its test, which fails if
 * the page reported an error, met its policy or asked for anything outside.
 */
export function usePage(): (options?: HarnessOptions) => Promise<PageHarness> {
  let open: PageHarness[] = [];
  afterEach(async () => {
    const harnesses = open;
    open = [];
    for (const harness of harnesses) {
      await harness.close().finally(() => giveBack(harness.page));
    }
  });
  return async (options) => {
    const harness = await PageHarness.open(await takeTab(), options);
    open.push(harness);
    return harness;
  };
}
