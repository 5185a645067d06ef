import assert from 'node:assert/strict';
import { answer, tokensOf } from '../../support/ollamaServer/scripts';
import { Gate } from '../../support/ollamaServer/exchange';
import type { ChatPanel } from '../support/chatPanel';
import { eventually } from '../../support/clock';
import { model, otherModel, useWindow } from '../support/fixture';

const tokens = tokensOf('A network chunk is not a line of text.');
const whole = tokens.join('');

const code = ["let rest = '';", 'for await (const chunk of body) rest += chunk;'].join('\n');

describe('the chat panel, used by a person', () => {
  const shared = useWindow();
  let chat: ChatPanel;

  before(async () => {
    ({ chat } = shared.window);
    await chat.open();
  });

  beforeEach(() => shared.server.forget());

  /** Asks, and gives the gate that lets the answer through token by token. */
  async function ask(question: string): Promise<Gate> {
    const gate = new Gate();
    shared.server.onChat(answer(tokens, { pacing: { gate } }));
    await chat.send(question);
    return gate;
  }

  /** Lets so many more tokens through, and waits until the answer is so far on the screen. */
  async function pass(gate: Gate, count: number, shown: number): Promise<void> {
    gate.release(count);
    await showsExactly(tokens.slice(0, shown).join(''));
  }

  async function showsExactly(text: string): Promise<void> {
    await eventually(async () => assert.equal(await chat.text(), text));
  }

  function lastMessage(): unknown {
    const messages = shared.server.requestsTo('/api/chat').at(-1)?.json?.['messages'];
    return Array.isArray(messages) ? (messages.at(-1) as unknown) : undefined;
  }

  it('shows an answer as it comes, then its figures', async () => {
    const gate = await ask('What is a chunk?');
    await pass(gate, 1, 1);
    await chat.waitForState('answering');
    await pass(gate, 1, 2);
    await pass(gate, 3, 5);
    gate.open();
    await chat.waitForState('done');
    assert.equal(await chat.text(), whole);
    assert.deepEqual(lastMessage(), { role: 'user', content: 'What is a chunk?' });
    const footer = await chat.lastAnswer().locator('footer').innerText();
    assert.match(footer, /50 tok\/s · 9 tokens · start/u);
  });

  for (const by of ['button', 'Escape'] as const) {
    it(`stops at once by ${by}, and adds nothing afterwards`, async () => {
      const gate = await ask(`Stop by ${by}?`);
      await pass(gate, 3, 3);
      if (by === 'button') await chat.stop();
      else await chat.messageBox().press('Escape');
      await chat.waitForState('stopped');
      await shared.server.clientClosed('/api/chat');
      const text = await chat.text();
      gate.open();
      assert.equal(text, tokens.slice(0, 3).join(''));
      // A whole answer later the stopped one is as it was.
      const stopped = chat.lastAnswer().locator('.markdown');
      const id = await chat.lastAnswer().getAttribute('data-turn-id');
      (await ask('And now?')).open();
      await chat.waitForState('done');
      assert.notEqual(await stopped.innerText(), text);
      const before = chat.content.locator(`[data-turn-id="${id ?? ''}"] .markdown`);
      assert.equal(await before.innerText(), text);
    });
  }

  it('lets a message wait that is sent while an answer runs, over a hidden panel', async () => {
    const gate = await ask('First?');
    await pass(gate, 1, 1);
    for (const text of ['Second?', 'Third?']) {
      await chat.messageBox().fill(text);
      await chat.messageBox().press('Enter');
      await chat.queued(text).waitFor();
    }
    assert.equal(await chat.messageBox().inputValue(), '');
    await shared.window.screenshot('e2e/queue');
    await chat.queued('Third?').getByRole('button', { name: 'Edit Queued Message' }).click();
    await eventually(async () => assert.equal(await chat.messageBox().inputValue(), 'Third?'));
    await chat.messageBox().fill('');
    await shared.window.workbench.runCommand('Explorer: Focus on Open Editors View');
    await chat.messageBox().waitFor({ state: 'hidden' });
    await chat.open();
    await chat.queued('Second?').waitFor();
    assert.equal(shared.server.requestsTo('/api/chat').length, 1);
    shared.server.onChat(answer(tokens));
    gate.open();
    await shared.server.received('/api/chat', 2);
    assert.deepEqual(lastMessage(), { role: 'user', content: 'Second?' });
    await chat.waitForState('done');
    assert.equal(await chat.queued('Second?').count(), 0);
  });

  /** By keys, from the beginning of the message. */
  async function takeLastAway(name: string): Promise<void> {
    const { keyboard } = shared.window.page;
    for (const key of ['Control+Home', 'Backspace', 'Backspace']) await keyboard.press(key);
    await chat.chip(name).waitFor({ state: 'detached' });
  }

  it('attaches by keys alone, and takes away; the chip survives a hidden panel', async () => {
    const { page, workbench } = shared.window;
    await chat.messageBox().pressSequentially('Look at #mone');
    const option = chat.content.getByRole('option').filter({ hasText: 'money.ts' }).first();
    await option.waitFor();
    await shared.window.screenshot('e2e/completion');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await chat.chip('money.ts').waitFor();
    assert.equal(await chat.messageBox().inputValue(), 'Look at money.ts ');
    // A name that is written in full is taken without moving into the list.
    await chat.messageBox().pressSequentially('and #cart.ts');
    await chat.content.getByRole('option').filter({ hasText: 'cart.ts' }).first().waitFor();
    await page.keyboard.press('Enter');
    await chat.chip('cart.ts').waitFor();
    assert.equal(await chat.messageBox().inputValue(), 'Look at money.ts and cart.ts ');
    await takeLastAway('cart.ts');
    await workbench.openFile('cart.ts');
    await workbench.runCommand('Cria: Attach to Chat');
    await chat.focus();
    await chat.chip('cart.ts').waitFor();
    await takeLastAway('cart.ts');
    await workbench.runCommand('Explorer: Focus on Open Editors View');
    await chat.messageBox().waitFor({ state: 'hidden' });
    await chat.open();
    await chat.chip('money.ts').waitFor();
    await shared.window.screenshot('e2e/chip');
    shared.server.forget();
    (await ask('Why cents?')).open();
    await chat.waitForState('done');
    assert.match(
      JSON.stringify(lastMessage()),
      /"Attached as data.*src\/money\.ts:\\n```.*Why cents\?"\}$/u,
    );
    await chat.turns('user').last().locator('.chip-name').click();
    await page.locator('.tab').filter({ hasText: 'money.ts.md' }).waitFor();
    await workbench.runCommand('View: Close All Editors');
  });

  it('does nothing with an empty message', async () => {
    const before = await chat.turns('user').count();
    for (const nothing of ['', '   ', '\n\n']) {
      await chat.messageBox().fill(nothing);
      assert.equal(await chat.button('Send').isDisabled(), true);
      await chat.messageBox().press('Enter');
    }
    (await ask('Something?')).open();
    await chat.waitForState('done');
    assert.equal(await chat.turns('user').count(), before + 1);
    assert.equal(shared.server.requestsTo('/api/chat').length, 1);
  });

  it('breaks the line with Shift+Enter', async () => {
    await chat.messageBox().pressSequentially('One');
    await chat.messageBox().press('Shift+Enter');
    await chat.messageBox().pressSequentially('two');
    await chat.messageBox().press('Enter');
    await shared.server.received('/api/chat');
    assert.deepEqual(lastMessage(), { role: 'user', content: 'One\ntwo' });
    const shown = chat.turns('user').last().locator('.bubble');
    // The server can have the message before the page has drawn it.
    await eventually(async () => assert.equal(await shown.innerText(), 'One\ntwo'));
    await chat.waitForState('done');
  });

  it('sends with the button, too', async () => {
    await chat.messageBox().fill('By the button?');
    await chat.button('Send').click();
    await shared.server.received('/api/chat');
    assert.deepEqual(lastMessage(), { role: 'user', content: 'By the button?' });
    await chat.waitForState('done');
  });

  it('begins another conversation, and finds the first one again', async () => {
    await chat.newConversation();
    (await ask('The only question here?')).open();
    await chat.waitForState('done');
    const messages = shared.server.requestsTo('/api/chat').at(-1)?.json?.['messages'];
    assert.equal(Array.isArray(messages) && messages.length, 2, 'the system prompt and this one');
    await chat.showHistory();
    await shared.window.workbench.pick('What is a chunk?');
    await chat.transcript().getByText('Stop by button?').waitFor();
    await chat.showHistory();
    await shared.window.workbench.pick('The only question here?');
    await eventually(async () => assert.equal(await chat.turns('user').count(), 1));
    assert.equal(await chat.text(), whole);
  });

  it('asks another model, chosen by the button under the message', async () => {
    await chat.button(`Model: ${model}`).click();
    await shared.window.workbench.pick(otherModel);
    await chat.button(`Model: ${otherModel}`).waitFor();
    (await ask('Who are you?')).open();
    await chat.waitForState('done');
    assert.equal(shared.server.requestsTo('/api/chat').at(-1)?.json?.['model'], otherModel);
    assert.equal(await chat.lastAnswer().locator('.model').innerText(), otherModel);
    await chat.button(`Model: ${otherModel}`).click();
    await shared.window.workbench.pick(model);
    await chat.button(`Model: ${model}`).waitFor();
  });

  it('copies the code of a block, and nothing around it', async () => {
    shared.server.onChat(answer([`Before.\n\n\`\`\`ts\n${code}\n\`\`\`\n\nAfter.`]));
    await chat.send('Show me code.');
    await chat.waitForState('done');
    await chat.button('Copy Code').last().click();
    await chat.content.getByText('Copied to clipboard.').waitFor({ state: 'attached' });
    await chat.messageBox().focus();
    await shared.window.page.keyboard.press('Control+V');
    await eventually(async () =>
      assert.equal((await chat.messageBox().inputValue()).trimEnd(), code),
    );
    await chat.messageBox().fill('');
  });

  it('offers in the context menu to copy what is under the mouse', async () => {
    shared.server.onChat(answer([`One *two*.\n\n\`\`\`ts\n${code}\n\`\`\``]));
    await chat.send('What can be copied?');
    await chat.waitForState('done');
    const entries: [place: string, entry: string][] = [
      ['em', 'Copy Message as Markdown'],
      ['em', 'Copy Message as Text'],
      ['em', 'Copy Selection or Block as Markdown'],
      ['code', 'Copy Code'],
    ];
    for (const [place, entry] of entries) {
      await chat.lastAnswer().locator(`.markdown ${place}`).click({ button: 'right' });
      await shared.window.workbench.pickInMenu(entry);
    }
  });
});
