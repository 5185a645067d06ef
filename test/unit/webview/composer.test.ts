import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { PageHarness } from '../../support/page/pageHarness';
import { activity, assistant, snapshot, user } from '../../support/page/states';
import { usePage } from '../../support/page/usePage';

const running = snapshot({
  turns: [user('u1', 'Hello'), assistant('a1', { activity: activity('answering') })],
});

function message({ page }: PageHarness): Locator {
  return page.getByRole('textbox', { name: 'Message', exact: true });
}

describe('Composer', function () {
  this.timeout(30_000);
  const open = usePage();

  async function openIdle(): Promise<PageHarness> {
    const harness = await open();
    await harness.post(snapshot());
    return harness;
  }

  it('sends on Enter and is empty then', async () => {
    const harness = await openIdle();
    await message(harness).fill('Why?');
    await message(harness).press('Enter');
    assert.deepEqual(await harness.postedOf('send'), [{ type: 'send', text: 'Why?' }]);
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
    assert.deepEqual(await harness.postedOf('send'), [{ type: 'send', text: '日本' }]);
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
    await message(harness).fill('and then');
    await message(harness).press('Enter');
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
    await harness.post({ type: 'composer', insert: 'const a = 1;' });
    assert.equal(await message(harness).inputValue(), 'Look:\nconst a = 1;');
    await message(harness).fill('All of this was typed.');
    await message(harness).press('Control+a');
    await harness.post({ type: 'composer', insert: 'And this came.' });
    assert.equal(await message(harness).inputValue(), 'All of this was typed.\nAnd this came.');
    assert.equal(await message(harness).evaluate((box) => box === document.activeElement), true);
  });

  it('takes a message back that the host did not send', async () => {
    const harness = await openIdle();
    await message(harness).fill('Hello');
    await message(harness).press('Enter');
    await harness.post(snapshot({ draft: 'Hello' }));
    assert.equal(await message(harness).inputValue(), 'Hello');
    await message(harness).press('Enter');
    await message(harness).fill('And more');
    await harness.post(snapshot({ draft: 'Hello' }));
    assert.equal(await message(harness).inputValue(), 'Hello\nAnd more');
  });
});
