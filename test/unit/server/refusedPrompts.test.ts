import assert from 'node:assert/strict';
import { ContextBudget, type KnownModel } from '../../../src/conversation/contextBudget';
import { Conversation } from '../../../src/conversation/conversation';
import { ConversationSession } from '../../../src/conversation/session';
import type { Script } from '../../support/ollamaServer/exchange';
import { answer, events, fail, json, respond } from '../../support/ollamaServer/scripts';
import { Domain, getTexts, lastAnswer, say } from '../conversation/domainFixture';
import { ServerFixture } from './serverFixture';

const model = 'qwen3:8b';
const chatRoute = '/v1/chat/completions';
const window = 1024;

/** How programs refuse a prompt that is too long, as they were recorded or as their sources have it. */
type Refuse = (tokens: number) => Script;
const openai =
  (message: string, fields: object = {}): Script =>
  (exchange) =>
    json({ error: { message, code: 400, ...fields } }, 400)(exchange);
const inLitellm = (name: string, words: string): Script =>
  openai(
    `litellm.ContextWindowExceededError: litellm.BadRequestError: ContextWindowExceededError: ${name}Exception - ${words}\nmodel=smol. context_window_fallbacks=None. fallbacks=None.`,
    { type: 'invalid_request_error', param: null, code: '400' },
  );
const llamacpp = (tokens: number): string =>
  `request (${tokens} tokens) exceeds the available context size (${window} tokens), try increasing it`;
const vllm = `This model's maximum context length is ${window} tokens. However, your prompt contains at least ${window + 1} input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input prompt. (parameter=input_tokens, value=${window + 1})`;
const tgi = (tokens: number): string =>
  `Input validation error: \`inputs\` tokens + \`max_new_tokens\` must be <= ${window}. Given: ${tokens} \`inputs\` tokens and 100 \`max_new_tokens\``;

const counting: readonly (readonly [program: string, refuse: Refuse])[] = [
  [
    'llama.cpp',
    (tokens) =>
      openai(llamacpp(tokens), {
        ...{ type: 'exceed_context_size_error', n_prompt_tokens: tokens, n_ctx: window },
      }),
  ],
  ['LiteLLM before llama.cpp', (tokens) => inLitellm('OpenAI', llamacpp(tokens))],
  [
    'SGLang',
    (tokens) =>
      json(
        {
          object: 'error',
          message: `The input (${tokens} tokens) is longer than the model's context length (${window} tokens).`,
          code: 400,
        },
        400,
      ),
  ],
  [
    'SGLang, with the answer',
    (tokens) =>
      openai(
        `Requested token count exceeds the model's maximum context length of ${window} tokens. You requested a total of ${tokens + 64} tokens: ${tokens} tokens from the input messages and 64 tokens for the completion.`,
      ),
  ],
  [
    'an older vLLM',
    (tokens) =>
      openai(
        `This model's maximum context length is ${window} tokens. However, you requested ${tokens + 64} tokens (${tokens} in the messages, 64 in the completion). Please reduce the length of the messages or completion.`,
      ),
  ],
  [
    'Text Generation Inference',
    (tokens) => events([{ error: { message: tgi(tokens), http_status_code: 422 } }, '[DONE]']),
  ],
  [
    'LM Studio',
    (tokens) =>
      openai(
        `Trying to keep the first ${tokens} tokens when context the overflows. However, the model is loaded with context length of only ${window} tokens, which is not enough.`,
      ),
  ],
  [
    'LM Studio, in its other words',
    (tokens) => openai(`Cannot truncate prompt with n_keep (${tokens}) >= n_ctx (${window})`),
  ],
  [
    'OpenRouter',
    (tokens) =>
      openai(
        `This endpoint's maximum context length is ${window} tokens. However, you requested about ${tokens} tokens.`,
      ),
  ],
];

