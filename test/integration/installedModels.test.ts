import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ConnectionState } from '../../src/conversation/ports';
import { InstalledModels } from '../../src/models/installedModels';
import type { FixAction } from '../../src/shared/protocol';
import { FocusReturn } from '../../src/ui/dialogs';

const failed: ConnectionState = {
  kind: 'failed',
  failure: { kind: 'unreachable', message: 'connect ECONNREFUSED' },
};
const connected: ConnectionState = {
  kind: 'connected',
  models: [{ name: 'qwen3:8b', size: 5.2e9, cloud: false }],
};

describe('the models of a server that did not respond', () => {
  const { showErrorMessage } = vscode.window;
  let checks: ConnectionState[];
  let asked: string[];
  let recovered: FixAction[];

  /** The user presses the button whose label starts so; undefined: none. */
  function press(label: string | undefined): InstalledModels {
    checks = [failed, connected];
    asked = [];
    recovered = [];
    const answer = (
      sentence: string,
      ...buttons: readonly string[]
    ): Promise<string | undefined> => {
      asked.push(sentence);
      return Promise.resolve(
        buttons.find((button) => label !== undefined && button.startsWith(label)),
      );
    };
    Object.assign(vscode.window, { showErrorMessage: answer });
    const connection = {
      state: failed,
      origin: 'http://127.0.0.1:11434',
      check: () => Promise.resolve(checks.shift() ?? failed),
      watch: () => () => undefined,
      onChanged: () => () => undefined,
    };
    return new InstalledModels({
      connection,
      recover: (action) => void recovered.push(action),
      focusReturn: new FocusReturn(),
    });
  }

  afterEach(() => {
    Object.assign(vscode.window, { showErrorMessage });
  });

  it('are asked for again by Retry', async () => {
    const models = await press('Retry').ask();
    assert.deepEqual(
      models?.map(({ name }) => name),
      ['qwen3:8b'],
    );
    assert.equal(asked.length, 1);
    assert.deepEqual(recovered, []);
  });

  it('are left alone when the message is closed', async () => {
    assert.equal(await press(undefined).ask(), undefined);
    assert.equal(checks.length, 1);
    assert.deepEqual(recovered, []);
  });

  it('lead to what helps, by the other buttons', async () => {
    assert.equal(await press('Diagnose').ask(), undefined);
    assert.equal(checks.length, 1);
    assert.deepEqual(recovered, ['diagnose']);
  });
});
