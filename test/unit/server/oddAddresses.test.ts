import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { getFailure } from '../../../src/conversation/ports';
import { createOllamaProvider } from '../../../src/server/ollamaProvider';
import {
  findAddressProblem,
  resolveAddress,
  splitAddress,
} from '../../../src/server/serverAddress';
import { isThisMachine, isUnencrypted } from '../../../src/shared/urlPolicy';

/** Nothing can be asked at these. */
const invalid = [
  'tcp://127.0.0.1:11434',
  'unix:///run/ollama.sock',
  'file:///etc/passwd',
  'ollama://localhost',
  'ftp://host',
  'javascript://host',
  'https:///x?y',
  'host:0',
  'host:65536',
  'host:99999999999999999999',
  'host:port',
  'host:11434:11434',
  'host:-1',
  'host: 11434',
  'http://[::1',
  '[::1]x',
  'ho st',
  'http:\\\\host',
  'http://ho<st>',
  'http://a^b',
  'http://%zz',
  'http://host/?q=1',
  'http://host/#top',
  'host/path?x',
  'http://a b@host:x',
  'http://user:%zz@host',
  'http://user:secret-password@ho st',
  '999.999.999.999',
  '0x1ffffffff',
  'http://\u0000',
  `http://${'x'.repeat(5000)} y`,
  '<html>',
];

/** Odd, but valid. */
const valid = [
  '  localhost  ',
  '"127.0.0.1:11434"',
  "'http://host'",
  ':11434',
  '0.0.0.0',
  '::',
  '[::]:11434',
  'fe80::1',
  'HTTP://HOST:80',
  'http://host///',
  'http://host/a b/ü',
  'http://host/../x',
  'http://user:pass@host',
  '127.1',
  '0x7f000001',
  'bücher.example',
  'ollama.com',
  'http://',
  'http://[zz]:11434',
  'host\tname',
  '{}',
  '$(whoami)',
];

describe('odd server addresses', () => {
  const before = process.env['OLLAMA_HOST'];
  afterEach(() => {
    if (before === undefined) delete process.env['OLLAMA_HOST'];
    else process.env['OLLAMA_HOST'] = before;
  });

  for (const address of invalid) {
    const title = inspect(address).slice(0, 50);

    it(`${title} in the setting is a failure with a sentence`, async () => {
      assert.match(
        findAddressProblem(address) ?? '',
        /is not a valid server address: .+\. Example/u,
      );
      assert.equal(splitAddress(address), undefined);
      await failsAsInvalid((provider) => provider.connect(address));
    });

    it(`${title} in OLLAMA_HOST is a failure, until the setting is valid`, async () => {
      process.env['OLLAMA_HOST'] = address;
      const { problem } = resolveAddress('');
      // Ollama itself takes the default port in place of an invalid one.
      if (problem !== undefined) await failsAsInvalid(() => undefined);
      const provider = createOllamaProvider();
      provider.connect('http://127.0.0.1:1');
      assert.equal(provider.origin, 'http://127.0.0.1:1');
      provider.dispose();
    });
  }

  for (const address of valid) {
    it(`${inspect(address)} is an address`, () => {
      const { endpoint, problem, origin } = resolveAddress(address, {});
      assert.ok(endpoint, problem);
      assert.ok(URL.canParse(origin), origin);
      assert.match(endpoint.basePath, /^[!-~]*$/u);
      const provider = createOllamaProvider();
      provider.connect(address);
      provider.dispose();
    });
  }
});

async function failsAsInvalid(
  connect: (provider: ReturnType<typeof createOllamaProvider>) => void,
): Promise<void> {
  const provider = createOllamaProvider();
  try {
    connect(provider);
    assert.doesNotMatch(provider.origin, /secret-password/u);
    assert.ok(provider.origin.length <= 100);
    assert.equal(isThisMachine(provider.origin) && isUnencrypted(provider.origin), false);
    await assert.rejects(provider.installed(), (error) => {
      const failure = getFailure(error);
      assert.equal(failure?.kind, 'invalidAddress');
      assert.match(failure.message, /is not a valid server address/u);
      return true;
    });
    assert.deepEqual(await provider.contextOf('m'), {});
    const { signal } = new AbortController();
    const prompt = { model: 'm', messages: [], profile: {} };
    for await (const event of provider.chat(prompt, signal)) {
      assert.equal(event.type === 'end' && event.end.kind, 'failed');
    }
    for await (const step of provider.admin.pull('m', signal)) {
      assert.equal(step.type === 'end' && step.end.kind, 'failed');
    }
  } finally {
    provider.dispose();
  }
}
