import assert from 'node:assert/strict';
import { createRedact } from '../../../src/http/redaction';
import { ServerError } from '../../../src/http/serverError';
import { readModels } from '../../../src/openai/servedModels';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';
import type { Script } from '../../support/ollamaServer/exchange';
import { respond } from '../../support/ollamaServer/scripts';
import { collect, OpenaiFixture, question } from '../openai/openaiFixture';

const key = 'sk-canary+9f/81"7c3e&5a2b<0d44e6=f8x~q';
const depth = 20_000;
const lists = '['.repeat(depth) + ']'.repeat(depth);
const objects = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const odd = '{"toString":1,"valueOf":1}';

/** Values that are read, but cannot be written or converted again. */
const hostile = [lists, objects, odd, `"${'x'.repeat(900_000)}"`, '1e999', 'null', '[null]'];

const bodies = hostile.flatMap((value) => [
  value,
  `{"error":${value}}`,
  `{"error":{"message":${value},"code":${value},"type":${value}}}`,
  `{"detail":${value}}`,
  `{"choices":${value}}`,
  `{"choices":[${value}]}`,
  `{"choices":[{"delta":${value}}]}`,
  `{"choices":[{"delta":{"content":${value}},"finish_reason":${value}}]}`,
  `{"usage":${value},"timings":${value},"prompt_progress":${value}}`,
  `{"data":${value}}`,
  `{"data":[${value}]}`,
  `{"data":[{"id":"m","meta":${value},"status":{"value":${value}},"owned_by":${value}}]}`,
]);

describe('a server with OpenAI’s API that means harm', function () {
  this.timeout(60_000);
  const fixture = new OpenaiFixture();
  const routes = ['/v1/chat/completions', '/v1/models'] as const;

  async function ask(script: Script, headers: Readonly<Record<string, string>> = {}) {
    for (const route of routes) fixture.server.on(route, script);
    const client = fixture.client({ timing: { retry: 1, answer: 500 }, headers });
    const { end, text, thinking } = await collect(client.chat(question));
    const listed = await client.models().then(
      () => 'listed',
      (error: unknown) => error,
    );
    return { end, text, thinking, listed };
  }

  it(`gets an error out of ${bodies.length} odd bodies in each place, and no exception`, async () => {
    for (const body of bodies) {
      for (const script of [
        respond(200, { 'content-type': 'text/event-stream' }, `data: ${body}\n\n`),
        respond(200, { 'content-type': 'application/json' }, body),
        respond(400, { 'content-type': 'application/json' }, body),
      ]) {
        const { end, listed } = await ask(script);
        const errors = [
          ...('error' in end ? [end.error] : []),
          ...(listed === 'listed' ? [] : [listed]),
        ];
        for (const error of errors) {
          assert.ok(error instanceof ServerError, `${body.slice(0, 60)}: ${String(error)}`);
          assert.ok(error.message.length < 5_000, body.slice(0, 60));
        }
      }
    }
  });

  it('cannot lead to a second server', async () => {
    const elsewhere = await OllamaServer.start();
    try {
      for (const status of [200, 301, 302, 303, 307, 308, 401]) {
        const location = `${elsewhere.url}/v1/chat/completions`;
        const headers = { location, refresh: `0; url=${location}`, 'alt-svc': 'h2=":1"' };
        await ask(respond(status, headers, `see ${location}`), { Authorization: `Bearer ${key}` });
      }
      assert.equal(elsewhere.connections, 0);
    } finally {
      await elsewhere.close();
    }
  });

  it('M7: has no key of the user shown, however it says it back', async () => {
    const headers = { Authorization: `Bearer ${key}` };
    const redact = createRedact(headers);
    const said = `refused: ${key} ${encodeURIComponent(key)} ${JSON.stringify(key)}`;
    for (const script of [
      respond(401, {}, JSON.stringify({ error: { message: said, code: key } })),
      respond(500, {}, `${'x'.repeat(190)}${key}`),
      respond(307, { location: `https://a.example/?k=${encodeURIComponent(key)}` }, ''),
      respond(200, { 'content-type': 'text/event-stream' }, `event: error\ndata: ${said}\n\n`),
      respond(200, { 'content-type': 'text/event-stream' }, `data: ${key}\n\n`),
      respond(200, { 'content-type': 'text/html' }, `<title>${key}</title>`),
      respond(200, {}, `Authorization: ${key}\n`),
    ]) {
      const { end, listed } = await ask(script, headers);
      assert.ok('error' in end && listed instanceof ServerError);
      for (const { message, excerpt, location, stack } of [end.error, listed]) {
        const shown = [message, excerpt, location, stack].join('\n');
        assert.ok(!shown.includes(key.slice(3, 12)) && redact(shown) === shown, shown);
      }
    }
  });

  it('M2: is read no further than anyone has models', () => {
    const text = 'x'.repeat(100_000);
    const entry = { id: 'm', owned_by: text, parent: text, meta: { ftype: text } };
    const data = [{ id: text }, ...Array.from({ length: 5_000 }, () => entry)];
    const { models = [], notListed } = readModels({ data }, {}) ?? {};
    assert.deepEqual([models.length, notListed], [1_999, 3_002]);
    for (const { parent = '', quantization = '' } of models) {
      assert.deepEqual([parent.length, quantization.length], [1_000, 1_000]);
    }
  });
});
