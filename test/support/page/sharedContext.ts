import type { BrowserContext } from 'playwright-core';
import { launchBrowser } from '../browser';

let context: Promise<BrowserContext> | undefined;

/**
 * Where all tests of this process open their pages. Chromium opens a whole window for each context,
 * which takes it four times as long as a tab.
 */
export async function sharedContext(): Promise<BrowserContext> {
  context ??= launchBrowser().then(async (browser) => browser.newContext());
  return context;
}

after(async () => (await context)?.browser()?.close());
