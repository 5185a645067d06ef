import assert from 'node:assert/strict';
import { fail, json, replay } from '../../support/ollamaServer/scripts';
import { Bench } from '../../support/sessionBench';
import { ended } from '../conversation/domainFixture';

const answerOnce = async (bench: Bench, recording: string): ReturnType<typeof ended> => {
  const session = bench.session();
  bench.server.once('/api/chat', replay(recording));
  const end = ended(session);
  session.send('Hi');
  return end;
};

/** Answers with the bytes of a real Ollama (test/recordings). */
describe('a real Ollama', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.start();
    bench.server.on('/api/tags', replay('tags-names'));
  });
  afterEach(() => bench.close());

  async function use(model: string, contextLength?: number): Promise<void> {
    const profile = contextLength === undefined ? {} : { contextLength };
    bench.settings = { model, systemPrompt: '', profile };
    await bench.backend.installed();
  }

  /** What the meter shows before the first answer. */
  async function getLimit(): Promise<unknown> {
    const session = bench.session();
    await session.refreshContextLimit();
    return session.preview({ text: 'Hi', attachments: [] }).limit;
  }

  it('lists a loaded copy under the name that loaded it, which is recognized by its digest', async () => {
    bench.server.on('/api/ps', replay('alias-ps'));
    await use('my-copy:latest');
    assert.deepEqual(await getLimit(), { tokens: 4096, source: 'allocated' });
    const { text } = await answerOnce(bench, 'alias-chat');
    assert.match(text, /there\.$/u);
  });

  it('does not say which context a Modelfile sets until it is asked, before the first answer', async () => {
    bench.server.on('/api/ps', replay('ps-empty'));
    bench.server.on('/api/show', json({ parameters: 'num_ctx 2048', details: {}, model_info: {} }));
    await use('pirate:latest');
    assert.deepEqual(await getLimit(), { tokens: 2048, source: 'model' });
  });

  it('is not believed to give more context than its model was trained for', async () => {
    bench.server.on('/api/ps', replay('ps-empty'));
    bench.server.on('/api/show', fail(500, 'busy'));
    await use('smollm2:135m', 16_384);
    assert.deepEqual(await getLimit(), { tokens: 8192, source: 'configured' });
    bench.server.on('/api/ps', replay('ps-capped'));
    await answerOnce(bench, 'chat-model-case');
    assert.deepEqual(await getLimit(), { tokens: 8192, source: 'allocated' });
  });

  it('writes past the context without saying so, and the answer is marked', async () => {
    bench.server.on('/api/ps', replay('ps-empty'));
    // The model wrote 202 tokens after a prompt of 25.
    await use('smollm2:135m', 208);
    const { metrics, end } = await answerOnce(bench, 'chat-past-window');
    assert.equal(end?.kind, 'done');
    assert.equal(metrics?.hasOutgrownContext, true);
  });

  it('does not mark an answer that fits', async () => {
    bench.server.on('/api/ps', replay('alias-ps'));
    await use('smollm2:135m', 4096);
    const { metrics } = await answerOnce(bench, 'chat-num-predict-0');
    assert.equal(metrics?.hasOutgrownContext, undefined);
  });

  it('ends with its connection when it is stopped, and the text is kept as cut off', async () => {
    bench.server.on('/api/ps', replay('alias-ps'));
    await use('smollm2:135m');
    const { text, end } = await answerOnce(bench, 'server-terminated');
    assert.equal(end?.kind === 'failed' && end.failure.kind, 'truncated');
    assert.match(text, /Greeks also believed$/u);
  });
});
