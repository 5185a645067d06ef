import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { answer, tokensOf } from '../../support/ollamaServer/scripts';
import { Gate } from '../../support/ollamaServer/exchange';
import { inRepo } from '../../support/folders';
import type { ChatPanel } from '../support/chatPanel';
import { eventually } from '../../support/clock';
import { model, useWindow } from '../support/fixture';
import { killHosts, storages } from '../support/storage';
import { interleave, interleavings, openSecond, type SecondWindow } from './twoWindows';

const tokens = tokensOf('One two three four five six seven eight nine ten eleven twelve.');

/** Raised for a long search; the usual numbers keep the suite short. */
const killPoints = Number(process.env['CRIA_KILL_POINTS'] ?? 1);
const rounds = Number(process.env['CRIA_INTERLEAVINGS'] ?? 1);

describe('the memory, when things go wrong', () => {
  const shared = useWindow();
  let chat: ChatPanel;
  before(async () => {
    ({ chat } = shared.window);
    await chat.open();
    // Cria looks for it when it starts, and so after the first reload.
    const git = path.join(shared.window.host.workspaceFolder, '.git');
    await mkdir(git);
    const config = '[remote "origin"]\n\turl = https://example.org/small-shop.git\n';
    await writeFile(path.join(git, 'config'), config);
  });

  async function converse(question: string, reply: string): Promise<void> {
    shared.server.onChat(answer(tokensOf(reply)));
    await chat.send(question);
    await chat.waitForState('done');
  }

  async function storage(): Promise<string> {
    const [found] = await storages(shared.window);
    assert.ok(found);
    return found;
  }

  const lastMessages = (): unknown =>
    shared.server.requestsTo('/api/chat').at(-1)?.json?.['messages'];

  // One reload is tried with the other things that a person does.
  for (const way of killPoints > 1 ? (['reload', 'SIGKILL'] as const) : (['SIGKILL'] as const)) {
    it(`L2 keeps the messages at ${killPoints} points of a stream (${way})`, async () => {
      for (let point = 1; point <= killPoints; point++) {
        const gate = new Gate();
        shared.server.onChat(answer(tokens, { pacing: { gate } }));
        const question = `Count, please (${way} ${point}).`;
        await chat.send(question);
        const shown = 1 + ((point * 7) % (tokens.length - 1));
        gate.release(shown);
        const text = tokens.slice(0, shown).join('').trimEnd();
        await eventually(async () => assert.equal((await chat.text()).trimEnd(), text));
        if (way === 'SIGKILL') await killHosts(shared.window);
        await shared.window.reload();
        await chat.waitForState('interrupted');
        const kept = (await chat.text()).trimEnd();
        // What came within the last second may be lost when the host is killed.
        if (way === 'reload') assert.equal(kept, text);
        else assert.ok(text.startsWith(kept));
        assert.equal(await chat.turns('user').last().locator('.bubble').innerText(), question);
        await chat.newConversation();
      }
    }).timeout(killPoints * 60_000);
  }

  it('answers with the context of before, also when the logs are gone', async () => {
    await converse('My number is 4711.', 'I keep it in mind.');
    await eventually(async () =>
      assert.ok(await shared.window.workbench.hasStored('I keep it in mind.')),
    );
    await rm(path.join(await storage(), 'conversations'), { recursive: true });
    await shared.window.reload();
    await chat.content.getByText('I keep it in mind.').waitFor();
    await chat.notice().getByText('This chat’s file was missing').waitFor();
    await shared.window.screenshot('e2e/memory-log-gone');
    await converse('What is my number?', '4711');
    assert.deepEqual((lastMessages() as unknown[]).slice(1), [
      { role: 'user', content: 'My number is 4711.' },
      { role: 'assistant', content: 'I keep it in mind.' },
      { role: 'user', content: 'What is my number?' },
    ]);
  });

  it('keeps the chat in memory when nothing can be written, reports it once, and writes everything later', async () => {
    await chat.newConversation();
    const folder = path.join(await storage(), 'conversations');
    await rename(folder, `${folder}.away`);
    await writeFile(folder, 'in the way');
    await converse('Can you hear me?', 'Yes, in memory.');
    const notice = chat.content.locator('.panel-notices .notice');
    await notice.getByText('This chat cannot be saved').waitFor();
    await shared.window.screenshot('e2e/memory-not-saved');
    await converse('Still?', 'Still.');
    assert.equal(await notice.count(), 1);
    await rm(folder);
    await rename(`${folder}.away`, folder);
    await converse('And now?', 'Saved.');
    await notice.waitFor({ state: 'detached' });
    await shared.window.reload();
    await chat.content.getByText('Yes, in memory.').waitFor();
    assert.equal(await chat.text(), 'Saved.');
  });

  it('informs each of two windows of the other, and shows the messages of one in both', async () => {
    const second = await openSecond(shared.window);
    await second.chat.messageBox().waitFor();
    const sentence = 'This chat is also open in another window.';
    for (const panel of [chat, second.chat]) await panel.content.getByText(sentence).waitFor();
    await second.page.bringToFront();
    await second.page.screenshot({ path: inRepo('artifacts', 'e2e', 'memory-two-windows.png') });
    shared.server.onChat(answer(tokensOf('Over there.')));
    await second.chat.send('Who is there?');
    await second.chat.waitForState('done');
    await chat.content.getByText('Over there.').waitFor();
    await keepsItsOwnDraft(second);
    await second.close();
    await chat.content.getByText(sentence).waitFor({ state: 'detached' });
  });

  /** VS Code's state has what the other window has typed since. */
  async function keepsItsOwnDraft(second: SecondWindow): Promise<void> {
    for (const [panel, draft] of [
      [chat, 'Typed here'],
      [second.chat, 'Typed over there'],
    ] as const) {
      await panel.messageBox().fill(draft);
      await eventually(async () => assert.ok(await shared.window.workbench.hasStored(draft)));
    }
    await shared.window.reload();
    await eventually(async () => assert.equal(await chat.messageBox().inputValue(), 'Typed here'));
    await chat.messageBox().fill('');
  }

  it(`S2 loses nothing in ${rounds} interleavings of two windows`, async () => {
    await converse('Shall we begin?', 'Yes.');
    const second = await openSecond(shared.window);
    await second.chat.messageBox().waitFor();
    const panels = { A: chat, B: second.chat };
    const said: string[] = [];
    for (const round of interleavings.slice(-rounds)) {
      // In one conversation, nothing is taken behind an answer that the other window is writing.
      await second.chat.newConversation();
      said.push(...(await interleave(shared, panels, { ...round, storage: await storage() })));
      if (round === interleavings.at(-1)) await second.close();
      else await comesBack(second);
      await comesBack(shared.window);
    }
    const file = path.join(shared.window.host.workspaceFolder, 'both.json');
    const kept = await shared.window.exportAll('JSON', file);
    for (const text of said) assert.ok(kept.includes(text), text);
  }).timeout(60_000 + rounds * 60_000);

  async function comesBack(window: Pick<SecondWindow, 'reload' | 'chat'>): Promise<void> {
    await window.reload();
    await window.chat.messageBox().waitFor();
  }

  it('recognises the folder of a repository that was renamed, and offers its conversations', async () => {
    const { window } = shared;
    const { thread, workbench } = window;
    const old = window.host.workspaceFolder;
    await converse('Will you find me?', 'Wherever you are.');
    shared.server.onGenerate(answer(tokensOf('It waits for a pause.')));
    await workbench.openFile('debounce.ts');
    await workbench.selectLines(5, 8);
    await workbench.runCommand('Cria: Explain Selection');
    await thread.waitUntilDone();
    const renamed = path.join(path.dirname(old), 'renamed-shop');
    await eventually(async () => assert.ok(await isKnownByRemote(old)));
    await rename(old, renamed);
    await window.show({ folder: renamed });
    await chat.open();
    await chat.content.getByText('This folder was probably at').waitFor();
    await window.screenshot('e2e/memory-adoption');
    await chat.button('Copy Chats').click();
    await chat.content.getByText('Wherever you are.').waitFor();
    assert.equal((await storages(window)).length, 2);
    await workbench.openFile('debounce.ts');
    const glyph = window.page.locator('.comment-range-glyph.comment-thread').first();
    await glyph.waitFor();
    // VS Code folds a thread that is new once more, a moment after it has drawn it.
    await workbench.settled(glyph);
    await glyph.click();
    await thread.comments().getByText('It waits for a pause.').waitFor();
    await window.show({ folder: null });
    await rename(renamed, old);
  });

  /** Whether Cria has noted the folder's remote repository; before, it knew the mere folder. */
  async function isKnownByRemote(folder: string): Promise<boolean> {
    const global = path.join(shared.window.host.userDataFolder, 'User', 'globalStorage');
    const known = path.join(global, 'cria.cria', 'workspaces');
    const texts = await Promise.all(
      (await readdir(known)).map((name) => readFile(path.join(known, name), 'utf8')),
    );
    return texts.some((text) => text.includes(folder) && !text.includes('"folder-'));
  }

  it('remembers also without a folder', async () => {
    await shared.window.show({ folder: null });
    await chat.open();
    await converse('No folder here?', 'None.');
    // VS Code takes a window without a folder for another one after each start.
    await shared.window.reload();
    await chat.open();
    await chat.transcript().getByText('No folder here?').waitFor();
    await eventually(async () => assert.equal(await chat.text(), 'None.'));
  });

  it('remembers a workspace of several folders', async () => {
    const { window } = shared;
    const folder = window.host.workspaceFolder;
    const file = path.join(folder, 'both.code-workspace');
    const folders = [{ path: '.' }, { path: path.join(folder, 'src') }];
    await writeFile(file, JSON.stringify({ folders, settings: { 'cria.model': model } }));
    // One folder of several speaks for none of our settings.
    const ofOne = { 'cria.model': 'another', 'cria.endpoint': 'http://127.0.0.1:9' };
    await mkdir(path.join(folder, 'src', '.vscode'), { recursive: true });
    await writeFile(
      path.join(folder, 'src', '.vscode', 'settings.json'),
      JSON.stringify({ ...ofOne, 'cria.temperature': 2 }),
    );
    await window.show({ workspaceFile: file });
    await chat.open();
    await converse('Two folders?', 'Two.');
    const { json } = shared.server.requestsTo('/api/chat').at(-1) ?? {};
    assert.deepEqual([json?.['model'], json?.['options']], [model, undefined]);
    await window.reload();
    await chat.transcript().getByText('Two folders?').waitFor();
    await eventually(async () => assert.equal(await chat.text(), 'Two.'));
    assert.equal((await storages(window)).length, 3);
  });
});
