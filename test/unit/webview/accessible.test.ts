import assert from 'node:assert/strict';
import axe from 'axe-core';
import type { ToWebview } from '../../../src/shared/protocol';
import { inRepo } from '../../support/folders';
import type { HarnessOptions, PageHarness } from '../../support/page/pageHarness';
import {
  activity,
  assistant,
  codeAnswer,
  metrics,
  notRunning,
  snapshot,
  user,
} from '../../support/page/states';
import { pageStates } from './pageStates';
import { usePage } from '../../support/page/usePage';

const colourRules = ['color-contrast', 'link-in-text-block'];

type Look = HarnessOptions & { readonly only?: readonly string[] };

/** What a look can make worse: all of it, or only what has to do with colours. */
const usualLooks: readonly Look[] = [
  { theme: 'dark' },
  { theme: 'light', only: colourRules },
  { theme: 'hc-light', only: colourRules },
  { theme: 'dark', zoom: 2 },
];
const otherLooks: readonly Look[] = [
  { theme: 'hc-dark', only: colourRules },
  { theme: 'light', forcedColors: true, only: colourRules },
];
const looks = [...usualLooks, ...(process.env['CRIA_LOOKS'] === 'all' ? otherLooks : [])];

/** Leaves pictures of every state in `artifacts/page/`, in every look with `CRIA_LOOKS=all`. */
const takesPictures = process.env['CRIA_PICTURES'] === '1';

async function takePictures(harness: PageHarness, name: string): Promise<void> {
  const { page } = harness;
  const before = page.viewportSize();
  await page.evaluate(async () => document.fonts.ready);
  for (const width of [300, 600]) {
    await page.setViewportSize({ width, height: 760 });
    await harness.post();
    await page.screenshot({ path: inRepo('artifacts', 'page', `${name}-${width}.png`) });
  }
  if (before) await page.setViewportSize(before);
}

describe('Accessibility', function () {
  this.timeout(takesPictures ? 600_000 : 60_000);
  const open = usePage();

  for (const look of looks) {
    const names = Object.keys(pageStates);
    it(`axe finds nothing in any of ${names.length} states: ${nameOf(look)}`, async () => {
      const found: string[] = [];
      let harness = await openWithAxe(look);
      for (const [name, { messages, act }] of Object.entries(pageStates)) {
        await harness.post(...messages);
        await act?.(harness);
        const violations = await harness.page.evaluate(violationsHere, look.only);
        found.push(...violations.map((violation) => `${name}: ${violation}`));
        if (takesPictures) await takePictures(harness, `${name}-${nameOf(look)}`);
        // What a reader has done stays, so the next state starts with a new page.
        if (act) harness = await openWithAxe(look);
      }
      assert.deepEqual(found, []);
    });
  }

  async function openWithAxe(look: HarnessOptions): Promise<PageHarness> {
    const harness = await open(look);
    await harness.page.evaluate(axe.source);
    return harness;
  }

  it('speaks whole sentences: starts, ends and errors, never tokens', async () => {
    const harness = await open();
    await harness.post(snapshot());
    await harness.page.evaluate(() => {
      const status = document.querySelector('[role=status]');
      const said: string[] = [];
      Object.assign(window, { said });
      const hear = (): number => said.push(status?.textContent ?? '');
      if (status) new MutationObserver(hear).observe(status, { childList: true, subtree: true });
    });
    const turn = (id: string): ToWebview => ({
      type: 'turnStarted',
      turn: assistant(id, { activity: activity('connecting') }),
    });
    const end = (
      turnId: string,
      answer: number,
      state: 'done' | 'stopped' | 'failed',
    ): ToWebview => ({
      type: 'turnEnded',
      turnId,
      activity: activity(state),
      metrics,
      lengths: { answer, thinking: 0 },
      ...(state === 'failed' && { notice: notRunning }),
    });
    await harness.post({ type: 'turnStarted', turn: user('u', 'Why?') }, turn('a'));
    for (let at = 0; at < codeAnswer.length; at += 50) {
      const text = codeAnswer.slice(at, at + 50);
      await harness.post({ type: 'delta', turnId: 'a', channel: 'answer', at, text });
    }
    await harness.post(end('a', codeAnswer.length, 'done'));
    await harness.post(turn('b'));
    await harness.post(end('b', 0, 'stopped'));
    await harness.post(turn('c'));
    await harness.post(end('c', 0, 'failed'));
    assert.deepEqual(await harness.page.evaluate(() => Reflect.get(window, 'said') as string[]), [
      'qwen3:8b is answering.',
      'qwen3:8b finished answering, 212 tokens.',
      'qwen3:8b is answering.',
      'Answer stopped.',
      'qwen3:8b is answering.',
      'Ollama is not running',
    ]);
  });

  it('gives each turn a heading and a name', async () => {
    const { page, post } = await withTurns();
    await post();
    const names = await page
      .getByRole('article')
      .evaluateAll((turns) =>
        turns.map(
          (turn) =>
            document.getElementById(turn.getAttribute('aria-labelledby') ?? '')?.textContent,
        ),
      );
    assert.deepEqual(names, ['You', 'qwen3:8b']);
  });

  it('fits 300 pixels, and half of that when everything is twice as large', async () => {
    for (const width of [300, 160]) {
      const harness = await open({ width, height: 500 });
      for (const { messages, act } of Object.values(pageStates)) {
        if (act) continue;
        await harness.post(...messages);
        const overflow = await harness.page.evaluate(
          () => document.documentElement.scrollWidth - innerWidth,
        );
        const wide = await harness.page.evaluate(() =>
          [...document.querySelectorAll('main *')]
            .filter((element) => !element.closest('pre, .table, .visually-hidden'))
            .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
            .map((element) => element.className || element.localName),
        );
        assert.deepEqual([overflow, wide], [0, []]);
      }
    }
  });

  async function withTurns(): Promise<{
    page: Awaited<ReturnType<typeof open>>['page'];
    post: () => Promise<void>;
  }> {
    const harness = await open();
    const turns = [user('u', 'Why?'), assistant('a', { text: 'So.' })];
    return { page: harness.page, post: async () => harness.post(snapshot({ turns })) };
  }
});

/** Runs in the page. */
async function violationsHere(only?: readonly string[]): Promise<string[]> {
  const { violations } = await window.axe.run(document, {
    preload: false,
    resultTypes: ['violations'],
    ...(only !== undefined && { runOnly: [...only] }),
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary ?? ''}`),
  );
}

function nameOf({ theme, forcedColors, zoom }: HarnessOptions): string {
  if (forcedColors) return 'forced colours';
  return zoom === undefined ? (theme ?? '') : `at ${zoom * 100} %`;
}

declare global {
  interface Window {
    axe: typeof axe;
  }
}
