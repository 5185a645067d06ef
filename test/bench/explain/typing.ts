import type { Page } from 'playwright-core';

declare global {
  interface Window {
    typingDelays?: number[];
  }
}

/** Makes the workbench note how long each key press takes until its frame is drawn. */
export async function watchTyping(page: Page): Promise<void> {
  await page.evaluate(() => {
    const delays: number[] = [];
    window.typingDelays = delays;
    const note = (event: KeyboardEvent): void => {
      const drawn = new MessageChannel();
      drawn.port1.onmessage = () => delays.push(performance.now() - event.timeStamp);
      // The message is handled once the frame with the character has been drawn.
      requestAnimationFrame(() => drawn.port2.postMessage(undefined));
    };
    document.addEventListener('keydown', note, { capture: true });
  });
}

/** Types that many characters where the caret is, and gives the milliseconds each one took. */
export async function type(page: Page, count: number): Promise<readonly number[]> {
  await page.evaluate(() => window.typingDelays?.splice(0));
  for (let index = 0; index < count; index++) {
    // As fast as people who type fast.
    await page.keyboard.press(index % 6 === 5 ? 'Space' : 'x', { delay: 20 });
    await page.waitForTimeout(40);
  }
  return page.evaluate(() => window.typingDelays ?? []);
}
