import assert from 'node:assert/strict';
import type { ChatEvent } from '../../../src/http/streamEvents';
import type { ChatRequest, GenerateRequest } from '../../../src/ollama/ollamaApi';
import { answer, json } from '../../support/ollamaServer/scripts';
import {
  collect,
  endName,
  Fixture,
  model,
  prompt,
  question,
  rejection,
  settle,
} from './clientFixture';

describe('OllamaClient, requests', () => {
  const fixture = new Fixture();

  it('say what was asked, stream, and never let the server cut the prompt', async () => {
    const request: ChatRequest = {
      model,
      messages: [
        { role: 'user', content: 'é', images: ['aGk='] },
        { role: 'tool', content: '4', tool_name: 'add', tool_call_id: 'call_1' },
      ],
      tools: [{ type: 'function', function: { name: 'add', parameters: { type: 'object' } } }],
      think: 'low',
      format: 'json',
      keep_alive: '10m',
      options: { num_ctx: 8192 },
    };
    fixture.server.models([{ name: model, capabilities: ['completion', 'tools', 'thinking'] }]);
    await collect(fixture.client().chat(request));
    const [sent] = fixture.server.requestsTo('/api/chat');
    assert.deepEqual(sent?.json, { ...request, stream: true, truncate: false });
    assert.equal(sent.headers['accept-encoding'], 'identity');
    assert.equal(sent.headers['content-length'], String(Buffer.byteLength(sent.body)));
  });

  it('of generate carry the context back', async () => {
    const request: GenerateRequest = {
      ...prompt,
      context: [1, 2, 3],
      system: 's',
      suffix: 'x',
      template: 't',
      raw: false,
      images: [],
      think: false,
    };
    fixture.server.onGenerate(answer(['a', 'b']));
    const { end } = await collect(fixture.client().generate(request));
    const [sent] = fixture.server.requestsTo('/api/generate');
    assert.deepEqual(sent?.json, { ...request, stream: true, truncate: false });
    assert.deepEqual(end.kind === 'done' && end.context, [1, 2, 3, 1, 2]);
  });

  it('go below the base path, with the headers of the person and of the address', async () => {
    fixture.server.on('/ollama/api/version', json({ version: '1.2.3' }));
    const url = fixture.server.url.replace('//', '//ada:pass@');
    const client = fixture.client({ url: `${url}/ollama/`, headers: { 'x-team': 'blue' } });
    assert.equal(await client.version(), '1.2.3');
    const [sent] = fixture.server.requests;
    assert.equal(sent?.headers['authorization'], `Basic ${btoa('ada:pass')}`);
    assert.equal(sent.headers['x-team'], 'blue');
  });

  it('are refused, not sent, when a header cannot be', async () => {
    const client = fixture.client({ headers: { 'x-key': 'a\nb' } });
    const { message } = await rejection(client.version(), 'internal');
    assert.match(message, /Invalid character in header content \["x-key"\]/u);
    const { end } = await collect(client.chat(question));
    assert.equal(endName(end), 'transportError:internal');
    assert.equal(fixture.server.requests.length, 0);
  });

  it('are not sent before the first event is asked for', async () => {
    const stream = fixture.client().chat(question);
    await settle();
    assert.equal(fixture.server.requests.length, 0);
    await stream.return();
    assert.deepEqual(await collectNothing(stream), []);
    assert.equal(fixture.server.requests.length, 0);
  });
});

async function collectNothing(stream: AsyncGenerator<ChatEvent>): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}
