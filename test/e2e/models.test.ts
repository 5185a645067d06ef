import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../support/clock';
import { answer, fail, tokensOf } from '../support/ollamaServer/scripts';
import { OllamaServer } from '../support/ollamaServer/ollamaServer';
import type { ChatPanel } from './support/chatPanel';
import { model, otherModel, useWindow } from './support/fixture';
import { cloud, manyModels, otherCloud } from './support/modelScenes';
import type { Workbench } from './support/workbench';

const key = 'sesame-4711';
/** And what gives it away. */
const canary = 'canary-4711-c41d9e/0b8e22';
const traces = [canary, canary.slice(0, 12), canary.slice(-12), btoa(canary).slice(0, 12)];
const tokens = tokensOf('The whole answer, at last.');

/** Every file below a folder, by its path. */
async function readFiles(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const name of await readdir(folder, { recursive: true })) {
    const file = path.join(folder, name);
    if ((await stat(file)).isFile()) files[name] = await readFile(file, 'latin1');
  }
  return files;
}

describe('models, chosen and changed by hand', () => {
  const shared = useWindow();
  let server: OllamaServer;
  let chat: ChatPanel;
  let workbench: Workbench;

  before(async () => {
    ({ server } = shared);
    ({ chat, workbench } = shared.window);
    server.models(manyModels);
    server.onChat(answer(tokens));
    server.onGenerate(answer(tokens));
    await chat.open();
  });

  /** The next message's request, after it was answered. */
  async function asked(): Promise<Awaited<ReturnType<OllamaServer['received']>>> {
    server.forget();
    await chat.send('Who answers?');
    await chat.waitForState('done');
    return server.received('/api/chat');
  }

  async function said(text: string): Promise<void> {
    await shared.window.page.locator('.statusbar-item').getByText(text).first().waitFor();
  }

  async function choose(name: string): Promise<void> {
    await workbench.runCommand('Cria: Select Model');
    await workbench.pick(name);
  }

  async function setApiKey(choice: string): Promise<void> {
    await workbench.runCommand('Cria: Set API Key');
    await workbench.pick(choice);
  }

  async function changeAddress(url: string): Promise<void> {
    await workbench.runCommand('Cria: Change Server Address');
    await workbench.enter(url);
    const place = url.replace('http://', '');
    await shared.window.page
      .locator(`#cria\\.cria\\.cria\\.status [aria-label*="${place}"]`)
      .waitFor({ state: 'attached' });
  }

  describe('an API key', () => {
    it('is typed unseen, and sent to its own address alone', async () => {
      const { page } = shared.window;
      assert.equal((await asked()).headers['authorization'], undefined);
      await setApiKey('API key');
      const input = page.locator('.quick-input-widget:visible input[type="password"]');
      await input.fill(key);
      await page.keyboard.press('Enter');
      await eventually(async () => {
        assert.equal((await asked()).headers['authorization'], `Bearer ${key}`);
      });
      const other = await OllamaServer.start();
      try {
        other.models([model]);
        other.onChat(answer(tokens));
        await changeAddress(other.url);
        server.forget();
        await chat.send('And you?');
        await chat.waitForState('done');
        assert.equal(other.requestsTo('/api/chat').length, 1);
        assert.ok(other.requests.every(({ headers }) => headers['authorization'] === undefined));
        assert.equal(server.requestsTo('/api/chat').length, 0);
        await changeAddress(server.url);
        assert.equal((await asked()).headers['authorization'], `Bearer ${key}`);
      } finally {
        await other.close();
      }
    });

    it('is never shown again, and can be removed', async () => {
      const { page } = shared.window;
      await workbench.runCommand('Cria: Diagnose Connection');
      const report = await workbench.report('stored for this address');
      assert.doesNotMatch(await report.innerText(), new RegExp(key, 'u'));
      await page.keyboard.press('Control+W');
      await setApiKey('API key');
      const input = page.locator('.quick-input-widget:visible input[type="password"]');
      await input.waitFor();
      assert.equal(await input.inputValue(), '');
      assert.match((await input.getAttribute('placeholder')) ?? '', /Replaces the stored value/u);
      assert.doesNotMatch(await page.content(), new RegExp(key, 'u'));
      await workbench.leavePick('Credentials for');
      await setApiKey('Remove Stored Credentials');
      await eventually(async () => {
        assert.equal((await asked()).headers['authorization'], undefined);
      });
    });
  });

  it('get a user name and password that were typed into the address, and the settings do not contain them', async () => {
    const { page, host } = shared.window;
    await workbench.runCommand('Cria: Change Server Address');
    await workbench.enter(server.url.replace('://', '://ada:open%20sesame@'));
    const told = await workbench.openNotifications();
    await told.getByText(/user name and password were moved/u).waitFor();
    const basic = Buffer.from('ada:open sesame').toString('base64');
    await eventually(async () => {
      assert.equal((await asked()).headers['authorization'], `Basic ${basic}`);
    });
    const settings = await readFile(
      path.join(host.userDataFolder, 'User', 'settings.json'),
      'utf8',
    );
    for (const text of [settings, await page.content()]) assert.doesNotMatch(text, /sesame/u);
    await setApiKey('Remove Stored Credentials');
    await eventually(async () => {
      assert.equal((await asked()).headers['authorization'], undefined);
    });
  });

  it('M7: leave no secret in panel, window, reports, exports, and files of VS Code', async () => {
    const { page, host } = shared.window;
    const seen: Record<string, string> = {};
    await setApiKey('API key');
    await page.locator('.quick-input-widget:visible input[type="password"]').fill(canary);
    await page.keyboard.press('Enter');
    await eventually(async () => {
      assert.equal((await asked()).headers['authorization'], `Bearer ${canary}`);
    });
    const echo = `${'x'.repeat(190)} Bearer ${canary}, ${btoa(canary)}, ${encodeURIComponent(canary)}, ${canary}`;
    server.onChat(fail(500, echo));
    server.onGenerate(fail(500, echo));
    await chat.send('What did I send?');
    await chat.waitForState('failed');
    seen['panel'] = await chat.lastAnswer().innerText();
    await workbench.runCommand('Cria: Diagnose Connection');
    seen['report'] = await (await workbench.report('stored for this address')).innerText();
    await page.keyboard.press('Control+W');
    for (const kind of ['Markdown', 'JSON'] as const) {
      const file = path.join(host.workspaceFolder, kind === 'JSON' ? 'all.json' : 'all.md');
      seen[kind] = await shared.window.exportAll(kind, file);
    }
    await workbench.runCommand('Cria: Show Log');
    await page.locator('.part.panel .view-lines').first().waitFor();
    seen['window'] = await page.content();
    // The files of VS Code and of its server, with the settings, the chats, and the logs.
    Object.assign(seen, await readFiles(path.dirname(host.userDataFolder)));
    const chats = Object.entries(seen).filter(([name]) => name.endsWith('.jsonl'));
    assert.ok(
      chats.some(([, text]) => text.includes('What did I send?')),
      'the chats on disk were read',
    );
    assert.match(seen['JSON'] ?? '', /What did I send[?]/u);
    assert.match(seen['panel'], /reported an error/u);
    for (const [place, text] of Object.entries(seen)) {
      for (const secret of traces) assert.ok(!text.includes(secret), `${secret} is in ${place}`);
    }
    server.off();
    server.models(manyModels);
    server.onChat(answer(tokens));
    server.onGenerate(answer(tokens));
    await setApiKey('Remove Stored Credentials');
    await eventually(async () => {
      assert.equal((await asked()).headers['authorization'], undefined);
    });
  });

  describe('a model that runs elsewhere', () => {
    before(() => chat.newConversation());

    const leaves = (): readonly string[] =>
      server.requests.map(({ body }) => body).filter((body) => body.includes('cloud'));

    it('is not used, and sent not one byte, when the person refuses', async () => {
      server.forget();
      await choose(cloud);
      await workbench.dialog().getByText(`${cloud} runs in the cloud (ollama.com).`).waitFor();
      await shared.window.screenshot('e2e/cloud-consent');
      await workbench.pressInDialog('Cancel');
      assert.deepEqual(leaves(), []);
      assert.equal((await asked()).json?.['model'], model);
    });

    it('is used once the person agrees, and asked about no more', async () => {
      await choose(cloud);
      await workbench.pressInDialog(`Use ${cloud}`);
      await chat.button(`Model: ${cloud}`).waitFor();
      assert.equal((await asked()).json?.['model'], cloud);
      await chat.newConversation();
      await chat.content.getByText(/then to ollama\.com, where this model runs/u).waitFor();
      await choose(model);
      await chat.button(`Model: ${model}`).waitFor();
      await choose(cloud);
      await chat.button(`Model: ${cloud}`).waitFor();
    });

    it('is asked about again when the workspace names another one', async () => {
      const settings = path.join(shared.window.host.workspaceFolder, '.vscode', 'settings.json');
      await mkdir(path.dirname(settings), { recursive: true });
      await writeFile(settings, JSON.stringify({ 'cria.model': otherCloud }));
      await chat.button(`Model: ${otherCloud}`).waitFor();
      server.forget();
      await chat.send('Where does this go?');
      await chat.waitForState('failed');
      const notice = chat.lastAnswer().locator('.notice');
      await notice.getByText(`${otherCloud} runs on ollama.com`).waitFor();
      assert.deepEqual(leaves(), []);
      await notice.getByRole('button', { name: 'Allow Cloud Model' }).click();
      await workbench.pressInDialog('Cancel');
      assert.deepEqual(leaves(), []);
      assert.equal(server.requestsTo('/api/chat').length, 0);
      await notice.getByRole('button', { name: 'Allow Cloud Model' }).click();
      await workbench.pressInDialog(`Use ${otherCloud}`);
      await chat.waitForState('done');
      assert.equal(server.requestsTo('/api/chat').at(-1)?.json?.['model'], otherCloud);
      await writeFile(settings, '{}');
      await choose(model);
      await chat.button(`Model: ${model}`).waitFor();
    });
  });

  it('get another context length, which says its cost and loads the model once', async () => {
    server.loaded([model]);
    await asked();
    const before = server.loads.length;
    await workbench.runCommand('Cria: Set Context Length');
    const wanted = workbench.pickRow('16,384 tokens');
    await wanted.getByText(/about 8\.0 GB of memory at 16,384 tokens/u).waitFor();
    await shared.window.screenshot('e2e/context-length-cost');
    await workbench.pick('16,384 tokens');
    await eventually(() => assert.equal(server.loads.length, before + 1));
    await eventually(async () => {
      assert.deepEqual((await asked()).json?.['options'], { num_ctx: 16_384 });
    });
    await workbench.openFile('debounce.ts');
    await workbench.selectLines(5, 8);
    await workbench.runCommand('Cria: Explain Selection');
    await shared.window.thread.waitUntilDone();
    const { json } = await server.received('/api/generate');
    assert.deepEqual(json?.['options'], { num_ctx: 16_384 });
    assert.deepEqual(
      server.loads.slice(before).map(({ contextLength }) => contextLength),
      [16_384],
    );
    await shared.window.thread.dismissAll();
    await shared.window.page.keyboard.press('Control+W');
  });

  it('for explanations can be selected from an explanation, and the one for chat stays', async () => {
    const { thread, page } = shared.window;
    const chooseExplaining = async (label: string): Promise<void> => {
      await workbench.runCommand('Cria: Select Model for Explanations');
      await workbench.pick(label);
    };
    await chooseExplaining(otherModel);
    server.models(manyModels.filter(({ name }) => name !== otherModel));
    await workbench.openFile('debounce.ts');
    await workbench.selectLines(5, 8);
    await workbench.runCommand('Cria: Explain Selection');
    await thread.widget.getByText(`Model ${otherModel} is not installed at`).waitFor();
    server.forget();
    await thread.link('Select Model').click();
    await workbench.pick('gemma3:4b');
    assert.equal((await server.received('/api/generate')).json?.['model'], 'gemma3:4b');
    await thread.waitUntilDone();
    assert.equal((await asked()).json?.['model'], model);
    server.models(manyModels);
    await chooseExplaining('Same as Chat');
    await thread.dismissAll();
    await page.keyboard.press('Control+W');
  });

  describe('the buttons of a model in the picker', () => {
    it('show its details', async () => {
      const { page } = shared.window;
      await workbench.runCommand('Cria: Select Model');
      await workbench.pressRowButton(otherModel, 'Details');
      const report = await workbench.report('Default parameters');
      assert.match(await report.innerText(), /llama3\.2:3b[^]*131,072/u);
      await shared.window.screenshot('e2e/model-details');
      await page.keyboard.press('Control+W');
    });

    it('change what it gets in place of the general settings, and lead back', async () => {
      await workbench.runCommand('Cria: Select Model');
      await workbench.pressRowButton(model, 'Settings for This Model');
      await workbench.pickRow('Context length').getByText('16384 (this model)').waitFor();
      await workbench.pick('Temperature');
      await workbench.asks('temperature for');
      await workbench.typeInPick('9');
      await shared.window.page.getByText('Invalid value.').waitFor();
      await workbench.enter('0.1');
      await workbench.pickRow('Temperature').getByText('0.1 (this model)').waitFor();
      await workbench.leavePick('Settings for');
      await workbench.leavePick('Select Model');
      assert.deepEqual((await asked()).json?.['options'], { num_ctx: 16_384, temperature: 0.1 });
      await workbench.runCommand('Cria: Edit Model Settings');
      await workbench.pick(model);
      await workbench.pick('Reset All');
      await workbench.pickRow('Temperature').getByText('null (general setting)').waitFor();
      await workbench.leavePick('Settings for');
      assert.equal((await asked()).json?.['options'], undefined);
    });

    it('take it out of memory', async () => {
      await workbench.runCommand('Cria: Select Model');
      await workbench
        .pickRow(model)
        .getByText(/loaded/u)
        .waitFor();
      server.forget();
      await workbench.pressRowButton(model, 'Unload');
      const { json } = await server.received('/api/generate');
      assert.deepEqual([json?.['model'], json?.['keep_alive']], [model, 0]);
      await said(`${model} unloaded. 5.2 GB of memory freed.`);
      await workbench.leavePick('Select Model');
    });

    it('delete it', async () => {
      await workbench.runCommand('Cria: Select Model');
      await workbench.pressRowButton('gemma3:4b', 'Delete');
      await workbench.pressInDialog('Cancel');
      assert.equal(server.requestsTo('/api/delete').length, 0);
      await workbench.pressRowButton('gemma3:4b', 'Delete');
      await workbench.pressInDialog('Delete');
      await said('gemma3:4b deleted. Up to 3.3 GB freed.');
      await workbench.pickRow(otherModel).waitFor();
      assert.ok(!(await workbench.pickLabels()).includes('gemma3:4b'));
      await workbench.leavePick('Select Model');
    });
  });
});
