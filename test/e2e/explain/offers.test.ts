import assert from 'node:assert/strict';
import { eventually } from '../../support/clock';
import { answer } from '../../support/ollamaServer/scripts';
import type { Fixture } from '../support/fixture';
import { useExplanations } from './explanations';

describe('where explanations are offered, and where they lead', () => {
  const { shared } = useExplanations();

  it('is folded, and opened again, by its glyph', async () => {
    const { page, thread, workbench } = shared.window;
    shared.server.onGenerate(answer(['It waits.']));
    await workbench.openFile('debounce.ts');
    await workbench.selectLines(5, 8);
    await workbench.runCommand('Cria: Explain Selection');
    await thread.waitUntilDone();
    const glyph = page.locator('.comment-range-glyph.comment-thread').first();
    for (const state of ['hidden', 'visible'] as const) {
      await workbench.settled(glyph);
      await glyph.click();
      await thread.widget.waitFor({ state });
    }
  });

  it('takes the next question into the chat when the thread is full', async () => {
    const { chat, thread, workbench } = shared.window;
    const long = 'It waits. '.repeat(801);
    shared.server.onGenerate(answer([long]));
    await workbench.selectLines(5, 8);
    await workbench.runCommand('Cria: Explain Selection');
    await thread.widget.getByText('This thread is full').waitFor();
    shared.server.onChat(answer(['Because.']));
    await thread.write('Why?');
    await thread.askButton().click();
    await chat.turns('assistant').nth(1).waitFor();
    await chat.waitForState('done');
    const { json } = await shared.server.received('/api/chat');
    const said = (json?.['messages'] as { content: string }[]).map(({ content }) => content);
    assert.match(said.at(-3) ?? '', /export function debounce<Args/u);
    assert.deepEqual(said.slice(-2), [long, 'Why?']);
    assert.equal(shared.server.requestsTo('/api/generate').length, 1);
    await shared.window.screenshot('e2e/explanation-full');
    await chat.newConversation();
  });

  it('is offered where there is code to explain, and nowhere else', async () => {
    const { page, workbench } = shared.window;
    const offers = (wanted: readonly string[]): Promise<void> =>
      eventually(async () => assert.deepEqual(await offered(shared), wanted));
    await workbench.openFile('debounce.ts');
    await workbench.selectLines(5, 8);
    await page.keyboard.press('Shift+F10');
    const menu = page.locator('.context-view .action-item');
    await menu.getByText('Cria', { exact: true }).hover();
    await page.keyboard.press('Enter');
    await menu.getByText('Explain Selection', { exact: true }).waitFor();
    await menu.getByText('Ask About Selection', { exact: true }).waitFor();
    assert.equal(await menu.getByText('Explain Symbol', { exact: true }).count(), 0);
    // The submenu takes the first key, once it has the focus.
    await eventually(async () => {
      await page.keyboard.press('Escape');
      await menu.first().waitFor({ state: 'detached', timeout: 1_000 });
    });
    const ofSelection = ['Cria: Ask About Selection', 'Cria: Explain Selection'];
    await offers(['Cria: Ask About File', ...ofSelection]);
    await page.keyboard.press('ArrowLeft');
    await offers(['Cria: Ask About File']);
    await workbench.runCommand('File: New Untitled Text File');
    await offers([]);
    await workbench.runCommand('View: Close Editor');
    await workbench.runCommand('Cria: Show Log');
    await page.locator('.part.panel .monaco-editor.focused').waitFor();
    await offers([]);
    await workbench.runCommand('View: Toggle Panel Visibility');
    await workbench.openFile('debounce.ts');
  });
});

/** The palette's commands to explain or ask about code, without those that only some languages have. */
async function offered({ window }: Fixture): Promise<readonly string[]> {
  const { page, workbench } = window;
  const labels: string[] = [];
  await page.keyboard.press('F1');
  for (const words of ['Ask About', 'Explain']) {
    // Once the palette shows something else, and then no more, it has looked for these words.
    await workbench.typeInPick('>Cria: Open Chat');
    await workbench.pickRow('Cria: Open Chat').waitFor();
    await workbench.typeInPick(`>Cria: ${words}`);
    await workbench.pickRow('Cria: Open Chat').waitFor({ state: 'detached' });
    labels.push(
      ...(await workbench.pickLabels()).filter((label) => label.startsWith(`Cria: ${words}`)),
    );
  }
  await page.keyboard.press('Escape');
  return labels.filter((label) => label !== 'Cria: Explain Symbol').sort();
}
