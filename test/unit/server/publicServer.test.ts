import assert from 'node:assert/strict';
import type { BoundServer } from '../../../src/conversation/ports';
import { parseEndpoint } from '../../../src/http/endpoint';
import { createConsentingModels } from '../../../src/server/consentingModels';
import { createOpenaiProvider } from '../../../src/server/openaiProvider';
import { isPublicServer } from '../../../src/server/serverAddress';
import { silentLogger } from '../storage/storeFixture';

const access = { headersFor: () => Promise.resolve({}), logExcerpt: () => undefined };

describe('a server on the internet', () => {
  const hosts = {
    own: [
      'localhost:8000',
      '127.0.0.1:8000',
      '192.168.1.5:8000',
      '10.0.0.7',
      '172.31.0.1',
      '100.100.1.1',
      'gpu01:8000',
      'gpu01.internal',
      'nas.local:1234',
      '[::1]:8000',
      '[fd12::1]:8000',
      '[fe80::1]:8000',
      '[::ffff:10.0.0.1]:8000',
    ],
    public: [
      'api.openai.com',
      'gw.example.com:4000',
      '8.8.8.8:8000',
      '172.32.0.1',
      '[2001:db8::1]:8000',
      '[::ffff:8.8.8.8]:8000',
      'localhost.example.com',
      '10.0.0.7.example.com',
    ],
  };
  for (const [kind, names] of Object.entries(hosts)) {
    for (const name of names) {
      it(`is ${kind === 'own' ? 'not ' : ''}${name}`, () => {
        const endpoint = parseEndpoint(`http://${name}`, {});
        assert.equal(isPublicServer(endpoint), kind === 'public');
      });
    }
  }

  /** The kinds of failure of one question, and what was asked of the server. */
  async function ask(bind: () => BoundServer, mayUseServer: boolean): Promise<readonly string[]> {
    const models = createConsentingModels({
      bind,
      mayLeave: () => false,
      mayUseServer: () => mayUseServer,
      onUnreachable: () => undefined,
      onAnswer: () => undefined,
      logger: silentLogger,
    });
    const prompt = {
      model: 'm',
      messages: [{ role: 'user', content: 'Hi' }],
      profile: {},
    } as const;
    const ends: string[] = [];
    for await (const event of models.chat(prompt, new AbortController().signal)) {
      if (event.type === 'end')
        ends.push('failure' in event.end ? event.end.failure.kind : event.end.kind);
    }
    return ends;
  }

  it('gets nothing before the user has allowed it', async () => {
    const root = parseEndpoint('https://gw.example.com', {});
    const provider = createOpenaiProvider('https://gw.example.com', { root, path: '/v1' }, access);
    const bound = provider.bind();
    let asked = 0;
    const bind = (): BoundServer => ({
      ...bound,
      chat: async function* () {
        asked++;
        yield await Promise.resolve({ type: 'end', end: { kind: 'cancelled' } } as const);
      },
    });
    assert.deepEqual(await ask(bind, false), ['cloudConsent']);
    assert.equal(asked, 0);
    assert.deepEqual(await ask(bind, true), ['cancelled']);
    assert.equal(asked, 1);
    provider.dispose();
  });
});
