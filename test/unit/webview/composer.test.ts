import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { HarnessOptions, PageHarness } from '../../support/page/pageHarness';
import { activity, assistant, snapshot, user } from '../../support/page/states';
import { usePage } from '../../support/page/usePage';

const running = snapshot({
  turns: [user('u1', 'Hello'), assistant('a1', { activity: activity('answering') })],
});

function message({ page }: PageHarness): Locator {
  return page.getByRole('textbox', { name: 'Message', exact: true });
}

async function sentTexts(harness: PageHarness): Promise<string[]> {
  return (await harness.postedOf('send')).map(({ text }) => text);
}

describe('Composer', function () {
  this.timeout(30_000);
  const open = usePage();

  async function openIdle(options?: HarnessOptions): Promise<PageHarness> {
    const harness = await open(options);
    await harness.post(snapshot());
    return harness;
  }

  it('sends on Enter and is empty then', async () => {
    const harness = await openIdle();
    await message(harness).fill('Why?');
    await message(harness).press('Enter');
    await harness.post();
    assert.deepEqual(await sentTexts(harness), ['Why?']);
    assert.equal(await message(harness).inputValue(), '');
  });

  it('sends by its button and keeps the caret in the message', async () => {
    const harness = await openIdle();
    await message(harness).fill('Why?');
    await harness.page.getByRole('button', { name: 'Send', exact: true }).click();
    assert.equal((await harness.postedOf('send')).length, 1);
    assert.equal(await message(harness).evaluate((box) => box === document.activeElement), true);
  });

  it('breaks the line on Shift+Enter', async () => {
    const harness = await openIdle();
    await message(harness).pressSequentially('one');
    await message(harness).press('Shift+Enter');
    await message(harness).pressSequentially('two');
    assert.equal(await message(harness).inputValue(), 'one\ntwo');
    assert.deepEqual(await harness.postedOf('send'), []);
  });

  it('breaks the line on Enter and sends on Ctrl+Enter where the user has set that (case 44)', async () => {
    const harness = await openIdle({ look: { sendKey: 'ctrlEnter' } });
    await message(harness).pressSequentially('one');
    await message(harness).press('Enter');
    await message(harness).pressSequentially('two');
    assert.deepEqual(await harness.postedOf('send'), []);
    await message(harness).press('Control+Enter');
    await harness.post();
    assert.deepEqual(await sentTexts(harness), ['one\ntwo']);
  });

  it('has the size and the font that the user has set for chat, the answer included (case 45)', async () => {
    const text = 'Some words and `code`.';
    const states = [undefined, { sendKey: 'enter', fontSize: 26, fontFamily: 'serif' }] as const;
    const sizes: number[][] = [];
    for (const look of states) {
      const harness = await open(look && { look });
      await harness.post(snapshot({ turns: [user('u', 'Why?'), assistant('a', { text })] }));
      const places = [
        harness.page.locator('.markdown p'),
        harness.page.locator('.markdown code'),
        harness.page.getByText('Why?'),
        message(harness),
      ];
      const measured = places.map((place) =>
        place.first().evaluate((element) => parseFloat(getComputedStyle(element).fontSize)),
      );
      sizes.push(await Promise.all(measured));
      const family = harness.page.locator('.markdown p');
      const font = await family.evaluate((element) => getComputedStyle(element).fontFamily);
      assert.equal(font === 'serif', look !== undefined);
    }
    const [[usual = 0] = [], large = []] = sizes;
    assert.equal(usual, 13);
    assert.deepEqual(
      sizes[0]?.map((size) => Math.round(size * 2)),
      large.map(Math.round),
    );
  });

  it('stays calm about an empty message', async () => {
    const harness = await openIdle();
    await message(harness).fill(' \n ');
    await message(harness).press('Enter');
    assert.deepEqual(await harness.postedOf('send'), []);
    const send = harness.page.getByRole('button', { name: 'Send', exact: true });
    assert.equal(await send.isDisabled(), true);
  });

  it('leaves Enter to an input method that is composing', async () => {
    const harness = await openIdle();
    await message(harness).focus();
    const devTools = await harness.page.context().newCDPSession(harness.page);
    await devTools.send('Input.imeSetComposition', {
      text: 'にほん',
      selectionStart: 3,
      selectionEnd: 3,
    });
    const press = async (key: string, windowsVirtualKeyCode: number): Promise<void> => {
      const event = { type: 'rawKeyDown', key, code: 'Enter', windowsVirtualKeyCode } as const;
      await devTools.send('Input.dispatchKeyEvent', event);
    };
    await press('Enter', 13);
    await press('Process', 229);
    assert.deepEqual(await harness.postedOf('send'), []);
    await devTools.send('Input.insertText', { text: '日本' });
    await message(harness).press('Enter');
    assert.deepEqual(await sentTexts(harness), ['日本']);
  });

  it('has Stop while an answer runs, and what is sent then is sent after it', async () => {
    const harness = await open();
    await harness.post(running);
    const { page } = harness;
    assert.equal(await page.getByRole('button', { name: 'Send', exact: true }).count(), 0);
    const queue = page.getByRole('button', { name: 'Add to Queue', exact: true });
    assert.equal(await queue.count(), 0);
    await message(harness).fill('next');
    await queue.click();
    await harness.post();
    await message(harness).fill('and then');
    await message(harness).press('Enter');
    await harness.post();
    assert.equal(await message(harness).inputValue(), '');
    assert.deepEqual(
      (await harness.postedOf('send')).map(({ text }) => text),
      ['next', 'and then'],
    );
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    assert.equal((await harness.postedOf('stop')).length, 1);
  });

  it('stops on Escape while an answer runs, and only then', async () => {
    const harness = await openIdle();
    await message(harness).press('Escape');
    assert.deepEqual(await harness.postedOf('stop'), []);
    await harness.post(running);
    await message(harness).press('Escape');
    assert.equal((await harness.postedOf('stop')).length, 1);
  });

  it('moves the focus when the focused button disappears', async () => {
    const harness = await open();
    await harness.post(running);
    await harness.page.getByRole('button', { name: 'Stop', exact: true }).focus();
    await harness.post({
      type: 'turnEnded',
      turnId: 'a1',
      activity: activity('stopped'),
      metrics: {},
      lengths: { answer: 0, thinking: 0 },
    });
    assert.equal(await message(harness).evaluate((box) => box === document.activeElement), true);
  });

  it('grows with the text, up to less than half of the panel', async () => {
    const harness = await openIdle();
    const height = async (): Promise<number> => (await message(harness).boundingBox())?.height ?? 0;
    const empty = await height();
    await message(harness).fill('a\nb\nc\nd\ne');
    const five = await height();
    await message(harness).fill('line\n'.repeat(100));
    const hundred = await height();
    assert.ok(empty < five && five < hundred, `${empty} ${five} ${hundred}`);
    assert.ok(hundred <= 760 * 0.4 + 1, String(hundred));
  });

  it('names the model and asks for another', async () => {
    const harness = await openIdle();
    await harness.page
      .getByRole('button', { name: 'Model: qwen3:8b. Select another model' })
      .click();
    assert.equal((await harness.postedOf('pickModel')).length, 1);
    await harness.post({ type: 'model', model: { name: '' } });
    assert.equal(await harness.page.getByRole('button', { name: 'Select Model' }).count(), 1);
  });

  it('takes the focus and a text when the host says so', async () => {
    const harness = await openIdle();
    await message(harness).fill('Look:');
    await harness.post({ type: 'focusComposer', insert: 'const a = 1;' });
    assert.equal(await message(harness).inputValue(), 'Look:\nconst a = 1;');
    await message(harness).fill('All of this was typed.');
    await message(harness).press('Control+a');
    await harness.post({ type: 'focusComposer', insert: 'And this came.' });
    assert.equal(await message(harness).inputValue(), 'All of this was typed.\nAnd this came.');
    assert.equal(await message(harness).evaluate((box) => box === document.activeElement), true);
  });

  it('keeps the message until the host has accepted it, and then removes it by the id of its request', async () => {
    const harness = await openIdle({ accepts: false });
    await message(harness).fill('Continue.');
    await message(harness).press('Enter');
    await message(harness).press('Enter');
    const [sent, ...more] = await harness.postedOf('send');
    assert.equal(more.length, 0);
    assert.equal(await message(harness).inputValue(), 'Continue.');
    await harness.post(snapshot({ turns: [user('u1', 'Continue.')] }));
    await harness.post({ type: 'accepted', id: 'another' });
    assert.equal(await message(harness).inputValue(), 'Continue.');
    await message(harness).pressSequentially(' Now.');
    await harness.post({ type: 'accepted', id: sent?.id ?? '' });
    assert.equal(await message(harness).inputValue(), ' Now.');
  });

  it('keeps a message that was refused, says why, and sends it again', async () => {
    const harness = await openIdle({ accepts: false });
    await message(harness).fill('Hello');
    await message(harness).press('Enter');
    const [first] = await harness.postedOf('send');
    await harness.post({ type: 'refused', id: first?.id ?? '', reason: 'invalid' });
    assert.equal(await message(harness).inputValue(), 'Hello');
    assert.match(await harness.page.locator('.composer .notice').innerText(), /could not be sent/u);
    await message(harness).press('Enter');
    assert.equal((await harness.postedOf('send')).length, 2);
  });

  it('refuses a text of 5 MB before it is inserted, and offers to attach it (case 36)', async () => {
    const harness = await openIdle();
    await message(harness).fill('See: ');
    await message(harness).focus();
    await harness.page.keyboard.insertText('x'.repeat(5_000_000));
    assert.equal(await message(harness).inputValue(), 'See: ');
    const notice = harness.page.locator('.composer .notice');
    assert.match(await notice.innerText(), /5,000,005 characters/u);
    await notice.getByRole('button', { name: 'Attach Instead' }).click();
    const [attached] = await harness.postedOf('attachText');
    assert.equal(attached?.length, 5_000_000);
    assert.ok(attached.text.length <= 256 * 1024);
    assert.equal(await notice.isVisible(), false);
    const drafts = await harness.postedOf('draftChanged');
    assert.ok(drafts.every(({ text }) => text.length < 100));
  });
});
