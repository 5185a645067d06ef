import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** What the page tells of the place under the mouse. */
const pointedAt = {
  criaText: 'One two.',
  criaMarkdown: 'One *two*.\n\n```ts\ncode\n```',
  criaBlock: 'One *two*.',
  criaCode: 'code',
};

describe('copying by the context menu', () => {
  const copies = [
    ['cria.copyText', pointedAt.criaText],
    ['cria.copyMarkdown', pointedAt.criaMarkdown],
    ['cria.copyBlock', pointedAt.criaBlock],
    ['cria.copyCode', pointedAt.criaCode],
  ] as const;

  for (const [command, copied] of copies) {
    it(`${command} puts what it names on the clipboard, and nothing else`, async () => {
      await vscode.env.clipboard.writeText('before');
      await vscode.commands.executeCommand(command, { webview: 'cria.chat', ...pointedAt });
      assert.equal(await vscode.env.clipboard.readText(), copied);
    });
  }

  it('leaves the clipboard alone if there is nothing to copy, or the arguments are invalid', async () => {
    await vscode.env.clipboard.writeText('before');
    for (const told of [undefined, {}, 'text', { ...pointedAt, criaCode: 7 }]) {
      await vscode.commands.executeCommand('cria.copyCode', told);
    }
    assert.equal(await vscode.env.clipboard.readText(), 'before');
  });
});
