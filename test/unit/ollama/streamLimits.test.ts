import assert from 'node:assert/strict';
import type { ServerError } from '../../../src/http/serverError';
import type { StreamEnd } from '../../../src/http/streamEvents';
import { answer, fail, json, ndjson, raw } from '../../support/ollamaServer/scripts';
import { collect, endName, Fixture, prompt, question, rejection } from './clientFixture';

describe('OllamaClient, bounds', () => {
  const fixture = new Fixture();

  const long = (length: number) => JSON.stringify({ message: { content: 'x'.repeat(length) } });

  it('a line', async () => {
    fixture.server.on('/api/chat', ndjson([{ message: { content: 'a' } }, JSON.parse(long(3000))]));
    const client = fixture.client({ limits: { line: 2000, lastLine: 2000 } });
    const { text, end } = await collect(client.chat(question));
    assert.equal(text, 'a');
    assert.equal(endName(end), 'serverError:protocol');
  });

  it('a longer one for the last line only, which carries the context', async () => {
    const context = Array.from({ length: 1000 }, (_, id) => id);
    const limits = { line: 2000, lastLine: 10_000 };
    fixture.server.onGenerate(answer(['a'], { context }));
    const good = await collect(fixture.client({ limits }).generate(prompt));
    assert.equal(good.end.kind === 'done' && good.end.context?.length, 1000);
    fixture.server.on('/api/generate', ndjson([{ response: 'x'.repeat(3000) }]));
    const bad = await collect(fixture.client({ limits }).generate(prompt));
    assert.equal(endName(bad.end), 'serverError:protocol');
    assert.equal(bad.text, '');
  });

  it('an answer, streamed or not', async () => {
    const limits = { stream: 500, answer: 500 };
    fixture.server.onChat(answer(Array.from({ length: 50 }, () => 'x')));
    const { text, end } = await collect(fixture.client({ limits }).chat(question));
    assert.match(text, /^x{1,5}$/u);
    assert.equal(endName(end), 'serverError:protocol');
    fixture.server.on('/api/tags', json({ models: [], more: 'x'.repeat(600) }));
    await rejection(fixture.client({ limits }).tags(), 'protocol');
  });

  it('M2: an answer that is not streamed, of eight mebibytes', async () => {
    const mebibytes = 8 * 1024 * 1024;
    const body = (length: number): unknown => ({ models: [], more: 'x'.repeat(length) });
    fixture.server.once('/api/tags', json(body(mebibytes - 100)));
    assert.deepEqual((await fixture.client({}).tags()).models, []);
    fixture.server.once('/api/tags', json(body(mebibytes)));
    await rejection(fixture.client({}).tags(), 'protocol');
  });

  it('an error body that is long, broken off, or never ends leaves the status', async () => {
    const head = 'HTTP/1.1 500 Oh\r\nContent-Length: 9999999\r\n\r\n';
    fixture.server.once('/api/chat', fail(500, 'x'.repeat(5000)));
    fixture.server.once('/api/chat', raw([`${head}{"error":`]));
    fixture.server.once('/api/chat', raw([`${head}{"error":`], { end: 'hang' }));
    const client = fixture.client({ limits: { line: 1000 }, timing: { answer: 50 } });
    for (let kind = 0; kind < 3; kind++) {
      const error = errorOf((await collect(client.chat(question))).end);
      assert.equal(error.kind, 'server');
      assert.equal(error.status, 500);
    }
  });
});

/** The error of an end that has one. */
function errorOf(end: StreamEnd): ServerError {
  assert.notEqual(end.kind, 'done');
  return end.kind === 'done' ? assert.fail() : end.error;
}
