import assert from 'node:assert/strict';
import { renderReport, type ReportButton, reportHtml } from '../../../src/models/reportHtml';

const again: ReportButton = {
  line: 0,
  title: '$(refresh) Run "Again"',
  command: 'cria.diagnoseConnection',
  arguments: ['with <model>'],
};
const fix: ReportButton = { line: 3, title: 'Set API Key', command: 'cria.setApiKey' };

describe('The page of a report', () => {
  it('has its buttons below the line that they belong to', () => {
    const html = renderReport('# Title\n\n- ✓ one\n- ✗ **two**: no\n  - advice\n', [again, fix]);
    const parts = html.split(/(?=<p class="buttons">)/u);
    assert.equal(parts.length, 3);
    assert.match(parts[0] ?? '', /<h1>Title<\/h1>\s*$/u);
    assert.match(
      parts[1] ?? '',
      /codicon-refresh.*Run &quot;Again&quot;<\/a>[^]*✗ <strong>two<\/strong>: no\s*$/u,
    );
    assert.match(
      parts[2] ?? '',
      /command:cria\.setApiKey\?%5B%5D[^]*Set API Key<\/a><\/p>\s*<ul>\s*<li>advice/u,
    );
    assert.match(html, /href="command:cria\.diagnoseConnection\?%5B%22with%20%3Cmodel%3E%22%5D"/u);
  });

  it('makes no HTML, link, or image of what a server says', () => {
    const text =
      '# <img src=x onerror=a>\n\n[a](command:b) ![a](https://c) <https://d> [e]\n\n[e]: command:f\n\n' +
      '```text\n</pre><script>\n```\n';
    const html = renderReport(text, []);
    assert.doesNotMatch(html, /<(?:a|img|script)\b/iu);
    assert.match(html, /&lt;img src=x/u);
  });

  it('may load its styles and nothing else', () => {
    const html = reportHtml({
      cspSource: 'https://files.test',
      cssUris: ['https://files.test/a.css'],
      language: 'de"><script>',
      text: '# A',
      buttons: [],
    });
    const [policy] = /default-src[^"]*/u.exec(html) ?? [];
    assert.equal(
      policy,
      "default-src 'none'; style-src https://files.test; font-src https://files.test",
    );
    assert.doesNotMatch(html, /<script|style=| on\w+=/u);
  });
});
