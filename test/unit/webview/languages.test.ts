import assert from 'node:assert/strict';
import { languages } from '../../support/texts';
import type { PageHarness } from '../../support/page/pageHarness';
import { contextUsage, postedStates, snapshot } from '../../support/page/states';
import { usePage } from '../../support/page/usePage';

/** Some words of each language, where the page has them, and a number as it is written there. */
const said = {
  de: { tag: 'de', message: 'Nachricht', send: 'Senden', context: '8.192' },
  'zh-cn': { tag: 'zh-CN', message: '消息', send: '发送', context: '8,192' },
} as const;

/** The elements whose text does not fit, by class. Names given by the user may be cut. */
async function cutOff({ page }: PageHarness): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('main *')]
      .filter((element) => element.checkVisibility() && !element.closest('pre, .visually-hidden'))
      .filter((element) => {
        const isClipping = getComputedStyle(element).overflowX !== 'visible';
        const isCut = isClipping && element.scrollWidth > element.clientWidth + 1;
        return isCut || element.getBoundingClientRect().right > innerWidth + 1;
      })
      .map((element) => element.className || element.localName),
  );
}

describe('The page in another language', function () {
  this.timeout(60_000);
  const open = usePage();

  for (const displayLanguage of languages) {
    const words = said[displayLanguage];

    it(`speaks ${displayLanguage}, also to a screen reader, and writes numbers so`, async () => {
      const { page, post } = bound(await open({ displayLanguage }));
      assert.equal(await page.evaluate(() => document.documentElement.lang), words.tag);
      await post(snapshot({ draft: 'Hallo' }), contextUsage());
      await page.getByRole('textbox', { name: words.message, exact: true }).waitFor();
      await page.getByRole('button', { name: words.send, exact: true }).waitFor();
      await page.locator('.meter').click();
      assert.ok((await page.getByRole('dialog').innerText()).includes(words.context));
    });

    it(`cuts off nothing at 300 pixels that English does not: ${displayLanguage}`, async () => {
      const [english, other] = [await cutOffParts(), await cutOffParts(displayLanguage)];
      for (const [name, parts] of Object.entries(other)) {
        const more = parts.filter((part) => english[name]?.includes(part) !== true);
        assert.deepEqual(more, [], name);
      }
    });

    it(`shows all of what is to be written where nothing is: ${displayLanguage}`, async () => {
      const { page, post } = bound(await open({ width: 300, displayLanguage }));
      await post(snapshot());
      const hidden = await page
        .locator('.composer textarea')
        .evaluate((box) => box.scrollHeight - box.clientHeight);
      assert.equal(hidden, 0);
    });
  }

  /** What is cut off at 300 pixels, by state. */
  async function cutOffParts(displayLanguage = 'en'): Promise<Record<string, readonly string[]>> {
    const harness = await open({ width: 300, displayLanguage });
    const found: Record<string, readonly string[]> = {};
    for (const [name, messages] of Object.entries(postedStates)) {
      await harness.post(...messages);
      found[name] = await cutOff(harness);
    }
    return found;
  }

  it('is English where there is no such language', async () => {
    const { page, post } = bound(await open({ displayLanguage: 'fr' }));
    await post(snapshot());
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
    await page.getByRole('textbox', { name: 'Message', exact: true }).waitFor();
  });
});

function bound(harness: PageHarness): Pick<PageHarness, 'page' | 'post'> {
  return { page: harness.page, post: (...messages) => harness.post(...messages) };
}
