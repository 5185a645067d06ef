import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { PromptLibrary } from '../../src/prompts/promptLibrary';
import { silentLogger } from '../unit/storage/storeFixture';
import { runAndDismiss, writeFile } from './support/extensionHost';

const ofSetting = { explain: 'Explain it.', fix: '', tests: ' Test it. ' };

describe('prompts behind the slash', () => {
  let globalStorageUri: vscode.Uri;
  let isTrusted = true;

  function library(): PromptLibrary {
    return new PromptLibrary({
      globalStorageUri,
      logger: silentLogger,
      isTrusted: () => isTrusted,
      ofSetting: () => ofSetting,
    });
  }

  before(async () => {
    const own = await writeFile('storage/prompts/Review.md', '# Review this.\n');
    globalStorageUri = vscode.Uri.joinPath(own, '..', '..');
    await writeFile('storage/prompts/notes.txt', 'no prompt');
    await writeFile('storage/prompts/two words.md', 'no name');
    await writeFile('storage/prompts/empty.md', ' \n');
    await writeFile('storage/prompts/long.md', 'x'.repeat(20_000));
    await writeFile('.cria/prompts/rhyme.md', 'Put it in rhymes.');
  });

  beforeEach(() => {
    isTrusted = true;
  });

  it('are those of the setting, then the person’s files, then those of the folder', async () => {
    assert.deepEqual(await library().all(), [
      { name: 'explain', text: 'Explain it.', from: 'cria' },
      { name: 'tests', text: 'Test it.', from: 'cria' },
      { name: 'Review', text: '# Review this.', from: 'person' },
      { name: 'rhyme', text: 'Put it in rhymes.', from: 'folder' },
    ]);
  });

  it('are not taken from a folder that is not trusted', async () => {
    isTrusted = false;
    const names = (await library().all()).map(({ name }) => name);
    assert.deepEqual(names, ['explain', 'tests', 'Review']);
  });

  it('can be edited by a command, which can be dismissed', async () => {
    await runAndDismiss('cria.openPrompts');
    await runAndDismiss('cria.openPrompts', 'anything', 7);
  });
});
