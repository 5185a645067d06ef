import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { getSharedDirectory } from '../../../src/storage/workspaceStore';
import { temporaryFolder, type TemporaryFolder } from '../../support/folders';

describe('the storage of a second window', () => {
  let root: TemporaryFolder;
  beforeEach(async () => {
    root = await temporaryFolder('storage');
    await mkdir(path.join(root.path, '5ae91d18'));
  });
  afterEach(() => root.remove());

  const storageIn = (id: string): string => path.join(root.path, id, 'cria.cria');

  it('is that of the first one', () => {
    for (const number of [1, 2, 9]) {
      assert.equal(getSharedDirectory(storageIn(`5ae91d18-${number}`)), storageIn('5ae91d18'));
    }
  });

  it('is its own where there is no first one, or the name is not of a second one', () => {
    for (const id of ['5ae91d18', 'c0ffee-1', '-5ae91d18', '5ae91d18-12', '5ae91d18-x']) {
      assert.equal(getSharedDirectory(storageIn(id)), storageIn(id));
    }
  });
});
