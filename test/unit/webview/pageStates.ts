import type { ToWebview } from '../../../src/shared/protocol';
import type { PageHarness } from '../../support/page/pageHarness';
import { postedStates, prompts } from '../../support/page/states';

/** A state of the page: what the host tells, and what a reader does then. */
export interface PageState {
  readonly messages: readonly ToWebview[];
  readonly act?: (harness: PageHarness) => Promise<void>;
}

/** How much of the running answer in `streaming` is there. */
const streamed = lengthOfLast('streaming');

function lengthOfLast(name: string): number {
  const [first] = postedStates[name] ?? [];
  return first?.type === 'snapshot' ? (first.conversation.turns.at(-1)?.text.length ?? 0) : 0;
}

function after(name: string, act: PageState['act']): PageState {
  return { messages: postedStates[name] ?? [], ...(act && { act }) };
}

/** What only a reader brings about. */
const acted: Readonly<Record<string, PageState>> = {
  find: after('rich', async ({ page }) => {
    await page.keyboard.press('Control+F');
    await page.keyboard.type('line');
    await page.keyboard.press('Enter');
  }),
  plan: after('meter', async ({ page }) => {
    await page.locator('.meter').click();
    await page.getByRole('dialog').waitFor();
  }),
  slash: after('meter', async ({ page }) => {
    await page.locator('.composer textarea').fill('');
    await page.keyboard.type('/');
    await page.evaluate((list) => window.postMessage(list), prompts);
    await page.getByRole('option').first().waitFor();
  }),
  codeMenu: after('meter', async ({ page }) =>
    page.getByRole('button', { name: 'More Actions…' }).last().click(),
  ),
  figures: after('rich', async ({ page }) => page.locator('.figures-toggle').last().click()),
  completion: after('chips', async (harness) => {
    await harness.page.locator('.composer textarea').pressSequentially('See #cl');
    const seq = (await harness.postedOf('query')).at(-1)?.seq ?? 0;
    const found: readonly (readonly [label: string, detail: string, icon: string])[] = [
      ['client.ts', 'src/net', 'file'],
      ['clock.ts', 'src', 'file'],
      ['averyverylongclientnamethatfitsnowhere.ts', 'src/some/very/deep/folder', 'file'],
      ['closeAll', 'src/net/client.ts:12', 'symbol-method'],
    ];
    const items = found.map(([label, detail, icon]) => ({ label, detail, icon, uri: 'file:///x' }));
    await harness.post({ type: 'queryResult', seq, items });
  }),
  editing: after('versions', async ({ page }) =>
    page.locator('.said-line .codicon-edit').last().click(),
  ),
  thinkingOpen: after('thinking', async ({ page }) =>
    page.locator('.thinking-toggle').last().click(),
  ),
  newText: after('streaming', async (harness) => {
    const { page } = harness;
    const text = ' error, and so that it is seen.\n\n'.repeat(20);
    const delta = { type: 'delta', turnId: 'a2', channel: 'answer', text } as const;
    await harness.post({ ...delta, at: streamed });
    await page.locator('.scroller').evaluate((box) => box.scrollTo(0, 0));
    await harness.post();
    await harness.post({ ...delta, at: streamed + text.length });
    await page.getByRole('button', { name: 'Jump to Latest' }).waitFor();
  }),
};

/** Every state of the page, by name. */
export const pageStates: Readonly<Record<string, PageState>> = {
  ...Object.fromEntries(
    Object.entries(postedStates).map(([name, messages]) => [name, { messages }]),
  ),
  ...acted,
};
