import { PageHarness, type HarnessOptions } from './pageHarness';
import { sharedContext } from './sharedContext';

/**
 * Gives the tests of a `describe` pages in a browser. Every page is closed after its test, which
 * fails if the page reported an error, met its policy or asked for anything outside.
 */
export function usePage(): (options?: HarnessOptions) => Promise<PageHarness> {
  let open: PageHarness[] = [];
  afterEach(async () => {
    const pages = open;
    open = [];
    for (const page of pages) await page.close();
  });
  return async (options) => {
    const page = await PageHarness.open(await sharedContext(), options);
    open.push(page);
    return page;
  };
}
