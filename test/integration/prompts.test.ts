import assert from 'node:assert/strict';
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { PromptLibrary } from '../../src/prompts/promptLibrary';
import { silentLogger } from '../unit/storage/storeFixture';
import { runAndDismiss, writeFile } from './support/extensionHost';

const ofSetting = { explain: 'Explain it.', fix: '', tests: ' Test it. ' };

describe('prompts behind the slash', () => {
  let globalStorageUri: vscode.Uri;
  let isTrusted = true;

  function library(prompts: Readonly<Record<string, string>> = ofSetting): PromptLibrary {
    return new PromptLibrary({
      globalStorageUri,
      logger: silentLogger,
      isTrusted: () => isTrusted,
      ofSetting: () => prompts,
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

  describe('of a hostile folder', () => {
    const rhyme = 'rhyme: Put it in rhymes.';
    let folder: string;
    let prompts: string;

    beforeEach(async () => {
      folder = path.dirname((await writeFile('m1/secret.md', 'canary-secret')).fsPath);
      prompts = path.join(folder, '../.cria/prompts');
    });

    afterEach(async () => {
      await rm(path.join(folder, '../.cria'), { recursive: true });
      await rm(folder, { recursive: true });
      await writeFile('.cria/prompts/rhyme.md', 'Put it in rhymes.');
    });

    async function offered(): Promise<readonly string[]> {
      const all = await library().all();
      return all.flatMap(({ from, name, text }) => (from === 'folder' ? `${name}: ${text}` : []));
    }

    it('M1: are not read through a link to a file', async () => {
      await symlink(path.join(folder, 'secret.md'), path.join(prompts, 'linked.md'));
      assert.deepEqual(await offered(), [rhyme]);
    });

    for (const linked of ['.cria/prompts', '.cria']) {
      it(`M1: are not read through a link in place of ${linked}`, async () => {
        const place = path.join(folder, '..', linked);
        await rename(place, path.join(folder, 'moved'));
        await symlink(path.join(folder, 'moved'), place);
        assert.deepEqual(await offered(), []);
      });
    }

    it('M1: are files of limited length without keys, whatever the file system says', async () => {
      await symlink('/proc/self/environ', path.join(prompts, 'environ.md'));
      await mkdir(path.join(prompts, 'folder.md'));
      await writeFile('.cria/prompts/key.md', `Use ghp_${'a1'.repeat(18)}.`);
      await writeFile('.cria/prompts/long.md', 'x'.repeat(20_000));
      assert.deepEqual(await offered(), [rhyme]);
    });

    it('M1: show every character also of the setting, which can be the workspace’s', async () => {
      const explain = `Explain.${String.fromCodePoint(0xe0041)}\r\nIt.`;
      const [own] = await library({ explain }).all();
      assert.equal(own?.text, 'Explain.⟨U+E0041⟩\nIt.');
    });

    it('M1: show every character that they send', async () => {
      const tags = Array.from('hi', (one) => String.fromCodePoint(0xe0000 + one.charCodeAt(0)));
      await writeFile('.cria/prompts/tags.md', `Look at it.${tags.join('')}\u202E`);
      assert.deepEqual(await offered(), [rhyme, 'tags: Look at it.⟨U+E0068⟩⟨U+E0069⟩⟨U+202E⟩']);
    });
  });
});
