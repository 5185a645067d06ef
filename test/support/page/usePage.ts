import type { Browser } from 'playwright-core';
import { launchBrowser } from '../browser';
import { PageHarness, type HarnessOptions } from './pageHarness';

/**
 * Gives the tests of a `describe` a browser and pages in it. Every page is closed after its test,
 * which fails if the page reported an error, met its policy or asked for anything outside.
 */
export function usePage(): (options?: HarnessOptions) => Promise<PageHarness> {
  let browser: Browser;
  let open: PageHarness[] = [];
  before(async () => {
    browser = await launchBrowser();
  });
  afterEach(async () => {
    const pages = open;
    open = [];
    for (const page of pages) await page.close();
  });
  after(async () => browser.close());
  return async (options) => {
    const page = await PageHarness.open(browser, options);
    open.push(page);
    return page;
  };
}
