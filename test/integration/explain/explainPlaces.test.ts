import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ExplainThread } from '../../../src/explain/explainThread';
import { answer, fail } from '../../support/ollamaServer/scripts';
import { Gate } from '../../support/ollamaServer/exchange';
import { eventually } from '../../support/clock';
import { openFile } from '../support/extensionHost';
import { can, ended, openCode, texts, useExplanations } from './explanationBench';

describe('the place of an explanation', () => {
  const shared = useExplanations();

  function codeAt({ native }: ExplainThread, { document }: vscode.TextEditor): string {
    return document.getText(native.range);
  }

  it('is scrolled to where it would not be seen, as after selecting a whole file', async () => {
    const lines = Array.from({ length: 700 }, (_, at) => `const a${at} = ${at};`);
    const editor = await openFile('long.txt', lines.join('\n'));
    editor.revealRange(new vscode.Range(0, 0, 0, 0));
    const isVisible = (line: number): boolean =>
      editor.visibleRanges.some(({ start, end }) => start.line <= line && line <= end.line);
    await eventually(() => assert.ok(isVisible(0)));
    await shared.bench.explain(editor.document, 0, 699);
    await eventually(() => assert.ok(isVisible(699)));
    await shared.bench.explain(editor.document, 10, 12);
    await eventually(() => assert.ok(isVisible(12) && !isVisible(699)));
  });

  it('stays where it is when it is seen', async () => {
    const [thread, editor] = await shared.explained();
    const { visibleRanges } = editor;
    await shared.bench.explain(editor.document, 0, 0);
    await ended(thread);
    assert.deepEqual(editor.visibleRanges, visibleRanges);
  });

  describe('while the code is edited', () => {
    it('moves with it, and says when it was changed and changed back', async () => {
      const [thread, editor] = await shared.explained();
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// one\n// two\n'));
      await eventually(() => assert.equal(thread.native.range?.start.line, 3));
      assert.equal(codeAt(thread, editor), 'const b = a + 1;');
      assert.ok(!can(thread).includes('changed'));
      await editor.edit((edit) => edit.insert(new vscode.Position(3, 6), 'bb'));
      await eventually(() => assert.ok(can(thread).includes('changed')));
      assert.match(thread.native.label ?? '', / · code has changed$/u);
      await vscode.commands.executeCommand('undo');
      await eventually(() => assert.ok(!can(thread).includes('changed')));
      assert.doesNotMatch(thread.native.label ?? '', /changed/u);
    });

    it('explains the changed code in the same thread', async () => {
      const [thread, editor] = await shared.explained();
      await editor.edit((edit) => edit.insert(new vscode.Position(1, 0), 'let x;'));
      await eventually(() => assert.ok(can(thread).includes('changed')));
      await shared.bench.explanations.explainAgain(thread);
      await ended(thread);
      const { json } = shared.bench.server.requestsTo('/api/generate').at(-1) ?? {};
      assert.match(String(json?.['prompt']), /let x;const b = a \+ 1;/u);
      assert.ok(!can(thread).includes('changed'));
      assert.deepEqual(shared.bench.threads, [thread]);
    });

    it('explains the changed code in another thread when there are questions about it as it was', async () => {
      const [thread, editor] = await shared.explained();
      await thread.ask('Why?');
      await editor.edit((edit) => edit.insert(new vscode.Position(1, 0), 'let x;'));
      await eventually(() => assert.ok(can(thread).includes('changed')));
      await shared.bench.explanations.explainAgain(thread);
      const [, other] = shared.bench.threads;
      assert.ok(other);
      await ended(other);
      assert.deepEqual(texts(other), ['It adds.']);
      assert.deepEqual(texts(thread), ['It adds.', 'Why?', 'It adds.']);
      assert.equal(shared.bench.explanations.atCaret(), other);
    });

    it('says again that the code changed when nothing comes about it', async () => {
      const [thread, editor] = await shared.explained();
      await editor.edit((edit) => edit.insert(new vscode.Position(1, 0), 'let x;'));
      await eventually(() => assert.ok(can(thread).includes('changed')));
      shared.bench.server.once('/api/generate', fail(500, 'out of order'));
      await shared.bench.explanations.explainAgain(thread);
      await ended(thread);
      assert.equal(texts(thread)[0], 'It adds.');
      await eventually(() => assert.ok(can(thread).includes('changed')));
    });

    it('says when the code is gone, and finds it again after an undo', async () => {
      const [thread, editor] = await shared.explained();
      await editor.edit((edit) => edit.delete(new vscode.Range(0, 0, 3, 0)));
      await eventually(() => assert.match(thread.native.label ?? '', /code was removed$/u));
      await vscode.commands.executeCommand('undo');
      await eventually(() => assert.equal(codeAt(thread, editor), 'const b = a + 1;'));
      assert.doesNotMatch(thread.native.label ?? '', /was removed/u);
    });

    it('goes with a file that is renamed', async () => {
      const [thread, { document }] = await shared.explained();
      const renamed = document.uri.with({ path: document.uri.path.replace('thread', 'renamed') });
      const edit = new vscode.WorkspaceEdit();
      edit.renameFile(document.uri, renamed);
      await vscode.workspace.applyEdit(edit);
      await eventually(() => assert.equal(thread.native.uri.path, renamed.path));
      assert.deepEqual(texts(thread), ['It adds.']);
      await thread.ask('Why?');
      assert.equal(texts(thread).length, 3);
    });

    it('keeps streaming where the code is', async () => {
      const gate = new Gate();
      shared.bench.server.onGenerate(answer(['It ', 'adds.'], { pacing: { gate } }));
      const editor = await openCode();
      const thread = await shared.bench.explain(editor.document, 1, 1);
      await shared.bench.server.received('/api/generate');
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '\n'));
      gate.open();
      await ended(thread);
      await eventually(() => assert.equal(thread.native.range?.start.line, 2));
      assert.deepEqual(texts(thread), ['It adds.']);
    });
  });

  describe('after a reload', () => {
    it('is restored, collapsed, and continues from its context', async () => {
      shared.bench.settings = { ...shared.bench.settings, followUps: 'context' };
      await shared.explained();
      await shared.bench.reload();
      const [thread] = shared.bench.threads;
      assert.ok(thread);
      assert.equal(thread.native.collapsibleState, vscode.CommentThreadCollapsibleState.Collapsed);
      assert.deepEqual(texts(thread), ['It adds.']);
      assert.match(thread.native.label ?? '', /^[\w-]+\.txt:\d+ · m · 50 tok\/s · 2 tokens/u);
      await thread.ask('Why?');
      const { json } = shared.bench.server.requestsTo('/api/generate').at(-1) ?? {};
      assert.deepEqual([json?.['prompt'], json?.['context']], ['Why?', [1, 2]]);
    });

    it('was interrupted when it was running, keeps its text, and can be asked for again', async () => {
      const gate = new Gate();
      shared.bench.server.onGenerate(answer(['It ', 'adds.'], { pacing: { gate } }));
      const { document } = await openCode();
      const running = await shared.bench.explain(document, 1, 1);
      gate.release();
      await eventually(() => assert.deepEqual(texts(running), ['It']));
      await shared.bench.reload();
      const [thread] = shared.bench.threads;
      assert.ok(thread);
      assert.match(thread.native.label ?? '', /\.txt:\d+ · m · interrupted$/u);
      assert.equal(texts(thread)[0], 'It');
      assert.match(texts(thread)[1] ?? '', /interrupted[^]*\[Retry\]\(command:cria/u);
      gate.open();
      await thread.retry();
      assert.deepEqual(texts(thread), ['It adds.']);
    });

    it('finds its code where it was moved to meanwhile', async () => {
      const [, editor] = await shared.explained();
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '\n\n\n'));
      await shared.bench.reload();
      const [thread] = shared.bench.threads;
      assert.ok(thread);
      await eventually(() => assert.equal(codeAt(thread, editor), 'const b = a + 1;'));
    });

    it('is not there when it was dismissed', async () => {
      const [thread] = await shared.explained();
      await shared.bench.explanations.dismiss(thread);
      await shared.bench.reload();
      assert.deepEqual(shared.bench.threads, []);
    });
  });

  describe('elsewhere', () => {
    it('works in a file that was never saved, and goes with it when it is', async () => {
      const path = (await openCode()).document.uri.path.replace('thread', 'saved');
      const uri = vscode.Uri.from({ scheme: 'untitled', path });
      const document = await vscode.workspace.openTextDocument(uri);
      const editor = await vscode.window.showTextDocument(document);
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'one\ntwo\n'));
      await ended(await shared.bench.explain(document, 1, 1));
      await shared.bench.reload();
      const [thread] = shared.bench.threads;
      assert.equal(thread?.native.uri.scheme, 'untitled');
      await document.save();
      await eventually(() => assert.equal(thread.native.uri.scheme, 'file'));
      assert.equal(thread.native.uri.path, path);
      assert.deepEqual(texts(thread), ['It adds.']);
    });
  });
});
