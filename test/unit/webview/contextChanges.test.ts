import assert from 'node:assert/strict';
import type { ContextUsage } from '../../../src/shared/composerState';
import type { PageHarness } from '../../support/page/pageHarness';
import { activity, assistant, contextUsage, snapshot, user } from '../../support/page/states';
import { usePage } from '../../support/page/usePage';

const raised = { from: 4096, to: 16_384, extraBytes: 1.8e9 };
const report = {
  id: 'f1',
  kind: 'file',
  label: 'report.py',
  detail: 'report.py, about 9,000 tokens',
  isPart: false,
  hasParts: true,
} as const;

describe('the context window in the page', function () {
  this.timeout(30_000);
  const open = usePage();
  const question = user('u1', 'Why?');

  describe('above a message that is not sent whole', () => {
    async function write(more: Partial<ContextUsage>): Promise<PageHarness> {
      const harness = await open();
      const pending = { attachments: [report], queue: [] };
      const turns = [question, assistant('a1', { text: 'Because.' })];
      await harness.post(snapshot({ turns, pending }), contextUsage(more));
      return harness;
    }

    it('says what is left out, with every way out as a button', async () => {
      const harness = await write({ leftOut: 2, history: 9_000, offer: raised });
      const line = harness.page.locator('.context-line');
      assert.equal(
        await line.locator('.notice-sentence').innerText(),
        '9.6k of 8k: does not fit. 2 earlier messages will not be sent.',
      );
      assert.deepEqual(await line.getByRole('button').allInnerTexts(), [
        'Use 16k (+1.8 GB)',
        'Summarize and Start Over',
        'Send Anyway',
        'Remove report.py',
      ]);
      for (const name of ['Use 16k (+1.8 GB)', 'Summarize and Start Over', 'Remove report.py']) {
        await line.getByRole('button', { name }).click();
      }
      const posted = (await harness.posted()).filter(({ type }) =>
        ['useContext', 'startFromSummary', 'detach'].includes(type),
      );
      assert.deepEqual(posted, [
        { type: 'useContext' },
        { type: 'startFromSummary' },
        { type: 'detach', id: 'f1' },
      ]);
    });

    it('says what is shortened, and which attachments are left out', async () => {
      const harness = await write({ isAnswerShortened: true, attachmentsLeftOut: 1, draft: 7_000 });
      const sentence = harness.page.locator('.context-line .notice-sentence');
      assert.match(await sentence.innerText(), /^9\.6k of 8k: does not fit\. /u);
      assert.match(await sentence.innerText(), /The middle of the last answer will be left out\./u);
      assert.match(await sentence.innerText(), /Earlier attachments will not be sent\.$/u);
    });

    it('says so when all would fit, but too little would be left for the answer', async () => {
      const harness = await write({ history: 7_000, leftOut: 2 });
      assert.match(
        await harness.page.locator('.context-line .notice-sentence').innerText(),
        /^7\.6k of 8k: too little is left for the answer\. 2 earlier/u,
      );
    });

    it('is not there while all fits, and the meter warns from 80 % on and above the limit', async () => {
      const harness = await write({});
      const line = harness.page.locator('.context-line');
      const state = (): Promise<string | null> =>
        harness.page.locator('.meter').getAttribute('data-state');
      assert.equal(await line.isVisible(), false);
      assert.equal(await state(), 'fits');
      await harness.post(contextUsage({ history: 6_000 }));
      assert.deepEqual([await state(), await line.isVisible()], ['full', false]);
      await harness.post(contextUsage({ history: 8_000, leftOut: 2 }));
      assert.deepEqual([await state(), await line.isVisible()], ['tooLong', true]);
    });
  });

  describe('above an answer', () => {
    const loading = assistant('a1', { text: '', activity: activity('loading', { raised }) });

    it('says that the context was increased, at once, with Undo and Always Ask', async () => {
      const harness = await open();
      await harness.post(snapshot({ turns: [question, loading] }));
      const change = harness.page.locator('.context-change');
      assert.equal(
        await change.textContent(),
        'Context length increased to 16k. qwen3:8b reloads once (about +1.8 GB). UndoAlways Ask',
      );
      await change.getByRole('button', { name: 'Undo' }).click();
      assert.match(await change.innerText(), /Undone\.$/u);
      assert.deepEqual(await harness.postedOf('undoContext'), [
        { type: 'undoContext', turnId: 'a1' },
      ]);
    });

    it('asks before it is increased from then on', async () => {
      const harness = await open();
      const done = assistant('a1', { text: 'Because.', metrics: { raised } });
      await harness.post(snapshot({ turns: [question, done] }));
      const change = harness.page.locator('.context-change');
      await change.getByRole('button', { name: 'Always Ask' }).click();
      assert.match(await change.innerText(), /Cria will ask first\.$/u);
      assert.deepEqual(await harness.postedOf('askContext'), [{ type: 'askContext' }]);
    });

    it('says that there was too little memory, and which length is used again', async () => {
      const harness = await open();
      const metrics = { steppedBack: raised };
      const done = assistant('a1', { text: 'Because.', metrics });
      await harness.post(snapshot({ turns: [question, done] }));
      assert.equal(
        await harness.page.locator('.context-change').innerText(),
        'Not enough memory for 16k. qwen3:8b uses 4k again.',
      );
    });
  });

  describe('in a chat that begins with a summary', () => {
    const summary = assistant('a1', { text: '- Cents are whole.', isSummary: true });
    const turns = [user('u1', 'Summary of “Cents”'), summary];

    it('edits the summary in place: Enter begins a line, Ctrl+Enter saves', async () => {
      const harness = await open();
      const { page } = harness;
      await harness.post(snapshot({ turns }));
      await page.getByRole('button', { name: 'Edit Summary' }).click();
      const form = page.getByRole('textbox', { name: 'Edited summary' });
      assert.equal(await form.inputValue(), '- Cents are whole.');
      await form.press('Control+End');
      await form.press('Enter');
      await form.pressSequentially('- And euros.');
      await form.press('Control+Enter');
      const [sent] = await harness.postedOf('editAndResend');
      assert.deepEqual(sent, { ...sent, turnId: 'a1', text: '- Cents are whole.\n- And euros.' });
      const edited = assistant('a2', {
        ...{ text: '- Cents are whole.\n- And euros.', isSummary: true },
        branch: { index: 1, count: 2 },
      });
      await harness.post(snapshot({ turns: [user('u1', 'Summary of “Cents”'), edited] }));
      await form.waitFor({ state: 'detached' });
    });

    it('leaves it as it was by Escape, with the focus where it came from', async () => {
      const harness = await open();
      const { page } = harness;
      await harness.post(snapshot({ turns }));
      const edit = page.getByRole('button', { name: 'Edit Summary' });
      await edit.click();
      await page.getByRole('textbox', { name: 'Edited summary' }).press('Escape');
      assert.equal(await page.getByText('Cents are whole.').isVisible(), true);
      assert.equal(await edit.evaluate((button) => button === document.activeElement), true);
      assert.deepEqual(await harness.postedOf('editAndResend'), []);
    });

    it('has no such button under other answers', async () => {
      const harness = await open();
      await harness.post(snapshot({ turns: [question, assistant('a1', { text: 'Because.' })] }));
      assert.equal(await harness.page.getByRole('button', { name: 'Edit Summary' }).count(), 0);
    });
  });
});
