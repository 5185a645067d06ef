import assert from 'node:assert/strict';
import { answer, ndjson } from '../../support/ollamaServer/scripts';
import { collect, endName, Fixture, question } from './clientFixture';

describe('OllamaClient, ends', () => {
  const fixture = new Fixture();

  it('truncated: the body ends in good order without its last line', async () => {
    fixture.server.onChat(answer(['a', 'b'], { withoutDone: true }));
    const { text, end } = await collect(fixture.client().chat(question));
    assert.equal(text, 'ab');
    assert.equal(endName(end), 'truncated:truncated');
  });

  it('server error: an error line after some text', async () => {
    fixture.server.onChat(answer(['a', 'b'], { error: 'CUDA error: out of memory' }));
    const { text, end } = await collect(fixture.client().chat(question));
    assert.equal(text, 'ab');
    assert.equal(endName(end), 'serverError:outOfMemory');
  });

  it('transport error: the connection breaks after some text', async () => {
    fixture.server.onChat(answer(['a', 'b'], { withoutDone: true, end: 'finish' }));
    const { text, end } = await collect(fixture.client().chat(question));
    assert.equal(text, 'ab');
    assert.equal(endName(end), 'transportError:truncated');
  });

  it('done: text on the last line is text', async () => {
    fixture.server.on(
      '/api/chat',
      ndjson([
        { message: { content: 'a' } },
        { message: { content: 'b' }, done: true, done_reason: 'length' },
      ]),
    );
    const { text, end } = await collect(fixture.client().chat(question));
    assert.equal(text, 'ab');
    assert.equal(endName(end), 'done:length');
  });

  it('done: what follows the last line is nothing, and not waited for', async () => {
    fixture.server.onChat(async (exchange) => {
      await answer(['a'], { end: 'hang' })(exchange);
    });
    const { text, end } = await collect(fixture.client().chat(question));
    assert.equal(text, 'a');
    assert.equal(endName(end), 'done:stop');
  });

  it('done: a server that keeps sending after the last line is cut off', async () => {
    const endless = 'x'.repeat(10_000);
    fixture.server.on('/api/chat', async (exchange) => {
      exchange.head(200);
      await exchange.write('{"message":{"content":"a"},"done":true}\n');
      while (!exchange.aborted) await exchange.write(endless);
    });
    const { text, end } = await collect(fixture.client().chat(question));
    assert.equal(text, 'a');
    assert.equal(endName(end), 'done:stop');
    await fixture.server.clientClosed('/api/chat');
  });

  it('tool calls without an id get one of their own', async () => {
    const call = { function: { name: 'f', arguments: {} } };
    const message = { content: '', tool_calls: [call, { id: 'mine', ...call }] };
    fixture.server.on('/api/chat', ndjson([{ message }, { message, done: true }]));
    const { toolCalls } = await collect(fixture.client().chat(question));
    assert.deepEqual(
      toolCalls.map((tool) => tool.id),
      ['call_1', 'mine', 'call_3', 'mine'],
    );
  });
});
