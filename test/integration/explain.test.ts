import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { answer } from '../support/ollamaServer/answer';
import type { OllamaServer } from '../support/ollamaServer/ollamaServer';
import {
  endServer,
  openFile,
  openSelected,
  runAndDismiss,
  setting,
  startServer,
} from './support/extensionHost';

const code = ['const a = 1;', 'const b = a + 1;', 'export const c = a * b;', ''].join('\n');

/** The requests that ask a model for something. */
function asked(server: OllamaServer): number {
  return server.requestsTo('/api/generate').length + server.requestsTo('/api/chat').length;
}

describe('Explain Selection', () => {
  let server: OllamaServer;

  before(async () => {
    server = await startServer();
  });

  beforeEach(() => server.forget());
  after(() => endServer(server));

  it('sends the selected lines, their language and where they stand, and streams', async () => {
    await openSelected('sum.ts', code, [0, 1]);
    await vscode.commands.executeCommand('cria.explainSelection');
    const { json } = await server.received('/api/generate');
    assert.equal(json?.['model'], 'qwen3:8b');
    assert.notEqual(json['stream'], false);
    assert.equal(json['context'], undefined);
    const prompt = String(json['prompt']);
    assert.match(prompt, /sum\.ts, lines 1-2/u);
    assert.match(prompt, /```typescript\nconst a = 1;\nconst b = a \+ 1;\n```/u);
    assert.doesNotMatch(prompt, /export const c/u);
  });

  it('takes whole lines, and leaves out a line of which only the start is touched', async () => {
    const editor = await openSelected('sum.ts', code, [0, 1]);
    editor.selection = new vscode.Selection(0, 6, 2, 0);
    await vscode.commands.executeCommand('cria.explainSelection');
    const { json } = await server.received('/api/generate');
    assert.match(String(json?.['prompt']), /```typescript\nconst a = 1;\nconst b = a \+ 1;\n```/u);
  });

  it('puts code with fences in it into a longer fence', async () => {
    await openSelected('notes.md', '```\nrm -rf /\n```\n', [0, 2]);
    await vscode.commands.executeCommand('cria.explainSelection');
    const { json } = await server.received('/api/generate');
    assert.match(String(json?.['prompt']), /````markdown\n```\nrm -rf \/\n```\n````$/u);
  });

  it('sends what is on the screen, saved or not', async () => {
    const editor = await openSelected('sum.ts', code, [0, 0]);
    await editor.edit((edit) => edit.replace(editor.document.lineAt(0).range, 'let unsaved = 1;'));
    editor.selection = new vscode.Selection(0, 0, 0, 5);
    await vscode.commands.executeCommand('cria.explainSelection');
    const { json } = await server.received('/api/generate');
    assert.match(String(json?.['prompt']), /let unsaved = 1;/u);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('explains several selections at once, each with a request of its own', async () => {
    for (const line of [0, 1, 2]) {
      await openSelected('sum.ts', code, [line, line]);
      await vscode.commands.executeCommand('cria.explainSelection');
    }
    await server.received('/api/generate', 3);
    const prompts = server.requestsTo('/api/generate').map(({ json }) => String(json?.['prompt']));
    for (const [index, line] of code.trimEnd().split('\n').entries()) {
      assert.ok(prompts[index]?.includes(line), `request ${index}`);
    }
  });

  it('sends nothing when nothing is selected', async () => {
    await openFile('sum.ts', code);
    await runAndDismiss('cria.explainSelection');
    assert.equal(asked(server), 0);
  });

  it('sends nothing when no editor is open', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await runAndDismiss('cria.explainSelection');
    assert.equal(asked(server), 0);
  });

  it('sends nothing when no model is chosen', async () => {
    await setting('cria.model', '');
    await openSelected('sum.ts', code, [0, 1]);
    await vscode.commands.executeCommand('cria.explainSelection');
    // A request that went out would be there before the one asked for now.
    await setting('cria.model', 'qwen3:8b');
    await vscode.commands.executeCommand('cria.explainSelection');
    await server.received('/api/generate');
    assert.equal(asked(server), 1);
  });

  it('asks in the chat panel where comments are switched off', async () => {
    await setting('comments.visible', false);
    server.onChat(answer(['It adds.']));
    await openSelected('sum.ts', code, [0, 1]);
    await vscode.commands.executeCommand('cria.explainSelection');
    const { json } = await server.received('/api/chat');
    const messages = json?.['messages'] as { role: string; content: string }[];
    assert.equal(messages.at(-1)?.role, 'user');
    assert.match(messages.at(-1)?.content ?? '', /const b = a \+ 1;/u);
    assert.equal(server.requestsTo('/api/generate').length, 0);
    await setting('comments.visible', undefined);
  });
});
