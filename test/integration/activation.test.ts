import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { manifest } from '../contract/manifest';

const { commands, configuration } = manifest.contributes;
const declared = new Set(commands.map(({ command }) => command));

describe('the extension in VS Code', () => {
  before(async () => {
    await vscode.extensions.getExtension('cria.cria')?.activate();
  });

  it('is found, and activates', () => {
    const extension = vscode.extensions.getExtension('cria.cria');
    assert.ok(extension);
    assert.equal(extension.isActive, true);
  });

  it('registers every command of its manifest', async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = [...declared].filter((command) => !registered.has(command));
    assert.deepEqual(missing, []);
  });

  it('registers no command of ours that its manifest does not have', async () => {
    // VS Code makes these for each view and container by itself.
    const ownOfVsCode = /^cria\.(?:chat|models)\.|^workbench\./u;
    const undeclared = (await vscode.commands.getCommands(true)).filter(
      (command) =>
        command.startsWith('cria.') && !declared.has(command) && !ownOfVsCode.test(command),
    );
    assert.deepEqual(undeclared, []);
  });

  it('gives every setting of its manifest the default that is written there', () => {
    for (const [key, setting] of Object.entries(configuration.properties)) {
      const inspected = vscode.workspace.getConfiguration().inspect(key);
      assert.deepEqual(inspected?.defaultValue, setting.default, key);
    }
  });

  it('keeps the Comments panel from opening by itself', () => {
    assert.equal(vscode.workspace.getConfiguration('comments').get('openView'), 'never');
    assert.equal(vscode.workspace.getConfiguration('comments').get('maxHeight'), false);
  });
});
