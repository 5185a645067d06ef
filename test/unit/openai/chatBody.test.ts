import assert from 'node:assert/strict';
import { chatBody, type ChatMessage } from '../../../src/openai/chatRequest';
import { type Flavor, flavors } from '../../../src/openai/servedModels';

const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content });
const system = (content: string): ChatMessage => ({ role: 'system', content });

function body(
  messages: readonly ChatMessage[],
  flavor: Flavor = 'unknown',
  options: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return chatBody({ model: 'm', messages, options }, flavor);
}

describe('the messages of a request', () => {
  const forms: readonly (readonly [
    what: string,
    messages: readonly ChatMessage[],
    sent: readonly ChatMessage[],
  ])[] = [
    ['of one role in a row are merged', [user('a'), user('b')], [user('a\n\nb')]],
    [
      'merge where an answer between them is empty',
      [user('a'), assistant(''), user('b'), assistant('c'), user('d')],
      [user('a\n\nb'), assistant('c'), user('d')],
    ],
    [
      'have the system prompt first, wherever it was',
      [user('a'), system('s'), assistant('b'), system('t'), user('c')],
      [system('s\n\nt'), user('a'), assistant('b'), user('c')],
    ],
    ['have no empty system prompt', [system(''), user('a')], [user('a')]],
    [
      'stay as they are where they alternate',
      [system('s'), user('a'), assistant('b'), user('c')],
      [system('s'), user('a'), assistant('b'), user('c')],
    ],
  ];
  for (const [what, messages, sent] of forms) {
    it(what, () => {
      assert.deepEqual(body(messages)['messages'], sent);
    });
  }

  it('alternate after the system prompt, whatever they were', () => {
    const all = [system('s'), user('u'), assistant('a'), user(''), assistant('')];
    for (let code = 0; code < 5 ** 5; code++) {
      const messages = [1, 5, 25, 125, 625].flatMap(
        (step) => all[Math.floor(code / step) % 5] ?? [],
      );
      const roles = (body(messages)['messages'] as readonly ChatMessage[]).map(({ role }) => role);
      assert.ok(roles.lastIndexOf('system') <= 0);
      for (const [index, role] of roles.entries()) assert.notEqual(role, roles[index + 1]);
    }
  });
});

describe('a request to continue an answer', () => {
  const partial = [user('Name them.'), assistant('One, tw')];

  // vLLM and SGLang begin again without these, and llama.cpp continues with and without them. LiteLLM passes
  // them on. A server that refuses them is asked without them (`refusedFields`), then in words.
  for (const flavor of flavors) {
    it(`has both flags for ${flavor}`, () => {
      const { continue_final_message: goesOn, add_generation_prompt: begins } = body(
        partial,
        flavor,
      );
      assert.deepEqual([goesOn, begins], [true, false]);
      const other = body([...partial, user('Go on.')], flavor);
      assert.ok(!('continue_final_message' in other) && !('add_generation_prompt' in other));
    });
  }

  it('has none where the answer is empty: they would have vLLM continue the question', () => {
    assert.ok(!('continue_final_message' in body([user('Hi'), assistant('')])));
  });
});

describe('the options of a request', () => {
  const options = {
    ...{ num_ctx: 8192, num_predict: 64, repeat_penalty: 1.1, mirostat: 2, top_k: 40 },
    ...{ chat_template_kwargs: { custom: 1 } },
  };
  const penalties: Readonly<Partial<Record<Flavor, string>>> = {
    ...{ vllm: 'repetition_penalty', sglang: 'repetition_penalty', ray: 'repetition_penalty' },
    ...{ llamacpp: 'repeat_penalty', llamaswap: 'repeat_penalty', lmstudio: 'repeat_penalty' },
    ...{ localai: 'repeat_penalty', llamacpppython: 'repeat_penalty' },
  };
  for (const flavor of flavors) {
    it(`have the names that ${flavor} knows, and none of Ollama’s own`, () => {
      const sent = body([user('Hi')], flavor, options);
      assert.equal(sent['max_tokens'], 64);
      assert.equal(sent['top_k'], 40);
      assert.ok(!('num_ctx' in sent) && !('num_predict' in sent));
      assert.equal('mirostat' in sent, flavor === 'llamacpp');
      assert.equal(sent['return_progress'], flavor === 'llamacpp' ? true : undefined);
      const names = ['repeat_penalty', 'repetition_penalty'].filter((name) => name in sent);
      assert.deepEqual(
        names,
        [penalties[flavor]].filter((name) => name !== undefined),
      );
    });
  }

  it('keep the user’s own variables of the chat template, with the one for thinking', () => {
    const request = { model: 'm', messages: [user('Hi')], options, think: false };
    const { chat_template_kwargs: sent, reasoning_effort: effort } = chatBody(request, 'vllm');
    assert.deepEqual(sent, { custom: 1, enable_thinking: false });
    assert.equal(effort, 'none');
  });

  it('have no limit for an answer without one', () => {
    for (const num_predict of [-1, -2, 0]) {
      assert.ok(!('max_tokens' in body([user('Hi')], 'vllm', { num_predict })));
    }
  });
});
