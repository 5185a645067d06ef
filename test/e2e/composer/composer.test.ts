import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { eventually } from '../../support/clock';
import { answer } from '../../support/ollamaServer/scripts';
import { Gate } from '../../support/ollamaServer/exchange';
import type { ChatPanel } from '../support/chatPanel';
import { CodeTools } from './codeTools';
import { model, settingsFor, useWindow } from '../support/fixture';
import { makeRepository, onDisk } from './project';
import type { Workbench } from '../support/workbench';

const [mark, made] = ['// out of the answer', 'export const made = 1;'];
const changed = `export type Cents = bigint; ${mark}`;
const commandLine = 'echo ran-$((40 + 2)) > ran.txt';
const fenced = (code: string, info = 'ts'): string => `\`\`\`${info}\n${code}\n\`\`\``;
const summary = '- The goal: cents stay whole.';

describe('the composer and the answer, in the hands of a person', () => {
  const shared = useWindow((server) => ({
    // Drawn as text, a terminal can be read.
    settings: { ...settingsFor(server), 'terminal.integrated.gpuAcceleration': 'off' },
    size: { width: 1400, height: 900 },
  }));
  let chat: ChatPanel;
  let workbench: Workbench;
  let tools: CodeTools;
  /** How many answers were asked for so far. */
  let asked = 0;

  before(async () => {
    ({ chat, workbench } = shared.window);
    tools = new CodeTools(shared.window);
    await makeRepository(folder());
    await chat.open();
  });

  const folder = (): string => shared.window.host.workspaceFolder;
  const keys = async (...all: readonly string[]): Promise<void> => {
    for (const key of all) await shared.window.page.keyboard.press(key);
  };
  async function ask(question: string, reply: string): Promise<void> {
    asked += 1;
    shared.server.onChat(answer([reply]));
    await chat.send(question);
    await chat.waitForState('done');
  }

  function lastMessage(): string {
    const messages = shared.server.requestsTo('/api/chat').at(-1)?.json?.['messages'];
    const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
    return JSON.stringify(last);
  }

  /** The file's editor contains the text or, after an undo, no longer contains it. */
  async function has(name: string, text: string, isThere: boolean): Promise<void> {
    const shown = workbench.editor(name).getByText(text);
    await shown.first().waitFor({ state: isThere ? 'visible' : 'detached' });
  }

  /** By the key, once the editor has the focus back from the chat. */
  async function undo(name: string): Promise<void> {
    await workbench.editor(name).and(shared.window.page.locator('.focused')).waitFor();
    await keys('Control+z');
  }

  for (const by of ['mouse', 'keys'] as const) {
    it(`takes code into the editor by ${by}, and each is undone by one key`, async () => {
      await workbench.openFile('money.ts');
      await ask('Insert?', fenced(mark));
      await workbench.openFile('money.ts');
      await tools.press('Insert at Cursor', by);
      await has('money.ts', mark, true);
      await undo('money.ts');
      await has('money.ts', mark, false);

      await workbench.selectLines(2, 2);
      await ask('Replace?', fenced(changed));
      await tools.press('Replace Selection…', by);
      await workbench.changeOf('money.ts').waitFor();
      assert.match((await onDisk(folder(), 'src/money.ts')) ?? '', /Cents = number/u);
      await tools.lens('Accept').waitFor();
      await shared.window.screenshot(`e2e/diff-${by}`);
      await tools.take('money.ts', by === 'mouse' ? 'lens' : 'key');
      await has('money.ts', mark, true);
      await undo('money.ts');
      await has('money.ts', mark, false);

      await ask('Apply?', fenced(`// src/debounce.ts\n${made}`));
      await tools.press('Apply to src/debounce.ts…', by);
      // The code has no place in the file, so that nothing happens before the user has chosen where.
      await workbench.asks('Apply to src/debounce.ts');
      if (by === 'mouse') await workbench.pick('Replace Whole File');
      else await keys('ArrowDown', 'Enter');
      await tools.take('debounce.ts', by === 'mouse' ? 'title' : 'palette');
      await has('debounce.ts', made, true);
      await has('debounce.ts', 'clearTimeout', false);
      await undo('debounce.ts');
      await has('debounce.ts', 'clearTimeout', true);
    });

    it(`makes a new file by ${by}, and one undo takes it away`, async () => {
      await ask('New?', fenced(made));
      await tools.press('Insert into New File…', by);
      await workbench.enter(`src/made-${by}.ts`);
      await workbench.changeOf(`made-${by}.ts`).waitFor();
      assert.equal(await onDisk(folder(), `src/made-${by}.ts`), undefined);
      await tools.take(`made-${by}.ts`, by === 'mouse' ? 'title' : 'key');
      await has(`made-${by}.ts`, made, true);
      assert.equal(await onDisk(folder(), `src/made-${by}.ts`), `${made}\n`);
      await workbench.editor(`made-${by}.ts`).locator('.view-lines').click();
      await keys('Control+z');
      await eventually(async () =>
        assert.equal(await onDisk(folder(), `src/made-${by}.ts`), undefined),
      );
    });
  }

  it('copies several lines, which are pasted into the message and not sent', async () => {
    const lines = 'one();\ntwo();\n\nthree();';
    await ask('Copy?', fenced(lines));
    await tools.press('Copy Code', 'keys');
    await chat.focus();
    await keys('Control+v');
    await eventually(async () =>
      assert.equal((await chat.messageBox().inputValue()).trimEnd(), lines),
    );
    assert.equal(shared.server.requestsTo('/api/chat').length, asked);
    await chat.messageBox().fill('');
  });

  it('does nothing when the diff is closed or the change is discarded', async () => {
    await workbench.openFile('money.ts');
    await workbench.selectLines(2, 2);
    await ask('Close?', fenced(changed));
    for (const way of ['close', 'lens', 'title', 'key', 'palette'] as const) {
      await tools.press('Replace Selection…', 'mouse');
      await workbench.changeOf('money.ts').waitFor();
      if (way === 'close') await workbench.runCommand('View: Close Editor');
      else await tools.decide('money.ts', 'Discard', way);
      await workbench.changeOf('money.ts').waitFor({ state: 'detached' });
      await workbench.editor('money.ts').getByText('Cents = number').first().waitFor();
      await has('money.ts', mark, false);
    }
  });

  it('takes one change and discards another of the same file, by the buttons above them', async () => {
    await workbench.openFile('debounce.ts');
    const [first, second, third] = ['// the first', '// the second', '// the third'];
    const lines = workbench.editor('debounce.ts');
    await lines.waitFor();
    const file = (await onDisk(folder(), 'src/debounce.ts')) ?? '';
    const rows = file.trimEnd().split('\n');
    const several = rows.map((row, at) => {
      if (at === 0) return `${row} ${first}`;
      if (at === rows.length - 3) return `${row} ${second}`;
      return at === rows.length - 1 ? `${row} ${third}` : row;
    });
    await ask('Several?', fenced(several.join('\n'), 'ts src/debounce.ts'));
    await tools.press('Apply to src/debounce.ts…', 'mouse');
    await tools.lens('Accept All').waitFor();
    await shared.window.screenshot('e2e/diff-several');
    // The buttons are one line high: VS Code would put the keys of their commands below them.
    const bar = shared.window.page.locator('.editor-actions').first();
    assert.doesNotMatch(await bar.innerText(), /Ctrl|Esc/u);
    await tools.lens('Discard').click();
    await tools.lens('Accept').click();
    await eventually(async () => assert.equal(await tools.lens('Accept All').count(), 0));
    await tools.take('debounce.ts', 'key');
    await has('debounce.ts', third, true);
    await has('debounce.ts', second, true);
    await has('debounce.ts', first, false);
    await undo('debounce.ts');
    await has('debounce.ts', third, false);
    await has('debounce.ts', second, true);
    await keys('Control+z');
    await has('debounce.ts', second, false);
  });

  it('brings a line to the terminal and does not run it', async () => {
    await ask('Run?', fenced(commandLine, 'sh'));
    await tools.press('Insert into Terminal (Don’t Run)', 'mouse');
    const rows = shared.window.page.locator('.xterm-rows');
    await rows.getByText(commandLine).first().waitFor();
    assert.equal(await onDisk(folder(), 'ran.txt'), undefined);
    // The terminal lives: the person's own Enter runs the line, once.
    await keys('Enter');
    await eventually(async () => assert.equal(await onDisk(folder(), 'ran.txt'), 'ran-42\n'));
    await workbench.runCommand('Terminal: Kill All Terminals');
  });

  it('shows what a message would send, and does what can be done about it, by mouse', async () => {
    await workbench.openFile('money.ts');
    await workbench.runCommand('Cria: Attach to Chat');
    await chat.chip('money.ts').waitFor();
    await chat.button('tokens used').click();
    const plan = chat.content.getByRole('dialog', { name: 'Context for the next message' });
    await plan.getByText('Attachments').waitFor();
    await shared.window.screenshot('e2e/plan');
    await plan.getByRole('button', { name: 'Remove money.ts' }).click();
    await chat.chip('money.ts').waitFor({ state: 'detached' });
    await plan.getByText('Attachments').waitFor({ state: 'detached' });
    await plan.getByRole('button', { name: 'Start Context Here' }).click();
    await plan.getByText('are excluded').waitFor();
    await plan.getByRole('button', { name: 'Include Messages Above' }).click();
    await plan.getByText('are excluded').waitFor({ state: 'detached' });
    await plan.getByRole('button', { name: 'Set Context Length…' }).click();
    await workbench.isAsking();
    await chat.leaveList();
    assert.equal(shared.server.requestsTo('/api/chat').length, asked);
  });

  it('starts a new chat from a summary that the user edits, by keys', async () => {
    await chat.focus();
    await tools.step('Tab', 'tokens used');
    await keys('Enter');
    await chat.content.getByRole('dialog').waitFor();
    await tools.step('Tab', 'Summarize and Start Over');
    asked += 1;
    const gate = new Gate();
    shared.server.onChat(answer([summary], { pacing: { gate } }));
    await keys('Enter');
    await shared.server.received('/api/chat', asked);
    await chat.hasFocus();
    // The result does not disturb what the user does meanwhile.
    await keys('F1');
    await workbench.isAsking();
    gate.open();
    await chat.waitForState('done');
    await shared.window.page.keyboard.type('Cria: Open Chat');
    await workbench.pickRow('Cria: Open Chat').waitFor();
    await keys('Enter');
    await chat.hasFocus();
    await tools.step('Shift+Tab', 'Edit Summary');
    await keys('Enter');
    const edited = chat.content.getByRole('textbox', { name: 'Edited summary' });
    await edited.and(chat.content.locator(':focus')).waitFor();
    await keys('Control+End', 'Enter');
    await shared.window.page.keyboard.type('- Euros, too.');
    await shared.window.screenshot('e2e/summary-edit');
    await keys('Control+Enter');
    await edited.waitFor({ state: 'detached' });
    await chat.hasFocus();
    assert.equal(shared.server.requestsTo('/api/chat').length, asked);
    await shared.window.page.keyboard.type('Go on from there.');
    asked += 1;
    shared.server.onChat(answer(['Gladly.']));
    await keys('Enter');
    await chat.lastAnswer().getByText('Gladly.').waitFor();
    await chat.waitForState('done');
    const { json } = await shared.server.received('/api/chat', asked);
    const sent = (json?.['messages'] as { content: string }[]).map(({ content }) => content);
    assert.deepEqual(sent.slice(-2), [`${summary}\n- Euros, too.`, 'Go on from there.']);
    assert.match(sent.at(-3) ?? '', /^Summary of “/u);
  });

  it('writes a prompt by the slash and keys alone, and runs the panel’s own', async () => {
    await workbench.openFile('money.ts');
    await chat.focus();
    await shared.window.page.keyboard.type('/exp');
    await chat.content.getByRole('option').filter({ hasText: '/explain' }).waitFor();
    await shared.window.screenshot('e2e/slash');
    await keys('Enter');
    await chat.chip('money.ts').waitFor();
    assert.notEqual(await chat.messageBox().inputValue(), '');
    await chat.messageBox().fill('');
    await keys('Control+Home', 'Backspace', 'Delete');
    await chat.chip('money.ts').waitFor({ state: 'detached' });
    await shared.window.page.keyboard.type('/model');
    await chat.content.getByRole('option').filter({ hasText: '/model' }).waitFor();
    await keys('Tab');
    await workbench.pick(model);
    await chat.hasFocus();
    await shared.window.page.keyboard.type('/clear');
    await chat.content.getByRole('option').filter({ hasText: '/clear' }).waitFor();
    await keys('Enter');
    await chat.turns('user').first().waitFor({ state: 'detached' });
    assert.equal(await chat.messageBox().inputValue(), '');
  });

  it('offers what fits the editor, and puts it into the message when pressed', async () => {
    await workbench.openFile('money.ts');
    await workbench.selectLines(2, 2);
    await chat.focus();
    await shared.window.screenshot('e2e/offers');
    await chat.button('Ask about money.ts:2').click();
    await chat.chip('money.ts:2').waitFor();
    await chat.button('Explain money.ts').click();
    await eventually(async () =>
      assert.equal(await chat.messageBox().inputValue(), 'Explain this file.'),
    );
    await chat.chip('money.ts').nth(1).waitFor();
    await chat.messageBox().fill('');
  });

  it('keeps the chips over a reload of the window', async () => {
    await shared.window.reload();
    await chat.focus();
    await chat.chip('money.ts:2').waitFor();
    const remove = chat.content
      .locator('.composer')
      .getByRole('button', { name: /^Remove money/u });
    for (let left = 2; left > 0; left--) {
      await eventually(async () => assert.equal(await remove.count(), left));
      await remove.first().click();
    }
    await eventually(async () => assert.equal(await remove.count(), 0));
  });

  it('completes a name by the mouse', async () => {
    // After a reload VS Code may hand the page a state of earlier, with what was being written then.
    await chat.messageBox().fill('');
    await chat.messageBox().pressSequentially('See #debo');
    await chat.content.getByRole('option').filter({ hasText: 'debounce.ts' }).first().click();
    await chat.chip('debounce.ts').waitFor();
    await eventually(async () =>
      assert.equal(await chat.messageBox().inputValue(), 'See debounce.ts '),
    );
    await chat.button('Remove debounce.ts').click();
    await chat.messageBox().fill('');
  });

  it('attaches by the list behind the plus: the open file, others, and what Git knows', async () => {
    await writeFile(path.join(folder(), 'src', 'money.ts'), `${made}\n`);
    await workbench.openFile('money.ts');
    const choices: readonly (readonly [choice: string, chip: string])[] = [
      ['Open File', 'money.ts'],
      // The other one is what the terminal wrote, which is new.
      ['Git Changes', 'git diff (2 files)'],
    ];
    for (const [choice, label] of choices) {
      await chat.button('Attach to Message').click();
      await workbench.pickContaining(choice);
      await chat.chip(label).waitFor();
      // What is typed next is not written into the code behind the list.
      await chat.hasFocus();
    }
    await chat.button('Attach to Message').click();
    await workbench.pickContaining('Files…');
    await workbench.pickContaining('src/cart.ts');
    await keys('Enter');
    await chat.chip('cart.ts').waitFor();
    await ask('What changed?', 'A line.');
    assert.match(
      lastMessage(),
      /git diff.*-export type Cents = number;.*\+export const made = 1;/u,
    );
    assert.match(lastMessage(), /git diff.*new file.*\+ran-42/u);
  });

  it('finds the other conversation behind the title, by mouse and by keys', async () => {
    const title = chat.content.locator('.conversation-button');
    await title.click();
    await workbench.pick('Insert?');
    await chat.transcript().getByText('Replace?').first().waitFor();
    await title.focus();
    await keys('Enter');
    await workbench.typeInPick('cart.ts');
    await workbench.pickContaining('What changed?');
    await chat.transcript().getByText('A line.').waitFor();
  });

  it('attaches from the menu of the explorer, and what is dragged with Shift', async () => {
    await workbench.runCommand('View: Show Explorer');
    const row = shared.window.page.locator('.explorer-folders-view .monaco-list-row');
    await row.filter({ hasText: 'debounce.ts' }).click({ button: 'right' });
    await workbench.pickInMenu('Cria', 'Attach to Chat');
    await chat.chip('debounce.ts').waitFor();
    await workbench.openFile('cart.ts');
    await chat.open();
    await dragWithShift(workbench.tab('cart.ts'), chat.messageBox());
    await chat.chip('cart.ts').waitFor();
  });

  it('asked a model for nothing but what the person asked for', () => {
    const lookUps = /^\/(?:|api\/(?:version|tags|ps|show))$/u;
    const sent = shared.server.requests.map((request) => request.path);
    assert.deepEqual(
      sent.filter((one) => !lookUps.test(one)),
      Array(asked).fill('/api/chat'),
    );
  });
});

/** VS Code lets a drag reach a view's page only while Shift is held. */
async function dragWithShift(from: Locator, to: Locator): Promise<void> {
  const { mouse, keyboard } = from.page();
  await from.hover();
  await mouse.down();
  await keyboard.down('Shift');
  const box = await to.boundingBox();
  assert.ok(box);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  for (const step of [20, 10, 0]) await mouse.move(x + step, y + step);
  await mouse.up();
  await keyboard.up('Shift');
}
