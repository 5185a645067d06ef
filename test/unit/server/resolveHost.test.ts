import assert from 'node:assert/strict';
import { resolveHost } from '../../../src/server/networkProbes';

describe('resolving a host name', () => {
  it('gives up on a resolver that never answers', async () => {
    const never = (): Promise<never> => new Promise(() => undefined);
    assert.deepEqual(await resolveHost('gpu.example', 1, never), {
      kind: 'failed',
      code: 'ETIMEDOUT',
    });
  });

  it('gives all addresses, or the system’s code', async () => {
    const two = () => Promise.resolve([{ address: '::1' }, { address: '127.0.0.1' }]);
    assert.deepEqual(await resolveHost('gpu.example', 60_000, two), {
      kind: 'found',
      addresses: ['::1', '127.0.0.1'],
      isName: true,
    });
    const unknown = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    assert.deepEqual(await resolveHost('gpu.example', 60_000, unknown), {
      kind: 'failed',
      code: 'ENOTFOUND',
    });
  });

  it('resolves no IP address', async () => {
    assert.deepEqual(await resolveHost('::1'), {
      kind: 'found',
      addresses: ['::1'],
      isName: false,
    });
  });
});
