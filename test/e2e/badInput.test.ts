import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { answer, tokensOf } from '../support/ollamaServer/answer';
import { OllamaServer } from '../support/ollamaServer/ollamaServer';
import { respond } from '../support/ollamaServer/scripts';
import type { ChatPanel } from './support/chatPanel';
import { eventually, model, otherModel, useWindow } from './support/fixture';

const tokens = tokensOf('The whole answer, at last.');
const whole = tokens.join('');
const html = respond(200, { 'Content-Type': 'text/html' }, '<!doctype html><h1>Router</h1>');

describe('what a person sees when something is wrong', () => {
  let closedPort = 0;
  before(async () => {
    // A port that was free a moment ago: nothing answers there.
    const server = await OllamaServer.start();
    closedPort = server.port;
    await server.close();
  });
  const shared = useWindow(() => ({
    settings: { 'cria.endpoint': `http://127.0.0.1:${closedPort}`, 'cria.model': model },
  }));
  let server: OllamaServer;
  let chat: ChatPanel;

  before(async () => {
    ({ chat } = shared.window);
    await chat.open();
  });

  after(() => server.close());

  /** The notice in the newest answer. */
  function failure(): Locator {
    return chat.lastAnswer().locator('.notice');
  }

  /** The settings editor draws itself anew while it searches, and then forgets what was typed. */
  async function write(address: string, isKnown: () => Promise<void>): Promise<void> {
    await eventually(async () => {
      await shared.window.workbench.writeSetting('cria.endpoint', address);
      await isKnown();
    });
  }

  async function press(name: string): Promise<void> {
    await failure().getByRole('button', { name }).click();
  }

  async function answersNow(): Promise<void> {
    await chat.waitForState('done');
    assert.equal(await chat.text(), whole);
  }

  it('says that Ollama is not running, and where, with a way on', async () => {
    const card = chat.content.locator('.card');
    await card.getByText(/^Ollama is not running: nothing answers at 127/u).waitFor();
    assert.match(await card.innerText(), new RegExp(`127\\.0\\.0\\.1:${closedPort}\\.`, 'u'));
    for (const name of ['Try Again', 'Change Address', 'Show Log']) {
      assert.equal(await card.getByRole('button', { name }).isVisible(), true, name);
    }
    await shared.window.screenshot('e2e/not-running');
  });

  it('leads to the address, says what is wrong with it, and keeps the last good one', async () => {
    const { workbench } = shared.window;
    const card = chat.content.locator('.card');
    await card.getByRole('button', { name: 'Change Address' }).click();
    await write('no address at all', async () => {
      const said = await workbench.openNotifications();
      await said.getByText('The value before it stays in force').waitFor({ timeout: 3_000 });
    });
    assert.match(await card.innerText(), new RegExp(`127\\.0\\.0\\.1:${closedPort}\\.`, 'u'));
    for (const address of ['http://127.0.0.1:9', `http://127.0.0.1:${closedPort}`]) {
      await write(address, () =>
        card
          .getByText(`nothing answers at ${address.replace('http://', '')}.`)
          .waitFor({ timeout: 3_000 }),
      );
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
    assert.match(await failure().innerText(), /^The model qwen3:8b is not installed at 127/u);
    await shared.window.screenshot('e2e/failed-model');
    await press('Choose a Model');
    await shared.window.workbench.pick(otherModel);
    await answersNow();
    assert.equal(await chat.lastAnswer().locator('.model').innerText(), otherModel);
    server.models([model, otherModel]);
  });

  it('says that what answers is not Ollama', async () => {
    server.once('/api/chat', html);
    await chat.send('To a router?');
    await chat.waitForState('failed');
    assert.match(await failure().innerText(), /does not speak like Ollama\./u);
    await press('Retry');
    await answersNow();
  });

  it('keeps the text of a stream that was cut, marks it, and asks again', async () => {
    server.once('/api/chat', answer(tokens.slice(0, 3), { withoutDone: true }));
    await chat.send('And cut off?');
    await chat.waitForState('truncated');
    assert.equal(await chat.text(), tokens.slice(0, 3).join(''));
    assert.match(await failure().innerText(), /^The answer was cut off/u);
    assert.match(await failure().innerText(), /The text above is kept/u);
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

  it('says that there is no model yet, and notices the first one', async () => {
    server.models([]);
    await shared.window.changeSettings({ 'cria.model': '' });
    await shared.window.reload();
    const banner = chat.content.locator('.panel-notices .notice');
    await banner.getByText(/^Ollama at .* has no model yet\.$/u).waitFor();
    assert.match(await banner.innerText(), /ollama pull/u);
    server.models([model]);
    await banner.getByText('Choose the model to chat with.').waitFor({ timeout: 40_000 });
  });

  it('asks for a model before the first answer, and answers with it', async () => {
    await chat.send('Without a model?');
    await chat.waitForState('failed');
    assert.match(await failure().innerText(), /^No model is chosen yet\./u);
    await press('Choose a Model');
    await shared.window.workbench.pick(model);
    await answersNow();
    await chat.content.locator('.panel-notices .notice').waitFor({ state: 'detached' });
  });
});
