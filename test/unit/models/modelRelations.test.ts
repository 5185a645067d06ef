import assert from 'node:assert/strict';
import type { InstalledModel } from '../../../src/conversation/ports';
import { findLoaded, getDeletion } from '../../../src/models/modelFacts';

const model: InstalledModel = { name: 'qwen3:8b', size: 5, cloud: false, digest: 'aa' };

describe('deleting a model', () => {
  it('can be undone by a pull, as far as is known', () => {
    assert.deepEqual(getDeletion(model, [model]), { kind: 'pulled' });
    assert.deepEqual(getDeletion(model, []), { kind: 'pulled' });
    const other = { ...model, name: 'other:1b', digest: 'bb' };
    assert.deepEqual(getDeletion(model, [other, model]), { kind: 'pulled' });
  });

  it('deletes only the name of a copy', () => {
    const copy = { ...model, name: 'my-copy:latest' };
    assert.deepEqual(getDeletion(copy, [model, copy]), { kind: 'copy', of: 'qwen3:8b' });
  });

  it('is final for a model that was created on the server', () => {
    const pirate = { ...model, name: 'pirate', digest: 'cc', createdFrom: 'qwen3:8b' };
    assert.deepEqual(getDeletion(pirate, [model, pirate]), { kind: 'created' });
  });

  it('frees nothing for a cloud model', () => {
    assert.deepEqual(getDeletion({ ...model, cloud: true }, [model]), { kind: 'cloud' });
  });

  it('takes models without a digest for different ones', () => {
    const old = { name: 'a', size: 1, cloud: false };
    assert.deepEqual(getDeletion(old, [old, { ...old, name: 'b' }]), { kind: 'pulled' });
  });
});

describe('the loaded entry of a model', () => {
  const loaded = { name: 'qwen3:8b', digest: 'aa', sizeBytes: 9, gpuBytes: 0 };

  it('is found by name, and for a copy by digest', () => {
    assert.equal(findLoaded({ name: 'QWEN3:8b' }, [loaded]), loaded);
    assert.equal(findLoaded({ name: 'my-copy', digest: 'aa' }, [loaded]), loaded);
  });

  it('is not that of another model', () => {
    assert.equal(findLoaded({ name: 'my-copy', digest: 'bb' }, [loaded]), undefined);
    assert.equal(findLoaded({ name: 'my-copy' }, [{ ...loaded, digest: 'aa' }]), undefined);
    const { digest, ...old } = loaded;
    assert.equal(digest, 'aa');
    assert.equal(findLoaded({ name: 'my-copy' }, [old]), undefined);
  });
});
