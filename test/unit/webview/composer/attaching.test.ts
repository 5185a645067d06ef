import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { AttachmentView } from '../../../../src/shared/protocol';
import type { PageHarness } from '../../../support/page/pageHarness';
import { activity, assistant, contextUsage, snapshot, user } from '../../../support/page/states';
import { usePage } from '../../../support/page/usePage';

const chip = (id: string, label: string, more: Partial<AttachmentView> = {}): AttachmentView => ({
  id,
  kind: 'file',
  label,
  detail: `src/${label}, about 120 tokens`,
  isPart: false,
  hasParts: true,
  ...more,
});
const two = [chip('1', 'client.ts:80-96', { kind: 'selection' }), chip('2', 'money.ts')];
const withChips = (attachments: readonly AttachmentView[]) =>
  ({ type: 'pending', pending: { attachments, queue: [] } }) as const;

const message = ({ page }: PageHarness): Locator =>
  page.getByRole('textbox', { name: 'Message', exact: true });
const focusedName = ({ page }: PageHarness): Promise<string | null | undefined> =>
  page.evaluate(() => {
    const focused = document.activeElement;
    return focused?.getAttribute('aria-label') ?? focused?.textContent;
  });

describe('attaching in the page', function () {
  this.timeout(30_000);
  const open = usePage();

  it('shows each attachment by its name, and takes one away by mouse', async () => {
    const harness = await open();
    await harness.post(snapshot({ pending: { attachments: two, queue: [] } }));
    const { page } = harness;
    assert.deepEqual(await page.locator('.composer .chip-label').allInnerTexts(), [
      'client.ts:80-96',
      'money.ts',
    ]);
    await page.getByRole('button', { name: 'Remove money.ts' }).click();
    assert.deepEqual(await harness.postedOf('detach'), [{ type: 'detach', id: '2' }]);
    const shown = page.getByRole('button', { name: 'client.ts:80-96', exact: true });
    assert.match((await shown.getAttribute('title')) ?? '', /120 tokens\. Preview what is sent$/u);
    await shown.click();
    assert.deepEqual(await harness.postedOf('previewAttachment'), [
      { type: 'previewAttachment', id: '1' },
    ]);
    await harness.post(withChips([]));
    assert.equal(await page.locator('.composer .chip').count(), 0);
  });

  it('offers other parts of a file on its chip, and in the line above a message that is too long', async () => {
    const harness = await open();
    const { page } = harness;
    const pasted = chip('4', 'pasted-text.txt', { isPart: true, hasParts: false });
    const chips = [chip('3', 'big.ts:1-90', { isPart: true }), pasted];
    const button = page.getByRole('button', { name: 'Attach Parts of big.ts:1-90…' });
    await harness.post(snapshot(), withChips(chips), contextUsage({ attachments: 10 }));
    assert.equal(await page.getByRole('button', { name: /^Attach Parts/u }).count(), 1);
    await button.click();
    await harness.post(contextUsage({ isTooLong: true, attachments: 9_000 }));
    const line = page.locator('.context-line');
    assert.equal(await line.getByRole('button', { name: /^Attach Parts/u }).count(), 1);
    await line.getByRole('button', { name: /^Attach Parts/u }).click();
    assert.deepEqual(await harness.postedOf('attachParts'), [
      { type: 'attachParts', id: '3' },
      { type: 'attachParts', id: '3' },
    ]);
  });

  it('is used by keys alone: Backspace goes to the last chip and takes it away', async () => {
    const harness = await open();
    await harness.post(snapshot(), withChips(two));
    await message(harness).fill('ab');
    await message(harness).press('Backspace');
    await message(harness).press('Backspace');
    assert.equal(await message(harness).inputValue(), '');
    assert.deepEqual(await harness.postedOf('detach'), []);
    await message(harness).press('Backspace');
    assert.match((await focusedName(harness)) ?? '', /^money\.ts/u);
    await harness.page.keyboard.press('ArrowLeft');
    assert.match((await focusedName(harness)) ?? '', /^client\.ts/u);
    await harness.page.keyboard.press('ArrowRight');
    await harness.page.keyboard.press('Backspace');
    assert.deepEqual(await harness.postedOf('detach'), [{ type: 'detach', id: '2' }]);
    await harness.post(withChips(two.slice(0, 1)));
    assert.match((await focusedName(harness)) ?? '', /^client\.ts/u);
    await harness.page.keyboard.press('Delete');
    await harness.post(withChips([]));
    assert.equal(await focusedName(harness), 'Message');
  });

  it('shows what was sent with a message, without a way to take it away', async () => {
    const harness = await open();
    await harness.post(snapshot({ turns: [{ ...user('u1', 'Why?'), attachments: two }] }));
    const turn = harness.page.locator('article[data-role="user"]');
    assert.deepEqual(await turn.locator('.chip-label').allInnerTexts(), [
      'client.ts:80-96',
      'money.ts',
    ]);
    assert.equal(await turn.locator('.chip-remove').count(), 0);
    assert.equal(await turn.locator('.bubble').innerText(), 'Why?');
    await turn.locator('.chip-name').first().click();
    assert.equal((await harness.postedOf('previewAttachment')).length, 1);
  });

  it('asks the host for a list by its button', async () => {
    const harness = await open();
    await harness.post(snapshot());
    await harness.page.getByRole('button', { name: 'Attach to Message' }).click();
    assert.deepEqual(await harness.postedOf('attach'), [{ type: 'attach', source: 'pick' }]);
  });

  it('hands on what is dropped, without remarks and the like', async () => {
    const harness = await open();
    await harness.post(snapshot());
    await harness.page.evaluate(() => {
      const data = new DataTransfer();
      data.setData('text/uri-list', '# two files\r\nfile:///w/a.ts\r\n\r\nfile:///w/b.ts\r\n');
      const composer = document.querySelector('.composer');
      for (const type of ['dragover', 'drop']) {
        const event = new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
        composer?.dispatchEvent(event);
      }
    });
    assert.deepEqual(await harness.postedOf('attachUris'), [
      { type: 'attachUris', uris: ['file:///w/a.ts', 'file:///w/b.ts'] },
    ]);
  });

  it('shows queued messages, which can be edited, removed or sent now', async () => {
    const harness = await open();
    const running = assistant('a1', { activity: activity('answering') });
    const queue = [
      { id: 'q1', text: 'And then?', attachments: two.slice(0, 1), isHeld: false },
      { id: 'q2', text: 'Held', attachments: [], isHeld: true },
    ];
    const pending = { attachments: [], queue };
    await harness.post(snapshot({ turns: [user('u1', 'Hello'), running], pending }));
    const row = harness.page.getByRole('listitem').filter({ hasText: 'And then?' });
    assert.match(await row.innerText(), /Sent after this answer/u);
    for (const name of ['Edit Queued Message', 'Remove Queued Message', 'Send Now']) {
      await row.getByRole('button', { name }).click();
    }
    assert.deepEqual(
      (await harness.postedOf('queued')).map(({ id, action }) => [id, action]),
      [
        ['q1', 'edit'],
        ['q1', 'remove'],
        ['q1', 'sendNow'],
      ],
    );
    const held = harness.page.getByRole('listitem').filter({ hasText: 'Held' });
    assert.match(await held.innerText(), /^On hold: the last answer failed/u);
  });

  it('recalls earlier messages in an empty composer', async () => {
    const harness = await open();
    const turns = [user('u1', 'One'), assistant('a1'), user('u2', 'Two'), assistant('a2')];
    await harness.post(snapshot({ turns }));
    const seen: string[] = [];
    await message(harness).focus();
    for (const key of ['ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowDown', 'ArrowDown']) {
      await message(harness).press(key);
      seen.push(await message(harness).inputValue());
    }
    assert.deepEqual(seen, ['Two', 'One', 'One', 'Two', '']);
    await message(harness).fill('mine');
    await message(harness).press('ArrowUp');
    assert.equal(await message(harness).inputValue(), 'mine');
  });

  it('offers what fits the editor, and begins with it', async () => {
    const harness = await open();
    const editor = { file: 'money.ts', selection: 'money.ts:2-4', problems: 3 };
    await harness.post(snapshot({ editor }));
    const offers = harness.page.locator('.suggestion');
    assert.deepEqual(await offers.allInnerTexts(), [
      'Ask about money.ts:2-4',
      'Fix 3 problems in money.ts',
      'Explain money.ts',
    ]);
    await offers.last().click();
    assert.deepEqual(await harness.postedOf('attach'), [{ type: 'attach', source: 'file' }]);
    assert.equal(await message(harness).inputValue(), 'Explain this file.');
    assert.deepEqual(await harness.postedOf('send'), []);
    await harness.post({ type: 'editor', editor: {} });
    assert.equal(await offers.count(), 0);
  });

  it('names the conversation, and leads to the others', async () => {
    const harness = await open();
    await harness.post(snapshot({ turns: [user('u1', 'Hello')] }));
    await harness.page.getByRole('button', { name: 'Buffers. Show chats' }).click();
    assert.equal((await harness.postedOf('showConversations')).length, 1);
    await harness.post({ type: 'title', title: 'Bytes' });
    assert.equal(await harness.page.locator('.conversation-title').innerText(), 'Bytes');
  });
});
