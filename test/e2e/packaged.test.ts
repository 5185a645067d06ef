import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { answer, tokensOf } from '../support/ollamaServer/scripts';
import { OllamaServer } from '../support/ollamaServer/ollamaServer';
import { inRepo, temporaryFolder, type TemporaryFolder } from '../support/folders';
import { runCommand } from '../support/process';
import { CriaWindow } from './support/criaWindow';
import { model, settingsFor } from './support/fixture';

describe('the package, installed into a VS Code that has nothing else', () => {
  let folder: TemporaryFolder;
  let server: OllamaServer;
  let window: CriaWindow;

  before(async () => {
    folder = await temporaryFolder('packaged');
    const vsix = path.join(folder.path, 'cria.vsix');
    await runCommand(process.execPath, [inRepo('.cache', 'tools', 'package.mjs'), vsix]);
    server = await OllamaServer.start();
    server.models([model]);
    window = await CriaWindow.open({ installed: [vsix], settings: settingsFor(server) });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.screenshot('e2e/failed-packaged');
    assert.deepEqual(window.pageErrors.splice(0), []);
  });
  after(async () => {
    await window.close();
    await server.close();
    await folder.remove();
  });

  it('is the only extension there, and holds no code that was not built for production', async () => {
    const entries = await readdir(window.host.extensionsFolder, { withFileTypes: true });
    const extensions = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    assert.equal(extensions.length, 1, extensions.join(', '));
    assert.match(extensions[0] ?? '', /^cria\.cria-\d+\.\d+\.\d+/u);
    const names = await readdir(path.join(window.host.extensionsFolder, extensions[0] ?? ''), {
      recursive: true,
    });
    assert.deepEqual(
      names.filter((name) => /\.(?:ts|map)$|node_modules|metafile/u.test(name)),
      [],
    );
  });

  it('sends no request before Cria is used', async () => {
    await window.page.locator('.statusbar-item', { hasText: model }).first().waitFor();
    assert.equal(server.connections, 0);
  });

  it('answers a question', async () => {
    const { chat, workbench } = window;
    server.onChat(answer(tokensOf('Yes: `reverse` **works**.\n\n```ts\nconst one = 1;\n```\n')));
    await chat.open();
    await workbench.setSideBarWidth(420);
    await chat.send('Does the package work?');
    await chat.waitForState('done');
    assert.match(await chat.text(), /^Yes: reverse works\.\s+.*const one = 1;/su);
    // The highlighter is a separate bundle.
    await chat.lastAnswer().locator('.hljs-keyword').waitFor();
    await window.screenshot('packaged/answer');
  });

  it('explains a selection', async () => {
    const { workbench, thread } = window;
    server.onGenerate(answer(tokensOf('It waits until nobody has called for a while.')));
    await workbench.openFile('debounce.ts');
    await workbench.selectLines(5, 8);
    await workbench.runCommand('Cria: Explain Selection');
    await thread.waitUntilDone();
    assert.equal(
      (await thread.lastBody().innerText()).trim(),
      'It waits until nobody has called for a while.',
    );
    await window.screenshot('packaged/explanation');
  });

  it('shows its icon and its README among the extensions', async () => {
    const { page } = window;
    // The command that lists them is not in every VS Code's palette.
    await page.locator('.activitybar [aria-label^="Extensions"]').first().click();
    await page.locator('.extension-list-item .name', { hasText: 'Cria' }).first().click();
    const icon = page.locator('.extension-editor img.icon');
    await icon.waitFor();
    await page.waitForFunction(
      () => document.querySelector<HTMLImageElement>('.extension-editor img.icon')?.naturalWidth,
    );
    // The README is a page in frames, as the chat is.
    const readme = page
      .frameLocator('.webview.ready:not([src*="extensionId=cria.cria"]) >> visible=true')
      .frameLocator('#active-frame');
    await readme.getByRole('heading', { name: 'What it does' }).waitFor();
    await window.screenshot('packaged/extension');
  });
});
