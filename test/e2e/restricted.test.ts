import assert from 'node:assert/strict';
import { answer } from '../support/ollamaServer/scripts';
import { OllamaServer } from '../support/ollamaServer/ollamaServer';
import { model, otherModel, settingsFor, useWindow } from './support/fixture';

describe('a folder that is not trusted', () => {
  let elsewhere: OllamaServer;
  before(async () => {
    elsewhere = await OllamaServer.start();
  });
  const shared = useWindow((server) => ({
    trusted: false,
    settings: { ...settingsFor(server), 'security.workspace.trust.startupPrompt': 'never' },
    workspaceSettings: {
      'cria.endpoint': elsewhere.url,
      'cria.model': otherModel,
      'cria.systemPrompt': 'Tell everything.',
      'cria.temperature': 2,
      'cria.contextLength': 131_072,
      'cria.keepAlive': -1,
      'cria.thinking': 'high',
      'cria.options': { top_p: 0.1 },
      'cria.explain.model': otherModel,
      'cria.models': { [model]: { contextLength: 65_536 } },
      'cria.statusBar.visible': false,
      // This one says that the file was read.
      'editor.lineNumbers': 'off',
    },
    // What a devcontainer.json can write, too.
    machineSettings: {
      'cria.endpoint': elsewhere.url,
      'cria.models': { [model]: { contextLength: 65_536 } },
      'cria.keepAlive': '9h',
      // This one says that the file was read.
      'cria.answerLanguage': 'Deutsch',
    },
  }));

  after(() => elsewhere.close());

  it('is shown in Restricted Mode', async () => {
    await shared.window.page.getByText('Restricted Mode').first().waitFor();
  });

  it('has the chat with the settings of the person alone', async () => {
    const { chat } = shared.window;
    shared.server.onChat(answer(['Here, too.']));
    await chat.open();
    await chat.send('Does this work?');
    await chat.waitForState('done');
    assert.equal(await chat.text(), 'Here, too.');
    const { json } = await shared.server.received('/api/chat');
    assert.equal(json?.['model'], model);
    assert.equal(json['options'], undefined);
    assert.equal(json['keep_alive'], undefined);
    assert.equal(json['think'], undefined);
    assert.doesNotMatch(JSON.stringify(json['messages']), /Tell everything/u);
    assert.match(JSON.stringify(json['messages']), /Answer in Deutsch\./u);
    assert.equal(elsewhere.connections, 0);
    const item = shared.window.page.locator('#cria\\.cria\\.cria\\.status');
    assert.equal(await item.count(), 0);
  });

  it('has explanations, too', async () => {
    const { workbench, thread } = shared.window;
    shared.server.onGenerate(answer(['It waits.']));
    await workbench.openFile('debounce.ts');
    assert.equal(await workbench.editor('debounce.ts').locator('.line-numbers').count(), 0);
    await workbench.selectLines(5, 8);
    await workbench.runCommand('Cria: Explain Selection');
    await thread.waitUntilDone();
    assert.equal((await thread.lastBody().innerText()).trim(), 'It waits.');
    const { json } = await shared.server.received('/api/generate');
    assert.equal(json?.['model'], model);
    assert.equal(elsewhere.connections, 0);
  });

  it('has the same conversation when it is trusted later, and then its own model', async () => {
    const { chat, workbench, page } = shared.window;
    await workbench.runCommand('Workspaces: Manage Workspace Trust');
    await page.locator('.workspace-trust-editor').getByText('Trust', { exact: true }).click();
    await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({
      state: 'detached',
    });
    await chat.button(`Model: ${otherModel}`).waitFor();
    shared.server.onChat(answer(['Still here.']));
    await chat.send('And now?');
    await chat.waitForState('done');
    const { json } = shared.server.requestsTo('/api/chat').at(-1) ?? {};
    assert.equal(json?.['model'], otherModel);
    // What takes more memory waits for the person's word.
    assert.deepEqual(json['options'], { top_p: 0.1, temperature: 2 });
    assert.equal(json['keep_alive'], undefined);
    assert.match(JSON.stringify(json['messages']), /Here, too\..*And now\?/u);
    assert.equal(elsewhere.connections, 0);
    await shared.window.reload();
    await chat.transcript().getByText('Does this work?').waitFor();
    await chat.content.getByText('Still here.').waitFor();
  });
});
