import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { eventually } from '../support/clock';
import { answer, fail, respond, tokensOf } from '../support/ollamaServer/scripts';
import { Gate, type Script } from '../support/ollamaServer/exchange';
import type { OllamaServer } from '../support/ollamaServer/ollamaServer';
import { model, otherModel, useWindow } from './support/fixture';
import { large, manyModels, pulling } from './support/modelScenes';
import { picturedThemes, type ThemeKind, type Workbench } from './support/workbench';

const whole = 'The whole answer, at last.';

describe('models, in their view and from the status bar', () => {
  const shared = useWindow();
  let server: OllamaServer;
  let workbench: Workbench;

  before(async () => {
    ({ server } = shared);
    ({ workbench } = shared.window);
    server.models(manyModels);
    server.onChat(answer(tokensOf(whole)));
    server.onGenerate(answer(tokensOf(whole)));
    await shared.window.chat.open();
    await workbench.runCommand('Cria: Focus on Models View');
    await row(model).waitFor();
  });

  afterEach(() => server.kind('current'));

  /** A model's row in the Models view. */
  function row(name: string): Locator {
    return shared.window.page.locator(`.sidebar .monaco-list-row[aria-label^="${name}"]`).first();
  }

  async function said(text: string): Promise<void> {
    await shared.window.page.locator('.statusbar-item').getByText(text).first().waitFor();
  }

  async function openMenu(): Promise<void> {
    await shared.window.page.locator('#cria\\.cria\\.cria\\.status').click();
    await workbench.pickRow(`Unload ${model}`).waitFor();
  }

  async function openWalkthrough(): Promise<void> {
    await workbench.runCommand('Welcome: Open Walkthrough...');
    await workbench.typeInPick('Get Started with Cria');
    await workbench.pick('Get Started with Cria');
    await shared.window.page.getByText('Ollama runs the models').first().waitFor();
  }

  /** What is asked and answered on a server of any kind. */
  async function chatAndExplain(): Promise<void> {
    const { chat, thread } = shared.window;
    await chat.send('Do you understand me?');
    await chat.waitForState('done');
    assert.equal(await chat.text(), whole);
    await workbench.openFile('debounce.ts');
    await workbench.selectLines(5, 8);
    await workbench.runCommand('Cria: Explain Selection');
    await thread.waitUntilDone();
    assert.equal((await thread.lastBody().innerText()).trim(), whole);
    await thread.dismissAll();
  }

  /** All that the picker says, once it says this of a model. */
  async function inPicker(name: string, text: string | RegExp): Promise<string> {
    const widget = shared.window.page.locator('.quick-input-widget:visible');
    await workbench.runCommand('Cria: Select Model');
    await workbench.pickRow(name).getByText(text).waitFor();
    const said = await widget.innerText();
    await workbench.leavePick('Select Model');
    return said;
  }

  it('are deleted in the view, which says how much space that frees', async () => {
    await row(otherModel).click({ button: 'right' });
    await workbench.pickInMenu('Delete Model');
    await workbench
      .dialog()
      .getByText(/Frees up to 2\.0 GB/u)
      .waitFor();
    await shared.window.screenshot('e2e/delete-model');
    await workbench.pressInDialog('Delete');
    await said(`${otherModel} deleted. Up to 2.0 GB freed.`);
    await row(otherModel).waitFor({ state: 'detached' });
    assert.equal(server.requestsTo('/api/delete').at(-1)?.json?.['model'], otherModel);
  });

  it('are not pulled by the button in the title, whichever is selected', async () => {
    server.forget();
    await row('gemma3:4b').click({ button: 'right' });
    await shared.window.page.keyboard.press('Escape');
    const { page } = shared.window;
    await page.locator('.sidebar .pane-header', { hasText: 'Models' }).hover();
    await page.locator('.sidebar').getByRole('button', { name: 'Pull Model' }).click();
    await workbench.asks('Pull Model');
    await workbench.leavePick('Pull Model');
    assert.equal(server.requestsTo('/api/pull').length, 0);
  });

  it('are loaded, and chosen for chat, from the view', async () => {
    await row('gemma3:4b').click({ button: 'right' });
    await workbench.pickInMenu('Load Model');
    await said('gemma3:4b loaded.');
    // A row that is about to be drawn again is not the one that a menu is for.
    await row('gemma3:4b · loaded').waitFor();
    await row('gemma3:4b').click({ button: 'right' });
    await workbench.pickInMenu('Use for Chat');
    await shared.window.chat.button('Model: gemma3:4b').waitFor();
    await row(model).click({ button: 'right' });
    await workbench.pickInMenu('Use for Chat');
    await shared.window.chat.button(`Model: ${model}`).waitFor();
  });

  it('are pulled with progress in the view, cancelled, and resumed', async () => {
    const gate = new Gate();
    server.once('/api/pull', pulling(gate));
    server.forget();
    await workbench.runCommand('Cria: Pull Model');
    await workbench.typeInPick(otherModel);
    await workbench.pick(otherModel);
    gate.release(2);
    await row(otherModel).getByText('40%, 2.1 GB of 5.2 GB').waitFor();
    const told = await workbench.openNotifications();
    await told.getByRole('button', { name: 'Cancel' }).click();
    await server.clientClosed('/api/pull');
    await row(otherModel).getByText('paused · 40%, 2.1 GB of 5.2 GB').waitFor();
    await shared.window.screenshot('e2e/pull-paused');
    const again = new Gate();
    server.once('/api/pull', pulling(again));
    await (await workbench.openNotifications()).getByRole('button', { name: 'Resume' }).click();
    again.release(2);
    await server.received('/api/pull', 2);
    await row(otherModel).getByText(/^40%/u).waitFor();
    server.models(manyModels);
    again.open();
    await row(otherModel).getByText('2.0 GB').waitFor();
    await said(`${otherModel} is ready.`);
  });

  it('are at hand in the menu of the status bar', async () => {
    server.loaded([model]);
    await openMenu();
    await workbench.pick('Set Context Length…');
    await workbench.pickRow('40,960 tokens').waitFor();
    await workbench.leavePick(`Context Length for ${model}`);
    await openMenu();
    server.forget();
    await workbench.pick(`Unload ${model}`);
    await said(`${model} unloaded.`);
    const sent = server.requestsTo('/api/generate').map(({ json }) => json?.['keep_alive']);
    assert.deepEqual(sent, [0]);
  });

  it('have a walkthrough that knows what is done already', async () => {
    const { window } = shared;
    await window.chat.send('Who answers?');
    await window.chat.waitForState('done');
    await openWalkthrough();
    const ticked = window.page.locator('.getting-started-step .complete');
    await eventually(async () => assert.equal(await ticked.count(), 3));
  });

  it('work with an Ollama 0.9, which tells less of them', async () => {
    server.kind('0.9');
    await chatAndExplain();
    const told = await inPicker('nomic-embed-text:latest', 'is an embedding model and cannot chat');
    assert.match(told, /tools, thinking/u);
    assert.match(told, /context up to 131,072 tokens/u);
  });

  it('work as far as it goes with a server that only lists them and chats', async () => {
    server.kind('imitator');
    await chatAndExplain();
    const told = await inPicker(model, 'current');
    assert.match(told, /llama3\.2:3b/u);
    assert.doesNotMatch(told, /NaN|undefined|at least|0 MB/u);
    await workbench.runCommand('Cria: Pull Model');
    await workbench.enter('qwen3:4b');
    const notifications = await workbench.openNotifications();
    await notifications.getByText('Could not pull qwen3:4b').waitFor();
    await row('qwen3:4b').getByText('failed').waitFor();
    await workbench.runCommand('Cria: Diagnose Connection');
    await workbench.report('compatible with Ollama');
  });

  const faults: readonly (readonly [ThemeKind, Script, string])[] = [
    ['dark', respond(200, { 'Content-Type': 'text/html' }, '<h1>Router</h1>'), 'web page'],
    ['light', fail(401, 'unauthorized'), 'unauthorized'],
    ['highContrastDark', fail(401, 'unauthorized'), 'unauthorized'],
    ['highContrastLight', fail(403, 'forbidden'), 'Ollama rejects unknown host names'],
  ];
  for (const [kind, fault, words] of faults.filter(([each]) => picturedThemes.includes(each))) {
    it(`look well in ${kind}: picker, view, pull, menu, diagnosis and walkthrough`, async () => {
      const { window } = shared;
      server.loaded([model]);
      await workbench.setSideBarWidth(300);
      if (kind !== 'dark') await window.setTheme(kind);
      const gate = new Gate();
      server.once('/api/pull', pulling(gate));
      await workbench.runCommand('Cria: Pull Model');
      await workbench.enter('qwen3:14b');
      gate.release(2);
      await row('qwen3:14b').getByText(/^40%/u).waitFor();
      await workbench.runCommand('Cria: Refresh Models');
      await row(model)
        .getByText(/100% GPU/u)
        .waitFor();
      await openWalkthrough();
      await window.screenshot(`e2e/models-walkthrough-${kind}`);
      await workbench.runCommand('Cria: Select Model');
      await workbench
        .pickRow(large)
        .getByText(/Too large/u)
        .waitFor();
      await window.screenshot(`e2e/models-picker-${kind}`);
      await workbench.leavePick('Select Model');
      await openMenu();
      await window.screenshot(`e2e/models-menu-${kind}`);
      await workbench.leavePick(`Cria: ${model}`);
      for (const route of ['/api/tags', '/api/version']) server.on(route, fault);
      await workbench.runCommand('Cria: Diagnose Connection');
      await workbench.report(words);
      await window.screenshot(`e2e/models-diagnosis-${kind}`);
      server.off();
      gate.open();
      await row('qwen3:14b').getByText(/^40%/u).waitFor({ state: 'detached' });
    });
  }
});
