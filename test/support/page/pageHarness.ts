import assert from 'node:assert/strict';
import type { Frame, Page } from 'playwright-core';
import { pageLanguage, type PageLook } from '../../../src/chat/pageHtml';
import type { FromWebview, ToWebview } from '../../../src/shared/protocol';
import { PageProblems } from './pageProblems';
import { publish, publishAround } from './site';
import themes from './themes.json';

export type ThemeName = keyof typeof themes;

export interface HarnessOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** As where the system decides of all colours. */
  readonly forcedColors?: boolean;
  /** How much larger everything is drawn, as by VS Code's zoom. */
  readonly zoom?: number;
  /** What the user has set for the page. */
  readonly look?: PageLook;
  /** What VS Code itself speaks. */
  readonly displayLanguage?: string;
  /** What the page finds when it asks VS Code for its stored state. */
  readonly state?: unknown;
  /** Whether each sent message is accepted at once; otherwise the test answers. */
  readonly accepts?: boolean;
  /** In a frame, next to something else that can have the focus: a text box, "Editor". */
  readonly isFramed?: boolean;
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
  /** The tab. */
  readonly page: Page;
  /** Where the document is. */
  readonly frame: Frame;
  readonly #problems: PageProblems;

  private constructor(frame: Frame, problems: PageProblems) {
    this.page = frame.page();
    this.frame = frame;
    this.#problems = problems;
  }

  /** @param page a tab, whatever it showed before */
  static async open(page: Page, options: HarnessOptions = {}): Promise<PageHarness> {
    const { theme = 'dark', width = 330, height = 760, state } = options;
    const { tag, bundle } = pageLanguage(options.displayLanguage ?? 'en');
    // VS Code's zoom leaves a page that much fewer pixels, each of them larger.
    const { forcedColors = false, zoom = 1 } = options;
    const pixels = (length: number): number => Math.round(length / zoom);
    await page.setViewportSize({ width: pixels(width), height: pixels(height) });
    await page.emulateMedia({ forcedColors: forcedColors ? 'active' : 'none' });
    const address = await publish({
      script: '/dist/page.js',
      language: tag,
      look: options.look,
      texts: bundle === undefined ? undefined : `/dist/${bundle}`,
    });
    const problems = new PageProblems(page, address);
    const standIn = await page.addInitScript(standInForVsCode, {
      theme: themes[theme],
      state,
      accepts: options.accepts ?? true,
    });
    await page.goto(options.isFramed ? publishAround(address) : address);
    const frame = page.frame({ url: address });
    assert.ok(frame);
    await frame.waitForFunction(() =>
      window.criaHarness.posted.some(({ type }) => type === 'ready'),
    );
    await standIn.dispose();
    return new PageHarness(frame, problems);
  }

  /** Posts as the extension host would, and waits until the page has drawn all of it. */
  async post(...messages: readonly ToWebview[]): Promise<void> {
    await this.frame.evaluate(async (all) => {
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
    return this.frame.evaluate(() => window.criaHarness.posted);
  }

  async postedOf<T extends FromWebview['type']>(
    type: T,
  ): Promise<readonly Extract<FromWebview, { type: T }>[]> {
    const all = await this.posted();
    return all.filter((message) => message.type === type) as Extract<FromWebview, { type: T }>[];
  }

  async storedState(): Promise<unknown> {
    return this.frame.evaluate(() => window.criaHarness.state);
  }

  /** What the page has reported so far, which `close` then does not count. */
  async takeProblems(): Promise<readonly string[]> {
    const reported = await this.postedOf('pageError');
    await this.frame.evaluate(() => window.criaHarness.posted.splice(0));
    this.#problems.take();
    return reported.map(({ message }) => message);
  }

  /** Leaves the tab to others; fails if the page reported an error or asked for anything outside. */
  async close(): Promise<void> {
    const reported = await this.postedOf('pageError');
    assert.deepEqual([...(await this.#problems.end()), ...reported], []);
  }
}

interface StandIn {
  readonly theme: {
    readonly bodyClass: string;
    readonly variables: Readonly<Record<string, string>>;
  };
  readonly state: unknown;
  readonly accepts: boolean;
}

/** Runs in the page before anything else. */
function standInForVsCode({ theme, state, accepts }: StandIn): void {
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
      postMessage: (message: FromWebview) => {
        harness.posted.push(structuredClone(message));
        if (!accepts) return;
        if (message.type === 'send' || message.type === 'editAndResend') {
          window.postMessage({ type: 'accepted', id: message.id });
        }
      },
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
