import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { answer, tokensOf } from '../support/ollamaServer/scripts';
import { Gate } from '../support/ollamaServer/exchange';
import { formatJson, joinJson } from '../../src/history/conversationTransfer';
import type { ConversationEvent } from '../../src/shared/turn';
import type { ChatPanel } from './support/chatPanel';
import { eventually } from '../support/clock';
import { useWindow } from './support/fixture';
import { storages } from './support/storage';
import { picturedThemes, type Workbench } from './support/workbench';

describe('the list of conversations', () => {
  const shared = useWindow();
  let chat: ChatPanel;
  let workbench: Workbench;

  before(async () => {
    ({ chat, workbench } = shared.window);
    await chat.open();
    await converse('How do I read a stream?', 'Keep the unfinished tail of each chunk.');
    await converse('And what is a mutex?', 'A lock that one thread holds.');
    await chat.newConversation();
    await converse('What does debounce do?', 'It waits for a pause.');
    await chat.newConversation();
    await converse('Name three colours.', 'Red, green and blue.');
  });

  async function converse(question: string, reply: string): Promise<void> {
    shared.server.onChat(answer(tokensOf(reply)));
    await chat.send(question);
    await chat.waitForState('done');
  }

  async function labelsAre(...labels: string[]): Promise<void> {
    await eventually(async () => assert.deepEqual(await workbench.pickLabels(), labels));
  }

  it('has what was used last at the top', async () => {
    await chat.showHistory();
    await labelsAre('Name three colours.', 'What does debounce do?', 'How do I read a stream?');
    await shared.window.screenshot('e2e/history');
  });

  it('keeps what is pinned above the others, also after a reload', async () => {
    const pinned = ['How do I read a stream?', 'Name three colours.', 'What does debounce do?'];
    await workbench.pressRowButton('How do I read a stream?', 'Pin');
    await labelsAre(...pinned);
    await shared.window.screenshot('e2e/history-pinned');
    await chat.leaveList();
    await shared.window.reload();
    await chat.messageBox().waitFor();
    await chat.showHistory();
    await labelsAre(...pinned);
  });

  it('finds words of messages, and goes to them', async () => {
    await workbench.typeInPick('unfinished tail');
    await labelsAre('How do I read a stream?');
    const row = workbench.pickRow('How do I read a stream?');
    await row.getByText('Keep the unfinished tail of each chunk.').waitFor();
    await shared.window.screenshot('e2e/history-search');
    await workbench.pick('How do I read a stream?');
    await chat.transcript().getByText('And what is a mutex?').waitFor();
    await chat.content.getByRole('search').getByText('1 of 1', { exact: true }).waitFor();
    await shared.window.screenshot('e2e/history-hit');
    await chat.content.getByRole('button', { name: 'Close', exact: true }).click();
  });

  it('is drawn in other kinds of theme', async () => {
    for (const kind of [...picturedThemes, 'dark'] as const) {
      await shared.window.setTheme(kind);
      await chat.showHistory();
      await workbench.typeInPick('unfinished');
      await workbench.pickRow('How do I read a stream?').getByText('Keep the').waitFor();
      await shared.window.screenshot(`e2e/history-${kind}`);
      await chat.leaveList();
    }
  });

  it('renames, and returns to the list', async () => {
    await chat.showHistory();
    await workbench.pressRowButton('What does debounce do?', 'Rename');
    await workbench.asks('Rename Chat');
    await workbench.enter('Waiting for a pause');
    await labelsAre('How do I read a stream?', 'Name three colours.', 'Waiting for a pause');
  });

  it('deletes, and puts back what was deleted when that is asked for', async () => {
    await workbench.pressRowButton('Waiting for a pause', 'Delete');
    await labelsAre('How do I read a stream?', 'Name three colours.');
    await chat.leaveList();
    const told = await workbench.openNotifications();
    // By the keyboard: VS Code's hover may cover the button.
    await told.getByRole('button', { name: 'Undo' }).press('Enter');
    await chat.transcript().getByText('What does debounce do?').waitFor();
    await chat.showHistory();
    await eventually(async () => assert.equal((await workbench.pickLabels()).length, 3));
    await chat.leaveList();
  });

  it('shows which conversations are being answered, and each continues by itself', async () => {
    const gates = [new Gate(), new Gate()] as const;
    const words = tokensOf('One after the other.');
    for (const gate of gates) {
      await chat.newConversation();
      shared.server.onChat(answer(words, { pacing: { gate } }));
      await chat.send(gate === gates[0] ? 'First of two?' : 'Second of two?');
      gate.release(2);
      await eventually(async () => assert.equal(await chat.text(), 'One after'));
    }
    await chat.showHistory();
    for (const label of ['First of two?', 'Second of two?']) {
      await workbench.pickRow(label).locator('.codicon-loading').waitFor();
    }
    await shared.window.screenshot('e2e/history-running');
    await workbench.pick('First of two?');
    await chat.transcript().getByText('First of two?').waitFor();
    await chat.waitForState('answering');
    gates[0].release(1);
    await eventually(async () => assert.equal(await chat.text(), 'One after the'));
    gates[1].open();
    await chat.showHistory();
    await workbench
      .pickRow('Second of two?')
      .locator('.codicon-loading')
      .waitFor({ state: 'detached' });
    await workbench.pickRow('First of two?').locator('.codicon-loading').waitFor();
    await chat.leaveList();
    gates[0].open();
    await chat.waitForState('done');
    assert.equal(await chat.text(), 'One after the other.');
  });

  it('exports everything, and imports it again: what is there already only once', async () => {
    const file = path.join(shared.window.host.workspaceFolder, 'all.json');
    await shared.window.exportAll('JSON', file);
    await chat.showHistory();
    await workbench.pressRowButton('Name three colours.', 'Delete');
    await workbench.pickRow('Name three colours.').waitFor({ state: 'detached' });
    await chat.leaveList();
    for (const outcome of ['Imported 1 chat.', 'All chats in this file already exist.']) {
      await workbench.runCommand('Cria: Import Chats');
      await workbench.pick('all.json');
      const told = await workbench.openNotifications();
      await told.getByText(outcome).waitFor();
    }
    await chat.showHistory();
    await eventually(async () => assert.equal((await workbench.pickLabels()).length, 5));
  });

  it('exports everything as a text to read', async () => {
    const file = path.join(shared.window.host.workspaceFolder, 'all.md');
    await chat.leaveList();
    const text = await shared.window.exportAll('Markdown', file);
    for (const words of [
      'What does debounce do?',
      'Keep the unfinished tail of each chunk.',
      'Red, green and blue.',
      'One after the other.',
    ]) {
      assert.ok(text.includes(words), words);
    }
    await chat.showHistory();
  });

  it('says what the conversations take, and cleans up after asking', async () => {
    const { page } = workbench;
    await page.getByText(/^Chats \(\d+ kB\)$/u).waitFor();
    await page.getByRole('button', { name: 'Delete Old Chats…' }).click();
    await workbench.pickRow('All').waitFor();
    await shared.window.screenshot('e2e/history-clean-up');
    await workbench.pick('All');
    await page.locator('.monaco-dialog-box').getByRole('button', { name: 'Delete' }).click();
    // What is pinned, and what is shown, stays.
    await labelsAre('How do I read a stream?', 'First of two?');
    await chat.leaveList();
    const [storage = ''] = await storages(shared.window);
    await eventually(async () => assert.equal(await holds(storage, 'Red, green and blue'), false));
    await eventually(async () => assert.equal(await workbench.hasStored('three colours'), false));
    assert.equal(await holds(storage, 'unfinished tail'), true);
  });

  it('shows the end of 1000 turns, goes up without a jump, and finds the first', async () => {
    const { page } = workbench;
    const file = path.join(shared.window.host.workspaceFolder, 'long.json');
    await writeFile(file, longConversation(1000));
    await workbench.runCommand('Cria: Import Chats');
    await workbench.pick('long.json');
    await (await workbench.openNotifications()).getByText('Imported 1 chat.').waitFor();
    await chat.showHistory();
    await workbench.pick('Question 1?');
    const question = (number: number): Locator =>
      chat.turns('user').filter({ hasText: `Question ${number}?` });
    await question(500).waitFor();
    await eventually(async () => assert.ok(await isInView(chat.turns('assistant').last())));
    const drawn = await chat.turns('user').count();
    assert.ok(drawn < 250, `${drawn} questions are drawn`);
    const first = question(500 - drawn + 1);
    await first.scrollIntoViewIfNeeded();
    await eventually(async () => assert.ok((await chat.turns('user').count()) > drawn));
    assert.ok(await isInView(first), 'what was in view is in view');
    await chat.messageBox().press('Control+F');
    await page.keyboard.type('Question 1?');
    await question(1).waitFor();
    assert.equal(await chat.turns('user').count(), 500);
    await eventually(async () => assert.ok(await isInView(question(1))));
    shared.server.onChat(answer(['Number 501.']));
    await chat.send('And now?');
    await chat.waitForState('done');
    assert.equal(await chat.text(), 'Number 501.');
  });
});

