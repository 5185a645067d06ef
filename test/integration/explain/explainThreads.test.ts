import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Conversation } from '../../../src/conversation/conversation';
import { answer, fail, respond } from '../../support/ollamaServer/scripts';
import { Gate } from '../../support/ollamaServer/exchange';
import { eventually } from '../../support/clock';
import { explanationCommands } from '../../../src/explain/explainCommands';
import { openFile } from '../support/extensionHost';
import { can, ended, openCode, texts, useExplanations } from './explanationBench';

describe('an explanation in VS Code', () => {
  const shared = useExplanations();

  describe('its actions', () => {
    it('are those that apply', async () => {
      const gate = new Gate();
      shared.bench.server.onGenerate(answer(['It ', 'adds.'], { pacing: { gate } }));
      const { document } = await openCode();
      const thread = await shared.bench.explain(document, 1, 1);
      await shared.bench.server.received('/api/generate');
      assert.deepEqual(can(thread), ['running', 'sent']);
      assert.equal(thread.native.canReply, true);
      gate.release();
      await eventually(() => assert.deepEqual(can(thread), ['running', 'answered', 'sent']));
      gate.open();
      await ended(thread);
      assert.deepEqual(can(thread), ['idle', 'answered', 'sent']);
      assert.match(
        thread.native.label ?? '',
        /^[\w-]+\.txt:\d+ · m · 50 tok\/s · 2 tokens · start \d+\.\d s$/u,
      );
    });

    it('Stop keeps the text, closes the connection, and nothing comes after it', async () => {
      const gate = new Gate();
      shared.bench.server.onGenerate(answer(['It ', 'adds.'], { pacing: { gate } }));
      const { document } = await openCode();
      const thread = await shared.bench.explain(document, 1, 1);
      gate.release();
      await eventually(() => assert.deepEqual(texts(thread), ['It']));
      const [comment] = thread.native.comments;
      thread.stop();
      assert.match(thread.native.label ?? '', /\.txt:\d+ · m · stopped$/u);
      await shared.bench.server.clientClosed('/api/generate');
      gate.open();
      assert.deepEqual(texts(thread), ['It']);
      assert.equal(thread.native.comments[0], comment, 'the same comment object');
    });

    it('opens the page for signing in that the server names (case 1)', async () => {
      const link = 'https://ollama.com/connect?name=box&key=abc';
      const body = JSON.stringify({ error: 'unauthorized', signin_url: link });
      shared.bench.server.onGenerate(respond(401, {}, body));
      const { document } = await openCode();
      const thread = await shared.bench.explain(document, 1, 1);
      await ended(thread);
      const asked: unknown[] = [];
      const commands = explanationCommands(shared.bench.explanations, (action, requester) => {
        asked.push(action, requester.link);
        return Promise.resolve();
      });
      const [, , id] =
        /command:cria\.fixExplanation\?\S*?(%22)([\w-]+)%22/u.exec(texts(thread).join()) ?? [];
      await commands['cria.fixExplanation'](id, 'openAccount');
      assert.deepEqual(asked, ['openAccount', link]);
    });

    it('says when the model repeats itself, and stops nothing', async () => {
      const gate = new Gate();
      const loop = Array.from({ length: 400 }, () => 'It adds one again. ');
      shared.bench.server.onGenerate(answer(loop, { pacing: { gate } }));
      const { document } = await openCode();
      const thread = await shared.bench.explain(document, 1, 1);
      gate.release(399);
      await eventually(() =>
        assert.match(thread.native.label ?? '', / · m is repeating itself\./u),
      );
      gate.open();
      await ended(thread);
      assert.equal(thread.dialogue.answer, loop.join(''));
    });

    it('Stop before anything was sent sends nothing', async () => {
      const { document } = await openCode();
      const thread = await shared.bench.explain(document, 1, 1);
      thread.stop();
      assert.match(thread.native.label ?? '', /\.txt:\d+ · m · stopped$/u);
      const next = await shared.bench.explain(document, 0, 0);
      await ended(next);
      assert.equal(shared.bench.server.requestsTo('/api/generate').length, 1);
    });

    it('Stop while the context is collected ends it, and nothing of it reaches a later question', async () => {
      const editor = await openCode();
      const { document } = editor;
      const range = new vscode.Range(0, 0, 2, 27);
      const symbol = new vscode.DocumentSymbol('f', '', vscode.SymbolKind.Function, range, range);
      let release = (): void => undefined;
      const slow = new Promise<void>((resolve) => (release = resolve));
      let calls = 0;
      const provider = vscode.languages.registerDocumentSymbolProvider(
        { pattern: document.uri.fsPath },
        {
          async provideDocumentSymbols() {
            calls += 1;
            if (calls === 1) await slow;
            return calls === 1 ? [symbol] : [];
          },
        },
      );
      try {
        const thread = await shared.bench.explain(document, 1, 1);
        await eventually(() => assert.equal(calls, 1));
        thread.stop();
        await editor.edit((edit) => edit.insert(new vscode.Position(1, 0), 'let x;'));
        await shared.bench.explanations.explainAgain(thread);
        await ended(thread);
        release();
        // By its answer, that of the first call has arrived, too.
        await vscode.commands.executeCommand('vscode.executeDocumentSymbolProvider', document.uri);
        assert.equal(thread.dialogue.subject.around?.enclosing, undefined);
        await thread.ask('Why?');
        const { json } = await shared.bench.server.received('/api/chat');
        assert.doesNotMatch(JSON.stringify(json?.['messages']), /export const c/u);
      } finally {
        provider.dispose();
      }
    });

    it('Regenerate Explanation replaces the last answer', async () => {
      const [thread] = await shared.explained();
      shared.bench.server.onGenerate(answer(['Said anew.']));
      await thread.retry();
      assert.deepEqual(texts(thread), ['Said anew.']);
    });

    it('Regenerate Explanation keeps the last answer if the new one fails', async () => {
      const [thread] = await shared.explained();
      shared.bench.server.once('/api/generate', fail(500, 'out of order'));
      await thread.retry();
      assert.equal(texts(thread)[0], 'It adds.');
      assert.match(texts(thread)[1] ?? '', /reported an error[^]*out of order[^]*\[Retry\]/u);
      assert.match(thread.native.label ?? '', /incomplete$/u);
      const retried = thread.retry();
      thread.stop();
      await retried;
      assert.deepEqual(texts(thread), ['It adds.']);
      assert.match(thread.native.label ?? '', /^[\w-]+\.txt:\d+ · m · 50 tok\/s · 2 tokens/u);
    });

    it('Copy gives the questions and answers as Markdown', async () => {
      const [thread] = await shared.explained();
      await thread.ask('Why?');
      await shared.bench.explanations.copy(thread);
      assert.equal(await vscode.env.clipboard.readText(), 'It adds.\n\n> Why?\n\nIt adds.');
    });

    it('Show Prompt opens the exact prompt, read-only', async () => {
      const [thread] = await shared.explained();
      await thread.ask('Why?');
      await shared.bench.explanations.showSent(thread);
      const document = vscode.window.activeTextEditor?.document;
      assert.equal(document?.uri.scheme, 'cria-sent');
      const shown = document.getText();
      const [request] = shared.bench.server.requestsTo('/api/chat');
      const messages = request?.json?.['messages'] as readonly { content: string }[];
      assert.equal(messages.length, 4);
      for (const { content } of messages) assert.ok(shown.includes(content), content);
      assert.match(shown, /^POST http:[^ ]+\/api\/chat for m\n/u);
      assert.equal(vscode.workspace.fs.isWritableFileSystem('cria-sent'), undefined);
    });

    it('Continue in Chat carries the whole thread', async () => {
      const [thread] = await shared.explained();
      await thread.ask('Why?');
      await shared.bench.explanations.continueInChat(thread);
      const conversation = new Conversation('c', shared.bench.continued[0]?.events);
      const said = conversation.path().map(({ text }) => text);
      assert.match(said[0] ?? '', /const b = a \+ 1;/u);
      assert.deepEqual(said.slice(1), ['It adds.', 'Why?', 'It adds.']);
      assert.match(conversation.title, /^Explanation of thread-\d+\.txt:2$/u);
    });

    it('leave the comments of other extensions alone', async () => {
      const editor = await openCode();
      const controller = vscode.comments.createCommentController('others', 'Others');
      const comment = {
        body: 'Theirs.',
        mode: vscode.CommentMode.Preview,
        author: { name: 'Somebody' },
      };
      const range = new vscode.Range(1, 0, 1, 5);
      const theirs = controller.createCommentThread(editor.document.uri, range, [comment]);
      theirs.contextValue = 'theirs';
      const thread = await shared.bench.explain(editor.document, 1, 1);
      await ended(thread);
      assert.equal(shared.bench.explanations.meantBy(theirs), undefined);
      await shared.bench.explanations.dismiss(thread);
      assert.deepEqual(
        [theirs.comments, theirs.contextValue, theirs.range],
        [[comment], 'theirs', range],
      );
      controller.dispose();
    });

    it('mean the thread nearest to the caret when they come from the palette', async () => {
      const [first, editor] = await shared.explained();
      const second = await shared.bench.explain(editor.document, 2, 2);
      await ended(second);
      const at = (line: number): unknown => {
        editor.selection = new vscode.Selection(line, 0, line, 0);
        return shared.bench.explanations.atCaret();
      };
      assert.deepEqual([at(0), at(1), at(2)], [first, first, second]);
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
      assert.equal(shared.bench.explanations.atCaret(), undefined);
    });

    it('Dismiss takes it out of the editor and off the disk, also while it runs', async () => {
      const gate = new Gate();
      shared.bench.server.onGenerate(answer(['It ', 'adds.'], { pacing: { gate } }));
      const { document } = await openCode();
      const thread = await shared.bench.explain(document, 1, 1);
      gate.release();
      await eventually(() => assert.deepEqual(texts(thread), ['It']));
      await shared.bench.explanations.dismiss(thread);
      await shared.bench.server.clientClosed('/api/generate');
      await shared.bench.stored.flush();
      assert.deepEqual(shared.bench.threads, []);
      assert.deepEqual(await shared.bench.stored.all(), []);
    });
  });

  describe('a follow-up', () => {
    const sentTo = (path: '/api/generate' | '/api/chat'): Record<string, unknown> =>
      shared.bench.server.requestsTo(path).at(-1)?.json ?? {};
    const sentMessages = (): readonly string[] =>
      (sentTo('/api/chat')['messages'] as readonly { role: string; content: string }[]).map(
        ({ role, content }) => `${role}: ${content}`,
      );
    const useContext = (): void => {
      shared.bench.settings = { ...shared.bench.settings, followUps: 'context' };
    };

    it('is sent as messages: the system prompt, the first prompt, the answer, the question', async () => {
      const [thread] = await shared.explained();
      const { system, prompt } = sentTo('/api/generate');
      await thread.ask('Why?');
      assert.deepEqual(sentMessages(), [
        `system: ${String(system)}`,
        `user: ${String(prompt)}`,
        'assistant: It adds.',
        'user: Why?',
      ]);
      assert.deepEqual(texts(thread), ['It adds.', 'Why?', 'It adds.']);
      assert.equal(shared.bench.server.requestsTo('/api/generate').length, 1);
    });

    it('is sent with the context and the system prompt if the setting says so', async () => {
      useContext();
      const [thread] = await shared.explained();
      const { system } = sentTo('/api/generate');
      await thread.ask('Why?');
      const { prompt, context, system: again } = sentTo('/api/generate');
      assert.deepEqual([prompt, context, again], ['Why?', [1, 2], system]);
      assert.deepEqual(texts(thread), ['It adds.', 'Why?', 'It adds.']);
    });

    it('is sent as messages if the server refuses the context, and looks the same', async () => {
      useContext();
      const [thread] = await shared.explained();
      shared.bench.server.once('/api/generate', fail(400, 'context is no longer supported'));
      await thread.ask('Why?');
      assert.match(sentMessages().join(), /const b = a \+ 1;[^]*It adds\.[^]*Why\?$/u);
      assert.deepEqual(texts(thread), ['It adds.', 'Why?', 'It adds.']);
      assert.match(thread.native.label ?? '', /^[\w-]+\.txt:\d+ · m · 50 tok\/s · 2 tokens/u);
    });

    it('uses the context after a reload, also when its first attempt was stopped', async () => {
      useContext();
      await shared.explained();
      await shared.bench.reload();
      const [thread] = shared.bench.threads;
      assert.ok(thread);
      const asked = thread.ask('Why?');
      thread.stop();
      await asked;
      await thread.retry();
      assert.deepEqual(sentTo('/api/generate')['context'], [1, 2]);
      assert.deepEqual(texts(thread), ['It adds.', 'Why?', 'It adds.']);
    });

    it('that is asked while an answer runs is answered after it', async () => {
      const gate = new Gate();
      shared.bench.server.onGenerate(answer(['It ', 'adds.'], { pacing: { gate } }));
      const { document } = await openCode();
      const thread = await shared.bench.explain(document, 1, 1);
      gate.release();
      await eventually(() => assert.deepEqual(texts(thread), ['It']));
      const asked = [thread.ask('Why?'), thread.ask('And then?')];
      await eventually(() => assert.deepEqual(texts(thread), ['It', 'Why?', 'And then?']));
      gate.open();
      await Promise.all(asked);
      assert.deepEqual(texts(thread), ['It adds.', 'Why?', 'It adds.', 'And then?', 'It adds.']);
    });

    it('that waits is there after a reload, too, and can be asked', async () => {
      const gate = new Gate();
      shared.bench.server.onGenerate(answer(['It ', 'adds.'], { pacing: { gate } }));
      const { document } = await openCode();
      const running = await shared.bench.explain(document, 1, 1);
      gate.release();
      await eventually(() => assert.deepEqual(texts(running), ['It']));
      void running.ask('Why?');
      await shared.bench.reload();
      const [thread] = shared.bench.threads;
      assert.ok(thread);
      assert.deepEqual(texts(thread).slice(0, 2), ['It', 'Why?']);
      gate.open();
      await thread.retry();
      assert.deepEqual(texts(thread), ['It', 'Why?', 'It adds.']);
      assert.deepEqual(sentMessages().slice(-2), [
        'assistant: It ',
        'user: (Your previous answer was cut off.)\n\nWhy?',
      ]);
    });

    it('collects context when a model has been selected', async () => {
      shared.bench.settings = { ...shared.bench.settings, model: '' };
      const editor = await openFile('late.txt', 'import { b } from "b";\nconst a = b;\n');
      const thread = await shared.bench.explain(editor.document, 1, 1);
      await ended(thread);
      assert.match(texts(thread)[0] ?? '', /No model selected/u);
      shared.bench.settings = { ...shared.bench.settings, model: 'm' };
      await thread.retry();
      assert.match(
        String(sentTo('/api/generate')['prompt']),
        /^Imports of late\.txt:[^]*Explain this code/u,
      );
      assert.deepEqual(shared.bench.answered, ['m']);
    });

    it('waits in line, and says so', async () => {
      const gate = new Gate();
      shared.bench.server.onGenerate(answer(['It ', 'adds.'], { pacing: { gate } }));
      const { document } = await openCode();
      const first = await shared.bench.explain(document, 0, 0);
      await shared.bench.server.received('/api/generate');
      const second = await shared.bench.explain(document, 1, 1);
      await eventually(() =>
        assert.match(second.native.label ?? '', / · Waiting for another answer from m/u),
      );
      gate.open();
      await Promise.all([ended(first), ended(second)]);
      assert.deepEqual(texts(second), ['It adds.']);
    });

    it('belongs into a conversation once the thread is full', async () => {
      shared.bench.server.onGenerate(answer(['x'.repeat(8_000)]));
      const [thread] = await shared.explained();
      assert.match(texts(thread).at(-1) ?? '', /command:cria\.continueExplanation/u);
      await shared.bench.explanations.ask(thread, ' And why? ');
      assert.equal(shared.bench.server.requestsTo('/api/chat').length, 0);
      const [continued] = shared.bench.continued;
      assert.equal(continued?.question, 'And why?');
      const said = new Conversation('c', continued.events).path().map(({ text }) => text);
      assert.deepEqual([said.length, said[1]], [2, 'x'.repeat(8_000)]);
      assert.equal(texts(thread).length, 2);
    });
  });
});
