import assert from 'node:assert/strict';
import { ownValue, refusedOption, valuesOfFolder } from '../../../src/settings/settingScope';

describe('whose value of a setting it is', () => {
  const key = 'cria.contextLength';

  it('is the person’s own, else the manifest’s', () => {
    assert.equal(ownValue({ key, defaultValue: null, globalValue: 8192 }), 8192);
    assert.equal(ownValue({ key, defaultValue: 4096, workspaceValue: 8192 }), 4096);
  });

  it('is not the person’s where the machine of the folder has written it', () => {
    const remote = { key, defaultValue: 1024, globalValue: 9999, globalRemoteValue: 9999 };
    assert.equal(ownValue(remote), 1024);
    const both = { ...remote, globalLocalValue: 2048 };
    assert.equal(ownValue(both), 2048);
    assert.deepEqual(valuesOfFolder(both), [9999]);
  });

  it('is the folder’s wherever a file of the folder sets it', () => {
    const all = { key, globalValue: 1, workspaceValue: 2, workspaceFolderValue: 3 };
    assert.deepEqual(valuesOfFolder(all), [3, 2]);
    assert.deepEqual(valuesOfFolder(undefined), []);
  });
});

describe('refused options', () => {
  it('are those that load the model again, and a limit of 0 tokens', () => {
    assert.equal(refusedOption({ top_p: 0.9, num_predict: 1, num_keep: 0, seed: 0 }), undefined);
    assert.equal(refusedOption({ top_p: 0.9, num_predict: -1 }), undefined);
    assert.equal(refusedOption({ num_ctx: 4096 }), 'num_ctx');
    assert.equal(refusedOption({ num_predict: 0 }), 'num_predict');
  });
});
