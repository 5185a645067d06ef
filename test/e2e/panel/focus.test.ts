import assert from 'node:assert/strict';
import { eventually } from '../../support/clock';
import { answer } from '../../support/ollamaServer/scripts';
import { type ChatPanel, escapeLeadsBack } from '../support/chatPanel';
import { useWindow } from '../support/fixture';
import type { Workbench } from '../support/workbench';

describe('the focus, after something was asked', () => {
  const shared = useWindow();
  let chat: ChatPanel;
  let workbench: Workbench;

  before(async () => {
    ({ chat, workbench } = shared.window);
    await chat.open();
    shared.server.onChat(answer(['Yes.']));
    await chat.send('Are cents whole?');
    await chat.waitForState('done');
    await workbench.openFile('money.ts');
    await chat.focus();
  });

  async function takesKeys(): Promise<void> {
    await shared.window.page.keyboard.type('x');
    await eventually(async () => assert.equal(await chat.messageBox().inputValue(), 'x'));
    await chat.messageBox().fill('');
  }

  const attach = (): Promise<void> => chat.button('Attach to Message').click();
  /** VS Code gives it the focus when a list closes. */
  const inEditor = (): Promise<void> =>
    workbench.editor('money.ts').and(shared.window.page.locator('.focused')).waitFor();

  const lists: Readonly<Record<string, () => Promise<void>>> = {
    'the models': async () => {
      await chat.content.locator('.model-button').click();
      await workbench.asks('Select Model');
    },
    'what can be attached': async () => {
      await attach();
      await workbench.isAsking();
    },
    'a list in the place of another': async () => {
      await attach();
      await workbench.pickContaining('Files…');
      await workbench.asks('Attach Files');
    },
    'the conversations': async () => {
      await chat.content.locator('.conversation-button').click();
      await workbench.asks('Chats');
    },
    'the conversations, by the button above the panel': async () => {
      await chat.showHistory();
      await workbench.asks('Chats');
    },
    'the context length': async () => {
      await chat.button('tokens used').click();
      const plan = chat.content.getByRole('dialog', { name: 'Context for the next message' });
      await plan.getByRole('button', { name: 'Set Context Length…' }).click();
      await workbench.asks('Context Length for');
    },
  };

  for (const [name, open] of escapeLeadsBack ? Object.entries(lists) : []) {
    it(`goes to the message when the user closes ${name}`, async () => {
      await open();
      await chat.leaveList();
      await takesKeys();
    });
  }

  it('goes to the message when the user closes a dialog', async () => {
    await chat.button('Delete Message').first().click();
    await workbench.dialog().waitFor();
    await shared.window.page.keyboard.press('Escape');
    await chat.hasFocus();
    await takesKeys();
  });

  it('stays where the user clicked meanwhile, and in the editor after a command', async () => {
    await attach();
    await workbench.isAsking();
    await workbench.editor('money.ts').locator('.view-lines').click();
    await inEditor();
    await workbench.runCommand('Cria: Select Model');
    await workbench.asks('Select Model');
    await shared.window.screenshot('e2e/asked-by-a-command');
    await shared.window.page.keyboard.press('Escape');
    await inEditor();
  });
});
