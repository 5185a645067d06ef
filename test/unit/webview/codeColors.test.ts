import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { ToWebview } from '../../../src/shared/protocol';
import type { PageHarness } from '../../support/page/pageHarness';
import { activity, assistant, snapshot, user } from '../../support/page/states';
import { usePage } from '../../support/page/usePage';

const lineCount = 120;
const lines = (count: number): string =>
  Array.from({ length: count }, (_, at) => `const value${at} = 'a' + 1; /* b */\n`).join('');

describe('Code in an answer', function () {
  this.timeout(30_000);
  const open = usePage();

  async function openWith(text: string, isWritten = false, theme = ''): Promise<PageHarness> {
    const harness = await open();
    await harness.frame.evaluate((id) => (document.body.dataset['vscodeThemeId'] = id), theme);
    const answer = isWritten ? { activity: activity('answering') } : {};
    await harness.post(
      snapshot({ turns: [user('u1', 'Why?'), assistant('a1', { text, ...answer })] }),
    );
    return harness;
  }

  const delta = (at: number, text: string): ToWebview => {
    return { type: 'delta', turnId: 'a1', channel: 'answer', at, text };
  };

  /** What is colored, and by which classes. */
  const tokensOf = (page: Page): Promise<readonly string[]> =>
    page
      .locator('.code-block code span:not(.code-lines)')
      .evaluateAll((all) =>
        all.map((token) => `${token.getAttribute('class') ?? ''}: ${token.textContent}`),
      );

  const colorOf = ({ page }: PageHarness, token: string): Promise<string> =>
    page
      .locator(token)
      .first()
      .evaluate((element) => getComputedStyle(element).color);

  it('has the colors of the theme, and those of the next theme', async () => {
    const harness = await openWith('```ts\nconst a = "b"; // c\n```', false, 'Mine');
    const { page } = harness;
    assert.deepEqual(await harness.postedOf('themeShown'), [{ type: 'themeShown', theme: 'Mine' }]);
    await page.locator('.hljs-comment').waitFor();
    await harness.post({
      type: 'codeColors',
      colors: {
        '.hljs-keyword.storage_': { color: '#010203' },
        '.hljs-string': { color: '#04050680', isBold: true },
        '.hljs-comment': { color: '#070809', isUnderlined: true },
      },
    });
    assert.equal(await colorOf(harness, '.storage_'), 'rgb(1, 2, 3)');
    assert.equal(await colorOf(harness, '.hljs-string'), 'rgba(4, 5, 6, 0.5)');
    const [weight, font, line] = await page.locator('.code-block code').evaluate((code) => {
      const style = (token: string): CSSStyleDeclaration =>
        getComputedStyle(code.querySelector(token) ?? code);
      return [
        style('.hljs-string').fontWeight,
        style('.hljs-comment').fontStyle,
        style('.hljs-comment').textDecorationLine,
      ];
    });
    assert.deepEqual([weight, font, line], ['700', 'normal', 'underline']);

    await harness.frame.evaluate(() => (document.body.dataset['vscodeThemeId'] = 'Other'));
    await harness.post({ type: 'codeColors' });
    assert.equal((await harness.postedOf('themeShown')).at(-1)?.theme, 'Other');
    assert.notEqual(await colorOf(harness, '.storage_'), 'rgb(1, 2, 3)');
  });

  it('has other colors for the keys of data than for those of a program, whatever language is named', async () => {
    const codes = ['json', 'JSONC', 'yml', 'toml', 'ts', 'constructor'].map(
      (language) => `\`\`\`${language}\na = 3\n\`\`\``,
    );
    const { page } = await openWith(codes.join('\n\n'));
    const classes = await page
      .locator('.code-block code')
      .evaluateAll((all) => all.map((code) => code.getAttribute('class') ?? ''));
    assert.deepEqual(classes, ['json', 'json', 'yaml', 'ini', '', '']);
  });

  it('is colored line by line while it is written, and its color does not change at its end', async () => {
    const begun = '```ts\n';
    const harness = await openWith(begun, true);
    const { page } = harness;
    const text = lines(lineCount);
    await harness.post(delta(begun.length, text));
    const colored = page.locator('.code-lines .hljs-string');
    await page.waitForFunction(
      (count) => document.querySelectorAll('.code-lines .hljs-string').length === count,
      lineCount,
    );
    assert.equal(await page.locator('.code-lines').count(), 2);
    // Plain code that has no end yet waits for it.
    await harness.post(delta(begun.length + text.length, 'const half = "'));
    assert.equal(await colored.count(), lineCount);
    assert.equal(await page.locator('.code-block code').textContent(), `${text}const half = "`);
    const rest = 'x";\n```\n\nDone.';
    await colored.first().evaluate((element) => (element.id = 'kept'));
    await harness.post(delta(begun.length + text.length + 'const half = "'.length, rest));
    await page.waitForFunction(
      (count) => document.querySelectorAll('.code-block .hljs-string').length === count,
      lineCount + 1,
    );
  });

  it('keeps what is selected in it while more is written', async () => {
    const begun = '```ts\n';
    const harness = await openWith(begun, true);
    const { page } = harness;
    await harness.post(delta(begun.length, lines(4)));
    await page.locator('.code-lines .hljs-string').nth(3).waitFor();
    const selected = await page.evaluate(() => {
      const strings = [...document.querySelectorAll('.code-lines .hljs-string')];
      const [from, to] = [strings[0], strings[3]];
      if (from && to) document.getSelection()?.setBaseAndExtent(from, 0, to, to.childNodes.length);
      return document.getSelection()?.toString();
    });
    assert.match(selected ?? '', /^'a' \+ 1; .* b [^]*'a'$/u);
    await harness.post(delta(begun.length + lines(4).length, `${lines(4)}\`\`\`\n\nDone.`));
    await page.getByText('Done.').waitFor();
    await page.locator('.code-block .hljs-string').nth(7).waitFor();
    assert.equal(await page.evaluate(() => document.getSelection()?.toString()), selected);
  });

  it('is colored as the whole would be where a line depends on one above it', async () => {
    const code = '/* one\nlet two\n*/ let three;\nlet four = `\nlet ${five}\n`;\n';
    const begun = '```ts\n';
    const harness = await openWith(begun, true);
    const { page } = harness;
    let at = begun.length;
    for (const line of code.split(/(?<=\n)/u)) {
      await harness.post(delta(at, line));
      at += line.length;
    }
    await page.waitForFunction(
      () => document.querySelector('.code-lines .hljs-string')?.textContent.endsWith('`') === true,
    );
    const whole = await openWith(`\`\`\`ts\n${code}\`\`\``);
    await whole.page.locator('.hljs-string').waitFor();
    assert.deepEqual(await tokensOf(page), await tokensOf(whole.page));
  });

  it('is colored in parts where it is very long, and stays as it is', async () => {
    const code = `${lines(700)}const end = \`\n${'x'.repeat(5_000)}\n\`;\n// end\n`;
    const harness = await openWith(`\`\`\`ts\n${code}\`\`\``);
    await harness.page.waitForFunction(() => {
      const last = [...document.querySelectorAll('.code-lines')].at(-1);
      return last?.textContent.endsWith('// end\n') === true;
    });
    assert.ok((await harness.page.locator('.hljs-comment').count()) >= 700);
    assert.equal(await harness.page.locator('.code-block code').textContent(), code);
  });

  it('is folded when it is long and complete, and shows all of it by a key', async () => {
    const harness = await openWith(`\`\`\`ts\n${lines(45)}\`\`\`\n\n\`\`\`ts\n${lines(30)}\`\`\``);
    const { page } = harness;
    assert.equal(await page.locator('.code-fold').count(), 1);
    const height = (): Promise<number> =>
      page
        .locator('pre')
        .first()
        .evaluate((pre) => pre.getBoundingClientRect().height);
    const folded = await height();
    const button = page.getByRole('button', { name: 'Show All 45 Lines', expanded: false });
    await page.locator('pre').first().focus();
    await page.keyboard.press('Tab');
    assert.ok(await button.evaluate((element) => element === document.activeElement));
    await page.keyboard.press('Enter');
    assert.ok((await height()) > folded * 2);
    await page.getByRole('button', { name: 'Show Less' }).click();
    assert.equal(await height(), folded);
    await page.keyboard.press('Control+f');
    await page.keyboard.type('value40');
    await page.getByRole('button', { name: 'Show Less' }).waitFor();
    assert.ok((await height()) > folded * 2);
  });

  it('is never folded while it is written, nor when it ends', async () => {
    const begun = '```ts\n';
    const harness = await openWith(begun, true);
    await harness.post(delta(begun.length, `${lines(45)}\`\`\`\n\nDone.`));
    await harness.page.getByText('Done.').waitFor();
    assert.equal(await harness.page.locator('.code-fold').count(), 0);
  });

  it('is wrapped and not wrapped from its menu', async () => {
    const harness = await openWith(`\`\`\`ts\n// ${'word '.repeat(80)}\n\`\`\``);
    const { page } = harness;
    const scrolls = (): Promise<boolean> =>
      page.locator('pre').evaluate((pre) => pre.scrollWidth > pre.clientWidth);
    assert.ok(await scrolls());
    for (const isWrapped of [true, false]) {
      await page.getByRole('button', { name: 'More Actions…' }).click();
      const item = page.getByRole('menuitemcheckbox', { name: 'Wrap Lines', checked: !isWrapped });
      await item.click();
      assert.equal(await scrolls(), !isWrapped);
    }
  });
});
