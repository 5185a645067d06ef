import type { Browser, Page, ViewportSize } from 'playwright-core';

/**
 * Settings of a VS Code that nobody sits before: nothing moves by itself, and nothing is drawn or looked
 * for that no test is about. Each frame takes a processor, and pictures stay the same.
 */
export const stillSettings: Readonly<Record<string, unknown>> = {
  'editor.cursorBlinking': 'solid',
  'workbench.reduceMotion': 'on',
  'editor.minimap.enabled': false,
  'editor.occurrencesHighlight': 'off',
  'breadcrumbs.enabled': false,
  // It lists what every process of the machine has open, every two seconds.
  'remote.autoForwardPorts': false,
};

/** Opens a page for such a VS Code. */
export async function openStillPage(browser: Browser, viewport: ViewportSize): Promise<Page> {
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce' });
  await context.addInitScript(stopMotion);
  return context.newPage();
}

/**
 * Scrollbars fade for most of a second after each move of the mouse, whatever the settings say. Views are
 * frames in the page: they move as they do for a person.
 */
function stopMotion(): void {
  if (window.top !== window) return;
  document.addEventListener('DOMContentLoaded', () => {
    const style = document.createElement('style');
    style.textContent = '* { transition: none !important; animation: none !important; }';
    document.head.append(style);
  });
}
