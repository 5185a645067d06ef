import assert from 'node:assert/strict';
import { displayOrigin, parseEndpoint, type Endpoint } from '../../../src/http/endpoint';

function shown(text: string | undefined, OLLAMA_HOST?: string): string {
  return displayOrigin(parseEndpoint(text, { OLLAMA_HOST }));
}

/** The forms of Ollama's own tests (envconfig/config_test.go), as what a client connects to. */
const forms: readonly (readonly [string, string])[] = [
  ['1.2.3.4', 'http://1.2.3.4:11434'],
  [':1234', 'http://127.0.0.1:1234'],
  ['1.2.3.4:1234', 'http://1.2.3.4:1234'],
  ['example.com', 'http://example.com:11434'],
  ['example.com:1234', 'http://example.com:1234'],
  ['[::1]', 'http://[::1]:11434'],
  ['[::]', 'http://[::1]:11434'],
  ['::1', 'http://[::1]:11434'],
  ['::', 'http://[::1]:11434'],
  ['[::1]:1337', 'http://[::1]:1337'],
  ['[2001:db8::1]:1337', 'http://[2001:db8::1]:1337'],
  [' 1.2.3.4 ', 'http://1.2.3.4:11434'],
  ['"1.2.3.4"', 'http://1.2.3.4:11434'],
  [' " 1.2.3.4 " ', 'http://1.2.3.4:11434'],
  ["'1.2.3.4'", 'http://1.2.3.4:11434'],
  ['http://1.2.3.4', 'http://1.2.3.4'],
  ['http://1.2.3.4:4321', 'http://1.2.3.4:4321'],
  ['https://1.2.3.4', 'https://1.2.3.4'],
  ['https://1.2.3.4:4321', 'https://1.2.3.4:4321'],
  ['https://example.com/ollama', 'https://example.com/ollama'],
  ['https://example.com:8443/a/b//', 'https://example.com:8443/a/b'],
  ['HTTP://EXAMPLE.com:1', 'http://example.com:1'],
  ['ollama.com', 'https://ollama.com'],
  ['0.0.0.0', 'http://127.0.0.1:11434'],
  ['http://0.0.0.0:80', 'http://127.0.0.1'],
  ['0.0.0.0:1234', 'http://127.0.0.1:1234'],
  ['http://[::]:1234', 'http://[::1]:1234'],
  ['localhost', 'http://localhost:11434'],
  ['127.1', 'http://127.0.0.1:11434'],
  ['bücher.example', 'http://xn--bcher-kva.example:11434'],
];

describe('parseEndpoint', () => {
  for (const [text, origin] of forms) {
    it(`takes ${JSON.stringify(text)} for ${origin}, as a setting and as OLLAMA_HOST`, () => {
      assert.equal(shown(text), origin);
      assert.equal(shown('', text), origin);
    });
  }

  it('prefers the setting to OLLAMA_HOST, and has an address when there is neither', () => {
    assert.equal(shown('a:1', 'b:2'), 'http://a:1');
    assert.equal(shown('  ', 'b:2'), 'http://b:2');
    assert.equal(shown(undefined), 'http://127.0.0.1:11434');
    assert.equal(shown('', ' "" '), 'http://127.0.0.1:11434');
  });

  it('takes the usual port for a wrong one in OLLAMA_HOST, as Ollama does, but not in a setting', () => {
    for (const wrong of [':66000', ':-1', ':port', '1.2.3.4:', 'http://1.2.3.4:99999', ':0']) {
      assert.doesNotThrow(() => parseEndpoint('', { OLLAMA_HOST: wrong }));
      assert.throws(() => parseEndpoint(wrong, {}), /the port must be a number from 1 to 65535/u);
    }
    assert.equal(shown('', ':66000'), 'http://127.0.0.1:11434');
    assert.equal(shown('', 'https://1.2.3.4:99999'), 'https://1.2.3.4');
  });

  for (const [text, reason] of [
    ['ftp://example.com', /only http and https are supported/u],
    ['file:///etc/passwd', /only http and https are supported/u],
    ['http://exa mple.com', /host name is invalid/u],
    ['http://[::zz]', /host name is invalid/u],
    ['http://a?b=c', /cannot have a query or fragment/u],
    ['http://a/b#c', /cannot have a query or fragment/u],
    ['1:2:3', /port must be a number/u],
  ] as const) {
    it(`refuses ${text} in one sentence with an example`, () => {
      assert.throws(
        () => parseEndpoint(text, {}),
        (error: unknown) => {
          assert.ok(error instanceof TypeError);
          assert.match(error.message, reason);
          assert.match(error.message, /Example: http:\/\/127\.0\.0\.1:11434$/u);
          return true;
        },
      );
    });
  }

  describe('credentials', () => {
    const secret = 'p%40ss:w/o%2Frd'.replace('/', '%2F');

    it('become a Basic header and are shown nowhere', () => {
      const endpoint: Endpoint = parseEndpoint(`https://ada:${secret}@example.com:1/base`, {});
      assert.equal(endpoint.authorization, `Basic ${btoa('ada:p@ss:w/o/rd')}`);
      assert.equal(displayOrigin(endpoint), 'https://example.com:1/base');
      assert.equal(parseEndpoint('ada:secret@example.com', {}).hostname, 'example.com');
    });

    it('are in no error', () => {
      for (const text of [
        'http://ada:s3cret@a b',
        'ada:s3cret@h:99999',
        'http://ada:s3/cret@h',
        'ftp://ada:s3cret@h',
      ]) {
        assert.throws(
          () => parseEndpoint(text, {}),
          (error: unknown) => error instanceof TypeError && !/s3|ada/u.test(error.message),
        );
      }
      assert.throws(() => parseEndpoint('http://a%zz:s3cret@h', {}), /invalid % escape/u);
    });

    it('leave no header where there are none', () => {
      assert.equal('authorization' in parseEndpoint('example.com', {}), false);
    });
  });
});
