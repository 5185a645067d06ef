import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Locator } from 'playwright-core';
import { eventually } from '../../support/clock';
import { inRepo } from '../../support/folders';
import { answer, fail, tokensOf } from '../../support/ollamaServer/scripts';
import { Gate } from '../../support/ollamaServer/exchange';
import { useWindow } from '../support/fixture';
import { picturedThemes, type ThemeKind, themes } from '../support/workbench';

const text = `A network chunk is not a line. One JSON object can arrive in **two pieces**, or several objects in one, so the reader keeps the unfinished tail:

\`\`\`typescript
let rest = '';
for await (const chunk of body) {
  rest += decoder.decode(chunk);
  const lines = rest.split('\\n');
  rest = lines.pop() ?? '';
  yield* lines;
}
\`\`\`

Without it, \`JSON.parse\` fails on the first split object. What matters:

1. An *empty* line is not an object.
2. The last line may have no end.

| chunk | lines |
|---|--:|
| half a line | 0 |
| two lines | 2 |
`;

const tokens = tokensOf(text);
const half = Math.floor(tokens.length * 0.45);

/** These pictures are for people to look at; that nothing is refused or breaks meanwhile is tested. */
const lookOf = (token: Locator): Promise<string> =>
  token.evaluate((element) => {
    const { color, fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(element);
    return [color, fontStyle, fontWeight, fontSize, fontFamily].join(' | ');
  });

describe('what Cria looks like', () => {
  const shared = useWindow();

  before(() => shared.window.chat.open());

  for (const kind of picturedThemes) {
    it(`in ${kind}: empty, streaming, stopped, failed, explaining and done`, async () => {
      const { window, server } = shared;
      const { chat, workbench, thread } = window;
      const picture = (what: string): Promise<void> => window.screenshot(`e2e/${what}-${kind}`);
      if (kind !== 'dark') await window.setTheme(kind);

      await picture('empty');
      const gate = new Gate();
      const thinking = tokensOf('The reader wants to know why.');
      server.onChat(answer(tokens, { thinking, pacing: { gate } }));
      await chat.send('Why does this keep a carry-over buffer?');
      gate.release(thinking.length + half);
      await chat.waitForText(200);
      await picture('streaming');
      await chat.stop();
      await chat.waitForState('stopped');
      await picture('stopped');
      server.onChat(fail(500, 'model requires more system memory (9.8 GiB) than is available'));
      await chat.send('And what if the tail never ends?');
      await chat.waitForState('failed');
      await picture('failed');

      await workbench.openFile('debounce.ts');
      await workbench.selectLines(5, 8);
      const explaining = new Gate();
      server.onGenerate(answer(tokens, { pacing: { gate: explaining } }));
      await workbench.runCommand('Cria: Explain Selection');
      explaining.release(half);
      await thread.waitForText(200);
      await picture('explaining');
      explaining.open();
      await thread.waitUntilDone();
      await picture('explained');
      await workbench.selectLines(6, 6);
      await workbench.page.keyboard.type('// ');
      await thread.widget.getByText('code has changed').waitFor();
      await picture('explained-changed');
      server.once('/api/generate', fail(500, 'llama runner process has terminated'));
      await thread.action('Explain Changed Code').click();
      await thread.widget.getByText('llama runner process has terminated').waitFor();
      await picture('explanation-failed');
      await workbench.selectLines(6, 6);
      await workbench.page.keyboard.press('Control+Z');
      await thread.dismissAll();

      server.onChat(answer(tokens));
      await chat.newConversation();
      await chat.send('Once more, please.');
      await chat.waitForState('done');
      await picture('done');
      await chat.newConversation();
    });
  }

  for (const kind of Object.keys(themes) as ThemeKind[]) {
    it(`colors code as the editor does, while it is written: ${kind}`, async () => {
      const { window, server } = shared;
      const { chat, workbench, page } = window;
      await window.setTheme(kind);
      await workbench.openFile('debounce.ts');
      // Selected text has another color in high contrast.
      await page.keyboard.press('Control+End');
      const gate = new Gate();
      const code = await readFile(inRepo('test/support/demoWorkspace/src/debounce.ts'), 'utf8');
      const parts = tokensOf(`\`\`\`ts\n${code}\`\`\`\n\nThat is it.`);
      server.onChat(answer(parts, { pacing: { gate } }));
      await chat.newConversation();
      await chat.send('Show it.');
      // The last lines of the answer are not there yet.
      gate.release(parts.length - 10);
      const lines = page.locator('.editor-instance');
      for (const [word, token] of [
        [/^\s*let\s*$/u, '.hljs-keyword'],
        [/^\s*return\s*$/u, '.hljs-keyword'],
        [/^clearTimeout$/u, '.hljs-built_in'],
        [/^\s*delayMs\s*$/u, '.hljs-attr'],
        [/^\/\*\*/u, '.hljs-comment'],
      ] as const) {
        const shown = chat.lastAnswer().locator('.code-lines').locator(token, { hasText: word });
        const edited = lines.locator('.view-line span span', { hasText: word }).first();
        await eventually(async () => {
          assert.equal(await lookOf(shown.first()), await lookOf(edited), String(word));
        });
      }
      await window.screenshot(`e2e/code-${kind}`);
      gate.open();
      await chat.waitForState('done');
      assert.equal(await chat.lastAnswer().locator('.code-lines').count(), 1);
    });
  }

  it('at 300 px', async () => {
    const { window, server } = shared;
    const gate = new Gate();
    await window.workbench.setSideBarWidth(300);
    server.onChat(answer(tokens, { pacing: { gate } }));
    await window.chat.send('Why does this keep a carry-over buffer?');
    gate.release(half);
    await window.chat.waitForText(200);
    await window.screenshot('e2e/streaming-300px');
    gate.open();
    await window.chat.waitForState('done');
    await window.screenshot('e2e/done-300px');
  });
});
