import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { declaredCommands, declaredSettings } from './support/manifest';

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
    const missing = declaredCommands().filter((command) => !registered.has(command));
    assert.deepEqual(missing, []);
  });

  it('registers no command of ours that its manifest does not have', async () => {
    const declared = new Set(declaredCommands());
    // VS Code makes these for each view and container by itself.
    const ownOfVsCode = /^cria\.(?:chat|models)\.|^workbench\./u;
    const undeclared = (await vscode.commands.getCommands(true)).filter(
      (command) =>
        command.startsWith('cria.') && !declared.has(command) && !ownOfVsCode.test(command),
    );
    assert.deepEqual(undeclared, []);
  });

  it('gives every setting of its manifest the default that is written there', () => {
    for (const [key, fallback] of declaredSettings()) {
      const inspected = vscode.workspace.getConfiguration().inspect(key);
      assert.deepEqual(inspected?.defaultValue, fallback, key);
    }
  });

  it('keeps the Comments panel from opening by itself', () => {
    assert.equal(vscode.workspace.getConfiguration('comments').get('openView'), 'never');
  });
});
