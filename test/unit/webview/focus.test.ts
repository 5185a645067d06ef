import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { eventually } from '../../support/clock';
import type { PageHarness } from '../../support/page/pageHarness';
import { snapshot } from '../../support/page/states';
import { usePage } from '../../support/page/usePage';

describe('The focus, where the page is one of several things', function () {
  this.timeout(30_000);
  const open = usePage();

  async function openBesideEditor(): Promise<PageHarness> {
    const harness = await open({ isFramed: true });
    await harness.post(snapshot());
    await editor(harness).focus();
    return harness;
  }

  const editor = ({ page }: PageHarness): Locator => page.getByRole('textbox', { name: 'Editor' });

  const message = ({ frame }: PageHarness): Locator =>
    frame.getByRole('textbox', { name: 'Message' });

  /** Who has the focus of the page, and whether the page has the window's. */
  const hasKeys = async (place: Locator): Promise<boolean> =>
    place.evaluate((element) => document.hasFocus() && element === document.activeElement);

  it('stays where the user types when a text arrives, and goes to the text later', async () => {
    const harness = await openBesideEditor();
    await harness.post({ type: 'focusComposer', insert: 'A summary.' });
    assert.equal(await message(harness).inputValue(), 'A summary.');
    await editor(harness).pressSequentially('typed');
    assert.equal(await editor(harness).inputValue(), 'typed');
    await harness.frame.evaluate(() => window.focus());
    await eventually(async () => assert.equal(await hasKeys(message(harness)), true));
    await harness.page.keyboard.type(' More.');
    assert.equal(await message(harness).inputValue(), 'A summary. More.');
  });

  it('goes to the message when the user returns to the panel', async () => {
    const harness = await openBesideEditor();
    await harness.post({ type: 'focusComposer' }, { type: 'claimFocus' });
    assert.equal(await hasKeys(message(harness)), true);
  });

  it('is not taken from where the user has gone since', async () => {
    const harness = await openBesideEditor();
    await harness.post({ type: 'focusComposer' });
    await harness.frame.evaluate(() => window.focus());
    await eventually(async () => assert.equal(await hasKeys(message(harness)), true));
    await editor(harness).focus();
    await harness.post({ type: 'claimFocus' });
    assert.equal(await hasKeys(editor(harness)), true);
  });
});
