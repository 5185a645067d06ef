import assert from 'node:assert/strict';
import { bodyBytes, loadRecording, replay } from '../../support/ollamaServer/scripts';
import { collect, endName, OpenaiFixture, openaiRecordings, question } from './openaiFixture';

/** How each recorded answer must end; the others are `done:stop`. */
const ends: Readonly<Record<string, string>> = {
  'litellm-auth-wrong': 'serverError:unauthorized',
  'litellm-error-bad-json': 'serverError:server',
  'litellm-error-image': 'serverError:unsupportedImages',
  'litellm-error-model-unknown': 'serverError:modelMissing',
  'litellm-overflow': 'serverError:contextOverflow',
  'litellm-overflow-vllm': 'serverError:contextOverflow',
  'litellm-upstream-dead': 'serverError:modelCrashed',
  'litellm-upstream-killed': 'serverError:modelCrashed',
  'llamacpp-auth-wrong': 'serverError:unauthorized',
  'llamacpp-continue-flag-conflict': 'serverError:server',
  'llamacpp-error-bad-json': 'serverError:server',
  'llamacpp-error-image': 'serverError:unsupportedImages',
  'llamacpp-error-wrong-type': 'serverError:server',
  'llamacpp-loading': 'serverError:loading',
  'llamacpp-overflow': 'serverError:contextOverflow',
  'llamacpp-server-killed': 'transportError:truncated',
  'llamacpppython-auth-wrong': 'serverError:unauthorized',
  'llamacpppython-error-bad-json': 'serverError:server',
  'llamacpppython-interrupted': 'truncated:truncated',
  'llamacpppython-overflow': 'serverError:emptyAnswer',
  'router-child-killed': 'truncated:truncated',
  'router-error-model-unknown': 'serverError:modelMissing',
  'router-overflow': 'serverError:contextOverflow',
  'vllm-auth-wrong': 'serverError:unauthorized',
  'vllm-engine-killed': 'serverError:modelCrashed',
  'vllm-engine-killed-next': 'serverError:modelCrashed',
  'vllm-error-bad-json': 'serverError:server',
  'vllm-error-image': 'serverError:unsupportedImages',
  'vllm-error-model-unknown': 'serverError:modelMissing',
  'vllm-error-tools-off': 'serverError:unsupportedTools',
  'vllm-error-wrong-type': 'serverError:server',
  'vllm-overflow': 'serverError:contextOverflow',
  'vllm-reasoning-effort-bad': 'serverError:server',
};

interface Expected {
  text: string;
  thinking: string;
  finish: string | undefined;
}

/** What the events of a recording say, read in another way than the client does. */
function recorded(name: string): Expected {
  const expected: Expected = { text: '', thinking: '', finish: undefined };
  for (const line of bodyBytes(loadRecording(name)).toString().split(/\r?\n/u)) {
    if (!line.startsWith('data: {')) continue;
    const chunk = JSON.parse(line.slice(6)) as { choices?: unknown };
    for (const choice of (chunk.choices ?? []) as Record<string, unknown>[]) {
      const delta = (choice['delta'] ?? {}) as Record<string, string | null>;
      expected.text += delta['content'] ?? '';
      expected.thinking += delta['reasoning_content'] ?? delta['reasoning'] ?? '';
      expected.finish ??= (choice['finish_reason'] as string | null) ?? undefined;
    }
  }
  return expected;
}

describe('OpenaiClient, what real servers sent', () => {
  const fixture = new OpenaiFixture();
  // Nothing waits: what is retried is answered in the same way.
  const timing = { retry: 0 };

  for (const name of openaiRecordings()) {
    const { request, end: how } = loadRecording(name);
    if (
      how !== 'eof' ||
      !request.path.startsWith('/v1/chat/completions') ||
      request.method !== 'POST'
    )
      continue;
    if (request.path.includes('input_tokens') || name.endsWith('rate-limited')) continue;
    it(name, async () => {
      fixture.server.on('/v1/chat/completions', replay(name));
      const { text, thinking, end } = await collect(fixture.client({ timing }).chat(question));
      const expected = recorded(name);
      assert.equal(text, expected.text);
      assert.equal(thinking, expected.thinking);
      const reason = expected.finish === 'length' ? 'done:length' : 'done:stop';
      assert.equal(endName(end), ends[name.replace('openai/', '')] ?? reason);
    });
  }

  it('reads usage, timings, and cached tokens wherever they are', async () => {
    const metricsOf = async (name: string): Promise<unknown> => {
      fixture.server.on('/v1/chat/completions', replay(`openai/${name}`));
      const { end } = await collect(fixture.client().chat(question));
      return end.kind === 'done' && end.metrics;
    };
    assert.deepEqual(await metricsOf('llamacpp-chat-short'), {
      promptEvalCount: 35,
      evalCount: 43,
      cachedTokens: 0,
      promptEvalDurationNs: 160_975_000,
      evalDurationNs: 308_453_000,
    });
    const litellm = (await metricsOf('litellm-chat-short')) as Record<string, unknown>;
    assert.equal(litellm['evalCount'], 43);
    assert.equal(litellm['cachedTokens'], 0);
  });

  it('shows how long a gateway asks to wait, and stops waiting when the user does', async () => {
    fixture.server.on('/v1/chat/completions', replay('openai/litellm-rate-limited'));
    const abort = new AbortController();
    const waits: number[] = [];
    for await (const event of fixture.client().chat(question, { signal: abort.signal })) {
      if (event.type !== 'retry') continue;
      waits.push(event.waitMs);
      abort.abort();
    }
    assert.deepEqual(waits, [60_000]);
  });

  it('shows how much of the prompt llama.cpp has read', async () => {
    fixture.server.on('/v1/chat/completions', replay('openai/llamacpp-chat-progress'));
    const { events } = await collect(fixture.client().chat(question));
    const read = events.flatMap((event) =>
      event.type === 'phase' && event.read ? [event.read] : [],
    );
    assert.ok(read.length > 0);
    assert.equal(read[0]?.total, 640);
  });

  it('keeps what a proxy wrote between the events of an answer that it cut off', async () => {
    fixture.server.on('/v1/chat/completions', replay('openai/router-child-killed'));
    const { end } = await collect(fixture.client().chat(question));
    assert.match(end.kind === 'truncated' ? end.error.message : '', /proxy error: Failed to read/u);
  });

  it('takes the words of the server behind a gateway, and its exact counts', async () => {
    const refusal = async (name: string) => {
      fixture.server.on('/v1/chat/completions', replay(`openai/${name}`));
      const { end } = await collect(fixture.client().chat(question));
      assert.ok('error' in end);
      return end.error;
    };
    const llamacpp = await refusal('litellm-overflow');
    assert.match(llamacpp.message, /^request \(2720 tokens\) exceeds .* try increasing it$/u);
    assert.deepEqual([llamacpp.promptTokens, llamacpp.contextLength], [2720, 1024]);
    const vllm = await refusal('litellm-overflow-vllm');
    assert.match(vllm.message, /^This model's maximum context length is 1024 tokens\./u);
    // "At least 1025" is no count.
    assert.deepEqual([vllm.promptTokens, vllm.contextLength], [undefined, 1024]);
    const dead = await refusal('litellm-upstream-dead');
    assert.equal(dead.message, 'Connection error.');
  });
});
