import assert from 'node:assert/strict';
import type { PageHarness } from '../../support/page/pageHarness';
import { activity, assistant, contextUsage, snapshot, user } from '../../support/page/states';
import { usePage } from '../../support/page/usePage';

describe('The meter', function () {
  this.timeout(30_000);
  const open = usePage();
  const turns = [user('u1', 'Why?'), assistant('a1', { text: 'Because.' })];

  async function openMeter(more: Parameters<typeof contextUsage>[0] = {}): Promise<PageHarness> {
    const harness = await open();
    await harness.post(snapshot({ turns }), contextUsage(more));
    return harness;
  }

  it('is hidden before the host has reported the context usage', async () => {
    const harness = await open();
    await harness.post(snapshot({ turns }));
    assert.equal(await harness.page.locator('.meter').isVisible(), false);
    await harness.post(contextUsage());
    assert.equal(await harness.page.locator('.meter').textContent(), '2.6k of 8k');
  });

  it('says what the message takes of the context, in words too, and when it is full', async () => {
    const harness = await openMeter();
    const meter = harness.page.locator('.meter');
    assert.equal(await meter.getAttribute('data-state'), 'fits');
    assert.equal(
      await meter.getAttribute('aria-label'),
      '2.6k of 8k: about 2,623 of 8,192 tokens used. Show details',
    );
    await harness.post(contextUsage({ leftOut: 3 }));
    assert.equal(await meter.getAttribute('data-state'), 'full');
    assert.match((await meter.getAttribute('aria-label')) ?? '', /3 messages do not fit/u);
    await harness.post(contextUsage({ isTooLong: true, draft: 9000 }));
    assert.equal(await meter.getAttribute('data-state'), 'tooLong');
    assert.equal(await meter.textContent(), '12k of 8k');
  });

  it('shows tokens without a bar and without a limit where the server does not report its context length', async () => {
    const limit = { tokens: 2 ** 30, source: 'unknown' } as const;
    const harness = await openMeter({ limit });
    const meter = harness.page.locator('.meter');
    assert.equal(await meter.textContent(), '2,623 tokens');
    assert.equal(await meter.getAttribute('data-state'), 'fits');
    assert.equal(
      await meter.getAttribute('aria-label'),
      '2,623 tokens: about 2,623 tokens used. Show details',
    );
    assert.equal(await harness.page.locator('.meter-ring').isVisible(), false);
    await meter.click();
    const details = harness.page.getByRole('dialog', { name: 'Context for the next message' });
    assert.deepEqual(await details.locator('dl > div').allTextContents(), [
      'System prompt38',
      'Earlier messages2,061',
      'Attachments512',
      'This message12',
    ]);
    assert.match((await details.textContent()) ?? '', /does not report its context length/u);
    // After a refusal the length is known: the bar is there, and the details follow.
    await harness.post(contextUsage());
    assert.equal(await meter.textContent(), '2.6k of 8k');
    assert.equal(await harness.page.locator('.meter-ring').isVisible(), true);
    assert.match((await details.textContent()) ?? '', /8,192/u);
  });

  it('opens by key what it is made of, follows the plan, and closes by Escape', async () => {
    const harness = await openMeter({ leftOut: 3, excluded: 2 });
    const { page } = harness;
    await page.getByRole('button', { name: /tokens used/u }).focus();
    await page.keyboard.press('Enter');
    const details = page.getByRole('dialog', { name: 'Context for the next message' });
    await details.waitFor();
    const rows = await details.locator('dl > div').allTextContents();
    assert.deepEqual(rows, [
      'System prompt38',
      'Earlier messages2,061',
      'Attachments512',
      'This message12',
      'Reserved for the answer1,024',
      'Context length (tokens)8,192',
    ]);
    assert.match((await details.textContent()) ?? '', /3 earlier messages do not fit/u);
    assert.match((await details.textContent()) ?? '', /2 earlier messages are excluded/u);
    await harness.post(contextUsage({ leftOut: 0 }));
    assert.doesNotMatch((await details.textContent()) ?? '', /do not fit/u);
    await page.keyboard.press('Escape');
    assert.equal(await details.count(), 0);
    assert.match(
      (await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))) ?? '',
      /tokens used/u,
    );
    assert.equal((await harness.postedOf('stop')).length, 0);
  });

  it('has one press for each thing that can be done about it', async () => {
    const harness = await openMeter({ excluded: 2 });
    const { page } = harness;
    const press = async (name: string): Promise<void> => {
      if ((await page.getByRole('dialog').count()) === 0) {
        await page.getByRole('button', { name: /tokens used/u }).click();
      }
      await page.getByRole('dialog').getByRole('button', { name }).click();
    };
    await press('Include Messages Above');
    await press('Start Context Here');
    await press('Summarize and Start Over');
    await press('Set Context Length…');
    const posted = await harness.posted();
    const acts = posted.filter(({ type }) =>
      ['setContextStart', 'startFromSummary', 'setContextLength'].includes(type),
    );
    assert.deepEqual(acts, [
      { type: 'setContextStart', turnId: null },
      { type: 'setContextStart', turnId: 'u1' },
      { type: 'startFromSummary' },
      { type: 'setContextLength' },
    ]);
  });

  it('offers nothing to exclude in an empty conversation', async () => {
    const harness = await open();
    await harness.post(snapshot(), contextUsage({ history: 0 }));
    await harness.page.locator('.meter').click();
    const buttons = harness.page.getByRole('dialog').getByRole('button');
    await buttons.first().waitFor();
    assert.deepEqual(await buttons.allTextContents(), ['Set Context Length…']);
  });

  it('excludes earlier messages, shows it, and includes them again', async () => {
    const harness = await openMeter();
    const { page } = harness;
    await page.getByRole('button', { name: 'Start Context Here' }).click();
    const [first, ...rest] = turns;
    assert.ok(first?.role === 'user');
    await harness.post(snapshot({ turns: [{ ...first, isContextStart: true }, ...rest] }));
    assert.equal(
      await page.locator('.not-sent').textContent(),
      'Messages above this line are not sent',
    );
    await page.getByRole('button', { name: 'Include Messages Above' }).click();
    assert.deepEqual(
      (await harness.postedOf('setContextStart')).map(({ turnId }) => turnId),
      ['u1', null],
    );
  });

  it('leaves a running answer alone when its details are closed', async () => {
    const harness = await open();
    const running = assistant('a1', { text: 'Be', activity: activity('answering') });
    await harness.post(snapshot({ turns: [user('u1', 'Why?'), running] }), contextUsage());
    await harness.page.locator('.meter').click();
    await harness.page.getByRole('dialog').waitFor();
    await harness.page.keyboard.press('Escape');
    assert.equal(await harness.page.getByRole('dialog').count(), 0);
    assert.equal((await harness.postedOf('stop')).length, 0);
  });
});
