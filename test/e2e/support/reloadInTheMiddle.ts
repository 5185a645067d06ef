import type { CriaWindow } from './criaWindow';
import { longQuestions } from './stopInTheMiddle';

/** Reloads the window while an answer comes; a model that is quicker is asked for another one. */
export async function reloadInTheMiddle(window: CriaWindow): Promise<void> {
  const { chat } = window;
  for (const question of longQuestions) {
    await chat.send(question);
    await chat.waitForText(10);
    await window.reload();
    await chat.open();
    await chat.waitForState('interrupted', 'done');
    if ((await chat.lastAnswer().getAttribute('data-state')) === 'interrupted') return;
  }
  throw new Error('The model ended each answer before the window was reloaded.');
}
