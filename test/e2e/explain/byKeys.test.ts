import { eventually } from '../../support/clock';
import { answer } from '../../support/ollamaServer/scripts';
import { Gate } from '../../support/ollamaServer/exchange';
import { tokens, useExplanations } from './explanations';

describe('an explanation without the mouse', () => {
  const { shared, explain, shows } = useExplanations();

  it('does all of this by keyboard alone, with the thread at the caret', async () => {
    const { page, thread, workbench } = shared.window;
    const gate = new Gate();
    shared.server.onGenerate(answer(tokens, { pacing: { gate } }));
    await workbench.selectLines(5, 8);
    await workbench.runCommandByKeys('Cria: Explain Selection');
    gate.release(3);
    await shows(tokens.slice(0, 3).join(''));
    await workbench.runCommandByKeys('Cria: Stop Explanation');
    await shared.server.clientClosed('/api/generate');
    shared.server.onChat(answer(['Asked anew.']));
    await workbench.runCommandByKeys('Cria: Ask Follow-Up');
    await page.getByText('Ask a Follow-Up About debounce.ts:5-8').waitFor();
    await page.keyboard.type('And?');
    await page.keyboard.press('Enter');
    await shows('Asked anew.');
    await thread.waitUntilDone();
    shared.server.onChat(answer(['Said in another way.']));
    await workbench.runCommandByKeys('Cria: Regenerate Explanation');
    await shows('Said in another way.');
    await thread.waitUntilDone();
    await workbench.runCommandByKeys('Cria: Dismiss Explanation');
    await thread.widget.waitFor({ state: 'detached' });
  });

  it('copies, shows the prompt, explains changed code and continues in chat by keys, too', async () => {
    const { chat, page, thread, workbench } = shared.window;
    await explain();
    await thread.waitUntilDone();
    await workbench.runCommandByKeys('Cria: Show Prompt');
    const sent = page.locator('.monaco-editor[data-uri^="cria-sent:"]');
    await sent.waitFor();
    await page.keyboard.press('Control+W');
    await sent.waitFor({ state: 'detached' });
    await workbench.selectLines(8, 8);
    await page.keyboard.press('End');
    await page.keyboard.type(' // why?');
    await thread.widget.getByText('code has changed').waitFor();
    shared.server.onGenerate(answer(['Another code.']));
    await workbench.runCommandByKeys('Cria: Explain Changed Code');
    await shows('Another code.');
    await thread.waitUntilDone();
    await workbench.runCommandByKeys('Cria: Copy Explanation');
    await workbench.selectLines(8, 8);
    await page.keyboard.press('End');
    // The clipboard has the text some time after the command.
    const pasted = workbench.editor('debounce.ts').getByText('why?Another code.');
    await eventually(async () => {
      await page.keyboard.press('Control+V');
      await pasted.waitFor({ timeout: 1_000 });
    });
    await workbench.runCommandByKeys('Cria: Continue in Chat');
    await chat.turns('assistant').getByText('Another code.').waitFor();
    await chat.newConversation();
    await workbench.selectLines(1, 1);
    for (let undo = 0; undo < 12; undo++) await page.keyboard.press('Control+Z');
  });
});
