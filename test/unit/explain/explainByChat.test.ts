import assert from 'node:assert/strict';
import type { ExplainPrompt, ModelEvent } from '../../../src/conversation/ports';
import { withChatFallback } from '../../../src/explain/explainPrompt';
import { createOllamaProvider, type OllamaProvider } from '../../../src/server/ollamaProvider';
import { answer, fail, json, respond } from '../../support/ollamaServer/scripts';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';

describe('an explanation, from a server that can only chat', () => {
  let server: OllamaServer;
  let backend: OllamaProvider;
  const prompt: ExplainPrompt = {
    ...{ model: 'm', prompt: 'const a = 1;', system: 'Explain.' },
    profile: { contextLength: 8192 },
  };

  async function explained(): Promise<{ text: string; end: string }> {
    let text = '';
    let end = '';
    const { signal } = new AbortController();
    for await (const event of withChatFallback(backend).generate(prompt, signal)) {
      text += event.type === 'delta' ? event.answer : '';
      if (event.type === 'end') end += endOf(event);
    }
    return { text, end };
  }

  const endOf = ({ end }: ModelEvent & { type: 'end' }): string =>
    'failure' in end ? end.failure.kind : end.kind;

  beforeEach(async () => {
    server = await OllamaServer.start();
    server.models(['m']);
    server.onChat(answer(['From ', 'a chat.']));
    server.onGenerate(answer(['Generated.']));
    backend = createOllamaProvider();
    backend.connect(server.url);
  });
  afterEach(async () => {
    backend.dispose();
    await server.close();
  });

  for (const [name, script] of [
    ['says so in plain words', respond(404, { 'Content-Type': 'text/plain' }, 'not found')],
    ['says so in a form of its own', json({ detail: 'Method Not Allowed' }, 405)],
    ['says that it is not made for it', json({ message: 'Not Implemented' }, 501)],
  ] as const) {
    it(`is asked as a chat, with the same profile, where the server ${name}`, async () => {
      server.on('/api/generate', script);
      assert.deepEqual(await explained(), { text: 'From a chat.', end: 'done' });
      const [chat, ...more] = server.requestsTo('/api/chat');
      assert.deepEqual(more, []);
      assert.deepEqual(chat?.json?.['options'], { num_ctx: 8192 });
      assert.deepEqual(chat.json['messages'], [
        { role: 'system', content: 'Explain.' },
        { role: 'user', content: 'const a = 1;' },
      ]);
    });
  }

  it('is not asked a second time where the first way works, or fails for another reason', async () => {
    assert.deepEqual(await explained(), { text: 'Generated.', end: 'done' });
    server.models([]);
    assert.deepEqual(await explained(), { text: '', end: 'modelMissing' });
    server.on('/api/generate', fail(500, 'it broke'));
    assert.deepEqual(await explained(), { text: '', end: 'server' });
    assert.equal(server.requestsTo('/api/chat').length, 0);
  });
});