describe('a prompt that a server refuses as too long', () => {
  const at = new ServerFixture();
  let session: ConversationSession;
  let budget: ContextBudget;
  let domain: Domain;

  beforeEach(() => {
    at.server.kind('vllm');
    // The list does not report the window.
    at.server.on('/v1/models', json({ data: [{ id: model, object: 'model' }] }));
    at.open();
    domain = new Domain();
    domain.settings = { model, systemPrompt: '', profile: {} };
    const known = new Map<string, KnownModel>();
    budget = new ContextBudget({
      logger: domain.logger,
      known: (name) => known.get(name),
      remember: (name, more) => known.set(name, more),
      contextOf: (name) => at.backend.contextOf(name),
      memoryBytes: () => undefined,
    });
    session = new ConversationSession(new Conversation('c'), {
      ...domain.dependencies,
      budget,
      chatModel: { chat: (prompt, signal) => at.backend.bind().chat(prompt, signal) },
    });
  });

  /** A token for each four characters, as the server of these tests counts. */
  function countTokens(body: Readonly<Record<string, unknown>> | undefined): number {
    const messages = body?.['messages'] as readonly { readonly content: string }[];
    return Math.ceil(messages.reduce((sum, { content }) => sum + content.length, 0) / 4);
  }

  /** Answers what fits, and refuses the rest. */
  function limit(refuse: Refuse): void {
    at.server.on(chatRoute, (exchange) => {
      const tokens = countTokens(exchange.json);
      return (tokens > window ? refuse(tokens) : answer(['word '.repeat(200)]))(exchange);
    });
  }

  const sent = (): readonly number[] =>
    at.server.requestsTo(chatRoute).map(({ json: body }) => countTokens(body));

  /** Five exchanges, of which the window holds three; returns what was sent for the last message. */
  async function fill(): Promise<readonly number[]> {
    for (let message = 1; message <= 4; message++)
      await say(session, `${message} ${'x'.repeat(60)}`);
    at.server.forget();
    await say(session, `5 ${'x'.repeat(60)}`);
    return sent();
  }

  for (const [program, refuse] of counting) {
    it(`by ${program} is sent again without its oldest part, once, and its window is known`, async () => {
      limit(refuse);
      const tokens = await fill();
      assert.equal(lastAnswer(session).end?.kind, 'done');
      assert.equal(tokens.length, 2);
      assert.ok((tokens[0] ?? 0) > window && (tokens[1] ?? 0) <= window, String(tokens));
      assert.ok((lastAnswer(session).metrics?.turnsLeftOut ?? 0) > 0);
      assert.deepEqual(budget.getLimit({ model, profile: {} }), {
        ...{ tokens: window, source: 'allocated' },
      });
      // From now on the plan leaves out what does not fit before it is sent.
      at.server.forget();
      for (let message = 6; message <= 8; message++) {
        await say(session, `${message} ${'x'.repeat(60)}`);
        assert.equal(lastAnswer(session).end?.kind, 'done');
      }
      assert.equal(sent().length, 3);
    });
  }

  it('by vLLM is counted by the server that refused it, and then sent again once', async () => {
    at.server.on('/v1/models', json({ data: [{ id: model, owned_by: 'vllm' }] }));
    at.server.on('/tokenize', (exchange) =>
      exchange.respondJson({
        count: countTokens(exchange.json),
        max_model_len: window,
        tokens: [],
      }),
    );
    limit(() => openai(vllm));
    assert.equal((await fill()).length, 2);
    assert.equal(lastAnswer(session).end?.kind, 'done');
    assert.equal(at.server.requestsTo('/tokenize').length, 1);
  });

  for (const [what, refuse, name] of [
    ['vLLM behind a gateway without /tokenize', () => openai(vllm), 'vllm'],
    [
      'LiteLLM before vLLM',
      () => inLitellm('Hosted_vllm', JSON.stringify({ error: { message: vllm, code: 400 } })),
      'openai',
    ],
  ] as const) {
    it(`by ${what} is cut to 80 % of the window and sent again once`, async () => {
      at.server.on('/v1/models', json({ data: [{ id: model, owned_by: name }] }));
      at.server.on('/tokenize', fail(404, 'Not Found'));
      limit(refuse);
      const tokens = await fill();
      assert.equal(lastAnswer(session).end?.kind, 'done');
      assert.equal(tokens.length, 2);
      assert.ok((tokens[1] ?? Infinity) <= 0.8 * window, String(tokens));
      assert.equal(budget.getLimit({ model, profile: {} }).tokens, window);
      // The cut stays: the next message is not refused again.
      at.server.forget();
      await say(session, '6');
      assert.equal(sent().length, 1);
    });
  }

  it('without any count is cut to 80 % of the length that the user has set, and sent again once', async () => {
    domain.settings = { model, systemPrompt: '', profile: { contextLength: 2048 } };
    const words =
      'The number of tokens to keep from the initial prompt is greater than the context length.';
    at.server.on(chatRoute, answer(['word '.repeat(200)]));
    for (let message = 1; message <= 5; message++)
      await say(session, `${message} ${'x'.repeat(60)}`);
    const lmStudio: Script = async (exchange) => {
      exchange.head(200, { 'Content-Type': 'text/event-stream' });
      await exchange.write(
        `event: error\ndata: ${JSON.stringify({ error: { message: words } })}\n\n`,
      );
      exchange.end();
    };
    at.server.forget();
    at.server.once(chatRoute, lmStudio);
    await say(session, '6');
    assert.equal(lastAnswer(session).end?.kind, 'done');
    const [first = 0, second = 0] = sent();
    assert.equal(sent().length, 2);
    assert.ok(second < first && second <= 0.8 * 2048);
    // A server that refuses the shorter one, too, has the last word.
    at.server.forget();
    at.server.on(chatRoute, lmStudio);
    await say(session, '7');
    assert.equal(lastAnswer(session).end?.kind, 'failed');
    assert.ok(sent().length <= 2);
    assert.equal(getTexts(session).at(-2), '7');
  });

  it('of which nothing is known is refused once, keeps what was typed, and says so', async () => {
    limit(() => openai('prompt is too long'));
    assert.equal((await fill()).length, 1);
    const { end } = lastAnswer(session);
    assert.equal(end?.kind === 'failed' && end.failure.kind, 'contextOverflow');
    assert.match(getTexts(session).at(-2) ?? '', /^5 x+$/u);
  });

  it('by an answer of nothing is not sent again', async () => {
    limit(() => respond(200, { 'Content-Type': 'text/event-stream' }, ''));
    assert.equal((await fill()).length, 1);
    const { end } = lastAnswer(session);
    assert.equal(end?.kind === 'failed' && end.failure.kind, 'emptyAnswer');
  });
});
