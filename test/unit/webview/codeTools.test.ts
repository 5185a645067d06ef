import assert from 'node:assert/strict';
import { parseCodeBlocks } from '../../../src/shared/markdown/codeBlocks';
import { activity, assistant, codeAnswer, snapshot, user } from '../../support/page/states';
import { documentTexts } from './longTexts';
import { extendedSamples } from './markdownSamples';
import type { PageHarness } from '../../support/page/pageHarness';
import { usePage } from '../../support/page/usePage';

const named = '```ts\nlet a;\n```\n\n- in a list:\n  ```ts src/cart.ts\n  let b;\n  ```\n';

describe('The code of an answer', function () {
  this.timeout(30_000);
  const open = usePage();

  async function openWith(text: string, more = {}): Promise<PageHarness> {
    const harness = await open();
    await harness.post(
      snapshot({ turns: [user('u1', 'Why?'), assistant('a1', { text, ...more })] }),
    );
    return harness;
  }

  it('is counted by the host as the page shows it', async () => {
    const samples = [...extendedSamples, ...documentTexts(20), codeAnswer, named];
    const harness = await open();
    const turns = samples.map((text, at) => assistant(`a${at}`, { text }));
    await harness.post(snapshot({ turns }));
    const shown = await harness.page.evaluate(() =>
      [...document.querySelectorAll('article')].map((turn) =>
        [...turn.querySelectorAll('.code-block code')].map(({ textContent }) => textContent),
      ),
    );
    const counted = samples.map((text) => parseCodeBlocks(text).map((block) => block.text));
    assert.deepEqual(shown, counted);
    assert.ok(counted.flat().length > 10);
  });

  it('is named by its number for each thing that can be done with it', async () => {
    const harness = await openWith(named);
    const { page } = harness;
    const tools = page.getByRole('toolbar', { name: 'Code' }).nth(1);
    const labels = await tools
      .getByRole('button')
      .evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label')));
    assert.deepEqual(labels, ['Apply to src/cart.ts…', 'Copy Code', 'More Actions…']);
    await tools.getByRole('button', { name: 'Apply to' }).click();
    for (const label of ['Insert at Cursor', 'Replace Selection…', 'Insert into New File…']) {
      await tools.getByRole('button', { name: 'More Actions…' }).click();
      await page.getByRole('menuitem', { name: label }).click();
    }
    assert.deepEqual(
      await harness.postedOf('codeAction'),
      ['apply', 'insert', 'replace', 'newFile'].map((action) => ({
        type: 'codeAction',
        turnId: 'a1',
        block: 1,
        action,
      })),
    );
    assert.equal(await page.locator('.code-language').nth(1).textContent(), 'src/cart.ts');
    assert.equal(await page.getByRole('button', { name: /^Apply to/u }).count(), 1);
  });

  it('goes to the terminal only where it is for a shell', async () => {
    const cases: readonly (readonly [text: string, primary: string])[] = [
      ['```sh\nnpm test\n```', 'Insert into Terminal (Don’t Run)'],
      ['```PowerShell\nls\n```', 'Insert into Terminal (Don’t Run)'],
      ['```\n$ npm test\n```', 'Insert into Terminal (Don’t Run)'],
      ['```\nnpm test\n```', 'Insert at Cursor'],
      ['```json\n{}\n```', 'Insert at Cursor'],
    ];
    const harness = await openWith(cases.map(([text]) => text).join('\n\n'));
    const primary = await harness.page
      .locator('.code-action')
      .evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label')));
    assert.deepEqual(
      primary,
      cases.map(([, label]) => label),
    );
    for (const block of cases.keys()) {
      await harness.page.getByRole('button', { name: 'More Actions…' }).nth(block).click();
      const terminal = harness.page.getByRole('menuitem', { name: /Terminal/u });
      assert.equal(await terminal.count(), 0);
      await harness.page.keyboard.press('Escape');
    }
  });

  it('has tools that are one stop of the Tab key, and a menu for the keyboard', async () => {
    const harness = await openWith(named);
    const { page } = harness;
    const isFocused = (name: string): Promise<boolean> =>
      page
        .getByRole('button', { name })
        .first()
        .evaluate((button) => button === document.activeElement);
    await page.getByRole('button', { name: 'Copy Code' }).first().focus();
    await page.keyboard.press('ArrowLeft');
    assert.ok(await isFocused('Insert at Cursor'));
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowLeft');
    assert.ok(await isFocused('More Actions…'));
    await page.keyboard.press('Enter');
    const items = page.getByRole('menuitem');
    assert.ok(await items.first().evaluate((item) => item === document.activeElement));
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('menu').count(), 0);
    assert.ok(await isFocused('More Actions…'));
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.ok(await isFocused('More Actions…'));
    await page.keyboard.press('Tab');
    assert.ok(await page.evaluate(() => document.activeElement?.tagName === 'PRE'));
    const posted = await harness.postedOf('codeAction');
    assert.deepEqual(
      posted.map(({ block, action }) => [block, action]),
      [
        [0, 'insert'],
        [0, 'newFile'],
      ],
    );
    assert.equal((await harness.postedOf('stop')).length, 0);
  });

  it('has only Copy while it is written, and in thinking', async () => {
    const harness = await openWith('```ts\nlet a', { activity: activity('answering') });
    const { page } = harness;
    assert.equal(await page.locator('.code-action').count(), 0);
    assert.equal(await page.getByRole('button', { name: 'Copy Code' }).count(), 1);
    await page.getByRole('button', { name: 'More Actions…' }).click();
    assert.equal(await page.getByRole('menuitem').count(), 0);
    await page.keyboard.press('Escape');
    assert.equal((await harness.postedOf('stop')).length, 0);
  });

  it('opens what is in the workspace, and asks once and only about what looks like a name', async () => {
    const text =
      'See `src/cart.ts:3`, `total`, `total` and `npm test`; `../../etc/passwd` and `a => b` are not, ' +
      'nor [`linked`](https://example.org).\n\n```ts\nincode\n```';
    const harness = await openWith(text);
    const { page } = harness;
    await page.waitForFunction(() =>
      window.criaHarness.posted.some(({ type }) => type === 'lookUp'),
    );
    const [asked, ...more] = await harness.postedOf('lookUp');
    assert.deepEqual(asked?.names, ['src/cart.ts:3', 'total']);
    assert.equal(more.length, 0);
    assert.equal(await page.getByRole('link', { name: 'total' }).count(), 0);
    await harness.post({ type: 'names', known: ['src/cart.ts:3', 'never asked'] });
    await page.getByRole('link', { name: 'src/cart.ts:3' }).click();
    await page.keyboard.press('Enter');
    const opened = { type: 'openName', name: 'src/cart.ts:3' };
    assert.deepEqual(await harness.postedOf('openName'), [opened, opened]);
    assert.equal(await page.locator('code.opens').count(), 1);
  });

  it('asks about a name again in another conversation', async () => {
    const harness = await openWith('See `src/cart.ts`.');
    const { page } = harness;
    const waitForQuestions = (count: number): Promise<unknown> =>
      page.waitForFunction(
        (wanted) =>
          window.criaHarness.posted.filter(({ type }) => type === 'lookUp').length === wanted,
        count,
      );
    await waitForQuestions(1);
    const turns = [user('u2', 'Where?'), assistant('a2', { text: 'In `src/cart.ts`.' })];
    await harness.post(snapshot({ id: 'another', turns }));
    await waitForQuestions(2);
  });

  it('asks about nothing while an answer runs', async () => {
    const harness = await openWith('See `src/cart.ts` ', { activity: activity('answering') });
    await harness.post({ type: 'notice' });
    assert.equal((await harness.postedOf('lookUp')).length, 0);
  });
});
