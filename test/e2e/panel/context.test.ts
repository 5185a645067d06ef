import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../../support/clock';
import { Gate, type Script } from '../../support/ollamaServer/exchange';
import { answer, answerLine, ndjson, tokensOf } from '../../support/ollamaServer/scripts';
import type { ChatPanel } from '../support/chatPanel';
import { model, useWindow } from '../support/fixture';
import { storages } from '../support/storage';

/** 500 lines: too long for a context of 4,096 tokens with room for an answer. */
const report = Array.from({ length: 500 }, (_, at) => `x = f(x, ${at})\n`).join('');
const first = 'It adds the price of each item to its total.';

interface Sent {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly options?: { readonly num_ctx?: number };
}

const read = (json: unknown): Sent => json as Sent;

/** Answers, and counts the tokens of the prompt as a server does. */
function counting(text: string, charactersPerToken: number): Script {
  return (exchange) => {
    const { messages = [] } = (exchange.json ?? {}) as Partial<Sent>;
    const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
    const tokens = tokensOf(text);
    const end = { done: true, done_reason: 'stop', eval_count: tokens.length, eval_duration: 1e8 };
    const counted = {
      prompt_eval_count: Math.ceil(characters / charactersPerToken),
      prompt_eval_duration: 1e8,
    };
    return ndjson([
      ...tokens.map((token) => answerLine(exchange, token, { done: false })),
      answerLine(exchange, '', { ...end, ...counted }),
    ])(exchange);
  };
}

describe('a summary', () => {
  const shared = useWindow();
  let chat: ChatPanel;
  const question = 'What are cents?';
  const gate = new Gate();

  before(async () => {
    ({ chat } = shared.window);
    shared.server.onChat(answer(['Whole', ' numbers.']));
    await chat.open();
    await chat.newConversation();
    await chat.send(question);
    await chat.waitForState('done');
  });
  after(() => gate.open());

  /** A host that is killed with its page has written its last second, or has not. */
  async function isStored(text: string): Promise<void> {
    await eventually(async () => {
      const folders = await storages(shared.window);
      const files = folders.map((folder) => readdir(folder, { recursive: true }));
      const paths = (await Promise.all(files)).flatMap((names, at) =>
        names.filter((name) => /\.jsonl?$/u.test(name)).map((name) => `${folders[at]}/${name}`),
      );
      const texts = await Promise.all(paths.map((file) => readFile(file, 'utf8')));
      assert.ok(texts.some((each) => each.includes(text)));
    });
  }

  it('is shown while it is written, and again after a reload of the window meanwhile', async () => {
    const { window, server } = shared;
    server.forget();
    server.onChat(answer(['- Cents', ' are', ' whole.'], { pacing: { gate } }));
    await chat.messageBox().fill('And then?');
    await chat.button('tokens used').click();
    await chat.button('Summarize and Start Over').click();
    await server.received('/api/chat');
    gate.release(2);
    await chat.lastAnswer().getByText('Cents are').waitFor();
    await chat.turns('user').getByText(`Summary of “${question}”`).waitFor();
    assert.equal(await chat.button('Stop').count(), 1);
    await window.screenshot('e2e/summary-while-written');
    for (const text of [' are', 'And then?']) await isStored(text);
    await window.reload();
    await server.clientClosed('/api/chat');
    await chat.open();
    await chat.waitForState('interrupted');
    await chat.lastAnswer().getByText('Cents are').waitFor();
    assert.equal(await chat.messageBox().inputValue(), 'And then?');
    await chat.lastAnswer().getByRole('button', { name: 'Retry' }).waitFor();
    await window.screenshot('e2e/summary-reloaded');
  });

  it('then continues with the conversation that it is about, which is as it was', async () => {
    const { window, server } = shared;
    server.forget();
    server.onChat(answer([' whole.']));
    await chat.lastAnswer().getByRole('button', { name: 'Continue' }).click();
    await chat.waitForState('done');
    await chat.lastAnswer().getByText('Cents are whole.').waitFor();
    const { messages } = read((await server.received('/api/chat')).json);
    assert.deepEqual(
      messages.slice(1, 3).map(({ content }) => content),
      [question, 'Whole numbers.'],
    );
    await chat.messageBox().fill('');
    await chat.showHistory();
    await window.workbench.pick(question);
    await chat.lastAnswer().getByText('Whole numbers.').waitFor();
    assert.equal(await chat.turns('assistant').count(), 1);
  });
});

