import assert from 'node:assert/strict';
import type { ConversationSession } from '../../../src/conversation/session';
import type { AssistantTurn } from '../../../src/shared/turn';
import type { Script } from '../../support/ollamaServer/exchange';
import { answer, fail, json, respond, tokensOf } from '../../support/ollamaServer/scripts';
import { Bench } from '../../support/sessionBench';
import { ended } from '../conversation/domainFixture';

interface Sent {
  readonly messages: readonly { readonly content: string }[];
  readonly options?: { readonly num_ctx?: number };
}

const read = (json: unknown): Sent => json as Sent;

/** Each word is one token. */
const count = ({ messages }: Sent): number =>
  messages.reduce((total, { content }) => total + tokensOf(content).length + 5, 0);

const words = (length: number): string => 'word '.repeat(length).trim();

/** On real sockets; the memory of the machine is not known. */
describe('a server that', () => {
  let bench: Bench;
  let session: ConversationSession;
  beforeEach(async () => {
    bench = await Bench.start();
    bench.settings = { model: 'm', systemPrompt: '', profile: { automatic: 'raise' } };
    bench.server.models([{ name: 'm', contextLength: 40_960 }]);
    session = bench.session();
  });
  afterEach(() => bench.close());

  /** Answers what fits the context that it gives, and lists that as loaded. */
  function gives(give: (asked: number) => number): void {
    const chat: Script = (exchange) => {
      const sent = read(exchange.json);
      const given = give(sent.options?.num_ctx ?? 4096);
      const tokens = count(sent);
      bench.server.on('/api/ps', json({ models: [{ ...loaded, context_length: given }] }));
      const details = { n_prompt_tokens: tokens, n_ctx: given, type: 'exceed_context_size_error' };
      const message = `request (${tokens} tokens) exceeds the available context size (${given} tokens)`;
      return tokens > given
        ? fail(400, JSON.stringify({ error: { code: 400, message, ...details } }))(exchange)
        : answer(['Yes.'], { metrics: { prompt_eval_count: tokens } })(exchange);
    };
    bench.server.onChat(chat);
  }
  const loaded = { name: 'm', model: 'm', size: 5e9, size_vram: 0, details: {} };

  async function say(text: string): Promise<AssistantTurn> {
    const end = ended(session);
    session.send(text);
    return end;
  }

  const asked = (): readonly (number | undefined)[] =>
    bench.server.requestsTo('/api/chat').map((sent) => read(sent.json).options?.num_ctx);
  const lastSent = (): number =>
    read(bench.server.requestsTo('/api/chat').at(-1)?.json).messages.length;
  const getLimit = (): number => session.preview({ text: 'Hi', attachments: [] }).limit.tokens;

  it('allocates less than was asked for gets what fits that, says what is left out, and is asked for no more', async () => {
    gives(() => 4096);
    await say(words(2_000));
    const { end, metrics } = await say(words(2_600));
    assert.deepEqual([end?.kind, metrics?.turnsLeftOut], ['done', 2]);
    await say(words(2_700));
    assert.ok(asked().every((length) => length === undefined || length === 8192));
    assert.deepEqual([lastSent(), getLimit()], [1, 4096]);
    const { raise, offer } = session.preview({ text: words(3_000), attachments: [] });
    assert.deepEqual([raise, offer], [undefined, undefined]);
  });

  it('allocates more than was asked for is sent all that fits that, and never asked to reload', async () => {
    gives(() => 32_768);
    await say('Hi');
    await session.refreshContextLimit();
    await say(words(20_000));
    assert.deepEqual(asked(), [undefined, undefined]);
    assert.deepEqual([lastSent(), getLimit()], [3, 32_768]);
  });

  it('refuses with its counts gets a longer context for the same question, once', async () => {
    gives((length) => length);
    bench.server.once(
      '/api/chat',
      fail(
        400,
        JSON.stringify({
          error: {
            message: 'exceeds the available context size',
            n_prompt_tokens: 5200,
            n_ctx: 4096,
          },
        }),
      ),
    );
    const { end, metrics } = await say(words(1_500));
    assert.deepEqual([end?.kind, metrics?.raised?.to], ['done', 8192]);
    assert.deepEqual(asked(), [undefined, 8192]);
  });

  it('runs out of memory gets the step before again, is never asked for that much again, and it is said', async () => {
    gives((length) => length);
    await say(words(2_000));
    bench.server.once('/api/chat', fail(500, 'llama runner: cudaMalloc failed: out of memory'));
    const { end, metrics } = await say(words(2_600));
    assert.deepEqual(asked(), [undefined, 8192, undefined]);
    assert.deepEqual([end?.kind, metrics?.steppedBack?.to], ['done', 8192]);
    assert.deepEqual([metrics?.raised, metrics?.turnsLeftOut], [undefined, 2]);
    await say(words(2_600));
    assert.equal(asked().at(-1), undefined);
    assert.equal(bench.known.get('m')?.refused, 8192);
  });

  it('reports nothing, neither what is loaded nor what it has read, is planned for by estimates', async () => {
    const silent = respond(404, { 'content-type': 'text/plain' }, '404 page not found');
    for (const path of ['/api/ps', '/api/show', '/api/tags']) bench.server.on(path, silent);
    const nothing = {
      prompt_eval_count: undefined,
      eval_count: undefined,
      total_duration: undefined,
    };
    bench.server.onChat(answer(['Yes.'], { metrics: nothing }));
    const first = await say(words(1_000));
    assert.equal(first.end?.kind, 'done');
    assert.deepEqual(session.preview({ text: 'Hi', attachments: [] }).limit, {
      tokens: 4096,
      source: 'assumed',
    });
    for (let at = 0; at < 3; at += 1) await say(words(1_800));
    assert.deepEqual(asked(), [undefined, undefined, 8192, 8192]);
    assert.equal(lastSent(), 7);
    const { metrics } = await say(words(12_000));
    assert.deepEqual([asked().at(-1), metrics?.turnsLeftOut], [16_384, 6]);
    assert.deepEqual([metrics?.promptWasCut, metrics?.hasOutgrownContext], [undefined, undefined]);
  });
});
