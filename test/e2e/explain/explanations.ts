import assert from 'node:assert/strict';
import { eventually } from '../../support/clock';
import { answer, tokensOf } from '../../support/ollamaServer/scripts';
import { type Fixture, model, otherModel, useWindow } from '../support/fixture';

/** What the server answers, unless a test says otherwise. */
export const tokens = tokensOf('It waits until nobody has called for a while, then it calls once.');
export const whole = tokens.join('');

/** A window in which `debounce.ts` is open, without explanations at the beginning of each test. */
export function useExplanations(): {
  readonly shared: Fixture;
  readonly explain: () => Promise<void>;
  /** Waits until the newest comment is just that. */
  readonly shows: (text: string) => Promise<void>;
} {
  const shared = useWindow();
  before(() => shared.window.workbench.openFile('debounce.ts'));
  beforeEach(() => {
    shared.server.forget();
    shared.server.off();
    shared.server.models([model, otherModel]);
    shared.server.onGenerate(answer(tokens));
  });
  afterEach(() => shared.window.thread.dismissAll());
  return {
    shared,
    async explain() {
      const { thread, workbench } = shared.window;
      await workbench.selectLines(5, 8);
      await workbench.runCommand('Cria: Explain Selection');
      await thread.widget.waitFor();
    },
    shows: (text) =>
      eventually(async () => {
        assert.equal((await shared.window.thread.lastBody().innerText()).trim(), text);
      }),
  };
}
