import assert from 'node:assert/strict';
import { json, respond } from '../../support/ollamaServer/scripts';
import { collect, endName, OpenaiFixture, question } from './openaiFixture';

const asked = { ...question, think: 'high', temperature: 0.2 } as const;
const optional = ['stream_options', 'chat_template_kwargs', 'reasoning_effort'] as const;

describe('OpenaiClient, optional fields that a server refuses', () => {
  const fixture = new OpenaiFixture();

  /** For each request, which of the optional fields it had. */
  const sent = (): readonly (readonly string[])[] =>
    fixture.server
      .requestsTo('/v1/chat/completions')
      .map(({ json: body = {} }) => optional.filter((field) => body[field] !== undefined));

  const refusals = [
    [
      'named',
      json({ error: { message: 'Argument `reasoning_effort` must be one of low, high' } }, 400),
      ['stream_options', 'chat_template_kwargs'],
    ],
    [
      'named by the part that it is in',
      json({ error: { message: 'enable_thinking: expected a boolean' } }, 400),
      ['stream_options', 'reasoning_effort'],
    ],
    [
      'unknown, which it says of one',
      json({ error: { message: 'Unrecognized request argument supplied: stream_options' } }, 400),
      [],
    ],
    [
      'unknown, in the form of FastAPI',
      json({ detail: [{ type: 'extra_forbidden', msg: 'Extra inputs are not permitted' }] }, 422),
      [],
    ],
    ['unknown, without a word', respond(400, {}, ''), []],
  ] as const;

  for (const [what, refusal, left] of refusals) {
    it(`${what}: they are left out once, and of the next request, too`, async () => {
      fixture.server.once('/v1/chat/completions', refusal);
      const client = fixture.client();
      const { end, events } = await collect(client.chat(asked));
      assert.equal(endName(end), 'done:stop');
      await collect(client.chat(asked));
      assert.deepEqual(sent(), [optional, left, left]);
      const named = events.flatMap((event) => (event.type === 'downgraded' ? [event.field] : []));
      assert.deepEqual(
        optional.filter((field) => named.includes(field)),
        optional.filter((field) => !(left as readonly string[]).includes(field)),
      );
      const temperatures = fixture.server
        .requestsTo('/v1/chat/completions')
        .map(({ json: body }) => body?.['temperature']);
      assert.deepEqual(temperatures, [0.2, 0.2, 0.2]);
    });
  }

  /** For each request, under which names it had the limit of the answer. */
  const limits = (): readonly object[] =>
    fixture.server.requestsTo('/v1/chat/completions').map(({ json: body = {} }) => {
      const { max_tokens: old, max_completion_tokens: current } = body;
      return { ...(old !== undefined && { old }), ...(current !== undefined && { current }) };
    });
  const limited = { ...asked, options: { num_predict: 64 } };
  const suggestion =
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
  const extra = 'max_tokens: Extra inputs are not permitted';

  for (const [what, refusal, kept] of [
    ['by its other name', json({ error: { message: suggestion } }, 400), optional],
    ['as an unknown field', json({ error: { message: extra } }, 422), []],
    ['as an unsupported one', json({ detail: 'unsupported parameter: max_tokens' }, 400), []],
  ] as const) {
    it(`hold the limit of the answer, which is refused ${what}: its other name is sent, and of the next request, too`, async () => {
      fixture.server.once('/v1/chat/completions', refusal);
      const client = fixture.client();
      assert.equal(endName((await collect(client.chat(limited))).end), 'done:stop');
      await collect(client.chat(limited));
      assert.deepEqual(limits(), [{ old: 64 }, { current: 64 }, { current: 64 }]);
      assert.deepEqual(sent(), [optional, kept, kept]);
      // Another model of the same server is asked as usual.
      fixture.server.models(['smollm2:135m', 'other']);
      await collect(client.chat({ ...limited, model: 'other' }));
      assert.deepEqual(limits().at(-1), { old: 64 });
    });
  }

  it('hold the limit of the answer, which gets its old name where only that is known', async () => {
    const message = 'Unrecognized request argument supplied: max_completion_tokens';
    fixture.server.once('/v1/chat/completions', json({ error: { message } }, 400));
    const options = { max_completion_tokens: 64 };
    await collect(fixture.client().chat({ ...question, options }));
    assert.deepEqual(limits(), [{ current: 64 }, { old: 64 }]);
  });

  it('hold the limit of the answer, which is the last to go when a server never says what it refuses', async () => {
    for (let refusal = 0; refusal < 3; refusal++) {
      fixture.server.once('/v1/chat/completions', respond(400, {}, ''));
    }
    const client = fixture.client();
    assert.equal(endName((await collect(client.chat(limited))).end), 'done:stop');
    await collect(client.chat(limited));
    assert.deepEqual(limits(), [{ old: 64 }, { old: 64 }, { current: 64 }, {}, {}]);
  });

  it('hold the limit of the answer, which is left out when its value is refused', async () => {
    const message = 'max_tokens=64 cannot be greater than max_model_len=32. Please request less.';
    fixture.server.once('/v1/chat/completions', json({ error: { message } }, 400));
    await collect(fixture.client().chat(limited));
    assert.deepEqual(limits(), [{ old: 64 }, {}]);
  });

  it('belong to one model: the next model gets them', async () => {
    fixture.server.models(['smollm2:135m', 'other']);
    fixture.server.once('/v1/chat/completions', respond(400, {}, ''));
    const client = fixture.client();
    await collect(client.chat(asked));
    await collect(client.chat({ ...asked, model: 'other' }));
    assert.deepEqual(sent(), [optional, [], optional]);
  });

  const others = [
    ['a prompt that is too long', 'stream_options: maximum context length is 8 tokens', 400],
    ['a missing model', 'The model `x` does not exist. Drop stream_options', 404],
    ['a wrong key', 'Invalid API Key, stream_options', 401],
    ['an image', 'stream_options: x is not a multimodal model', 400],
    ['an error of the server', 'stream_options', 500],
    ['a message that names none', 'temperatures must be positive', 400],
  ] as const;

  for (const [what, message, status] of others) {
    it(`are not what ${what} is about: the request is not repeated`, async () => {
      fixture.server.on('/v1/chat/completions', json({ error: { message } }, status));
      const { end } = await collect(fixture.client().chat(asked));
      assert.equal(end.kind, 'serverError');
      assert.deepEqual(sent(), [optional]);
    });
  }

  it('run out: a server that refuses everything is asked a few times, and its last words are shown', async () => {
    fixture.server.on('/v1/chat/completions', (exchange) => {
      const [first = 'nothing'] = Object.keys(exchange.json ?? {}).filter(
        (field) => !['model', 'messages', 'stream'].includes(field),
      );
      exchange.respondJson({ error: { message: `I do not like ${first}` } }, 400);
    });
    const { end } = await collect(fixture.client().chat(asked));
    assert.ok(end.kind === 'serverError');
    assert.equal(end.error.message, 'I do not like nothing');
    assert.equal(sent().length, 5);
  });
});
