import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { inRepo } from '../support/paths';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
}

const manifest = JSON.parse(readFileSync(inRepo('package.json'), 'utf8')) as Manifest;

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
    const missing = manifest.contributes.commands
      .map(({ command }) => command)
      .filter((command) => !registered.has(command));
    assert.deepEqual(missing, []);
  });

  it('registers no command of ours that its manifest does not have', async () => {
    const declared = new Set(manifest.contributes.commands.map(({ command }) => command));
    // VS Code makes these for each view and container by itself.
    const ownOfVsCode = /^cria\.chat\.|^workbench\./u;
    const undeclared = (await vscode.commands.getCommands(true)).filter(
      (command) =>
        command.startsWith('cria.') && !declared.has(command) && !ownOfVsCode.test(command),
    );
    assert.deepEqual(undeclared, []);
  });

  it('gives every setting of its manifest the default that is written there', () => {
    const { properties } = manifest.contributes.configuration;
    for (const [key, declared] of Object.entries(properties)) {
      const inspected = vscode.workspace.getConfiguration().inspect(key);
      const { default: expected } = declared as { default: unknown };
      assert.deepEqual(inspected?.defaultValue, expected, key);
    }
  });

  it('keeps the Comments panel from opening by itself', () => {
    assert.equal(vscode.workspace.getConfiguration('comments').get('openView'), 'never');
  });
});
