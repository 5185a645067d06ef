import assert from 'node:assert/strict';
import type { ToWebview } from '../../../src/shared/protocol';
import type { PageHarness } from '../../support/page/pageHarness';
import {
  activity,
  assistant,
  codeAnswer,
  metrics,
  snapshot,
  user,
} from '../../support/page/states';
import { usePage } from '../../support/page/usePage';

const started: ToWebview = {
  type: 'turnStarted',
  turn: assistant('a1', { activity: activity('connecting') }),
};

function changed(state: Parameters<typeof activity>[0], more = {}): ToWebview {
  return { type: 'turnChanged', turnId: 'a1', activity: activity(state, more) };
}

function delta(at: number, text: string, channel: 'answer' | 'thinking' = 'answer'): ToWebview {
  return { type: 'delta', turnId: 'a1', channel, at, text };
}

function ended(
  state: Parameters<typeof activity>[0],
  lengths: { answer: number; thinking: number },
  more: Partial<Extract<ToWebview, { type: 'turnEnded' }>> = {},
): ToWebview {
  return {
    ...{ type: 'turnEnded', turnId: 'a1', activity: activity(state), lengths, metrics: {} },
    ...more,
  };
}

describe('An answer', function () {
  this.timeout(30_000);
  const open = usePage();

  async function openAsked(): Promise<PageHarness> {
    const harness = await open();
    await harness.post(snapshot());
    await harness.post({ type: 'turnStarted', turn: user('u1', '<b>Why?</b>\nTell me.') }, started);
    return harness;
  }

  it('shows the question as it was typed', async () => {
    const { page } = await openAsked();
    const bubble = page.locator('article[data-role="user"] .bubble');
    assert.equal(await bubble.textContent(), '<b>Why?</b>\nTell me.');
  });

  it('says what it is doing, state by state', async () => {
    const harness = await openAsked();
    const turn = harness.page.locator('article[data-role="assistant"]');
    const line = turn.locator('.activity');
    const seen: [string | null, string][] = [];
    const look = async (): Promise<void> => {
      const text = (await line.isVisible()) ? await line.textContent() : '';
      seen.push([await turn.getAttribute('data-state'), text ?? '']);
    };
    await look();
    const loading = { sizeBytes: 5.2e9, elapsedMs: 14_000, lastLoadMs: 22_400 };
    for (const message of [
      changed('queued'),
      changed('loading', loading),
      changed('prompting', { elapsedMs: 6200 }),
      changed('answering'),
      delta(0, 'Because'),
      changed('stalled', { probe: 'alive' }),
      changed('answering'),
    ]) {
      await harness.post(message);
      await look();
    }
    assert.deepEqual(seen, [
      ['connecting', 'Connecting…'],
      ['queued', 'Waiting for another answer…'],
      ['loading', 'Loading model (5.2 GB)… 14 s, last 22 s'],
      ['prompting', 'Reading prompt… 6 s'],
      ['answering', ''],
      ['answering', ''],
      ['stalled', 'No response for 0:15; the server is still running'],
      ['answering', ''],
    ]);
  });

  it('streams markdown and closes with its figures', async () => {
    const harness = await openAsked();
    const { page } = harness;
    await harness.post(changed('answering'));
    for (let at = 0; at < codeAnswer.length; at += 40) {
      await harness.post(delta(at, codeAnswer.slice(at, at + 40)));
    }
    assert.equal(await page.getByRole('log').getAttribute('aria-busy'), 'true');
    await harness.post(ended('done', { answer: codeAnswer.length, thinking: 0 }, { metrics }));
    const turn = page.locator('article[data-role="assistant"]');
    assert.equal(await turn.getAttribute('data-state'), 'done');
    assert.equal(await page.getByRole('log').getAttribute('aria-busy'), 'false');
    assert.equal(await turn.locator('strong').textContent(), 'two pieces');
    await turn.locator('.hljs-keyword').first().waitFor();
    const figures = turn.locator('.figures-toggle');
    assert.equal(await figures.textContent(), '41 tok/s · 212 tokens · start 0.3 s');
    await figures.click();
    assert.match((await turn.locator('.figures').textContent()) ?? '', /Prompt2,412 tokens/u);
    assert.equal((await harness.postedOf('ack')).length, Math.ceil(codeAnswer.length / 40));
    assert.deepEqual(await harness.postedOf('resync'), []);
  });

  it('does not touch a finished block again', async () => {
    const harness = await openAsked();
    await harness.post(delta(0, 'First *block*.\n\nSecond'));
    await harness.page.evaluate(() => {
      const paragraph = document.querySelector('article[data-role="assistant"] p');
      if (paragraph) getSelection()?.selectAllChildren(paragraph);
      paragraph?.setAttribute('data-seen', '');
    });
    const text = ' block\n\n- one\n- two\n\n```js\nlet a;\n```\n\nEnd';
    await harness.post(delta(22, text), ended('done', { answer: 22 + text.length, thinking: 0 }));
    const { page } = harness;
    assert.equal(await page.locator('p[data-seen]').count(), 1);
    assert.equal(await page.evaluate(() => String(getSelection())), 'First block.');
  });

  it('shows its reasoning in a separate block, closed until the reader opens it', async () => {
    const harness = await openAsked();
    const turn = harness.page.locator('article[data-role="assistant"]');
    const toggle = turn.locator('.thinking-toggle');
    await harness.post(
      changed('thinking', { elapsedMs: 3000 }),
      delta(0, 'Let me *see*', 'thinking'),
    );
    assert.equal(await toggle.textContent(), 'Thinking… 3 s');
    assert.equal(await turn.locator('.thinking-body').isVisible(), false);
    await toggle.click();
    await harness.post(delta(12, ' more.', 'thinking'));
    assert.equal(await turn.locator('.thinking-body').textContent(), 'Let me see more.');
    await harness.post(delta(0, 'Yes.'), ended('done', { answer: 4, thinking: 18 }, { metrics }));
    assert.equal(await toggle.textContent(), 'Thought for 4.2 s');
    assert.equal(await turn.locator('.thinking-body').isVisible(), true);
    assert.equal(await toggle.getAttribute('aria-expanded'), 'true');
  });

  it('has its thinking in one piece when a silence or the next state comes into the middle of it', async () => {
    const harness = await openAsked();
    const turn = harness.page.locator('article[data-role="assistant"]');
    await harness.post(changed('thinking'), delta(0, 'Let me', 'thinking'));
    await turn.locator('.thinking-toggle').click();
    await harness.post(changed('stalled'));
    await harness.post(changed('thinking'), delta(6, ' see', 'thinking'));
    // Text is gathered for a post, a state is posted at once.
    await harness.post(changed('answering'));
    await harness.post(delta(10, ' more.', 'thinking'), delta(0, 'Yes.'));
    assert.deepEqual(await turn.locator('.thinking-body p').allTextContents(), [
      'Let me see more.',
    ]);
  });

  it('that lies wholly in its thinking says so and shows it', async () => {
    const harness = await openAsked();
    await harness.post(changed('thinking'), delta(0, 'It is 4.', 'thinking'));
    await harness.post(ended('done', { answer: 0, thinking: 8 }));
    const turn = harness.page.locator('article[data-role="assistant"]');
    assert.equal(await turn.locator('.thinking-body').textContent(), 'It is 4.');
    assert.match(
      (await turn.locator('.ending').textContent()) ?? '',
      /returned only its reasoning/u,
    );
  });

  it('that is empty, or was stopped, says so', async () => {
    const harness = await openAsked();
    await harness.post(ended('done', { answer: 0, thinking: 0 }));
    const ending = harness.page.locator('article .ending');
    assert.equal(await ending.textContent(), 'The model returned an empty answer.');
    await harness.post(ended('stopped', { answer: 0, thinking: 0 }));
    assert.equal(await ending.textContent(), 'Stopped.');
  });

  it('that failed keeps its text, says why and offers a fix', async () => {
    const harness = await openAsked();
    await harness.post(delta(0, 'Half'));
    await harness.post(
      ended(
        'failed',
        { answer: 4, thinking: 0 },
        {
          notice: {
            ...{ severity: 'error', sentence: 'The model is not installed.' },
            buttons: [{ action: 'selectModel', label: 'Select Model' }],
          },
        },
      ),
    );
    const turn = harness.page.locator('article[data-role="assistant"]');
    assert.equal(await turn.locator('.markdown').textContent(), 'Half');
    await turn.getByRole('button', { name: 'Select Model' }).click();
    assert.deepEqual(await harness.postedOf('recover'), [
      { type: 'recover', action: 'selectModel', turnId: 'a1' },
    ]);
  });

  it('can be had again, and copied', async () => {
    const harness = await openAsked();
    await harness.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await harness.post(delta(0, '**Yes**\n\n```sh\nls\n```'));
    await harness.post(ended('done', { answer: 21, thinking: 0 }));
    const { page } = harness;
    const clipboard = async (): Promise<string> =>
      page.evaluate(async () => navigator.clipboard.readText());
    const status = page.getByRole('status');
    await page.getByRole('button', { name: 'Copy Answer' }).click();
    await page.waitForFunction(
      () => document.querySelector('[role=status]')?.textContent === 'Copied to clipboard.',
    );
    assert.equal(await clipboard(), '**Yes**\n\n```sh\nls\n```');
    await page.getByRole('button', { name: 'Copy Code' }).click();
    await page.waitForFunction(
      () => document.querySelector('[role=status]')?.textContent !== 'Copied to clipboard.',
    );
    assert.equal((await status.textContent())?.trim(), 'Copied to clipboard.');
    assert.equal(await clipboard(), 'ls\n');
    await page.getByRole('button', { name: 'Regenerate Answer', exact: true }).click();
    assert.deepEqual(await harness.postedOf('regenerate'), [{ type: 'regenerate', turnId: 'a1' }]);
  });

  it('shows a link with its target and leaves opening it to the host', async () => {
    const harness = await openAsked();
    await harness.post(delta(0, 'See [the guide](https://example.org/a?b=c).\n\n'));
    const address = harness.page.url();
    const link = harness.page.getByRole('link', { name: 'the guide' });
    assert.equal(await link.getAttribute('title'), 'https://example.org/a?b=c');
    await link.click();
    await link.click({ button: 'middle' });
    await link.press('Enter');
    const expected = { type: 'openLink', href: 'https://example.org/a?b=c', text: 'the guide' };
    assert.deepEqual(await harness.postedOf('openLink'), [expected, expected, expected]);
    assert.equal(harness.page.url(), address);
  });

  it('is whole after posts were lost and a snapshot came', async () => {
    const harness = await openAsked();
    await harness.post(changed('answering'), delta(0, 'One.\n\n'), delta(11, 'Three.'));
    assert.equal((await harness.postedOf('resync')).length, 1);
    const turns = [
      user('u1', '<b>Why?</b>\nTell me.'),
      assistant('a1', { text: 'One.\n\nTwo.\n\nThree.', activity: activity('answering') }),
    ];
    await harness.post(snapshot({ turns }), delta(18, ' Four.'));
    await harness.post(ended('done', { answer: 24, thinking: 0 }));
    const paragraphs = harness.page.locator('article[data-role="assistant"] .markdown p');
    assert.deepEqual(await paragraphs.allTextContents(), ['One.', 'Two.', 'Three. Four.']);
    assert.equal(await harness.page.locator('article').count(), 2);
  });

  it('is nearer to its question than to the next one, and a short question has a small bubble (D15)', async () => {
    const harness = await open({ width: 540 });
    const said = [user('u1', 'Hello'), assistant('a1', { text: 'Hi.', metrics })];
    await harness.post(snapshot({ turns: [...said, user('u2', 'Why? '.repeat(80))] }));
    const boxOf = async (
      selector: string,
    ): Promise<{ top: number; bottom: number; width: number }> =>
      harness.page
        .locator(selector)
        .last()
        .evaluate((element) => {
          const { top, bottom, width } = element.getBoundingClientRect();
          return { top, bottom, width };
        });
    const question = await boxOf('[data-turn-id="u1"] .message');
    const model = await boxOf('[data-turn-id="a1"] .model');
    const footer = await boxOf('[data-turn-id="a1"] .footer-line');
    const next = await boxOf('[data-turn-id="u2"] .message');
    assert.ok(model.top - question.bottom < next.top - footer.bottom);
    assert.ok(question.width < 100 && next.width > 400);
  });

  for (const displayLanguage of ['en', 'de', 'zh-cn']) {
    it(`shows each figure whole or not at all, the most important first (${displayLanguage})`, async () => {
      const shown: number[] = [];
      for (const width of [300, 420, 700]) {
        const harness = await open({ displayLanguage, width });
        const branch = { index: 1, count: 12 };
        const large = { ...metrics, evalCount: 1_234_567, firstTokenMs: 754_000 };
        const answer = assistant('a', { text: 'It is.', metrics: large, branch });
        await harness.post(snapshot({ turns: [user('u', 'Why?'), answer] }));
        const parts = await harness.page.locator('.figures-toggle').evaluate((line) => {
          const around = line.getBoundingClientRect();
          return Array.from(line.children, (figure) => {
            const { left, right, top, bottom } = figure.getBoundingClientRect();
            const isBelow = top >= around.bottom - 2;
            const isWhole =
              left >= around.left - 1 && right <= around.right + 1 && bottom <= around.bottom + 1;
            return isBelow ? 'hidden' : isWhole ? 'whole' : 'cut';
          });
        });
        assert.ok(!parts.includes('cut'), `${width} px: ${parts.join()}`);
        const count = !parts.includes('hidden') ? parts.length : parts.indexOf('hidden');
        assert.ok(parts.slice(count).every((part) => part === 'hidden'));
        shown.push(count);
      }
      assert.equal(shown.at(-1), 3);
      assert.deepEqual(shown, shown.toSorted());
      assert.ok((shown[0] ?? 0) >= 1);
    });
  }
});
