import assert from 'node:assert/strict';
import { hostileCorpus, hostileSamples } from '../../support/page/hostileCorpus';
import { useMarkdownPage } from './markdownPage';

describe('Hostile markdown', function () {
  this.timeout(60_000);
  const harness = useMarkdownPage();

  const looks = hostileSamples.reduce((sum, { length }) => sum + length * 2, 0);

  it(`becomes nothing but harmless nodes: ${hostileSamples.length} texts at ${looks} lengths`, async () => {
    const results = await harness.page.evaluate(
      (all) => all.map((text) => ({ text, ...window.markdownPage.expose(text) })),
      hostileSamples,
    );
    assert.deepEqual(
      results.filter(({ found }) => found.length > 0),
      [],
    );
    assert.equal(
      results.reduce((sum, result) => sum + result.looks, 0),
      looks,
    );
  });

  it(`becomes nothing but harmless nodes: ${hostileCorpus.length} texts, whole and in pieces`, async () => {
    const results = await harness.page.evaluate(
      (all) => all.map((text) => ({ text, ...window.markdownPage.expose(text, 24) })),
      hostileCorpus,
    );
    assert.deepEqual(
      results.filter(({ found }) => found.length > 0),
      [],
    );
  });

  it('would be found', async () => {
    const found = await harness.page.evaluate(() => {
      const box = document.createElement('div');
      const link = document.createElement('a');
      link.href = 'javascript:alert(1)';
      link.id = 'clobber';
      box.append(link, document.createElement('img'), document.createElement('form'));
      return window.markdownPage.forbidden(box);
    });
    assert.deepEqual(found, ['href=javascript:alert(1)', 'id=clobber', '<img>', '<form>']);
  });

  it('writes out what is invisible or turns the direction in a link', async () => {
    const html = await harness.page.evaluate(() => {
      const { stream, html } = window.markdownPage;
      return html(stream(['[a\u202Efdp.exe](https://example.org/\u202Efdp)']));
    });
    assert.equal(
      html,
      '<p><a href="https://example.org/%E2%80%AEfdp" title="https://example.org/⟨U+202E⟩fdp">a⟨U+202E⟩fdp.exe</a></p>',
    );
  });
});
