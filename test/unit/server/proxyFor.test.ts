import assert from 'node:assert/strict';
import { findProxy, type ProxySettings } from '../../../src/server/networkProbes';

const nothing: ProxySettings = { proxy: '', support: 'override', noProxy: [], env: {} };
const set: ProxySettings = { ...nothing, proxy: 'http://ada:sesame@proxy:3128' };
const gpu = 'http://gpu.lan:11434';

/** The rules are VS Code's own (@vscode/proxy-agent `createProxyResolver`). */
describe('the proxy that is named in a diagnosis', () => {
  it('is the one that is set, without its password', () => {
    assert.equal(findProxy(gpu, set), 'http://proxy:3128');
  });

  it('M7: has no password, however it is written', () => {
    for (const user of ['ada:pw', 'ada:p@w', 'ada:p/w', 'ada:p/w@x', 'ada:http://pw', '']) {
      for (const scheme of ['http://', 'socks5://', 'HTTP://', '']) {
        const proxy = `${scheme}${user === '' ? '' : `${user}@`}proxy:3128`;
        assert.equal(findProxy(gpu, { ...nothing, proxy }), `${scheme}proxy:3128`, proxy);
        const env = { HTTPS_PROXY: proxy };
        assert.equal(findProxy(gpu, { ...nothing, env }), `${scheme}proxy:3128`, proxy);
      }
    }
  });

  it('is that of the environment where none is set', () => {
    const env = { HTTPS_PROXY: 'http://one:1', http_proxy: 'http://two:2' };
    assert.equal(findProxy(gpu, { ...nothing, env }), 'http://one:1');
    assert.equal(findProxy(gpu, { ...set, env }), 'http://proxy:3128');
    assert.equal(findProxy(gpu, nothing), '');
  });

  for (const origin of ['http://127.0.0.1:11434', 'http://localhost:1', 'http://[::1]:11434']) {
    it(`is none for ${origin}`, () => assert.equal(findProxy(origin, set), ''));
  }

  it('is none where proxies are switched off', () => {
    assert.equal(findProxy(gpu, { ...set, support: 'off' }), '');
  });

  for (const [entry, isExcept] of [
    ['gpu.lan', true],
    ['.lan', true],
    ['*.lan', true],
    ['lan', true],
    ['GPU.LAN:11434', true],
    ['*', true],
    ['gpu.lan:80', false],
    ['pu.lan', false],
    ['', false],
  ] as const) {
    it(`is ${isExcept ? 'none' : 'there'} where "${entry}" goes without`, () => {
      assert.equal(findProxy(gpu, { ...set, noProxy: [entry] }) === '', isExcept);
      const env = { NO_PROXY: `other.lan, ${entry}` };
      assert.equal(findProxy(gpu, { ...set, env }) === '', isExcept);
    });
  }

  it('is chosen by the settings’ own list alone, where there is one', () => {
    const env = { no_proxy: 'gpu.lan' };
    assert.equal(findProxy(gpu, { ...set, noProxy: ['other'], env }), 'http://proxy:3128');
  });
});
