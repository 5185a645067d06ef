import assert from 'node:assert/strict';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { answer, fail, respond, tokensOf } from '../../support/ollamaServer/scripts';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';
import { Gate } from '../../support/ollamaServer/exchange';
import type { ChatPanel } from '../support/chatPanel';
import { FakeOllama } from './fakeOllama';
import { model, otherModel, useWindow } from '../support/fixture';
import { manyModels, pulling } from '../support/modelScenes';

const tokens = tokensOf('The whole answer, at last.');
const whole = tokens.join('');
const html = respond(200, { 'Content-Type': 'text/html' }, '<!doctype html><h1>Router</h1>');

describe('what a person sees when something is wrong', () => {
  let closedPort = 0;
  let program: FakeOllama;
  before(async () => {
    program = await FakeOllama.install();
    // A port that was free a moment ago: nothing answers there.
    const server = await OllamaServer.start();
    closedPort = server.port;
    await server.close();
  });
  const shared = useWindow(() => ({
    settings: { 'cria.endpoint': `http://127.0.0.1:${closedPort}`, 'cria.model': model },
    env: { PATH: [program.folder, process.env['PATH'] ?? ''].join(path.delimiter) },
  }));
  let server: OllamaServer;
  let chat: ChatPanel;

  before(async () => {
    ({ chat } = shared.window);
    await chat.open();
  });

  after(async () => {
    await server.close();
    await program.remove();
  });

  /** The notice in the newest answer. */
  function failure(): Locator {
    return chat.lastAnswer().locator('.notice');
  }

  async function press(name: string): Promise<void> {
    await failure().getByRole('button', { name }).click();
  }

  /** Presses Shift+Tab until this has the focus. */
  async function tabBackTo(wanted: Locator): Promise<void> {
    for (let step = 0; step < 20; step++) {
      await shared.window.page.keyboard.press('Shift+Tab');
      if ((await wanted.and(chat.content.locator(':focus')).count()) > 0) return;
    }
    assert.fail('The keyboard does not get there.');
  }

  async function answersNow(): Promise<void> {
    await chat.waitForState('done');
    assert.equal(await chat.text(), whole);
  }

  it('says that Ollama is not running, and where, with a way on', async () => {
    const card = chat.content.locator('.card');
    await card.getByText(/^Ollama is not running at 127/u).waitFor();
    assert.match(await card.innerText(), new RegExp(`127\\.0\\.0\\.1:${closedPort}\\.`, 'u'));
    for (const name of ['Retry', 'Start Ollama', 'Change Server Address']) {
      assert.equal(await card.getByRole('button', { name }).isVisible(), true, name);
    }
    await shared.window.screenshot('e2e/not-running');
  });

  it('leads to the address, says what is wrong with it, and tries it before it is saved', async () => {
    const { workbench, page } = shared.window;
    const card = chat.content.locator('.card');
    const message = page.locator('.quick-input-widget:visible .quick-input-message');
    for (const address of ['http://127.0.0.1:9', `http://127.0.0.1:${closedPort}`]) {
      await card.getByRole('button', { name: 'Change Server Address' }).click();
      await workbench.typeInPick('no address: at all');
      await message.getByText('is not a valid server address').waitFor();
      await workbench.enter(address);
      const said = await workbench.openNotifications();
      const place = address.replace('http://', '');
      await said.getByText(`Ollama is not running at ${place}.`).waitFor();
      await said.getByRole('button', { name: 'Save Anyway' }).click();
      await card.getByText(`Ollama is not running at ${place}.`).waitFor();
    }
  });

  it('keeps a message that could not be sent, and offers to send it again', async () => {
    await chat.send('Is anybody there?');
    await chat.waitForState('failed');
    assert.match(await failure().innerText(), /^Ollama is not running/u);
    assert.equal(await chat.turns('user').last().innerText(), 'You\nIs anybody there?');
    assert.equal(await failure().getByRole('button', { name: 'Retry' }).isVisible(), true);
  });

  it('notices by itself that Ollama runs now, and sends the message on Retry', async () => {
    const banner = chat.content.locator('.panel-notices .notice');
    await banner.getByText('Ollama is not running').waitFor();
    server = await OllamaServer.start({ port: closedPort });
    server.models([model, otherModel]);
    server.onChat(answer(tokens));
    await banner.waitFor({ state: 'detached', timeout: 40_000 });
    assert.equal(server.requestsTo('/api/chat').length, 0);
    await press('Retry');
    await answersNow();
  });

  it('offers the installed models when the chosen one is not installed', async () => {
    server.models([otherModel]);
    await chat.send('With a model that is gone?');
    await chat.waitForState('failed');
    assert.match(await failure().innerText(), /^Model qwen3:8b is not installed at 127/u);
    await shared.window.screenshot('e2e/failed-model');
    await press('Select Model');
    await shared.window.workbench.pick(otherModel);
    await answersNow();
    assert.equal(await chat.lastAnswer().locator('.model').innerText(), otherModel);
    server.models([model, otherModel]);
  });

  it('says that what answers is not Ollama', async () => {
    server.once('/api/chat', html);
    await chat.send('To a router?');
    await chat.waitForState('failed');
    assert.match(await failure().innerText(), /is not an Ollama server\./u);
    await press('Retry');
    await answersNow();
  });

  it('keeps the text of a stream that was cut, marks it, and asks again', async () => {
    server.once('/api/chat', answer(tokens.slice(0, 3), { withoutDone: true }));
    await chat.send('And cut off?');
    await chat.waitForState('truncated');
    assert.equal(await chat.text(), tokens.slice(0, 3).join(''));
    assert.match(await failure().innerText(), /^The answer was cut off/u);
    assert.match(await failure().innerText(), /The partial answer is kept/u);
    await press('Retry');
    await answersNow();
  });

  it('keeps the text before a connection that was lost', async () => {
    const lost = answer(tokens.slice(0, 2), { withoutDone: true, end: 'reset' });
    server.once('/api/chat', lost);
    await chat.send('And lost?');
    await chat.waitForState('failed', 'truncated');
    assert.equal(await chat.text(), tokens.slice(0, 2).join(''));
    await press('Retry');
    await answersNow();
  });

  it('shows the words of the server when it fails in the middle', async () => {
    const error = 'llama runner process has terminated: signal: killed';
    server.once('/api/chat', answer(tokens.slice(0, 2), { error }));
    await chat.send('And in the middle?');
    await chat.waitForState('failed');
    assert.equal(await chat.text(), tokens.slice(0, 2).join(''));
    assert.match(await failure().innerText(), /llama runner process has terminated/u);
    await press('Retry');
    await answersNow();
  });

  it('says that there is no model yet, and notices the first ones', async () => {
    server.models([]);
    await shared.window.changeSettings({ 'cria.model': '' });
    await shared.window.reload();
    const banner = chat.content.locator('.panel-notices .notice');
    await banner.getByText(/^No models installed at .*\.$/u).waitFor();
    assert.equal(await banner.getByRole('button', { name: 'Pull Model' }).isVisible(), true);
    // The only one would be selected at once.
    server.models([model, otherModel]);
    await banner.getByText('Select a model to start.').waitFor({ timeout: 40_000 });
  });

  it('asks for a model before the first answer, and answers with it', async () => {
    await chat.send('Without a model?');
    await chat.waitForState('failed');
    assert.match(await failure().innerText(), /^No model selected\./u);
    await press('Select Model');
    await shared.window.workbench.pick(model);
    await answersNow();
    await chat.content.locator('.panel-notices .notice').waitFor({ state: 'detached' });
  });

  it('shows what is wrong as a report with buttons', async () => {
    const { workbench, page } = shared.window;
    const report = workbench.reportPage.locator('main');
    const diagnosed = async (words: string, button: string, picture: string): Promise<void> => {
      await workbench.runCommand('Cria: Diagnose Connection');
      await report.getByText(words).first().waitFor();
      await report.getByRole('button', { name: button }).first().waitFor();
      await shared.window.screenshot(`e2e/${picture}`);
    };
    for (const path of ['/api/tags', '/api/version']) server.on(path, html);
    await diagnosed('web page', 'Change Server Address', 'diagnosis-html');
    for (const path of ['/api/tags', '/api/version']) server.on(path, fail(401, 'unauthorized'));
    await diagnosed('unauthorized', 'Set API Key', 'diagnosis-key');
    server.off();
    await server.close();
    await diagnosed('refused', 'Start Ollama', 'diagnosis-refused');
    await page.keyboard.press('Control+W');
  });

  it('leads from a first run without Ollama to the first answer by keyboard alone', async () => {
    const { workbench, page } = shared.window;
    await shared.window.changeSettings({ 'cria.model': '' });
    await shared.window.reload();
    await chat.turns('assistant').first().waitFor();
    await workbench.runCommandByKeys('Cria: New Chat');
    const card = chat.content.locator('.card');
    await card.getByText(/^Ollama is not running/u).waitFor();
    // The first steps are ticked as they are taken.
    await workbench.runCommandByKeys('Welcome: Open Walkthrough...');
    await workbench.typeInPick('Get Started with Cria');
    await workbench.pickRow('Get Started with Cria').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Ollama runs the models').first().waitFor();
    assert.equal(await page.locator('.getting-started-step .complete').count(), 0);
    await workbench.runCommandByKeys('Cria: Open Chat');
    await chat.messageBox().and(chat.content.locator(':focus')).waitFor();
    await tabBackTo(card.getByRole('button', { name: 'Start Ollama' }));
    await page.keyboard.press('Enter');
    const started = await program.started();
    assert.deepEqual([started.argv, started.host], [['serve'], `127.0.0.1:${closedPort}`]);
    server = await OllamaServer.start({ port: closedPort });
    server.models([]);
    server.onChat(answer(tokens));
    await card.getByText(/^No models installed at/u).waitFor();
    program.stop();
    await page.locator('.getting-started-step .complete').first().waitFor();
    await shared.window.screenshot('e2e/walkthrough');
    await workbench.runCommandByKeys('View: Close Editor');
    await shared.window.screenshot('e2e/no-model');

    await workbench.runCommandByKeys('Cria: Pull Model');
    await workbench.typeInPick('');
    await shared.window.screenshot('e2e/pull-suggestions');
    const gate = new Gate();
    server.once('/api/pull', pulling(gate));
    await workbench.typeInPick('qwen3:8b');
    await workbench.pickRow('qwen3:8b').waitFor();
    await page.keyboard.press('Enter');
    gate.release(2);
    await workbench.runCommandByKeys('Notifications: Show Notifications');
    await page
      .locator('.notifications-center')
      .getByText(/Pulling qwen3:8b.*40%/u)
      .waitFor();
    await workbench.runCommandByKeys('Cria: Focus on Models View');
    await page.locator('.monaco-list-row[aria-label*="qwen3:8b"]').first().waitFor();
    await shared.window.screenshot('e2e/pull');
    server.models([model]);
    gate.open();
    await card.waitFor({ state: 'detached' });

    await workbench.runCommandByKeys('Cria: Open Chat');
    await chat.messageBox().and(chat.content.locator(':focus')).waitFor();
    await page.keyboard.type('And now?');
    await page.keyboard.press('Enter');
    await answersNow();
    assert.equal(await chat.lastAnswer().locator('.model').innerText(), model);
  });

  it('shows the models, what they are and do, in picker, view and menu', async () => {
    const { workbench, page } = shared.window;
    server.models(manyModels);
    server.loaded([model]);
    await workbench.runCommandByKeys('Cria: Refresh Models');
    const row = (name: string): Locator =>
      page.locator(`.monaco-list-row[aria-label*="${name}"]`).first();
    await row(model)
      .getByText(/100% GPU/u)
      .waitFor();
    await row(model).click();
    await page.getByText('Size on disk').first().waitFor();
    await shared.window.screenshot('e2e/models-view');

    await workbench.runCommand('Cria: Select Model');
    await workbench
      .pickRow('nomic-embed-text:latest')
      .getByText(/is an embedding model/u)
      .waitFor();
    await shared.window.screenshot('e2e/model-picker');
    await workbench.pick('nomic-embed-text:latest');
    await page.locator('.quick-input-title').getByText('is an embedding model').waitFor();
    await page.keyboard.press('Escape');

    await page.locator('#cria\\.cria\\.cria\\.status').click();
    await workbench.pickRow('Diagnose Connection').waitFor();
    await shared.window.screenshot('e2e/status-bar-menu');
    await page.keyboard.press('Escape');

    await workbench.runCommand('Cria: Set Context Length');
    await workbench.pickRow('Server default').waitFor();
    await shared.window.screenshot('e2e/context-length');
    await page.keyboard.press('Escape');
    await workbench.runCommand('Cria: Show Model Details');
    await workbench.pick(model);
    await workbench.report('Default parameters');
    await shared.window.screenshot('e2e/model-details');
  });
});
