import assert from 'node:assert/strict';
import { RemoteHost } from '../../../src/server/remoteHost';
import { isThisMachine, isUnencrypted } from '../../../src/shared/urlPolicy';

describe('addresses that a remote environment sets', () => {
  const here = 'http://127.0.0.1:11434';
  let stored: unknown;
  let asked: string[];
  let answer: boolean | undefined;

  const create = (OLLAMA_HOST: string | undefined, isRemote = true): RemoteHost =>
    new RemoteHost({
      memento: {
        get: () => stored,
        update: (_key: string, value: unknown) => {
          stored = value;
          return Promise.resolve();
        },
        keys: () => [],
      },
      isRemote,
      env: { OLLAMA_HOST },
      confirm: (origin) => {
        asked.push(origin);
        return Promise.resolve(answer);
      },
    });

  beforeEach(() => {
    stored = undefined;
    asked = [];
    answer = undefined;
  });

  it('M9: count only after the user has agreed, once per address', async () => {
    const host = create('http://evil.example:80');
    assert.equal(host.getAddress(''), here);
    assert.equal(await host.ask(''), false);
    assert.equal(host.getAddress(' '), here, 'no answer is no consent');
    answer = true;
    assert.equal(await host.ask(''), true);
    assert.equal(host.getAddress(''), '', 'OLLAMA_HOST counts now');
    assert.equal(await host.ask(''), false);
    assert.equal(asked.length, 2);
    assert.equal(create('http://other.example').getAddress(''), here);
  });

  it('M9: stay out after the user has refused', async () => {
    answer = false;
    const host = create('http://127.evil.example');
    assert.equal(await host.ask(''), false);
    assert.equal(await host.ask(''), false);
    assert.equal(asked.length, 1);
    assert.equal(host.getAddress(''), here);
  });

  it('M9: are not asked about where they cannot come from a folder, or lead to this machine', async () => {
    answer = true;
    for (const value of [
      undefined,
      '',
      '127.0.0.1',
      '0.0.0.0:11434',
      'localhost',
      '[::1]:80',
      ':8080',
    ]) {
      const host = create(value);
      assert.equal(await host.ask(''), false);
      assert.equal(host.getAddress(''), '', value);
    }
    const local = create('http://gpu.example.com', false);
    assert.equal(await local.ask(''), false);
    assert.equal(local.getAddress(''), '');
    const set = create('http://evil.example');
    assert.equal(await set.ask('http://gpu.example.com'), false);
    assert.equal(set.getAddress('http://gpu.example.com'), 'http://gpu.example.com');
    assert.deepEqual(asked, []);
  });

  it('M9: count as not agreed to where what is stored cannot be read', () => {
    for (const value of ['yes', [true], { 'http://evil.example': 'true' }, null]) {
      stored = value;
      assert.equal(create('http://evil.example').getAddress(''), here);
    }
  });

  it('L1: are this machine’s by address, not by the beginning of a name', () => {
    const own = [
      '127.0.0.1',
      '127.8.9.10',
      'localhost',
      'localhost.',
      'a.localhost',
      '[::1]',
      '[::ffff:127.0.0.1]',
    ];
    for (const name of own) assert.ok(isThisMachine(`http://${name}:11434`), name);
    const others = [
      '127.evil.example',
      '127.0.0.1.nip.io',
      '127.0.0.1.example',
      'localhost.example',
      '[::2]',
    ];
    for (const name of [...others, '128.0.0.1', '0.0.0.1', '10.0.0.1', '[::ffff:128.0.0.1]']) {
      assert.ok(!isThisMachine(`http://${name}:11434`), name);
      assert.ok(isUnencrypted(`http://${name}:11434`), name);
    }
  });
});
