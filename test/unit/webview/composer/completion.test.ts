import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { SuggestionView } from '../../../../src/shared/protocol';
import type { PageHarness } from '../../../support/page/pageHarness';
import { activity, assistant, prompts, snapshot, user } from '../../../support/page/states';
import { usePage } from '../../../support/page/usePage';

const items: readonly SuggestionView[] = ['client.ts', 'clock.ts', 'cart.ts'].map((label) => ({
  label,
  detail: 'src',
  icon: 'file',
  uri: `file:///w/src/${label}`,
}));

const message = ({ page }: PageHarness): Locator =>
  page.getByRole('textbox', { name: 'Message', exact: true });
const list = ({ page }: PageHarness): Locator => page.getByRole('listbox');

describe('completing a name in the message', function () {
  this.timeout(30_000);
  const open = usePage();

  /** Types, and answers the last question with these. */
  async function typed(
    harness: PageHarness,
    text: string,
    answer: readonly SuggestionView[] = items,
  ): Promise<void> {
    await message(harness).pressSequentially(text);
    const asked = (await harness.postedOf('query')).at(-1);
    await harness.post({ type: 'queryResult', seq: asked?.seq ?? -1, items: answer });
  }

  async function openWith(text: string): Promise<PageHarness> {
    const harness = await open();
    await harness.post(snapshot());
    await typed(harness, text);
    return harness;
  }

  it('asks for what is typed after #, and shows what fits', async () => {
    const harness = await openWith('Look at #cl');
    assert.deepEqual(
      (await harness.postedOf('query')).map(({ text }) => text),
      ['', 'c', 'cl'],
    );
    const options = list(harness).getByRole('option');
    assert.deepEqual(await options.allInnerTexts(), [
      'client.ts\nsrc',
      'clock.ts\nsrc',
      'cart.ts\nsrc',
    ]);
    assert.equal(await message(harness).getAttribute('aria-activedescendant'), null);
    await message(harness).press('ArrowDown');
    const active = await message(harness).getAttribute('aria-activedescendant');
    assert.equal(await harness.page.locator(`#${active ?? ''}`).innerText(), 'client.ts\nsrc');
    assert.equal(await message(harness).evaluate((box) => box === document.activeElement), true);
  });

  it('shows the items of another trigger that takes the place of the first', async () => {
    const harness = await open();
    await harness.post(snapshot());
    await message(harness).fill('/');
    await harness.post(prompts);
    await list(harness).getByRole('option').first().waitFor();
    await message(harness).fill('#');
    assert.equal(await list(harness).count(), 0);
    const [query] = await harness.postedOf('query');
    await harness.post({ type: 'queryResult', seq: query?.seq ?? -1, items });
    assert.equal(await list(harness).getByRole('option').count(), items.length);
  });

  it('drops an answer that is not the newest', async () => {
    const harness = await open();
    await harness.post(snapshot());
    await message(harness).pressSequentially('#cl');
    const [first] = await harness.postedOf('query');
    await harness.post({ type: 'queryResult', seq: first?.seq ?? -1, items });
    assert.equal(await list(harness).count(), 0);
  });

  for (const key of ['Enter', 'Tab']) {
    it(`goes down and up by arrows, round the ends, and takes with ${key}`, async () => {
      const harness = await openWith('#c');
      await message(harness).press('ArrowUp');
      await message(harness).press('ArrowUp');
      await message(harness).press('ArrowDown');
      await message(harness).press('ArrowDown');
      await message(harness).press('ArrowDown');
      await message(harness).press(key);
      assert.equal(await message(harness).inputValue(), 'clock.ts ');
      assert.deepEqual(await harness.postedOf('attachUris'), [
        { type: 'attachUris', uris: ['file:///w/src/clock.ts'] },
      ]);
      assert.deepEqual(await harness.postedOf('send'), []);
      assert.equal(await list(harness).count(), 0);
      assert.equal(await message(harness).evaluate((box) => box === document.activeElement), true);
    });
  }

  for (const text of ['What does #include', 'Fix issue #12', 'color: #fff', '#endif']) {
    it(`sends “${text}” by Enter, as nothing was chosen (case 29)`, async () => {
      const harness = await openWith(text);
      await message(harness).press('Enter');
      assert.deepEqual(
        (await harness.postedOf('send')).map((post) => post.text),
        [text],
      );
      assert.deepEqual(await harness.postedOf('attachUris'), []);
    });
  }

  it('takes a name that is written in full by Enter', async () => {
    const harness = await openWith('Explain #client.ts');
    await message(harness).press('Enter');
    assert.deepEqual(await harness.postedOf('send'), []);
    assert.equal((await harness.postedOf('attachUris')).length, 1);
  });

  it('takes a name that is written in full by Enter before its list has come, wherever it is in the last one', async () => {
    const harness = await openWith('Explain #c');
    await message(harness).pressSequentially('art.ts');
    await message(harness).press('Enter');
    assert.deepEqual(await harness.postedOf('send'), []);
    const [post] = await harness.postedOf('attachUris');
    assert.deepEqual(post?.uris, ['file:///w/src/cart.ts']);
  });

  it('shows no list for a message that was sent', async () => {
    const harness = await open({ accepts: false });
    await harness.post(snapshot());
    await typed(harness, 'Fix #12');
    await message(harness).press('Enter');
    const [sent] = await harness.postedOf('send');
    const asked = (await harness.postedOf('query')).at(-1);
    await harness.post({ type: 'accepted', id: sent?.id ?? '' });
    await harness.post({ type: 'queryResult', seq: asked?.seq ?? -1, items });
    assert.equal(await message(harness).inputValue(), '');
    assert.equal(await list(harness).count(), 0);
  });

  it('stops an answer by Escape only when pressed twice, if a message is being written (case 43)', async () => {
    const harness = await open();
    const running = assistant('a1', { activity: activity('answering') });
    await harness.post(snapshot({ turns: [user('u1', 'Hello'), running] }));
    await message(harness).pressSequentially('next');
    await message(harness).press('Escape');
    assert.deepEqual(await harness.postedOf('stop'), []);
    await message(harness).press('Escape');
    assert.equal((await harness.postedOf('stop')).length, 1);
    assert.equal(await message(harness).inputValue(), 'next');
  });

  it('takes with the mouse, and leaves the rest of the message', async () => {
    const harness = await open();
    await harness.post(snapshot());
    await message(harness).fill('before  after');
    const end = 'before '.length;
    await message(harness).evaluate((box, at) => {
      if (box instanceof HTMLTextAreaElement) box.setSelectionRange(at, at);
    }, end);
    await typed(harness, '#c');
    await list(harness).getByRole('option').nth(2).click();
    assert.equal(await message(harness).inputValue(), 'before cart.ts after');
  });

  it('closes by Escape for this word, without stopping an answer', async () => {
    const harness = await open();
    const running = assistant('a1', { activity: activity('answering') });
    await harness.post(snapshot({ turns: [user('u1', 'Hello'), running] }));
    await typed(harness, '#c');
    await message(harness).press('Escape');
    assert.equal(await list(harness).count(), 0);
    assert.deepEqual(await harness.postedOf('stop'), []);
    await typed(harness, 'l');
    assert.equal(await list(harness).count(), 0);
    await message(harness).pressSequentially(' ');
    await typed(harness, '#m');
    assert.equal(await list(harness).count(), 1);
  });

  it('closes when nothing fits, and Enter sends again', async () => {
    const harness = await openWith('#c');
    await typed(harness, 'x', []);
    assert.equal(await list(harness).count(), 0);
    await message(harness).press('Enter');
    assert.deepEqual(
      (await harness.postedOf('send')).map(({ text }) => text),
      ['#cx'],
    );
  });

  it('leaves keys to an input method', async () => {
    const harness = await openWith('#c');
    const devTools = await harness.page.context().newCDPSession(harness.page);
    await devTools.send('Input.imeSetComposition', {
      text: 'に',
      selectionStart: 1,
      selectionEnd: 1,
    });
    await devTools.send('Input.dispatchKeyEvent', {
      type: 'rawKeyDown',
      key: 'Process',
      code: 'Enter',
      windowsVirtualKeyCode: 229,
    });
    assert.deepEqual(await harness.postedOf('attachUris'), []);
    await devTools.send('Input.insertText', { text: '日' });
    assert.equal((await harness.postedOf('query')).at(-1)?.text, 'c日');
  });
});
