import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { errors } from 'playwright-core';
import type { ChatMessage } from '../../../src/openai/chatRequest';
import { parseEndpoint } from '../../../src/http/endpoint';
import { OpenaiClient } from '../../../src/openai/openaiClient';
import { inRepo } from '../../support/folders';
import { llamaServerContext, startLlamaServer } from '../../support/localModel/installModel';
import { collect } from '../../unit/openai/openaiFixture';
import { CriaWindow } from '../support/criaWindow';
import { useRealModel } from './realModelFixture';

function ignoreTimeout(error: unknown): void {
  if (!(error instanceof errors.TimeoutError)) throw error;
}

/** One answer of a model that reasons shows a model this small how it is done. */
const reasoned: readonly ChatMessage[] = [1, 2, 3].flatMap((first) => [
  { role: 'user', content: `What is ${first}+1?` } as const,
  {
    role: 'assistant',
    content: `<think>\nThe user asks for ${first}+1. That is ${first + 1}.\n</think>\n\nThe answer is ${first + 1}.`,
  } as const,
]);

describe('with a real llama-server', () => {
  const real = useRealModel(startLlamaServer);
  const place = (): string => `at ${real.model.url.replace('http://', '')}`;

  describe('the client', () => {
    let client: OpenaiClient;
    before(async () => {
      const root = parseEndpoint(real.model.url, {});
      client = new OpenaiClient({ base: { root, path: '/v1' } });
      await client.models();
    });
    after(() => client.dispose());

    const ask = (messages: readonly ChatMessage[], tokens: number) =>
      collect(
        client.chat({
          model: real.model.model,
          messages,
          temperature: 0,
          options: { num_predict: tokens },
        }),
      );

    it('recognizes it, its model and its window', async () => {
      const { flavor, models } = await client.models();
      assert.equal(flavor, 'llamacpp');
      assert.deepEqual(
        models.map(({ id, contextLength }) => [id, contextLength]),
        [[real.model.model, llamaServerContext]],
      );
      assert.doesNotMatch((await client.version()) ?? '', /unknown/u);
    });

    it('chats, and counts what the server counts', async () => {
      const messages: readonly ChatMessage[] = [{ role: 'user', content: 'Count to one hundred.' }];
      const { end, text } = await ask(messages, 6);
      assert.ok(end.kind === 'done');
      assert.deepEqual([end.reason, end.metrics.evalCount], ['length', 6]);
      assert.notEqual(text, '');
      const count = await client.count(real.model.model, messages);
      assert.equal(count?.tokens, end.metrics.promptEvalCount);
    });

    it('separates reasoning from the answer', async () => {
      const { end, text, thinking } = await ask(
        [...reasoned, { role: 'user', content: 'What is 4+1?' }],
        64,
      );
      assert.equal(end.kind, 'done');
      assert.match(thinking, /The user asks for 4\+1/u);
      assert.doesNotMatch(text, /think/u);
      assert.match(text, /The answer is/u);
    });

    it('continues an answer in the middle of a word', async () => {
      const { text } = await ask(
        [
          { role: 'user', content: 'Name the four seasons.' },
          { role: 'assistant', content: 'The four seasons are spring, sum' },
        ],
        8,
      );
      assert.match(text, /^m(?:er|on)/u);
    });

    it('learns from a refusal by how much a prompt is too long', async () => {
      const { end } = await ask([{ role: 'user', content: 'lighthouse '.repeat(2_000) }], 4);
      assert.ok(end.kind === 'serverError');
      const { kind, contextLength, promptTokens = 0 } = end.error;
      assert.deepEqual([kind, contextLength], ['contextOverflow', llamaServerContext]);
      assert.ok(promptTokens > 2_000);
    });
  });

  describe('in VS Code', () => {
    let window: CriaWindow | undefined;
    function opened(): CriaWindow {
      assert.ok(window);
      return window;
    }
    before(async () => {
      const { url, model } = real.model;
      const settings = {
        'cria.endpoint': url,
        'cria.model': model,
        'cria.temperature': 0,
        // The model would write until its window is full.
        'cria.options': { num_predict: 100 },
      };
      window = await CriaWindow.open({ settings });
      await window.chat.open();
    });
    afterEach(async function () {
      if (this.currentTest?.state === 'failed') await window?.screenshot('e2e/failed-llama-server');
    });
    after(() => window?.close());

    it('answers, and is named in the status bar, the picker and the connection report', async () => {
      const { chat, page, workbench } = opened();
      await chat.send('Write one sentence about the sea.');
      await chat.waitForState('done');
      assert.notEqual((await chat.text()).trim(), '');
      await page
        .locator(`#cria\\.cria\\.cria\\.status [aria-label*="${place()}"]`)
        .waitFor({ state: 'attached' });
      await workbench.runCommand('Cria: Select Model');
      await workbench.pickRow(real.model.model).waitFor();
      await opened().screenshot('e2e/llama-server-picker');
      await workbench.leavePick('Select Model');
      await workbench.runCommand('Cria: Diagnose Connection');
      await workbench.report(/llama\.cpp/u);
      await opened().screenshot('e2e/llama-server-diagnosis');
      await workbench.runCommand('View: Close All Editors');
      await chat.button('tokens used').click();
      await chat.content.getByRole('dialog').waitFor();
      await opened().screenshot('e2e/llama-server-meter');
      await page.keyboard.press('Escape');
    });

    it('stops, and continues the answer where it was stopped', async () => {
      const { chat } = opened();
      await chat.newConversation();
      // A small model may end an answer before it is stopped: then the next question is tried.
      for (const about of ['a lighthouse', 'the sea', 'a long journey']) {
        await chat.send(`Tell me a long story about ${about}.`);
        await chat.waitForText(20);
        await chat.button('Stop').click({ timeout: 3_000 }).catch(ignoreTimeout);
        await chat.waitForState('stopped', 'done');
        if ((await chat.lastAnswer().getAttribute('data-state')) === 'stopped') break;
      }
      const before = (await chat.text()).trim();
      await chat.lastAnswer().getByRole('button', { name: 'Continue', exact: true }).click();
      await chat.waitForText(before.length + 20);
      await chat.waitForState('done');
      assert.ok((await chat.text()).startsWith(before));
    });

    it('gets only as much of a long conversation as fits its window', async () => {
      const { chat } = opened();
      await chat.newConversation();
      const long = 'The lighthouse stood at the end of the pier, and its lamp was lit. '.repeat(22);
      for (const question of [1, 2, 3]) {
        await chat.send(`${long} In ten words: what is lit? (${question})`);
        await chat.waitForState('done');
      }
      assert.notEqual((await chat.text()).trim(), '');
      await opened().screenshot('e2e/llama-server-overflow');
    });

    it('explains code, and answers a follow-up', async () => {
      const { host, thread, workbench } = opened();
      const target = path.join(host.workspaceFolder, 'src', 'clock.ts');
      await copyFile(inRepo('src', 'shared', 'clock.ts'), target);
      await workbench.openFile('clock.ts');
      await workbench.selectLines(88, 92);
      await workbench.runCommand('Cria: Explain Selection');
      await thread.waitUntilDone();
      await thread.ask('When does it run?');
      await thread.waitUntilDone();
      const bodies = await thread.comments().locator('.comment-body').allInnerTexts();
      const asked = bodies.findIndex((text) => text.trim() === 'When does it run?');
      assert.ok(asked > 0);
      const followUp = bodies[asked + 1] ?? '';
      assert.match(followUp, /\p{L}{3}/u);
      assert.doesNotMatch(followUp, /length limit/u);
      await opened().screenshot('e2e/llama-server-explanation');
    });

    it('has reported no error of the page', () => {
      assert.deepEqual(opened().pageErrors, []);
    });
  });
});
