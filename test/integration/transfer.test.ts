import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { exportConversation, importConversations } from '../../src/history/exportImport';
import { exchange, silentLogger, Workspace } from '../unit/storage/storeFixture';

describe('chats as a file', () => {
  const own = { ...vscode.window };
  const shown: string[] = [];
  let from: Workspace;
  let to: Workspace;
  let folder: string;

  beforeEach(async () => {
    [from, to] = [await Workspace.create(), await Workspace.create()];
    folder = await mkdtemp(path.join(tmpdir(), 'cria-export-'));
    shown.length = 0;
    const file = vscode.Uri.file(path.join(folder, 'chats.json'));
    const show = (sentence: string): Promise<undefined> => {
      shown.push(sentence);
      return Promise.resolve(undefined);
    };
    Object.assign(vscode.window, {
      showQuickPick: (items: readonly { readonly label: string }[]) =>
        Promise.resolve(items.find(({ label }) => label === 'JSON (All Chats)')),
      showSaveDialog: () => Promise.resolve(file),
      showOpenDialog: () => Promise.resolve([file]),
      showInformationMessage: show,
      showWarningMessage: show,
    });
  });

  afterEach(async () => {
    const { showQuickPick, showSaveDialog, showOpenDialog } = own;
    const { showInformationMessage, showWarningMessage } = own;
    Object.assign(vscode.window, { showQuickPick, showSaveDialog, showOpenDialog });
    Object.assign(vscode.window, { showInformationMessage, showWarningMessage });
    await from.remove();
    await to.remove();
    await rm(folder, { recursive: true });
  });

  it('are exported without the one that cannot be read, which is named, and imported', async () => {
    const store = from.window();
    for (let n = 0; n < 20; n++) await store.appendPast(randomUUID(), exchange(n, null));
    const unreadable = (await store.summaries()).find(({ title }) => title === 'question 7');
    const id = unreadable?.id;
    const open = (wanted: string): ReturnType<typeof store.open> =>
      wanted === id ? Promise.reject(new Error('EBUSY')) : store.open(wanted);
    await exportConversation({
      store: { summaries: () => store.summaries(), open },
      shown: { id: '', title: '', leaf: null },
      logger: silentLogger,
    });
    assert.deepEqual(shown, ['Exported 19 chats to chats.json. Could not read "question 7".']);

    const target = to.window();
    await importConversations(target, silentLogger);
    assert.equal(shown[1], 'Imported 19 chats.');
    assert.equal((await target.summaries()).length, 19);
    await importConversations(target, silentLogger);
    assert.equal(shown[2], 'All chats in this file already exist.');
  });
});
