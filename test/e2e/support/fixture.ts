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

/**
 * Opens the window before the tests of a `describe` and closes it after them. A test in which the
 * page reported an error, or its policy refused something, fails.
 */
export function useWindow(
  options: (server: OllamaServer) => CriaWindowOptions = (server) => ({
    settings: settingsFor(server),
  }),
): Fixture {
  let window: CriaWindow | undefined;
  let server: OllamaServer | undefined;
  before(async () => {
    server = await OllamaServer.start();
    server.models([model, otherModel]);
    server.loaded([model]);
    window = await CriaWindow.open(options(server));
  });
  afterEach(async function () {
    const title = this.currentTest?.title.replaceAll(/\W+/gu, '-').slice(0, 60) ?? '';
    if (this.currentTest?.state === 'failed') await window?.screenshot(`e2e/failed-${title}`);
    assert.deepEqual(window?.pageErrors.splice(0), []);
  });
  after(async () => {
    await window?.close();
    await server?.close();
  });
  return {
    get window() {
      assert.ok(window);
      return window;
    },
    get server() {
      assert.ok(server);
      return server;
    },
  };
}
