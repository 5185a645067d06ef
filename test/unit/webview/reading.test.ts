import assert from 'node:assert/strict';
import type { ToWebview } from '../../../src/shared/protocol';
import type { PageHarness } from '../../support/page/pageHarness';
import {
  activity,
  assistant,
  connected,
  notRunning,
  snapshot,
  user,
} from '../../support/page/states';
import { usePage } from '../../support/page/usePage';

const old = Array.from({ length: 12 }, (_, at) => [
  user(`u${at}`, `Question ${at}`),
  assistant(`a${at}`, { text: `Answer ${at}.\n\n`.repeat(4) }),
]).flat();
const answering = assistant('now', { activity: activity('answering'), text: 'It begins.' });

function delta(at: number, text: string): ToWebview {
  return { type: 'delta', turnId: 'now', channel: 'answer', at, text };
}

describe('Reading', function () {
  this.timeout(30_000);
  const open = usePage();

  async function openLong(): Promise<PageHarness> {
    const harness = await open();
    await harness.post(snapshot({ turns: [...old, user('u', 'And now?'), answering], earlier: 3 }));
    await harness.page.waitForFunction(
      () => document.querySelector('[data-turn-id="a0"] p') !== null,
    );
    await harness.post();
    return harness;
  }

  async function distanceToEnd({ page }: PageHarness): Promise<number> {
    return page
      .locator('.scroller')
      .evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
  }

  const more = 'More text.\n\n'.repeat(30);

  it('stays at the end while text comes in', async () => {
    const harness = await openLong();
    await harness.post(delta(10, more));
    assert.ok((await distanceToEnd(harness)) <= 1);
    assert.equal(await harness.page.getByRole('button', { name: 'Jump to Latest' }).count(), 0);
  });

  it('shows the name of a model where it changes, and a message as wide as its text', async () => {
    const harness = await open();
    const { page } = harness;
    const turns = [
      ...[user('u1', 'Hi'), assistant('a1', { text: 'One.' }), user('u2', 'long '.repeat(200))],
      ...[assistant('a2', { text: 'Two.' }), assistant('a3', { model: 'other', text: 'Three.' })],
    ];
    await harness.post(snapshot({ turns }));
    const heights = await page
      .locator('.model')
      .evaluateAll((names) => names.map((name) => name.getBoundingClientRect().height > 5));
    assert.deepEqual(heights, [true, false, true]);
    await harness.post({ type: 'turnStarted', turn: assistant('a4', { model: 'other' }) });
    assert.equal((await page.locator('.model').last().boundingBox())?.height, 1);
    assert.equal(await page.getByRole('heading', { name: 'qwen3:8b' }).count(), 2);
    const widths = await page
      .locator('.message')
      .evaluateAll((bubbles) => bubbles.map((bubble) => bubble.getBoundingClientRect().width));
    assert.ok((widths[0] ?? 0) < 60 && (widths[1] ?? 0) > 200, String(widths));
  });

  it('stays at the end when the content turns out a little higher, and lets the reader unfold a message', async () => {
    const harness = await openLong();
    const { page } = harness;
    await harness.post({ type: 'turnStarted', turn: user('long', 'A line.\n'.repeat(60)) });
    assert.ok((await distanceToEnd(harness)) <= 1);
    await page
      .locator('article')
      .last()
      .evaluate((turn) => (turn.style.paddingBottom = '13px'));
    await harness.post();
    assert.ok((await distanceToEnd(harness)) <= 1);
    const top = (): Promise<number> => page.locator('.scroller').evaluate((box) => box.scrollTop);
    const before = await top();
    await page.getByRole('button', { name: 'Show All' }).click();
    await harness.post();
    assert.equal(await top(), before);
  });

  it('moves nothing once the reader has scrolled up, and leads back', async () => {
    const harness = await openLong();
    const { page } = harness;
    await page.locator('.scroller').hover();
    await page.mouse.wheel(0, -300);
    await page.waitForFunction(() => {
      const box = document.querySelector('.scroller');
      return box !== null && box.scrollHeight - box.scrollTop - box.clientHeight > 100;
    });
    await harness.post();
    // Before there is new text, too.
    await page.getByRole('button', { name: 'Jump to Latest' }).waitFor();
    const top = await page.locator('.scroller').evaluate((box) => box.scrollTop);
    await harness.post(delta(10, more));
    assert.equal(await page.locator('.scroller').evaluate((box) => box.scrollTop), top);
    await page.getByRole('button', { name: 'Jump to Latest' }).click();
    await harness.post();
    assert.ok((await distanceToEnd(harness)) <= 1);
    assert.equal(await page.getByRole('button', { name: 'Jump to Latest' }).count(), 0);
  });

  it('keeps the columns of a long table as they are, whatever comes in later rows', async () => {
    const harness = await open();
    const { page } = harness;
    const row = (cell: string): string => `| ${cell} | two |\n`;
    const begun = `| First | Second |\n|---|---|\n${row('one').repeat(200)}`;
    await harness.post(snapshot({ turns: [user('u', 'And?'), { ...answering, text: '' }] }));
    await harness.post(delta(0, begun));
    const widths = (index: number): Promise<readonly number[]> =>
      page
        .locator('table tr')
        .nth(index)
        .evaluate(({ children }) => [...children].map((cell) => cell.clientWidth));
    const before = await widths(0);
    await harness.post(delta(begun.length, row('longer '.repeat(9) + 'x'.repeat(90))));
    assert.equal(await page.locator('table tr').count(), 202);
    assert.deepEqual(await widths(0), before);
    assert.deepEqual(await widths(201), before);
    const cell = page.locator('td').nth(400);
    assert.ok(await cell.evaluate((box) => box.scrollWidth === box.clientWidth));
    assert.ok(((await cell.boundingBox())?.height ?? 0) > 60);
  });

  it('brings earlier turns without a jump', async () => {
    const harness = await openLong();
    const { page } = harness;
    await page.locator('.scroller').evaluate((box) => box.scrollTo(0, 0));
    await page.waitForFunction(() =>
      window.criaHarness.posted.some(({ type }) => type === 'loadEarlier'),
    );
    await page.getByRole('button', { name: 'Show 3 earlier messages' }).click();
    await page.locator('.scroller').evaluate((box) => box.scrollTo(0, 30));
    await harness.post();
    assert.deepEqual(await harness.postedOf('loadEarlier'), [
      { type: 'loadEarlier', before: 'u0' },
    ]);
    const top = async (): Promise<number> =>
      page.locator('[data-turn-id="u0"]').evaluate((turn) => turn.getBoundingClientRect().top);
    const before = await top();
    const turns = [
      user('x', 'Earlier'),
      assistant('y', { text: 'Before.\n\n'.repeat(20) }),
      user('z', 'Last'),
    ];
    await harness.post({ type: 'page', conversationId: 'conversation-1', turns, earlier: 0 });
    await harness.post();
    assert.ok(Math.abs((await top()) - before) <= 1, `${before} became ${await top()}`);
    assert.equal(await page.getByRole('button', { name: /earlier message/u }).count(), 0);
  });

  it('asks for the next earlier turns by keyboard, once each', async () => {
    const harness = await openLong();
    const { page } = harness;
    const button = page.getByRole('button', { name: /earlier message/u });
    await button.press('Enter');
    await button.press('Enter');
    const turns = [user('x', 'Earlier'), assistant('y', { text: 'Before.' })];
    await harness.post({ type: 'page', conversationId: 'conversation-1', turns, earlier: 1 });
    await button.press('Enter');
    assert.deepEqual(
      (await harness.postedOf('loadEarlier')).map(({ before }) => before),
      ['u0', 'x'],
    );
  });

  it('steps from turn to turn by keyboard, and back into the message', async () => {
    const harness = await openLong();
    const { page } = harness;
    const focused = async (): Promise<string> =>
      page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        return element.dataset['turnId'] ?? element.localName;
      });
    const path: string[] = [];
    await page.getByRole('textbox', { name: 'Message' }).focus();
    for (const key of [
      'Alt+ArrowUp',
      'Alt+ArrowUp',
      'Home',
      'Alt+ArrowUp',
      'Alt+ArrowDown',
      'End',
      'Alt+ArrowDown',
    ]) {
      await page.keyboard.press(key);
      path.push(await focused());
    }
    assert.deepEqual(path, ['now', 'u', 'u0', 'u0', 'a0', 'now', 'textarea']);
    assert.equal(await page.locator('article[tabindex="0"]').count(), 1);
  });

  it('leaves Home and End to the text that is being written', async () => {
    const harness = await openLong();
    const message = harness.page.getByRole('textbox', { name: 'Message' });
    await message.fill('abc');
    await message.press('Home');
    await message.pressSequentially('x');
    assert.equal(await message.inputValue(), 'xabc');
  });

  it('never takes the focus from where it is', async () => {
    const harness = await openLong();
    const { page } = harness;
    await page.locator('[data-turn-id="a11"]').focus();
    await harness.post(delta(10, more), {
      type: 'turnEnded',
      turnId: 'now',
      activity: activity('done'),
      metrics: {},
      lengths: { answer: 10 + more.length, thinking: 0 },
    });
    await harness.post({ type: 'notice', notice: notRunning });
    assert.equal(
      await page.evaluate(() => (document.activeElement as HTMLElement).dataset['turnId']),
      'a11',
    );
  });

  it('says in an empty conversation where the words go and what is wrong', async () => {
    const harness = await open();
    const connection = { ...connected, state: 'unreachable', notice: notRunning } as const;
    await harness.post(snapshot({ model: '', connection }));
    const { page } = harness;
    assert.equal(await page.getByRole('heading', { name: 'Chat with your model' }).count(), 1);
    assert.equal(await page.getByText('Messages go only to http://127.0.0.1:11434.').count(), 1);
    await page.getByRole('button', { name: 'Change Server Address' }).click();
    assert.deepEqual(await harness.postedOf('recover'), [
      { type: 'recover', action: 'changeEndpoint' },
    ]);
    await harness.post({ type: 'connection', connection: connected });
    assert.equal(await page.getByText('Ollama is not running').count(), 0);
    await harness.post({ type: 'turnStarted', turn: user('u1', 'Hello') });
    assert.equal(await page.getByRole('heading', { name: 'Chat with your model' }).count(), 0);
  });

  it('shows what concerns the whole panel above the message', async () => {
    const harness = await openLong();
    const { page } = harness;
    await harness.post({ type: 'connection', connection: { ...connected, notice: notRunning } });
    assert.equal(
      await page.locator('.panel-notices .notice-sentence').textContent(),
      notRunning.sentence,
    );
    await harness.post({ type: 'connection', connection: connected });
    assert.equal(await page.locator('.panel-notices .notice').count(), 0);
  });
});
