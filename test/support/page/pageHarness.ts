import assert from 'node:assert/strict';
import type { BrowserContext, Page } from 'playwright-core';
import { pageHtml } from '../../../src/panel/html';
import { pageLanguage } from '../../../src/panel/pageLanguage';
import type { FromWebview, ToWebview } from '../../../src/shared/protocol';
import { origin, serveSite } from './site';
import { themes } from './themes';

export type ThemeName = keyof typeof themes;

export interface HarnessOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** What VS Code itself speaks. */
  readonly displayLanguage?: string;
  /** What the page finds when it asks VS Code for its stored state. */
  readonly state?: unknown;
}

declare global {
  interface Window {
    /** What the page has posted, and the state it has stored. */
    criaHarness: {
      posted: FromWebview[];
      state: unknown;
      /** Frames that the page has asked for and not had. */
      pendingFrames: number;
      nextFrame: typeof requestAnimationFrame;
    };
  }
}

/**
 * The chat page as VS Code would show it, alone in Chromium: the real document with its policy, a
 * theme's real colours, and a stand-in for VS Code's side of the messages.
 */
export class PageHarness {
  readonly page: Page;
  /** Console errors, uncaught errors and requests to other origins; empty in every good run. */
  readonly #problems: string[];
  readonly #foreign: readonly string[];

  private constructor(page: Page, problems: string[], foreign: readonly string[]) {
    this.page = page;
    this.#problems = problems;
    this.#foreign = foreign;
  }

  static async open(context: BrowserContext, options: HarnessOptions = {}): Promise<PageHarness> {
    const { theme = 'dark', width = 330, height = 760, state } = options;
    const { tag, bundle } = pageLanguage(options.displayLanguage ?? 'en');
    const page = await context.newPage();
    await page.setViewportSize({ width, height });
    const html = pageHtml({
      cspSource: origin,
      nonce: 'bm9uY2UtZm9yLXRlc3Rz',
      pageUri: `${origin}/dist/page.js`,
      cssUri: `${origin}/media/page.css`,
      codiconCssUri: `${origin}/dist/codicon.css`,
      language: tag,
      textsUri: bundle === undefined ? undefined : `${origin}/dist/${bundle}`,
    });
    const foreign = await serveSite(page, html);
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.addInitScript(standInForVsCode, { theme: themes[theme], state });
    await page.goto(origin);
    await page.waitForFunction(() =>
      window.criaHarness.posted.some(({ type }) => type === 'ready'),
    );
    return new PageHarness(page, problems, foreign);
  }

  /** Posts as the extension host would, and waits until the page has drawn all of it. */
  async post(...messages: readonly ToWebview[]): Promise<void> {
    await this.page.evaluate(async (all) => {
      for (const message of all) window.postMessage(message);
      // A message posted after those arrives after them.
      await new Promise<void>((arrived) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => setTimeout(arrived);
        port2.postMessage('');
      });
      const harness = window.criaHarness;
      do {
        await new Promise((done) => harness.nextFrame(done));
      } while (harness.pendingFrames > 0);
    }, messages);
  }

  /** What the page has posted so far. */
  async posted(): Promise<readonly FromWebview[]> {
    return this.page.evaluate(() => window.criaHarness.posted);
  }

  async postedOf<T extends FromWebview['type']>(
    type: T,
  ): Promise<readonly Extract<FromWebview, { type: T }>[]> {
    const all = await this.posted();
    return all.filter((message) => message.type === type) as Extract<FromWebview, { type: T }>[];
  }

  async storedState(): Promise<unknown> {
    return this.page.evaluate(() => window.criaHarness.state);
  }

  /** What the page has reported so far, which `close` then does not count. */
  async takeProblems(): Promise<readonly string[]> {
    const reported = await this.postedOf('pageError');
    await this.page.evaluate(() => window.criaHarness.posted.splice(0));
    this.#problems.length = 0;
    return reported.map(({ message }) => message);
  }

  /** Closes the page; fails if it reported an error or asked for anything outside. */
  async close(): Promise<void> {
    const reported = await this.postedOf('pageError');
    await this.page.close();
    assert.deepEqual([...this.#problems, ...reported, ...this.#foreign], []);
  }
}

interface StandIn {
  readonly theme: {
    readonly bodyClass: string;
    readonly variables: Readonly<Record<string, string>>;
  };
  readonly state: unknown;
}

/** Runs in the page before anything else. */
function standInForVsCode({ theme, state }: StandIn): void {
  const nextFrame = window.requestAnimationFrame.bind(window);
  const harness: Window['criaHarness'] = { posted: [], state, pendingFrames: 0, nextFrame };
  window.criaHarness = harness;
  window.requestAnimationFrame = (draw) => {
    harness.pendingFrames += 1;
    return nextFrame((time) => {
      harness.pendingFrames -= 1;
      draw(time);
    });
  };
  Object.assign(window, {
    acquireVsCodeApi: () => ({
      postMessage: (message: FromWebview) => harness.posted.push(structuredClone(message)),
      getState: () => harness.state,
      setState: (next: unknown) => {
        harness.state = structuredClone(next);
      },
    }),
  });
  document.addEventListener('DOMContentLoaded', () => {
    for (const [name, value] of Object.entries(theme.variables)) {
      document.documentElement.style.setProperty(name, value);
    }
    document.body.classList.add(theme.bodyClass);
    document.body.style.background = theme.variables['--vscode-sideBar-background'] ?? '';
  });
}
