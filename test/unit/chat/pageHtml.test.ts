import assert from 'node:assert/strict';
import { pageHtml } from '../../../src/chat/pageHtml';

const options = {
  cspSource: 'https://files.test',
  nonce: 'n0nce',
  pageUri: 'https://files.test/dist/page.js',
  cssUri: 'https://files.test/media/page.css',
  codiconCssUri: 'https://files.test/dist/codicon.css',
  language: 'de',
};

function policyOf(html: string): string | undefined {
  return /http-equiv="Content-Security-Policy" content="(?<policy>[^"]*)"/u.exec(html)?.groups?.[
    'policy'
  ];
}

describe('The chat page’s document', () => {
  it('allows its own script, its own styles and fonts, and nothing else', () => {
    assert.deepEqual(policyOf(pageHtml(options))?.split('; '), [
      "default-src 'none'",
      "script-src 'nonce-n0nce'",
      'style-src https://files.test',
      'font-src https://files.test',
      "img-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types dompurify',
    ]);
  });

  it('has one script, with the nonce, and no inline style', () => {
    const html = pageHtml(options);
    assert.deepEqual(html.match(/<script[^>]*>/gu), [
      '<script type="module" nonce="n0nce" src="https://files.test/dist/page.js">',
    ]);
    assert.doesNotMatch(html, /<style|style=|javascript:| on\w+=/u);
    assert.match(html, /<html lang="de">/u);
  });

  it('loads the texts of another language before the page, with the same nonce', () => {
    const textsUri = 'https://files.test/dist/texts.de.js';
    assert.deepEqual(pageHtml({ ...options, textsUri }).match(/<script[^>]*>/gu), [
      '<script nonce="n0nce" src="https://files.test/dist/texts.de.js">',
      '<script type="module" nonce="n0nce" src="https://files.test/dist/page.js">',
    ]);
  });

  it('lets no option break out of its attribute', () => {
    const html = pageHtml({ ...options, language: '"><script>', cspSource: 'a"b<c>&' });
    assert.match(html, /<html lang="&quot;&gt;&lt;script&gt;">/u);
    const texts = pageHtml({ ...options, textsUri: '"><script>' });
    assert.match(texts, / src="&quot;&gt;&lt;script&gt;">/u);
    assert.match(html, /style-src a&quot;b&lt;c&gt;&amp;;/u);
  });
});
