import assert from 'node:assert/strict';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';
import { CriaWindow, type CriaWindowOptions } from './criaWindow';

/** One window and one scripted server, which all tests of a file share. */
export interface Fixture {
  readonly window: CriaWindow;
  readonly server: OllamaServer;
}

/** The model that is chosen where a test does not say otherwise. */
export const model = 'qwen3:8b';
export const otherModel = 'llama3.2:3b';

/** The person's settings for that server. */
export function settingsFor(server: OllamaServer): Record<string, unknown> {
  return { 'cria.endpoint': server.url, 'cria.model': model };
}

/** The person's settings alone. */
const usual = (server: OllamaServer): CriaWindowOptions => ({ settings: settingsFor(server) });

/** The window of all files of a part that want nothing else: to start VS Code costs as much as many tests. */
let usualFixture: Promise<Fixture> | undefined;
after(async () => close(await usualFixture));

async function take(options: typeof usual): Promise<Fixture> {
  if (options !== usual) return open(options);
  if (usualFixture) await begin(await usualFixture);
  usualFixture ??= open(usual);
  return usualFixture;
}

async function open(options: typeof usual): Promise<Fixture> {
  const server = await OllamaServer.start();
  offerModels(server);
  return { server, window: await CriaWindow.open(options(server)) };
}

/** As another file left it, with a new conversation. */
async function begin({ server, window }: Fixture): Promise<void> {
  server.off();
  server.forget();
  offerModels(server);
  await window.workbench.runCommand('View: Close All Editors');
  await window.chat.open();
  await window.chat.newConversation();
}

function offerModels(server: OllamaServer): void {
  server.models([model, otherModel]);
  server.loaded([model]);
}

async function close(fixture: Fixture | undefined): Promise<void> {
  await fixture?.window.close();
  await fixture?.server.close();
}

/**
 * Opens the window before the tests of a `describe`. One with options is closed after them. A test in which
 * the page reported an error, or its policy refused something, fails.
 */
export function useWindow(options = usual): Fixture {
  let fixture: Fixture | undefined;
  before(async () => {
    fixture = await take(options);
  });
  afterEach(async function () {
    const title = this.currentTest?.title.replaceAll(/\W+/gu, '-').slice(0, 60) ?? '';
    if (this.currentTest?.state === 'failed')
      await fixture?.window.screenshot(`e2e/failed-${title}`);
    assert.deepEqual(fixture?.window.pageErrors.splice(0), []);
  });
  after(async () => {
    if (options !== usual) await close(fixture);
  });
  const opened = (): Fixture => {
    assert.ok(fixture);
    return fixture;
  };
  return {
    get window() {
      return opened().window;
    },
    get server() {
      return opened().server;
    },
  };
}
