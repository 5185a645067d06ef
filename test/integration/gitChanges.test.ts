import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { type GitRepository, readChanges } from '../../src/attachments/gitChanges';
import { ReadingGate } from '../../src/files/readingGate';
import { writeFile } from './support/extensionHost';

describe('the changes of a repository', () => {
  it('counts no file as unread that was staged and then changed back', async () => {
    const uri = await writeFile('git/reverted.ts', 'x');
    const gone = vscode.Uri.joinPath(uri, '..', 'gone.ts');
    const change = { uri, originalUri: uri, status: 0 };
    const untracked = { uri: gone, originalUri: gone, status: 7 };
    const repository: GitRepository = {
      rootUri: vscode.Uri.joinPath(uri, '..'),
      state: {
        HEAD: { commit: 'c' },
        mergeChanges: [],
        indexChanges: [change],
        workingTreeChanges: [{ ...change, status: 5 }, untracked],
      },
      status: () => Promise.resolve(),
      diffIndexWithHEAD: () => Promise.resolve(''),
      diffWith: () => Promise.resolve('\n'),
    };
    const readText = () => Promise.reject(new Error('it is gone'));
    const read = await readChanges(repository, 'all', { gate: new ReadingGate(), readText });
    assert.deepEqual([read.changes, read.unread], [[], 1]);
  });
});