describe('a file that is longer than the context', () => {
  const shared = useWindow();
  let chat: ChatPanel;

  before(async () => {
    const { window, server } = shared;
    ({ chat } = window);
    await writeFile(path.join(window.host.workspaceFolder, 'report.py'), report);
    server.models([{ name: model, contextLength: 40_960 }]);
    server.loaded([model]);
    await chat.open();
  });

  async function attachReport(): Promise<void> {
    const { workbench } = shared.window;
    await workbench.openFile('report.py');
    await workbench.runCommand('Cria: Ask About File');
    await chat.chip('report.py').waitFor();
  }

  async function ask(question: string, reply: string, charactersPerToken = 2): Promise<Sent> {
    const { server } = shared;
    server.forget();
    server.onChat(counting(reply, charactersPerToken));
    await chat.messageBox().fill(question);
    await chat.messageBox().press('Enter');
    const { json } = await server.received('/api/chat');
    await chat.waitForState('done');
    return read(json);
  }

  it('is sent whole, in a context that grows once, and again with the first answer', async () => {
    const { server, window } = shared;
    const loadsBefore = server.loads.length;
    await attachReport();
    const one = await ask('What does it do?', first);
    assert.ok(one.messages.at(-1)?.content.includes(report));
    const grown = chat.lastAnswer().getByText(/^Context length increased to \d+k\./u);
    await grown.waitFor();
    await window.screenshot('e2e/context-grown');
    const two = await ask('And why?', 'To show the sum.');
    assert.equal(two.options?.num_ctx, one.options?.num_ctx);
    assert.deepEqual(two.messages.slice(-3), [
      one.messages.at(-1),
      { role: 'assistant', content: first },
      { role: 'user', content: 'And why?' },
    ]);
    assert.equal(await chat.transcript().locator('.notice').count(), 0);
    assert.equal(server.loads.length, loadsBefore + 1);
  });

  describe('that is set, and does not grow', () => {
    const line = () => chat.content.locator('.context-line');

    before(async () => {
      await shared.window.changeSettings({ 'cria.contextLength': 4096 });
      await shared.window.reload();
      await chat.open();
      await chat.newConversation();
    });
    after(() => shared.window.changeSettings({ 'cria.contextLength': 'auto' }));

    it('is said before it is sent, with the ways out', async () => {
      const { window } = shared;
      await attachReport();
      await chat.messageBox().fill('a word '.repeat(1_500));
      await line()
        .getByText(/longer than the context window/u)
        .waitFor();
      for (const theme of ['dark', 'light', 'highContrastDark'] as const) {
        await window.setTheme(theme);
        await window.screenshot(`e2e/context-line-${theme}`);
      }
      await window.setTheme('dark');
      assert.equal(await line().getByRole('button', { name: 'Send Anyway' }).isVisible(), true);
      await line()
        .getByRole('button', { name: /^Remove report\.py/u })
        .click();
      await line().waitFor({ state: 'hidden' });
      assert.equal(await chat.chip('report.py').count(), 0);
      await chat.messageBox().fill('');
    });

    it('has the last answer shortened from its middle before it is left out', async () => {
      const points = Array.from(
        { length: 2_400 },
        (_, at) => `${(at * 7_919).toString(36)} is so.`,
      );
      const long = ['It begins.', ...points, 'It ends.'].join(' ');
      await ask('Tell me all points.', long, 5);
      await chat.messageBox().fill('And the last one?');
      await line()
        .getByText(/middle of the last answer will be left out/u)
        .waitFor();
      await shared.window.screenshot('e2e/context-line-shortened');
      const { messages } = await ask('And the last one?', 'That was it.', 5);
      const [question, answered] = messages.slice(-3);
      assert.equal(question?.content, 'Tell me all points.');
      assert.ok(answered && answered.content.length < long.length);
      assert.match(answered.content, /^It begins\.[^]*It ends\.$/u);
      await chat
        .lastAnswer()
        .getByText(/middle of the previous answer was left out/u)
        .waitFor();
      await shared.window.screenshot('e2e/context-shortened-notice');
    });
  });
});
