import assert from 'node:assert/strict';
import { answer } from '../../support/ollamaServer/scripts';
import { Gate } from '../../support/ollamaServer/exchange';
import type { CommentThread } from '../support/commentThread';
import { eventually } from '../../support/clock';
import { model, otherModel } from '../support/fixture';
import type { Workbench } from '../support/workbench';
import { tokens, useExplanations, whole } from './explanations';

describe('an explanation under its code', () => {
  const { shared, explain, shows } = useExplanations();
  let thread: CommentThread;
  let workbench: Workbench;

  before(() => {
    ({ thread, workbench } = shared.window);
  });

  it('streams under the selected lines, then says its figures', async () => {
    const gate = new Gate();
    shared.server.onGenerate(answer(tokens, { pacing: { gate } }));
    await explain();
    gate.release(3);
    await shows(tokens.slice(0, 3).join(''));
    await thread.action('Stop Explanation').waitFor();
    gate.release(4);
    await shows(tokens.slice(0, 7).join(''));
    gate.open();
    await thread.waitUntilDone();
    await shows(whole);
    await thread.widget.getByText(`${model} · 50 tok/s · ${tokens.length} tokens`).waitFor();
    const { json } = await shared.server.received('/api/generate');
    assert.match(String(json?.['prompt']), /debounce\.ts, lines 5-8/u);
    assert.match(String(json?.['prompt']), /export function debounce<Args/u);
  });

  it('answers a question about it, which is sent as messages', async () => {
    await explain();
    await thread.waitUntilDone();
    shared.server.onChat(answer(['Because a new call restarts it.']));
    await thread.ask('Why is the timer cleared?');
    await shows('Because a new call restarts it.');
    const { json } = await shared.server.received('/api/chat');
    const messages = json?.['messages'] as readonly { role: string; content: string }[];
    assert.deepEqual(messages.at(-2), { role: 'assistant', content: whole });
    assert.deepEqual(messages.at(-1), { role: 'user', content: 'Why is the timer cleared?' });
    assert.equal(await thread.comments().count(), 3);
  });

  it('lets the next question be written while the answer still comes', async () => {
    const gate = new Gate();
    shared.server.onGenerate(answer(tokens, { pacing: { gate } }));
    await explain();
    gate.release(3);
    await shows(tokens.slice(0, 3).join(''));
    await thread.write('And then?');
    await eventually(async () => assert.equal(await thread.askButton().isEnabled(), false));
    gate.open();
    await thread.waitUntilDone();
    await eventually(async () => assert.equal(await thread.askButton().isEnabled(), true));
    shared.server.onChat(answer(['Then it calls.']));
    await thread.send('And then?');
    await shows('Then it calls.');
  });

  it('stops, closes the connection and keeps the text', async () => {
    const gate = new Gate();
    shared.server.onGenerate(answer(tokens, { pacing: { gate } }));
    await explain();
    gate.release(4);
    await shows(tokens.slice(0, 4).join(''));
    await thread.action('Stop Explanation').click();
    await shared.server.clientClosed('/api/generate');
    await thread.widget.getByText(`${model} · stopped`).waitFor();
    gate.open();
    shared.server.onChat(answer(['Asked anew.']));
    await thread.ask('And?');
    await shows('Asked anew.');
    const first = thread.comments().first().locator('.comment-body');
    assert.equal((await first.innerText()).trim(), tokens.slice(0, 4).join(''));
    const { json } = await shared.server.received('/api/chat');
    assert.match(JSON.stringify(json?.['messages']), /export function debounce<Args/u);
  });

  it('grows with a long text, and what is being read stays where it is (case 39)', async () => {
    const gate = new Gate();
    const lines = Array.from({ length: 60 }, (_each, index) => `Line ${index + 1}.\n\n`);
    shared.server.onGenerate(answer(lines, { pacing: { gate } }));
    await explain();
    gate.release(10);
    await thread.lastBody().getByText('Line 10.', { exact: true }).waitFor();
    const body = thread.lastBody();
    const read = (): Promise<{ hidden: number; top: number }> =>
      body.evaluate((element) => ({
        hidden: element.scrollHeight - element.clientHeight,
        top: Math.round(element.getBoundingClientRect().top),
      }));
    const { hidden, top } = await read();
    assert.ok(hidden <= 1);
    gate.open();
    await thread.waitUntilDone();
    await thread.lastBody().getByText('Line 60.', { exact: true }).waitFor();
    const after = await read();
    assert.ok(after.hidden <= 1, `${after.hidden} px of the text are hidden`);
    assert.equal(after.top, top);
  });

  it('explains again on request', async () => {
    await explain();
    await thread.waitUntilDone();
    shared.server.onGenerate(answer(['Said in another way.']));
    await thread.action('Regenerate Explanation').click();
    await shows('Said in another way.');
    assert.equal(await thread.comments().count(), 1);
  });

  it('offers the installed models when the selected one is gone, and continues with the new one', async () => {
    shared.server.models([otherModel]);
    await explain();
    await thread.widget.getByText(`Model ${model} is not installed at`).waitFor();
    await shared.window.screenshot('e2e/explanation-failed');
    await thread.link('Select Model').click();
    await workbench.pick(otherModel);
    await shows(whole);
    await shared.window.screenshot('e2e/explanation-mended');
    assert.equal(await thread.comments().count(), 1);
    assert.equal(shared.server.requestsTo('/api/generate').at(-1)?.json?.['model'], otherModel);
  });

  it('keeps the text before an error, shows the words of the server, and asks again', async () => {
    const error = 'llama runner process has terminated';
    shared.server.once('/api/generate', answer(tokens.slice(0, 5), { error }));
    await explain();
    await thread.widget.getByText(/ended unexpectedly/u).waitFor();
    await thread.widget.getByText(error).waitFor();
    const first = thread.comments().first().locator('.comment-body');
    assert.equal((await first.innerText()).trim(), tokens.slice(0, 5).join(''));
    await thread.link('Retry').click();
    await shows(whole);
    assert.equal(await thread.comments().count(), 1);
  });

  it('leaves the caret in the editor, and pops no panel up', async () => {
    await explain();
    await thread.waitUntilDone();
    const { page } = shared.window;
    await page.keyboard.press('ArrowLeft');
    assert.equal(await workbench.editor('debounce.ts').locator(':focus').count(), 1);
    assert.equal(await page.locator('.part.panel').isVisible(), false);
  });

  it('is offered by the light bulb, for the keyboard too', async () => {
    await workbench.selectLines(5, 8);
    const { page } = shared.window;
    await page.keyboard.press('Control+.');
    const menu = page.locator('.action-widget').first();
    await menu.getByText('Explain with Cria', { exact: true }).waitFor();
    await shared.window.screenshot('e2e/explanation-light-bulb');
    // Older ones keep the mouse off the list until it moves there.
    await menu.hover({ force: true });
    await menu.getByText('Explain with Cria', { exact: true }).click();
    await thread.waitUntilDone();
    await shows(whole);
  });

  it('says when its code was changed, explains that, and knows the code again after an undo', async () => {
    const { page } = shared.window;
    await explain();
    await thread.waitUntilDone();
    await workbench.selectLines(1, 1);
    await page.keyboard.press('Home');
    await page.keyboard.type('// A line above.\n');
    await workbench.selectLines(9, 9);
    await page.keyboard.press('End');
    await page.keyboard.type(' // why?');
    await thread.widget.getByText('code has changed').waitFor();
    await shared.window.screenshot('e2e/explanation-changed');
    shared.server.onGenerate(answer(['Another code.']));
    await thread.action('Explain Changed Code').click();
    await shows('Another code.');
    const { json } = await shared.server.received('/api/generate', 2);
    assert.match(String(json?.['prompt']), /debounce\.ts, lines 6-9:[^]*why\?/u);
    await workbench.selectLines(1, 1);
    for (let undo = 0; undo < 12; undo++) await page.keyboard.press('Control+Z');
    await thread.widget.getByText('code has changed').waitFor();
  });

  it('shows the exact words that were sent', async () => {
    await explain();
    await thread.waitUntilDone();
    await thread.action('Show Prompt').click();
    const { json } = await shared.server.received('/api/generate');
    const editor = shared.window.page.locator('.monaco-editor[data-uri^="cria-sent:"]');
    await editor.waitFor();
    await shared.window.screenshot('e2e/explanation-sent');
    const [firstWords = ''] = String(json?.['system']).split('.');
    await editor.getByText(firstWords).waitFor();
    await workbench.runCommand('View: Close Editor');
    await editor.waitFor({ state: 'detached' });
    await workbench.editor('debounce.ts').waitFor();
  });

  it('continues in a new chat', async () => {
    const { chat } = shared.window;
    await explain();
    await thread.waitUntilDone();
    shared.server.onChat(answer(tokens));
    await thread.ask('Why is the timer cleared?');
    await thread.waitUntilDone();
    await thread.action('Continue in Chat').click();
    await chat.turns('assistant').nth(1).waitFor();
    assert.match(await chat.turns('user').first().innerText(), /export function debounce<Args/u);
    assert.equal((await chat.text()).trim(), whole);
    shared.server.onChat(answer(['And so on.']));
    shared.server.forget();
    await chat.send('And then?');
    await chat.waitForState('done');
    await shared.window.screenshot('e2e/explanation-continued');
    const { json } = await shared.server.received('/api/chat');
    const roles = (json?.['messages'] as { role: string }[]).map(({ role }) => role);
    assert.deepEqual(roles.slice(-5), ['user', 'assistant', 'user', 'assistant', 'user']);
    await chat.newConversation();
  });

  it('attaches code to the message in the chat, and the person asks below it', async () => {
    const { chat, page } = shared.window;
    await workbench.openFile('debounce.ts');
    await workbench.selectLines(5, 8);
    await workbench.runCommand('Cria: Ask About Selection');
    await chat.chip('debounce.ts:5-8').waitFor();
    await chat.hasFocus();
    await page.keyboard.type('What is this?');
    await shared.window.screenshot('e2e/ask-about-selection');
    await workbench.openFile('money.ts');
    await workbench.runCommand('Cria: Ask About File');
    await chat.chip('money.ts').waitFor();
    shared.server.forget();
    shared.server.onChat(answer(['It waits.']));
    await chat.messageBox().press('Enter');
    const { json } = await shared.server.received('/api/chat');
    const messages = json?.['messages'] as { content: string }[];
    assert.match(
      messages.at(-1)?.content ?? '',
      /debounce\.ts:5-8:\n```typescript\nexport[^]*```\n\n\S*money\.ts:\n```typescript[^]*formatMoney[^]*```\n\nWhat is this\?$/u,
    );
    await chat.waitForState('done');
    assert.deepEqual(await chat.turns('user').last().locator('.chip-label').allInnerTexts(), [
      'debounce.ts:5-8',
      'money.ts',
    ]);
    await chat.newConversation();
    await workbench.openFile('debounce.ts');
  });

  it('is there again after a reload, also when that fell into the stream', async () => {
    const gate = new Gate();
    await explain();
    await thread.waitUntilDone();
    shared.server.onChat(answer(tokens, { pacing: { gate } }));
    await thread.ask('Why is the timer cleared?');
    gate.release(4);
    await shows(tokens.slice(0, 4).join(''));
    await shared.window.reload();
    await workbench.openFile('debounce.ts');
    const glyph = shared.window.page.locator('.comment-range-glyph.comment-thread').first();
    await glyph.waitFor();
    assert.equal(await thread.widget.isVisible(), false);
    await shared.window.screenshot('e2e/explanation-reloaded');
    // VS Code folds a thread that is new once more, a moment after it has drawn it.
    await workbench.settled(glyph);
    await glyph.click();
    await thread.widget.getByText('interrupted because the window closed').waitFor();
    const bodies = thread.comments().locator('.comment-body');
    assert.deepEqual(
      (await bodies.allInnerTexts()).slice(0, 3).map((text) => text.trim()),
      [whole, 'Why is the timer cleared?', tokens.slice(0, 4).join('')],
    );
    await shared.window.screenshot('e2e/explanation-interrupted');
    gate.open();
    await thread.link('Retry').click();
    await shows(whole);
  });
});
