import { PageHarness, type HarnessOptions } from './pageHarness';
import { giveBack, takeTab } from './tabs';

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
