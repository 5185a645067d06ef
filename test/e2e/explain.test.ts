import assert from 'node:assert/strict';
import { answer, tokensOf } from '../support/ollamaServer/answer';
import { Gate } from '../support/ollamaServer/gate';
import type { CommentThread } from './support/commentThread';
import { eventually, model, otherModel, useWindow } from './support/fixture';
import type { Workbench } from './support/workbench';

const tokens = tokensOf('It waits until nobody has called for a while, then it calls once.');
const whole = tokens.join('');

describe('an explanation under its code', () => {
  const shared = useWindow();
  let thread: CommentThread;
  let workbench: Workbench;

  before(async () => {
    ({ thread, workbench } = shared.window);
    await workbench.openFile('debounce.ts');
  });

  beforeEach(() => {
    shared.server.forget();
    shared.server.off();
    shared.server.models([model, otherModel]);
    shared.server.onGenerate(answer(tokens));
  });

  afterEach(async () => {
    await thread.dismissAll();
  });

  async function explain(): Promise<void> {
    await workbench.selectLines(5, 8);
    await workbench.runCommand('Cria: Explain Selection');
    await thread.widget.waitFor();
  }

  async function shows(text: string): Promise<void> {
    await eventually(async () => assert.equal((await thread.lastBody().innerText()).trim(), text));
  }

  it('streams under the selected lines, then says its figures', async () => {
    const gate = new Gate();
    shared.server.onGenerate(answer(tokens, { pacing: { gate } }));
    await explain();
    gate.release(3);
    await shows(tokens.slice(0, 3).join(''));
    await thread.action('Stop Explaining').waitFor();
    gate.release(4);
    await shows(tokens.slice(0, 7).join(''));
    gate.open();
    await thread.waitUntilDone();
    await shows(whole);
    await thread.widget.getByText(`${model} · ${tokens.length} tokens · 50 tok/s`).waitFor();
    const { json } = await shared.server.received('/api/generate');
    assert.match(String(json?.['prompt']), /debounce\.ts, lines 5-8/u);
    assert.match(String(json?.['prompt']), /export function debounce<Args/u);
  });

  it('answers a question about it, with the context and without the code', async () => {
    await explain();
    await thread.waitUntilDone();
    shared.server.onGenerate(answer(['Because a new call starts anew.']));
    await thread.ask('Why is the timer cleared?');
    await shows('Because a new call starts anew.');
    const { json } = await shared.server.received('/api/generate', 2);
    assert.equal(json?.['prompt'], 'Why is the timer cleared?');
    assert.deepEqual(
      json['context'],
      tokens.map((_, index) => index + 1),
    );
    assert.equal(await thread.comments().count(), 3);
  });

  it('stops, closes the connection and keeps the text', async () => {
    const gate = new Gate();
    shared.server.onGenerate(answer(tokens, { pacing: { gate } }));
    await explain();
    gate.release(4);
    await shows(tokens.slice(0, 4).join(''));
    await thread.action('Stop Explaining').click();
    await shared.server.clientClosed('/api/generate');
    await thread.widget.getByText(`${model} · stopped`).waitFor();
    gate.open();
    shared.server.onGenerate(answer(['Asked anew.']));
    await thread.ask('And?');
    await shows('Asked anew.');
    const first = thread.comments().first().locator('.comment-body');
    assert.equal((await first.innerText()).trim(), tokens.slice(0, 4).join(''));
    // After a stop there is no context to go on from: the code is told again.
    const { json } = await shared.server.received('/api/generate', 2);
    assert.equal(json?.['context'], undefined);
    assert.match(String(json?.['prompt']), /export function debounce<Args/u);
  });

  it('explains again on request', async () => {
    await explain();
    await thread.waitUntilDone();
    shared.server.onGenerate(answer(['Said in another way.']));
    await thread.action('Explain Again').click();
    await shows('Said in another way.');
    assert.equal(await thread.comments().count(), 1);
  });

  it('offers the installed models when the chosen one is gone, and goes on with that', async () => {
    shared.server.models([otherModel]);
    await explain();
    await thread.widget.getByText(`The model ${model} is not installed at`).waitFor();
    await shared.window.screenshot('e2e/explanation-failed');
    await thread.link('Choose a Model').click();
    await workbench.pick(otherModel);
    await shows(whole);
    await shared.window.screenshot('e2e/explanation-mended');
    assert.equal(await thread.comments().count(), 1);
    assert.equal(shared.server.requestsTo('/api/generate').at(-1)?.json?.['model'], otherModel);
  });

  it('keeps the text before an error, shows the words of the server, and asks again', async () => {
    const error = 'llama runner process has terminated';
    shared.server.once('/api/generate', answer(tokens.slice(0, 5), { error }));
    await explain();
    await thread.widget.getByText('Ollama could not answer.').waitFor();
    await thread.widget.getByText(error).waitFor();
    const first = thread.comments().first().locator('.comment-body');
    assert.equal((await first.innerText()).trim(), tokens.slice(0, 5).join(''));
    await thread.link('Retry').click();
    await shows(whole);
    assert.equal(await thread.comments().count(), 1);
  });
});
