import assert from 'node:assert/strict';
import { eventually } from '../../support/clock';
import type { ChatPanel } from '../support/chatPanel';
import type { CriaWindow } from '../support/criaWindow';

/** Opens what the newest answer thought, unless it is open. */
export async function openThinking(chat: ChatPanel): Promise<void> {
  const closed = chat.lastAnswer().locator('.thinking-toggle[aria-expanded="false"]');
  if (await closed.isVisible()) await closed.click();
}

/** What the newest answer thought, as far as it can be read without opening it. */
export async function readThinking(chat: ChatPanel): Promise<string> {
  return (await chat.lastAnswer().locator('.thinking-body:not([hidden])').allInnerTexts()).join();
}

/** Everything that is drawn of each turn, without the data for context menus. */
export function readTurns(chat: ChatPanel): Promise<string[]> {
  return chat
    .transcript()
    .locator('article')
    .evaluateAll((articles) =>
      articles.map((article) =>
        new XMLSerializer()
          .serializeToString(article)
          .replaceAll(/ data-vscode-context="[^"]*"/gu, ''),
      ),
    );
}

/** How far the turns are scrolled, and how far it is to their end, in pixels. */
export function readScroll(chat: ChatPanel): Promise<{ top: number; toEnd: number }> {
  return chat.content.locator('.scroller').evaluate((element) => ({
    top: element.scrollTop,
    toEnd: element.scrollHeight - element.scrollTop - element.clientHeight,
  }));
}

/** Scrolls up, as a reader who looks something up. */
export async function scrollUp(chat: ChatPanel, pixels: number): Promise<void> {
  const scroller = chat.content.locator('.scroller');
  await scroller.evaluate((element, by) => element.scrollBy(0, -by), pixels);
}

/**
 * Waits until VS Code has stored what the page knows of its reader, who is at the end or within the first
 * turn: in a browser it stores that only every five seconds.
 */
export async function isStored({ chat, workbench }: CriaWindow): Promise<void> {
  const draft = JSON.stringify(await chat.messageBox().inputValue());
  const isAtEnd = (await readScroll(chat)).toEnd <= 1;
  const first = await chat.turns('user').first().getAttribute('data-turn-id');
  const place = isAtEnd ? '"end"' : `{"turnId":"${first ?? ''}"`;
  const texts = [`"draft":${draft},"caret":`, `"place":${place}`];
  if ((await readThinking(chat)) !== '') {
    const opened = await chat.lastAnswer().getAttribute('data-turn-id');
    texts.push(`"${opened ?? ''}"]`);
  }
  for (const text of texts) {
    await eventually(async () => assert.ok(await workbench.hasStored(text), text));
  }
}
