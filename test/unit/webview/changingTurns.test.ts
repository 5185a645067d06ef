import assert from 'node:assert/strict';
import type { Notice, TurnView } from '../../../src/shared/protocol';
import type { PageHarness } from '../../support/page/pageHarness';
import { activity, assistant, snapshot, user } from '../../support/page/states';
import { usePage } from '../../support/page/usePage';

const question = { ...user('u1', 'Why?'), branch: { index: 0, count: 2 } };
const answer = assistant('a2', { text: 'So.', branch: { index: 1, count: 3 } });

describe('Changing messages and answers', function () {
  this.timeout(30_000);
  const open = usePage();

  async function openTurns(turns: readonly TurnView[] = [question, answer]): Promise<PageHarness> {
    const harness = await open();
    await harness.post(snapshot({ turns }));
    return harness;
  }

  function requests(harness: PageHarness): Promise<unknown[]> {
    return harness
      .posted()
      .then((all) => all.filter((message) => 'turnId' in message && message.type !== 'recover'));
  }

  it('steps between the versions of an answer, and keeps the focus on the step', async () => {
    const harness = await openTurns();
    const turn = harness.page.locator('article[data-role="assistant"]');
    assert.equal(await turn.locator('.branches').textContent(), '2/3');
    await turn.getByRole('button', { name: 'Previous Version' }).focus();
    await harness.page.keyboard.press('Enter');
    await turn.getByRole('button', { name: 'Next Version' }).click();
    assert.deepEqual(await requests(harness), [
      { type: 'selectBranch', turnId: 'a2', step: -1 },
      { type: 'selectBranch', turnId: 'a2', step: 1 },
    ]);
    const other = assistant('a3', { text: 'Or so.', branch: { index: 2, count: 3 } });
    await harness.post(snapshot({ turns: [question, other] }));
    assert.equal(await turn.locator('.branches').textContent(), '3/3');
    assert.equal(await turn.getByRole('button', { name: 'Next Version' }).isDisabled(), true);
    const focused = harness.page.locator(':focus');
    assert.equal(await focused.getAttribute('data-turn-id'), 'a3');
  });

  it('tells the context menu which turn it is opened on, and what can be done there', async () => {
    const cut = assistant('a4', {
      text: 'Half',
      activity: activity('stopped'),
      notice: {
        severity: 'info',
        sentence: 'Stopped.',
        buttons: [{ action: 'continue', label: 'Continue' }],
      },
    });
    const harness = await openTurns([question, answer, user('u2', 'And?'), cut]);
    const contexts = await harness.page
      .locator('article')
      .evaluateAll((turns) =>
        turns.map((turn) => JSON.parse(turn.dataset['vscodeContext'] ?? '{}') as unknown),
      );
    const menu = {
      preventDefaultContextMenuItems: false,
      criaContextStart: false,
      criaCutOff: false,
    };
    assert.deepEqual(contexts, [
      { ...menu, webviewSection: 'message', turnId: 'u1' },
      { ...menu, webviewSection: 'answer', turnId: 'a2' },
      { ...menu, webviewSection: 'message', turnId: 'u2' },
      { ...menu, webviewSection: 'answer', turnId: 'a4', criaCutOff: true },
    ]);
  });

  describe('tells the context menu what can be copied', () => {
    const text =
      'One *two*.\n\n- three\n- four\n\n```ts\nlet five = 5;\n```\n\n| 6 | 7 |\n|---|---|\n| 8 | 9 |';

    /** Opens the menu where `selector` is found first, and reads what the page says of that turn. */
    async function copies(
      harness: PageHarness,
      selector: string,
    ): Promise<Record<string, unknown>> {
      await harness.page.locator(selector).first().click({ button: 'right' });
      const turn = harness.page.locator(`article:has(${selector})`).first();
      return JSON.parse((await turn.getAttribute('data-vscode-context')) ?? '{}') as Record<
        string,
        unknown
      >;
    }

    it('the message as it is read and as it is written, and the block under the pointer', async () => {
      const harness = await openTurns([question, assistant('a5', { text })]);
      const onItem = await copies(harness, 'li');
      assert.equal(onItem['criaMarkdown'], text);
      const readable = 'One two.\n\nthree\nfour\n\nlet five = 5;\n\n6\t7\n8\t9';
      assert.equal(onItem['criaText'], readable);
      assert.equal(onItem['criaBlock'], '- three\n- four');
      assert.equal('criaCode' in onItem, false);
      const onCode = await copies(harness, 'code');
      assert.equal(onCode['criaBlock'], '```ts\nlet five = 5;\n```');
      assert.equal(onCode['criaCode'], 'let five = 5;\n');
      const onQuestion = await copies(harness, '.bubble');
      assert.equal(onQuestion['criaMarkdown'], 'Why?');
      assert.equal(onQuestion['criaText'], 'Why?');
    });

    it('all blocks of a selection, and the block that is still being written', async () => {
      const harness = await openTurns([question, assistant('a6', { text })]);
      await harness.page.evaluate(() => {
        const [from, to] = ['em', 'li'].map((name) => document.querySelector(`.markdown ${name}`));
        getSelection()?.setBaseAndExtent(
          from?.firstChild ?? document,
          1,
          to?.firstChild ?? document,
          2,
        );
      });
      assert.equal((await copies(harness, 'em'))['criaBlock'], 'One *two*.\n\n- three\n- four');
      const running = await openTurns([
        question,
        assistant('a7', { text: 'One\r\n\r\nTwo **th', activity: activity('answering') }),
      ]);
      assert.equal((await copies(running, '.markdown p:last-child'))['criaBlock'], 'Two **th');
    });
  });

  it('asks the same again with another model', async () => {
    const harness = await openTurns();
    await harness.page.getByRole('button', { name: 'Regenerate with Another Model' }).click();
    assert.deepEqual(await requests(harness), [{ type: 'askWithModel', turnId: 'a2' }]);
  });

  it('edits a message in its place, and asks again', async () => {
    const harness = await openTurns();
    const { page } = harness;
    await page.getByRole('button', { name: 'Edit Message' }).click();
    const box = page.getByRole('textbox', { name: 'Edited message' });
    assert.equal(await box.inputValue(), 'Why?');
    await box.fill('Why not?');
    await box.press('Enter');
    assert.deepEqual(
      (await harness.postedOf('editAndResend')).map(({ turnId, text }) => [turnId, text]),
      [['u1', 'Why not?']],
    );
    await harness.post();
    assert.equal(await page.locator(':focus').getAttribute('aria-label'), 'Message');
  });

  it('leaves a message as it was on Escape, and says nothing for an unchanged one', async () => {
    const harness = await openTurns();
    const { page } = harness;
    await page.getByRole('button', { name: 'Edit Message' }).click();
    await page.getByRole('textbox', { name: 'Edited message' }).fill('Other');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.bubble').textContent(), 'Why?');
    assert.equal(await page.locator(':focus').getAttribute('aria-label'), 'Edit Message');
    await page.getByRole('button', { name: 'Edit Message' }).click();
    await page.getByRole('button', { name: 'Resend' }).click();
    assert.deepEqual(await requests(harness), []);
    assert.equal(await page.locator(':focus').getAttribute('aria-label'), 'Edit Message');
  });

  it('deletes a message', async () => {
    const harness = await openTurns();
    await harness.page.getByRole('button', { name: 'Delete Message' }).click();
    assert.deepEqual(await requests(harness), [{ type: 'deleteTurn', turnId: 'u1' }]);
  });

  it('offers none of it while an answer runs', async () => {
    const running = assistant('a9', { activity: activity('answering'), text: 'Well' });
    const { page } = await openTurns([question, answer, user('u2', 'And?'), running]);
    for (const name of [
      'Regenerate Answer',
      'Edit Message',
      'Delete Message',
      'Previous Version',
    ]) {
      assert.equal(await page.getByRole('button', { name, exact: true }).count(), 0, name);
    }
    assert.equal(await page.getByRole('button', { name: 'Copy Answer' }).count(), 1);
  });

  it('continues an answer that had ended', async () => {
    const cut = assistant('a1', { text: 'One, two', activity: activity('truncated') });
    const harness = await openTurns([question, cut]);
    const going = { ...cut, activity: activity('connecting'), continuationOffsets: [8] };
    await harness.post(snapshot({ turns: [question, going] }), {
      type: 'delta',
      turnId: 'a1',
      channel: 'answer',
      at: 8,
      text: ', three.',
    });
    await harness.post({
      type: 'turnEnded',
      turnId: 'a1',
      activity: activity('done'),
      metrics: {},
      lengths: { answer: 16, thinking: 0 },
    });
    const turn = harness.page.locator('article[data-role="assistant"]');
    assert.equal(await turn.locator('.markdown').textContent(), 'One, two, three.');
    assert.match(
      (await turn.locator('.ending').textContent()) ?? '',
      /cut off and then continued/u,
    );
    assert.deepEqual(await turn.locator('.seam').allTextContents(), ['One, two, three.']);
  });

  it('shows Retry once, where a notice offers it', async () => {
    const notice: Notice = {
      severity: 'error',
      sentence: 'Lost.',
      buttons: [{ action: 'retry', label: 'Retry' }],
    };
    const failed = assistant('a1', { activity: activity('failed'), notice });
    const { page } = await openTurns([question, failed]);
    assert.equal(await page.getByRole('button', { name: 'Retry', exact: true }).count(), 1);
    assert.equal(await page.getByRole('button', { name: 'Regenerate Answer' }).count(), 0);
  });
});
