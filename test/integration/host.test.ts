import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('the extension in VS Code', () => {
  it('is found, and activates by itself after the start', async () => {
    const extension = vscode.extensions.getExtension('cria.cria');
    assert.ok(extension);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});
