import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { Gate } from '../support/ollamaServer/exchange';
import { OllamaServer } from '../support/ollamaServer/ollamaServer';
import { answer, json, replay, tokensOf } from '../support/ollamaServer/scripts';
import { CodeTools } from './composer/codeTools';
import { model, otherModel, settingsFor, useWindow } from './support/fixture';
import { picturedThemes } from './support/workbench';

const tokens = tokensOf('The whole answer, at last.');
const chatRoute = '/v1/chat/completions';
const adapter = 'sql-lora';

describe('a team server that speaks OpenAI’s API', () => {
  const shared = useWindow((server) => {
    server.kind('vllm');
    server.version('0.32.0');
    server.on(
      '/v1/models',
      json({
        data: [
          { id: model, owned_by: 'vllm', max_model_len: 32_768 },
          { id: otherModel, owned_by: 'vllm', max_model_len: 8192 },
          { id: adapter, owned_by: 'vllm', max_model_len: null, parent: model },
        ],
      }),
    );
    return { settings: settingsFor(server) };
  });
  const place = (): string => `vLLM 0.32.0 at ${shared.server.url.replace('http://', '')}`;

  before(async () => {
    await shared.window.chat.open();
  });
  beforeEach(() => {
    shared.server.onChat(answer(tokens));
    shared.server.forget();
  });

  function row(name: string): Locator {
    return shared.window.page.locator(`.sidebar .monaco-list-row[aria-label^="${name}"]`).first();
  }

  it('is found at its address, answers, and is named in the status bar and the picker', async () => {
    const { chat, page, workbench } = shared.window;
    await chat.send('Who are you?');
    await chat.waitForState('done');
    assert.equal(await chat.text(), tokens.join(''));
    const status = page.locator(`#cria\\.cria\\.cria\\.status [aria-label*="${place()}"]`);
    await status.waitFor({ state: 'attached' });
    await workbench.runCommand('Cria: Select Model');
    await workbench.pickRow(adapter).waitFor();
    assert.ok(!(await workbench.pickLabels()).some((label) => label.includes('Pull')));
    await page.getByText(place()).first().waitFor();
    await shared.window.screenshot('e2e/team-server-picker');
    await workbench.leavePick('Select Model');
  });

  it('stops when the user stops, and keeps the text', async () => {
    const { chat } = shared.window;
    const gate = new Gate();
    shared.server.onChat(answer(tokens, { pacing: { gate } }));
    await chat.send('Go on for ever.');
    gate.release(4);
    await chat.waitForText(5);
    await chat.stop();
    await chat.waitForState('stopped');
    await shared.server.clientClosed(chatRoute);
    gate.open();
  });

  it('explains code and answers a follow-up question by messages', async () => {
    const { thread, workbench } = shared.window;
    await workbench.openFile('debounce.ts');
    await workbench.selectLines(5, 8);
    await workbench.runCommand('Cria: Explain Selection');
    await thread.waitUntilDone();
    await thread.ask('And why?');
    await thread.waitUntilDone();
    const roles = shared.server
      .requestsTo(chatRoute)
      .map(({ json: body }) => (body?.['messages'] as { role: string }[]).map(({ role }) => role));
    assert.deepEqual(roles.at(-1)?.slice(-3), ['user', 'assistant', 'user']);
    await thread.dismissAll();
    assert.ok(!shared.server.requests.some(({ path }) => path.startsWith('/api/')));
  });

  it('answers with code that is applied to its file', async () => {
    const { chat, workbench } = shared.window;
    const tools = new CodeTools(shared.window);
    await workbench.openFile('debounce.ts');
    const code = 'export function debounce(): number {\n  return 42;\n}';
    shared.server.onChat(
      answer(tokensOf(`Shorter:\n\n\`\`\`ts src/debounce.ts\n${code}\n\`\`\`\n`)),
    );
    await chat.send('Shorten it.');
    await chat.waitForState('done');
    await tools.press('Apply to src/debounce.ts…', 'mouse');
    await tools.lens('Accept').waitFor();
    await shared.window.screenshot('e2e/team-server-change');
    await tools.take('debounce.ts', 'lens');
    await workbench.editor('debounce.ts').getByText('42').first().waitFor();
    await workbench.runCommand('File: Revert File');
    await workbench.runCommand('View: Close All Editors');
  });

  it('names the engine that died in the middle of an answer, and keeps its text', async () => {
    const { chat } = shared.window;
    shared.server.once(chatRoute, replay('openai/litellm-upstream-killed'));
    await chat.send('Die.');
    await chat.waitForState('failed');
    assert.ok((await chat.text()).length > 10);
    await chat.lastAnswer().getByText('The engine behind the server at').waitFor();
    await shared.window.screenshot('e2e/team-server-engine');
  });

  it('counts the prompt that it refused, which is sent again without its oldest part', async () => {
    const { chat } = shared.window;
    shared.server.once(chatRoute, replay('openai/vllm-overflow'));
    shared.server.on('/tokenize', json({ count: 1100, max_model_len: 1024, tokens: [] }));
    await chat.send('How long is this?');
    await chat.waitForState('done');
    assert.equal(shared.server.requestsTo('/tokenize').length, 1);
    assert.equal(shared.server.requestsTo(chatRoute).length, 2);
  });

  it('has a fixed window: a long last answer is sent without its middle, which is said before and after', async () => {
    const { chat, workbench } = shared.window;
    await workbench.runCommand('Cria: Select Model');
    await workbench.pick(otherModel);
    await chat.open();
    await chat.newConversation();
    // About 7,800 of the 8,192 tokens.
    const points = Array.from({ length: 1_650 }, (_, at) => `${(at * 7_919) % 1_000} is so.`);
    const long = ['It begins.', ...points, 'It ends.'].join(' ');
    shared.server.onChat(answer([long]));
    await chat.send('Tell me all points.');
    await chat.waitForState('done');
    shared.server.forget();
    await chat.messageBox().fill('And the last one?');
    const line = chat.content.locator('.context-line');
    await line.getByText(/middle of the last answer will be left out/u).waitFor();
    assert.equal(await line.getByRole('button', { name: /^Use \d/u }).count(), 0);
    await shared.window.screenshot('e2e/team-server-shortened-before');
    shared.server.onChat(answer(['It ends.']));
    await chat.messageBox().press('Enter');
    const { json: sent } = await shared.server.received(chatRoute);
    const [question, answered, last] = (sent?.['messages'] as { content: string }[]).slice(-3);
    assert.deepEqual(
      [question?.content, last?.content],
      ['Tell me all points.', 'And the last one?'],
    );
    assert.match(
      answered?.content ?? '',
      /^It begins\.[^]*\n\n\[\d+ characters in the middle of this answer are left out\.\]\n\n[^]*It ends\.$/u,
    );
    assert.ok((answered?.content.length ?? 0) < long.length);
    await chat
      .lastAnswer()
      .getByText(/middle of the previous answer was left out/u)
      .waitFor();
    await chat.waitForState('done');
    await shared.window.screenshot('e2e/team-server-shortened-after');
    // What the user sees of the first answer is all of it.
    assert.match(await chat.turns('assistant').first().innerText(), /It begins\.[^]*It ends\./u);
    await workbench.runCommand('Cria: Select Model');
    await workbench.pick(model);
  });

  it('decides what its models are: the view offers nothing that it cannot do', async () => {
    const { page, workbench } = shared.window;
    await workbench.runCommand('Cria: Focus on Models View');
    await row(model).waitFor();
    await page.locator('.sidebar .pane-header', { hasText: 'Models' }).hover();
    assert.equal(
      await page.locator('.sidebar').getByRole('button', { name: 'Pull Model' }).count(),
      0,
    );
    await row(adapter).getByText(`adapter of ${model}`).waitFor();
    await row(model).click();
    await page.locator('.sidebar').getByText('decided by the server').first().waitFor();
    for (const kind of picturedThemes) {
      await shared.window.setTheme(kind);
      await shared.window.screenshot(`e2e/team-server-${kind}`);
    }
    await workbench.setSideBarWidth(300);
    await shared.window.screenshot('e2e/team-server-300');
    await row(model).click({ button: 'right' });
    const menu = page.locator('.context-view .action-item');
    await menu.getByText('Copy Model Name', { exact: true }).waitFor();
    for (const label of ['Delete Model', 'Unload Model', 'Load Model']) {
      assert.equal(await menu.getByText(label, { exact: true }).count(), 0, label);
    }
    await page.keyboard.press('Escape');
  });

  it('is named in the connection report', async () => {
    const { workbench } = shared.window;
    await workbench.runCommand('Cria: Diagnose Connection');
    // The editor writes blanks in its own way.
    await workbench.report(/vLLM.0\.32\.0/u);
    await shared.window.screenshot('e2e/team-server-diagnosis');
    await workbench.runCommand('View: Close All Editors');
  });

  it('can be left for an Ollama, whose models can be pulled again', async () => {
    const { chat, page, workbench } = shared.window;
    const ollama = await OllamaServer.start();
    try {
      ollama.models([model]);
      ollama.onChat(answer(tokens));
      await workbench.runCommand('Cria: Change Server Address');
      await workbench.enter(ollama.url);
      const other = ollama.url.replace('http://', '');
      await page
        .locator(`#cria\\.cria\\.cria\\.status [aria-label*="${other}"]`)
        .waitFor({ state: 'attached' });
      await chat.open();
      await chat.send('And you?');
      await chat.waitForState('done');
      assert.equal(ollama.requestsTo('/api/chat').length, 1);
      assert.equal(shared.server.requestsTo(chatRoute).length, 0);
    } finally {
      await ollama.close();
    }
  });

  it('asks for one of its models when it does not have the one that is set', async () => {
    const { chat, workbench } = shared.window;
    const other = await OllamaServer.start();
    try {
      other.kind('vllm');
      other.models(['team-coder', 'team-chat']);
      other.onChat(answer(tokens));
      await workbench.runCommand('Cria: Change Server Address');
      await workbench.enter(other.url);
      await workbench.asks('Select Model');
      const labels = await workbench.pickLabels();
      assert.deepEqual(
        labels.map((label) => label.trim()),
        ['team-chat', 'team-coder'],
      );
      await workbench.pick('team-coder');
      await chat.button('Model: team-coder').waitFor();
      await chat.open();
      await chat.send('And you?');
      await chat.waitForState('done');
      assert.equal(other.requestsTo(chatRoute)[0]?.model, 'team-coder');
    } finally {
      await other.close();
    }
  });
});
