import assert from 'node:assert/strict';
import type { PageHarness } from '../../support/page/pageHarness';
import { contextUsage, prompts, snapshot } from '../../support/page/states';
import { usePage } from '../../support/page/usePage';

describe('Slash commands', function () {
  this.timeout(30_000);
  const open = usePage();

  async function openWith(typed: string, before = ''): Promise<PageHarness> {
    const harness = await open();
    await harness.post(snapshot({ draft: before }), contextUsage());
    await harness.page.getByLabel('Message', { exact: true }).focus();
    await harness.page.keyboard.press('End');
    await harness.page.keyboard.type(typed);
    return harness;
  }

  async function labels({ page }: PageHarness): Promise<readonly string[]> {
    const options = page.getByRole('option');
    await options.first().waitFor();
    const all = await options.allTextContents();
    return all.map((text) => /\/[\w-]+?(?=[A-Z]|$)/u.exec(text)?.[0] ?? text);
  }

  async function message({ page }: PageHarness): Promise<string> {
    return page.getByLabel('Message', { exact: true }).inputValue();
  }

  it('are listed at the start of a message: Cria’s, the person’s, the folder’s, the panel’s', async () => {
    const harness = await openWith('/');
    await harness.post(prompts);
    assert.deepEqual(await labels(harness), [
      '/explain',
      '/fix',
      '/review',
      '/rhyme',
      '/clear',
      '/model',
    ]);
  });

  it('write a prompt that is seen and not sent, and attach what it is about', async () => {
    const harness = await openWith('/fi');
    await harness.post({ type: 'editor', editor: { file: 'a.ts', selection: 'a.ts:3-7' } });
    await harness.post(prompts);
    assert.equal((await labels(harness))[0], '/fix');
    await harness.page.keyboard.press('Enter');
    assert.equal((await message(harness)).trim(), 'Fix this code.');
    assert.equal((await harness.postedOf('send')).length, 0);
    assert.deepEqual(
      (await harness.postedOf('attach')).map(({ source }) => source),
      ['selection'],
    );
  });

  it('attach nothing for prompts of one’s own, which say themselves what they are about', async () => {
    const harness = await openWith('/rev');
    await harness.post(prompts);
    await labels(harness);
    await harness.page.keyboard.press('Enter');
    assert.equal((await message(harness)).trim(), 'Review this.\nWorst first.');
    assert.equal((await harness.postedOf('attach')).length, 0);
  });

  it('begin a new conversation and choose a model', async () => {
    for (const [typed, type] of [
      ['/clear', 'newConversation'],
      ['/model', 'pickModel'],
    ] as const) {
      const harness = await openWith(typed);
      await harness.post(prompts);
      await labels(harness);
      await harness.page.keyboard.press('Enter');
      assert.equal((await message(harness)).trim(), '');
      assert.equal((await harness.postedOf(type)).length, 1);
    }
  });

  it('are not offered in the middle of a message', async () => {
    const harness = await openWith(' and/or /fix', 'Either this');
    await harness.post(prompts);
    assert.equal(await harness.page.getByRole('option').count(), 0);
    assert.equal((await harness.postedOf('requestPrompts')).length, 0);
  });
});