function isInView(element: Locator): Promise<boolean> {
  return element.evaluate((node) => {
    const { top, bottom } = node.getBoundingClientRect();
    return bottom > 0 && top < window.innerHeight;
  });
}

/** Whether any file of a folder contains a text. */
async function holds(folder: string, text: string): Promise<boolean> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const read = files.map((entry) => readFile(path.join(entry.parentPath, entry.name), 'utf8'));
  return (await Promise.all(read)).some((content) => content.includes(text));
}

/** A conversation of so many turns as a file to import. Its texts are numbered, from 1. */
function longConversation(turns: number): string {
  const exchanges = Array.from({ length: turns / 2 }, (_, index) => exchange(index + 1));
  return joinJson([formatJson({ id: 'long', events: exchanges.flat() })]);
}

function exchange(number: number): readonly ConversationEvent[] {
  const [question, reply] = [`question-${number}`, `reply-${number}`];
  const parent = number === 1 ? null : `reply-${number - 1}`;
  const createdAt = number;
  const list = Array.from({ length: 20 }, (_, item) => `- item ${item + 1} of this list\n`).join(
    '',
  );
  const text = `This is answer ${number}. It has \`code\` and:\n\n${list}`;
  return [
    {
      kind: 'turnStarted',
      turn: { role: 'user', id: question, parent, createdAt, text: `Question ${number}?` },
    },
    {
      kind: 'turnStarted',
      turn: { role: 'assistant', id: reply, parent: question, createdAt, model: 'qwen3:8b' },
    },
    { kind: 'textAppended', turnId: reply, channel: 'answer', at: 0, text },
    { kind: 'turnEnded', turnId: reply, end: { kind: 'done', reason: 'stop' }, metrics: {} },
  ];
}
