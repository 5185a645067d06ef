import assert from 'node:assert/strict';
import type { PageHarness } from '../../support/page/pageHarness';
import { plan } from '../../support/page/planStates';
import { activity, assistant, snapshot, user } from '../../support/page/states';
import { usePage } from '../../support/page/usePage';

describe('The meter', function () {
  this.timeout(30_000);
  const open = usePage();
  const turns = [user('u1', 'Why?'), assistant('a1', { text: 'Because.' })];

  async function openMeter(more: Parameters<typeof plan>[0] = {}): Promise<PageHarness> {
    const harness = await open();
    await harness.post(snapshot({ turns }), plan(more));
    return harness;
  }

  it('is not there before the host has said what the message takes', async () => {
    const harness = await open();
    await harness.post(snapshot({ turns }));
    assert.equal(await harness.page.locator('.meter').isVisible(), false);
    await harness.post(plan());
    assert.equal(await harness.page.locator('.meter').textContent(), '2.6k / 8k');
  });

  it('says what the message takes of the context, in words too, and when it is full', async () => {
    const harness = await openMeter();
    const meter = harness.page.locator('.meter');
    assert.equal(await meter.getAttribute('data-state'), 'fits');
    assert.equal(
      await meter.getAttribute('aria-label'),
      '2.6k / 8k: about 2,623 of 8,192 tokens of context. Details',
    );
    await harness.post(plan({ leftOut: 3 }));
    assert.equal(await meter.getAttribute('data-state'), 'full');
    assert.match((await meter.getAttribute('aria-label')) ?? '', /3 messages left out/u);
    await harness.post(plan({ isTooLong: true, draft: 9000 }));
    assert.equal(await meter.getAttribute('data-state'), 'tooLong');
    assert.equal(await meter.textContent(), '12k / 8k');
  });

  it('opens by key what it is made of, follows the plan, and closes by Escape', async () => {
    const harness = await openMeter({ leftOut: 3, forgotten: 2 });
    const { page } = harness;
    await page.getByRole('button', { name: /of context/u }).focus();
    await page.keyboard.press('Enter');
    const details = page.getByRole('dialog', { name: 'What the next message sends' });
    await details.waitFor();
    const rows = await details.locator('dl > div').allTextContents();
    assert.deepEqual(rows, [
      'System prompt38',
      'Earlier messages2,061',
      'Attached512',
      'This message12',
      'Kept for the answer1,024',
      'Context, in tokens8,192',
    ]);
    assert.match((await details.textContent()) ?? '', /3 earlier messages no longer fit/u);
    assert.match((await details.textContent()) ?? '', /2 earlier messages are forgotten/u);
    await harness.post(plan({ leftOut: 0 }));
    assert.doesNotMatch((await details.textContent()) ?? '', /no longer fit/u);
    await page.keyboard.press('Escape');
    assert.equal(await details.count(), 0);
    assert.match(
      (await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))) ?? '',
      /of context/u,
    );
    assert.equal((await harness.postedOf('stop')).length, 0);
  });

  it('has one press for each thing that can be done about it', async () => {
    const harness = await openMeter({ forgotten: 2 });
    const { page } = harness;
    const press = async (name: string): Promise<void> => {
      if ((await page.getByRole('dialog').count()) === 0) {
        await page.getByRole('button', { name: /of context/u }).click();
      }
      await page.getByRole('dialog').getByRole('button', { name }).click();
    };
    await press('Send Them Again');
    await press('Forget Earlier Messages');
    await press('Start Anew with a Summary');
    await press('Context Length…');
    const posted = await harness.posted();
    const acts = posted.filter(({ type }) =>
      ['forgetFrom', 'startAnew', 'raiseContext'].includes(type),
    );
    assert.deepEqual(acts, [
      { type: 'forgetFrom', turnId: null },
      { type: 'forgetFrom', turnId: 'u1' },
      { type: 'startAnew' },
      { type: 'raiseContext' },
    ]);
  });

  it('offers nothing to forget where nothing was said', async () => {
    const harness = await open();
    await harness.post(snapshot(), plan({ history: 0 }));
    await harness.page.locator('.meter').click();
    const buttons = harness.page.getByRole('dialog').getByRole('button');
    await buttons.first().waitFor();
    assert.deepEqual(await buttons.allTextContents(), ['Context Length…']);
  });

  it('lets a message be the first that is sent, says so, and takes it back', async () => {
    const harness = await openMeter();
    const { page } = harness;
    await page.getByRole('button', { name: 'Forget What Is Above' }).click();
    const [first, ...rest] = turns;
    assert.ok(first?.role === 'user');
    await harness.post(snapshot({ turns: [{ ...first, isFirstSent: true }, ...rest] }));
    assert.equal(await page.locator('.not-sent').textContent(), 'What is above is not sent.');
    await page.getByRole('button', { name: 'Send What Is Above Again' }).click();
    assert.deepEqual(
      (await harness.postedOf('forgetFrom')).map(({ turnId }) => turnId),
      ['u1', null],
    );
  });

  it('leaves a running answer alone when its details are closed', async () => {
    const harness = await open();
    const running = assistant('a1', { text: 'Be', activity: activity('answering') });
    await harness.post(snapshot({ turns: [user('u1', 'Why?'), running] }), plan());
    await harness.page.locator('.meter').click();
    await harness.page.getByRole('dialog').waitFor();
    await harness.page.keyboard.press('Escape');
    assert.equal(await harness.page.getByRole('dialog').count(), 0);
    assert.equal((await harness.postedOf('stop')).length, 0);
  });
});
