import assert from 'node:assert/strict';
import { activity, assistant, snapshot, user } from '../../support/page/states';
import { usePage } from '../../support/page/usePage';

describe('What models and people really write, in the panel', function () {
  this.timeout(30_000);
  const open = usePage();

  const wrapped = '```markdown\n## Summary\n\n- **one**\n\n```js\nrun()\n```\n```';

  it('case 12: an answer wrapped in one fence is read as Markdown, with its source one click away', async () => {
    const harness = await open();
    const { page } = harness;
    await harness.post(
      snapshot({ turns: [user('u', 'Explain it'), assistant('a', { text: wrapped })] }),
    );
    await page.getByRole('heading', { name: 'Summary' }).waitFor();
    assert.equal(await page.getByText('## Summary').isVisible(), false);
    await page.getByRole('button', { name: 'Insert at Cursor' }).click();
    const [action] = await harness.postedOf('codeAction');
    assert.equal(action?.block, 1);
    await page.getByRole('button', { name: 'Show Source' }).click();
    assert.equal(await page.getByText('## Summary').isVisible(), true);
    assert.equal(await page.getByRole('heading', { name: 'Summary' }).count(), 0);
  });

  it('case 12: a README that was asked for stays a block', async () => {
    const harness = await open();
    await harness.post(
      snapshot({ turns: [user('u', 'Write a README'), assistant('a', { text: wrapped })] }),
    );
    await harness.page.getByText('## Summary').waitFor();
    assert.equal(await harness.page.getByRole('button', { name: 'Show Source' }).count(), 0);
  });

  it('case 13: a link to a file opens it, and one to a heading goes there', async () => {
    const harness = await open();
    const { page } = harness;
    const text = 'See [the docs](docs/My%20File.md#L3) and [below](#the-end).\n\n## The End';
    await harness.post(snapshot({ turns: [assistant('a', { text })] }));
    await page.waitForFunction(() =>
      window.criaHarness.posted.some(({ type }) => type === 'lookUp'),
    );
    const name = 'file:docs/My File.md#L3';
    assert.deepEqual((await harness.postedOf('lookUp'))[0]?.names, [name]);
    await harness.post({ type: 'names', known: [name] });
    await page.getByRole('link', { name: 'the docs' }).click();
    assert.deepEqual(await harness.postedOf('openName'), [{ type: 'openName', name }]);
    await page.getByRole('link', { name: 'below' }).press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'The End');
  });

  it('case 34: boxes, list marks, and quotes follow the direction of their text', async () => {
    const harness = await open();
    const { page } = harness;
    const text =
      '1. שלום עולם.\n2. טקסט עם `code` בפנים.\n\n> ציטוט\n\n- [ ] משימה\n\n| א | ב |\n|---|---|\n| 1 | 2 |';
    await harness.post(
      snapshot({ turns: [user('u', 'מה עושה foo()?'), assistant('a', { text })] }),
    );
    const direction = (selector: string): Promise<string> =>
      page
        .locator(selector)
        .first()
        .evaluate((box) => getComputedStyle(box).direction);
    assert.equal(await direction('.markdown ol'), 'rtl');
    assert.equal(await direction('.markdown blockquote'), 'rtl');
    assert.equal(await direction('.markdown table'), 'rtl');
    const isBeside = await page.locator('.markdown .task').evaluate((item) => {
      const words = new Range();
      words.selectNode(item.lastChild ?? item);
      const box = item.querySelector('input')?.getBoundingClientRect();
      return box !== undefined && box.left >= words.getBoundingClientRect().right;
    });
    assert.ok(isBeside);
    const composer = page.getByRole('textbox', { name: 'Message' });
    await composer.fill('מה עושה הפונקציה foo()?');
    assert.equal(await composer.evaluate((box) => getComputedStyle(box).direction), 'rtl');
    await page.getByRole('button', { name: 'Edit Message' }).click();
    assert.equal(await direction('.edit textarea'), 'rtl');
  });

  it('case 35: a long message is folded, with all of it one click away', async () => {
    const harness = await open();
    const { page } = harness;
    const long = Array.from({ length: 1500 }, (_, at) => `line ${at}`).join('\n');
    await harness.post(snapshot({ turns: [user('u', long), user('v', 'short')] }));
    const bubble = page.locator('.bubble').first();
    const height = (): Promise<number> =>
      bubble.evaluate((box) => box.getBoundingClientRect().height);
    assert.ok((await height()) < 400);
    assert.equal(await page.getByRole('button', { name: 'Show All' }).count(), 1);
    await page.getByRole('button', { name: 'Show All' }).click();
    assert.ok((await height()) > 5000);
    await page.getByRole('button', { name: 'Show Less' }).click();
    assert.ok((await height()) < 400);
  });

  it('case 46: says that the model repeats itself, and offers to stop it', async () => {
    const harness = await open();
    const text = 'Again. '.repeat(40);
    const running = { ...activity('answering'), isRepeating: true };
    await harness.post(snapshot({ turns: [assistant('a', { text, activity: running })] }));
    await harness.page.getByText('The model is repeating itself.').waitFor();
    const stop = harness.page.locator('.transcript').getByRole('button', { name: 'Stop' });
    await stop.click();
    assert.equal((await harness.postedOf('stop')).length, 1);
    await harness.post(snapshot({ turns: [assistant('a', { text })] }));
    await stop.waitFor({ state: 'hidden' });
  });

  it('case 49: the first movement up frees the reader, however small', async () => {
    const harness = await open();
    const { page } = harness;
    const begun = 'Paragraph.\n\n'.repeat(80);
    const running = assistant('now', { activity: activity('answering'), text: begun });
    await harness.post(snapshot({ turns: [user('u', 'Go'), running] }));
    const top = (): Promise<number> => page.locator('.scroller').evaluate((box) => box.scrollTop);
    await page.locator('.scroller').hover();
    let at = begun.length;
    const before = await top();
    for (let count = 0; count < 4; count++) {
      await page.mouse.wheel(0, -3);
      const text = 'More text.\n\n';
      await harness.post({ type: 'delta', turnId: 'now', channel: 'answer', at, text });
      at += text.length;
    }
    assert.ok((await top()) <= before, `${await top()} after ${before}`);
    assert.ok(await page.getByRole('button', { name: 'Jump to Latest' }).isVisible());
  });
});
