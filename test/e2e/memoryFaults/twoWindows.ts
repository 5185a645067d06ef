import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { answer } from '../../support/ollamaServer/scripts';
import { Gate } from '../../support/ollamaServer/exchange';
import { eventually } from '../../support/clock';
import { ChatPanel } from '../support/chatPanel';
import type { CriaWindow } from '../support/criaWindow';
import type { Fixture } from '../support/fixture';
import { extensionHosts } from '../support/storage';
import { Workbench } from '../support/workbench';

export interface SecondWindow {
  readonly page: Page;
  readonly chat: ChatPanel;
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a second window on the same folder, with the same data. */
export async function openSecond(first: CriaWindow): Promise<SecondWindow> {
  const page = await first.page.context().newPage();
  await page.goto(first.host.url());
  const workbench = new Workbench(page);
  await workbench.ready();
  const reload = async (): Promise<void> => {
    // A page in the background is drawn late, or never.
    await page.bringToFront();
    await page.reload();
    await workbench.ready();
  };
  return { page, chat: new ChatPanel(workbench), reload, close: () => page.close() };
}

export type Fault = 'reload' | 'SIGKILL';

/** In which order two windows, A and B, write the two parts of their answers. */
const orders = ['AABB', 'ABAB', 'ABBA', 'BAAB', 'BABA', 'BBAA'] as const;

/** Every order, with each fault in its middle. */
export const interleavings = (['reload', 'SIGKILL'] as const).flatMap((fault) =>
  orders.map((order) => ({ order, fault })),
);

type Name = 'A' | 'B';

/** What one window asks, and how much of the answer it has shown. */
interface Exchange {
  readonly panel: ChatPanel;
  readonly question: string;
  readonly parts: readonly [string, string];
  readonly gate: Gate;
  shown: number;
  isCut: boolean;
}

/**
 * Lets two windows, each in its own conversation, ask at once and receive their answers in that
 * order. In the middle window A is reloaded, or the extension hosts of both are killed.
 * @returns the texts that must be there for ever, as Cria has acknowledged them
 */
export async function interleave(
  { window, server }: Fixture,
  panels: Readonly<Record<Name, ChatPanel>>,
  { order, fault, storage }: { order: string; fault: Fault; storage: string },
): Promise<readonly string[]> {
  const exchanges = {
    A: exchangeOf('A', panels.A, `${order} ${fault}`),
    B: exchangeOf('B', panels.B, `${order} ${fault}`),
  };
  const all = Object.values(exchanges);
  server.onChat((request) => {
    const message = JSON.stringify((request.json?.['messages'] as unknown[]).at(-1));
    const asked = all.find(({ question }) => message.includes(question));
    assert.ok(asked);
    return answer(asked.parts, { pacing: { gate: asked.gate } })(request);
  });
  for (const { panel, question } of all) {
    await panel.messageBox().fill(question);
    await panel.messageBox().press('Enter');
  }
  for (const { panel, question } of all) {
    await panel.transcript().getByText(question, { exact: true }).waitFor();
  }
  const steps = Array.from(order, (name) => exchanges[name === 'A' ? 'A' : 'B']);
  for (const [index, exchange] of steps.entries()) {
    if (index === 2) await strike();
    await step(exchange);
  }
  return all.flatMap((exchange) => acknowledged(exchange, fault));

  async function strike(): Promise<void> {
    const cut = fault === 'reload' ? [exchanges.A] : all;
    for (const exchange of cut) exchange.isCut = exchange.shown < 2;
    if (fault === 'reload') return window.reload();
    for (const pid of await extensionHosts(storage)) process.kill(pid, 'SIGKILL');
  }
}

/** What came within the last second may be lost with a killed host, unless the answer had ended. */
function acknowledged({ question, parts, shown, isCut }: Exchange, fault: Fault): string[] {
  const isSafe = !isCut || fault === 'reload';
  return [question, ...(isSafe ? parts.slice(0, shown).map((part) => part.trim()) : [])];
}

function exchangeOf(name: Name, panel: ChatPanel, round: string): Exchange {
  return {
    panel,
    question: `Window ${name}, ${round}?`,
    parts: [`First of ${name}, ${round}. `, `Second of ${name}, ${round}. `],
    gate: new Gate(),
    shown: 0,
    isCut: false,
  };
}

/** One more part of the answer arrives, if its window still receives it. */
async function step(exchange: Exchange): Promise<void> {
  const { panel, gate, parts } = exchange;
  if (exchange.isCut) return;
  exchange.shown++;
  if (exchange.shown === 1) gate.release();
  else gate.open();
  const text = parts[exchange.shown === 1 ? 0 : 1].trim();
  const own = panel.content.locator('article[data-role="assistant"]', { hasText: text });
  await eventually(async () => assert.ok((await own.count()) > 0));
  if (exchange.shown === 2) await own.and(panel.content.locator('[data-state="done"]')).waitFor();
}
