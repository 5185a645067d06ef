import assert from 'node:assert/strict';
import axe from 'axe-core';
import type { ToWebview, TurnView } from '../../../src/shared/protocol';
import type { HarnessOptions, PageHarness } from '../../support/page/pageHarness';
import { activity, assistant, codeAnswer, snapshot, user } from '../../support/page/states';
import { usePage } from '../../support/page/usePage';

const filler = 'Nothing to see here.\n\n'.repeat(20);
const turns: readonly TurnView[] = [
  user('u1', 'Where is the needle?'),
  assistant('a1', { text: `A **nee**dle is here.\n\n${filler}` }),
  user('u2', 'And in code?'),
  assistant('a2', { text: `${codeAnswer}\n\n- nee\n- dle\n\n${filler}The last\nNEEDLE.` }),
];

describe('Find', function () {
  this.timeout(30_000);
  const open = usePage();

  async function openBar(options?: HarnessOptions, earlier = 0): Promise<PageHarness> {
    const harness = await open(options);
    await harness.post(snapshot({ turns, earlier }));
    // What is sought is sought from the top of the view on.
    await harness.page.locator('.scroller').evaluate((box) => box.scrollTo(0, 0));
    await harness.post();
    await harness.page.keyboard.press('Control+f');
    return harness;
  }

  async function find(harness: PageHarness, query: string): Promise<void> {
    await harness.page.getByRole('textbox', { name: 'Find' }).fill(query);
    await harness.post();
  }

  async function waitForCount({ page }: PageHarness, text: string): Promise<void> {
    const count = page.getByRole('search').getByText(text, { exact: true });
    await count.waitFor({ timeout: 10_000 });
  }

  /** What is painted under a name, as text. */
  async function painted({ page }: PageHarness, name: string): Promise<readonly string[]> {
    return page.evaluate((wanted) => {
      return [...(CSS.highlights.get(wanted) ?? [])].map((found) => {
        const range = document.createRange();
        range.setStart(found.startContainer, found.startOffset);
        range.setEnd(found.endContainer, found.endOffset);
        return range.toString();
      });
    }, name);
  }

  it('finds what is attached by its name', async () => {
    const harness = await open();
    const attached = [
      { id: 'at-1', kind: 'file', label: 'retry.ts', detail: '', isPart: false, hasParts: true },
    ] as const;
    const [first, ...others] = turns;
    assert.ok(first?.role === 'user');
    await harness.post(snapshot({ turns: [{ ...first, attachments: attached }, ...others] }));
    await harness.post({ type: 'reveal', turnId: 'u1', text: 'retry.ts' });
    await waitForCount(harness, '1 of 1');
    assert.deepEqual(await painted(harness, 'cria-find-current'), ['retry.ts']);
  });

  it('opens at a turn that the host names, also one that is not loaded yet', async () => {
    const harness = await open();
    await harness.post(snapshot({ turns: turns.slice(2), earlier: 2 }));
    await harness.post({ type: 'reveal', turnId: 'a1', text: 'needle' });
    assert.equal((await harness.postedOf('loadEarlier')).length, 1);
    const page = { conversationId: 'conversation-1', turns: turns.slice(0, 2), earlier: 0 };
    await harness.post({ type: 'page', ...page });
    await waitForCount(harness, '2 of 3');
    assert.equal(await harness.page.getByRole('textbox', { name: 'Find' }).inputValue(), 'needle');
    const isInView = await harness.page.evaluate(() => {
      const [found] = CSS.highlights.get('cria-find-current') ?? [];
      const turn = found?.startContainer.parentElement?.closest('article');
      const { top = -1, bottom = -1 } = turn?.getBoundingClientRect() ?? {};
      return turn?.dataset['turnId'] === 'a1' && bottom > 0 && top < innerHeight;
    });
    assert.equal(isInView, true);
  });

  it('finds words in every turn, across bold and line ends, but not across blocks', async () => {
    const harness = await openBar();
    await find(harness, 'needle');
    await waitForCount(harness, '1 of 3');
    assert.deepEqual(await painted(harness, 'cria-find'), ['needle', 'needle', 'NEEDLE']);
    await find(harness, 'last needle');
    await waitForCount(harness, '1 of 1');
    assert.deepEqual(await painted(harness, 'cria-find-current'), ['last\nNEEDLE']);
    await find(harness, 'a|b (');
    await waitForCount(harness, 'No results');
    assert.deepEqual(await painted(harness, 'cria-find'), []);
  });

  it('brings each match into view, forwards and backwards, around the ends', async () => {
    const harness = await openBar();
    const { page } = harness;
    await find(harness, 'needle');
    await waitForCount(harness, '1 of 3');
    const shown: string[] = [];
    for (const key of ['Enter', 'Enter', 'Enter', 'Shift+Enter', 'F3', 'Shift+F3']) {
      await page.keyboard.press(key);
      await harness.post();
      const count = (await page.locator('.find-count').textContent()) ?? '';
      const isInView = await page.evaluate(() => {
        const [found] = CSS.highlights.get('cria-find-current') ?? [];
        const bar = document.querySelector('.find')?.getBoundingClientRect();
        const box = document.querySelector('.scroller')?.getBoundingClientRect();
        if (!found || !box || !bar) return false;
        const range = document.createRange();
        range.setStart(found.startContainer, found.startOffset);
        const { top, bottom } = range.getBoundingClientRect();
        return top >= bar.bottom && bottom <= box.bottom;
      });
      shown.push(isInView ? count : `${count}, out of view`);
    }
    assert.deepEqual(shown, ['2 of 3', '3 of 3', '1 of 3', '3 of 3', '1 of 3', '3 of 3']);
    const status = page.locator('[role=status]');
    assert.equal(await status.textContent(), 'Match 3 of 3.');
    await page.getByRole('button', { name: 'Previous Match' }).click();
    assert.equal(await status.textContent(), 'Match 2 of 3.');
  });

  it('brings all earlier turns, one page after the other', async () => {
    const harness = await openBar({}, 2);
    await find(harness, 'needle');
    await waitForCount(harness, '1 of 3+');
    const earlier = (id: string, left: number): ToWebview => ({
      type: 'page',
      conversationId: 'conversation-1',
      earlier: left,
      turns: [user(id, `An old needle, ${id}`)],
    });
    await harness.post(earlier('x', 1));
    await harness.post(earlier('y', 0));
    await waitForCount(harness, '3 of 5');
    assert.deepEqual(
      (await harness.postedOf('loadEarlier')).map(({ before }) => before),
      ['u1', 'x'],
    );
  });

  it('finds what is written while the bar is open', async () => {
    const harness = await openBar();
    await find(harness, 'needle');
    const running = assistant('a3', { activity: activity('answering') });
    await harness.post({ type: 'turnStarted', turn: running });
    const text = 'One needle, two needles.\n\nMore';
    await harness.post({ type: 'delta', turnId: 'a3', channel: 'answer', at: 0, text });
    await waitForCount(harness, '1 of 5');
  });

  it('closes with Escape, gives the focus back, and does not stop the answer', async () => {
    const harness = await open();
    const { page } = harness;
    const running = assistant('a3', { activity: activity('answering'), text: 'A needle' });
    await harness.post(snapshot({ turns: [...turns, running] }));
    await page.evaluate(() => {
      const seen: string[] = [];
      Object.assign(window, { seen });
      window.addEventListener('keydown', ({ key }) => seen.push(key));
    });
    await page.locator('[data-turn-id="u2"]').focus();
    await page.keyboard.press('Control+f');
    await find(harness, 'needle');
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('search').count(), 0);
    assert.equal(await page.locator(':focus').getAttribute('data-turn-id'), 'u2');
    assert.deepEqual(await harness.postedOf('stop'), []);
    // VS Code listens on the window; it would stop the answer.
    assert.ok(
      !(await page.evaluate(() => Reflect.get(window, 'seen') as string[])).includes('Escape'),
    );
    await harness.post();
    assert.deepEqual(await painted(harness, 'cria-find'), []);
    await page.keyboard.press('Escape');
    assert.equal((await harness.postedOf('stop')).length, 1);
  });

  it('closes with its conversation, and stays for a new state of it (D16)', async () => {
    const harness = await openBar();
    await find(harness, 'needle');
    await harness.post(snapshot({ turns }));
    assert.equal(await harness.page.getByRole('search').isVisible(), true);
    await harness.post(snapshot({ id: 'c-other', turns: [user('u9', 'A needle?')] }));
    assert.equal(await harness.page.getByRole('search').isVisible(), false);
    assert.deepEqual(await painted(harness, 'cria-find'), []);
  });

  it('is accessible and fits 300 pixels, in every kind of theme', async () => {
    for (const theme of ['dark', 'light', 'hc-dark', 'hc-light'] as const) {
      const harness = await openBar({ theme, width: 300, height: 500 });
      const { page } = harness;
      await find(harness, 'needle');
      await waitForCount(harness, '1 of 3');
      await page.evaluate(axe.source);
      const violations = await page.evaluate(async () => {
        const results = await window.axe.run(document, { preload: false });
        return results.violations.map(({ id }) => id);
      });
      const box = await page.getByRole('search').boundingBox();
      assert.deepEqual([theme, violations], [theme, []]);
      assert.ok(box && box.x >= 0 && box.x + box.width <= 300);
    }
  });
});

declare global {
  interface Window {
    axe: typeof axe;
  }
}
