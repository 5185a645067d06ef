import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { Conversation } from '../../src/conversation/conversation';
import type { ExplainThread } from '../../src/explain/explainThread';
import { answer } from '../support/ollamaServer/answer';
import { Gate } from '../support/ollamaServer/gate';
import { fail } from '../support/ollamaServer/scripts';
import { openFile } from './support/extensionHost';
import { ExplanationBench } from './support/explanationBench';

const code = ['const a = 1;', 'const b = a + 1;', 'export const c = a * b;', ''].join('\n');

async function eventually(check: () => void | Promise<void>): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(20);
    }
  }
}

const ended = (thread: ExplainThread): Promise<void> =>
  eventually(() => assert.equal(thread.running, false));

function texts({ native }: ExplainThread): readonly string[] {
  return native.comments.map(({ body }) => (typeof body === 'string' ? body : body.value));
}

function can({ native }: ExplainThread): readonly string[] {
  return (native.contextValue ?? '').split(' ');
}

describe('an explanation in VS Code', () => {
  let bench: ExplanationBench;
  let count = 0;

  beforeEach(async () => {
    bench = await ExplanationBench.start();
    bench.server.onGenerate(answer(['It ', 'adds.']));
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await bench.close();
  });

  /** A file of its own, so that no language server knows it yet. */
  async function open(text = code): Promise<vscode.TextEditor> {
    return openFile(`thread-${count++}.txt`, text);
  }

  async function explained(first = 1, last = 1): Promise<[ExplainThread, vscode.TextEditor]> {
    const editor = await open();
    const thread = await bench.explain(editor.document, first, last);
    await ended(thread);
    return [thread, editor];
  }

  function codeAt({ native }: ExplainThread, { document }: vscode.TextEditor): string {
    return document.getText(native.range);
  }

  describe('its actions', () => {
    it('are those that apply', async () => {
      const gate = new Gate();
      bench.server.onGenerate(answer(['It ', 'adds.'], { pacing: { gate } }));
      const { document } = await open();
      const thread = await bench.explain(document, 1, 1);
      await bench.server.received('/api/generate');
      assert.deepEqual(can(thread), ['running', 'sent']);
      assert.equal(thread.native.canReply, false);
      gate.release();
      await eventually(() => assert.deepEqual(can(thread), ['running', 'answered', 'sent']));
      gate.open();
      await ended(thread);
      assert.deepEqual(can(thread), ['idle', 'answered', 'sent']);
      assert.equal(thread.native.canReply, true);
      assert.match(
        thread.native.label ?? '',
        /^m · 2 tokens · 50 tok\/s · first after \d+\.\d s$/u,
      );
    });

    it('Stop keeps the text, closes the connection, and nothing comes after it', async () => {
      const gate = new Gate();
      bench.server.onGenerate(answer(['It ', 'adds.'], { pacing: { gate } }));
      const { document } = await open();
      const thread = await bench.explain(document, 1, 1);
      gate.release();
      await eventually(() => assert.deepEqual(texts(thread), ['It ']));
      const [comment] = thread.native.comments;
      thread.stop();
      assert.equal(thread.native.label, 'm · stopped');
      await bench.server.clientClosed('/api/generate');
      gate.open();
      assert.deepEqual(texts(thread), ['It ']);
      assert.equal(thread.native.comments[0], comment, 'the same comment object');
    });

    it('Stop before anything was sent sends nothing', async () => {
      const { document } = await open();
      const thread = await bench.explain(document, 1, 1);
      thread.stop();
      assert.equal(thread.native.label, 'm · stopped');
      const next = await bench.explain(document, 0, 0);
      await ended(next);
      assert.equal(bench.server.requestsTo('/api/generate').length, 1);
    });

    it('Explain Again takes the place of the last answer', async () => {
      const [thread] = await explained();
      bench.server.onGenerate(answer(['Said anew.']));
      await thread.retry();
      assert.deepEqual(texts(thread), ['Said anew.']);
    });

    it('Copy gives the questions and answers as Markdown', async () => {
      const [thread] = await explained();
      await thread.ask('Why?');
      await bench.explanations.copy(thread);
      assert.equal(await vscode.env.clipboard.readText(), 'It adds.\n\n> Why?\n\nIt adds.');
    });

    it('What Was Sent shows the exact words, read-only', async () => {
      const [thread] = await explained();
      await thread.ask('Why?');
      await bench.explanations.showSent(thread);
      const document = vscode.window.activeTextEditor?.document;
      assert.equal(document?.uri.scheme, 'cria-sent');
      const shown = document.getText();
      for (const { json } of bench.server.requestsTo('/api/generate')) {
        assert.ok(shown.includes(String(json?.['prompt'])));
        if (json?.['system'] !== undefined) assert.ok(shown.includes(String(json['system'])));
      }
      assert.match(shown, /With the 2 tokens of context/u);
      assert.equal(vscode.workspace.fs.isWritableFileSystem('cria-sent'), undefined);
    });

    it('Continue in Chat carries the whole thread', async () => {
      const [thread] = await explained();
      await thread.ask('Why?');
      await bench.explanations.continueInChat(thread);
      const conversation = new Conversation('c', bench.continued[0]);
      const said = conversation.path().map(({ text }) => text);
      assert.match(said[0] ?? '', /const b = a \+ 1;/u);
      assert.deepEqual(said.slice(1), ['It adds.', 'Why?', 'It adds.']);
      assert.match(conversation.title, /^Explanation of thread-\d+\.txt:2$/u);
    });

    it('Dismiss takes it out of the editor and off the disk, also while it runs', async () => {
      const gate = new Gate();
      bench.server.onGenerate(answer(['It ', 'adds.'], { pacing: { gate } }));
      const { document } = await open();
      const thread = await bench.explain(document, 1, 1);
      gate.release();
      await eventually(() => assert.deepEqual(texts(thread), ['It ']));
      await bench.explanations.dismiss(thread);
      await bench.server.clientClosed('/api/generate');
      await bench.stored.flush();
      assert.deepEqual(bench.threads, []);
      assert.deepEqual(await bench.stored.all(), []);
    });
  });

  describe('a follow-up', () => {
    const sent = (): Record<string, unknown> =>
      bench.server.requestsTo('/api/generate').at(-1)?.json ?? {};

    it('goes on from the context, without the code', async () => {
      const [thread] = await explained();
      await thread.ask('Why?');
      assert.deepEqual([sent()['prompt'], sent()['context']], ['Why?', [1, 2]]);
      assert.deepEqual(texts(thread), ['It adds.', 'Why?', 'It adds.']);
    });

    it('sends everything again when the server refuses the context, and shows no difference', async () => {
      const [thread] = await explained();
      bench.server.once('/api/generate', fail(400, 'context is no longer supported'));
      await thread.ask('Why?');
      assert.equal(sent()['context'], undefined);
      assert.match(String(sent()['prompt']), /const b = a \+ 1;[^]*It adds\.[^]*Question: Why\?$/u);
      assert.deepEqual(texts(thread), ['It adds.', 'Why?', 'It adds.']);
      assert.match(thread.native.label ?? '', /^m · 2 tokens/u);
    });

    it('waits in line, and says so', async () => {
      const gate = new Gate();
      bench.server.onGenerate(answer(['It ', 'adds.'], { pacing: { gate } }));
      const { document } = await open();
      const first = await bench.explain(document, 0, 0);
      await bench.server.received('/api/generate');
      const second = await bench.explain(document, 1, 1);
      await eventually(() =>
        assert.match(second.native.label ?? '', /^Waiting for another answer of m/u),
      );
      gate.open();
      await Promise.all([ended(first), ended(second)]);
      assert.deepEqual(texts(second), ['It adds.']);
    });

    it('belongs into a conversation once the thread is full', async () => {
      bench.server.onGenerate(answer(['x'.repeat(8_000)]));
      const [thread] = await explained();
      assert.equal(thread.native.canReply, false);
      assert.match(texts(thread).at(-1) ?? '', /command:cria\.continueExplanation/u);
    });
  });

  describe('while the code is edited', () => {
    it('moves with it, and says when it was changed and changed back', async () => {
      const [thread, editor] = await explained();
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// one\n// two\n'));
      await eventually(() => assert.equal(thread.native.range?.start.line, 3));
      assert.equal(codeAt(thread, editor), 'const b = a + 1;');
      assert.ok(!can(thread).includes('changed'));
      await editor.edit((edit) => edit.insert(new vscode.Position(3, 6), 'bb'));
      await eventually(() => assert.ok(can(thread).includes('changed')));
      assert.match(thread.native.label ?? '', / · the code changed since$/u);
      await vscode.commands.executeCommand('undo');
      await eventually(() => assert.ok(!can(thread).includes('changed')));
      assert.doesNotMatch(thread.native.label ?? '', /changed/u);
    });

    it('explains the changed code in the same thread', async () => {
      const [thread, editor] = await explained();
      await editor.edit((edit) => edit.insert(new vscode.Position(1, 0), 'let x;'));
      await eventually(() => assert.ok(can(thread).includes('changed')));
      await bench.explanations.explainAgain(thread);
      await ended(thread);
      const { json } = bench.server.requestsTo('/api/generate').at(-1) ?? {};
      assert.match(String(json?.['prompt']), /let x;const b = a \+ 1;/u);
      assert.ok(!can(thread).includes('changed'));
      assert.deepEqual(bench.threads, [thread]);
    });

    it('says when the code is gone, and finds it again after an undo', async () => {
      const [thread, editor] = await explained();
      await editor.edit((edit) => edit.delete(new vscode.Range(0, 0, 3, 0)));
      await eventually(() => assert.match(thread.native.label ?? '', /not there any more$/u));
      await vscode.commands.executeCommand('undo');
      await eventually(() => assert.equal(codeAt(thread, editor), 'const b = a + 1;'));
      assert.doesNotMatch(thread.native.label ?? '', /any more/u);
    });

    it('goes with a file that is renamed', async () => {
      const [thread, { document }] = await explained();
      const renamed = document.uri.with({ path: document.uri.path.replace('thread', 'renamed') });
      const edit = new vscode.WorkspaceEdit();
      edit.renameFile(document.uri, renamed);
      await vscode.workspace.applyEdit(edit);
      await eventually(() => assert.equal(thread.native.uri.path, renamed.path));
      assert.deepEqual(texts(thread), ['It adds.']);
      await thread.ask('Why?');
      assert.equal(texts(thread).length, 3);
    });

    it('goes on streaming where the code is', async () => {
      const gate = new Gate();
      bench.server.onGenerate(answer(['It ', 'adds.'], { pacing: { gate } }));
      const editor = await open();
      const thread = await bench.explain(editor.document, 1, 1);
      await bench.server.received('/api/generate');
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '\n'));
      gate.open();
      await ended(thread);
      await eventually(() => assert.equal(thread.native.range?.start.line, 2));
      assert.deepEqual(texts(thread), ['It adds.']);
    });
  });

  describe('after a reload', () => {
    it('is there again, collapsed, and goes on from its context', async () => {
      await explained();
      await bench.reload();
      const [thread] = bench.threads;
      assert.ok(thread);
      assert.equal(thread.native.collapsibleState, vscode.CommentThreadCollapsibleState.Collapsed);
      assert.deepEqual(texts(thread), ['It adds.']);
      assert.match(thread.native.label ?? '', /^m · 2 tokens/u);
      await thread.ask('Why?');
      const { json } = bench.server.requestsTo('/api/generate').at(-1) ?? {};
      assert.deepEqual([json?.['prompt'], json?.['context']], ['Why?', [1, 2]]);
    });

    it('was interrupted when it was running, keeps its text, and can be asked for again', async () => {
      const gate = new Gate();
      bench.server.onGenerate(answer(['It ', 'adds.'], { pacing: { gate } }));
      const { document } = await open();
      const running = await bench.explain(document, 1, 1);
      gate.release();
      await eventually(() => assert.deepEqual(texts(running), ['It ']));
      await bench.reload();
      const [thread] = bench.threads;
      assert.ok(thread);
      assert.equal(thread.native.label, 'm · interrupted');
      assert.equal(texts(thread)[0], 'It ');
      assert.match(texts(thread)[1] ?? '', /interrupted when the window closed[^]*\[Retry\]/u);
      gate.open();
      await thread.retry();
      assert.deepEqual(texts(thread), ['It adds.']);
    });

    it('finds its code where it was moved to meanwhile', async () => {
      const [, editor] = await explained();
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '\n\n\n'));
      await bench.reload();
      const [thread] = bench.threads;
      assert.ok(thread);
      await eventually(() => assert.equal(codeAt(thread, editor), 'const b = a + 1;'));
    });

    it('is not there when it was dismissed', async () => {
      const [thread] = await explained();
      await bench.explanations.dismiss(thread);
      await bench.reload();
      assert.deepEqual(bench.threads, []);
    });
  });

  describe('elsewhere', () => {
    it('works in a file that was never saved, and goes with it when it is', async () => {
      const document = await vscode.workspace.openTextDocument({ content: code });
      await vscode.window.showTextDocument(document);
      const thread = await bench.explain(document, 1, 1);
      await ended(thread);
      assert.equal(thread.native.uri.scheme, 'untitled');
      await bench.reload();
      assert.deepEqual(
        bench.threads.map(({ native }) => native.uri.scheme),
        ['untitled'],
      );
    });

    it('works in the cell of a notebook', async () => {
      const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, code, 'plaintext');
      const notebook = await vscode.workspace.openNotebookDocument(
        'jupyter-notebook',
        new vscode.NotebookData([cell]),
      );
      await vscode.window.showNotebookDocument(notebook);
      const thread = await bench.explain(notebook.cellAt(0).document, 1, 1);
      await ended(thread);
      assert.equal(thread.native.uri.scheme, 'vscode-notebook-cell');
      assert.deepEqual(texts(thread), ['It adds.']);
    });
  });
});
