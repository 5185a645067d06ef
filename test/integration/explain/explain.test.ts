import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { answer } from '../../support/ollamaServer/scripts';
import type { OllamaServer } from '../../support/ollamaServer/ollamaServer';
import {
  endServer,
  openFile,
  openSelected,
  runAndDismiss,
  setting,
  startServer,
} from '../support/extensionHost';
import { eventually } from '../../support/clock';

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

  it('sends the selected lines, their language and their place, and streams', async () => {
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

  it('asks about a part of a line, and shows the whole line', async () => {
    const editor = await openSelected('sum.ts', code, [0, 1]);
    editor.selection = new vscode.Selection(1, 10, 1, 15);
    await vscode.commands.executeCommand('cria.explainSelection');
    const { json } = await server.received('/api/generate');
    assert.match(
      String(json?.['prompt']),
      /sum\.ts, line 2:\n\n```typescript\nconst b = a \+ 1;\n```\n\nExplain only this part:\n\n```typescript\na \+ 1\n```$/u,
    );
  });

  it('puts code with fences in it into a longer fence', async () => {
    await openSelected('notes.md', '```\nrm -rf /\n```\n', [0, 2]);
    await vscode.commands.executeCommand('cria.explainSelection');
    const { json } = await server.received('/api/generate');
    assert.match(String(json?.['prompt']), /````markdown\n```\nrm -rf \/\n```\n````$/u);
  });

  it('sends what is on the screen, saved or not', async () => {
    // A separate file, so that no other test finds it changed.
    const editor = await openSelected('unsaved.ts', code, [0, 0]);
    await editor.edit((edit) => edit.replace(editor.document.lineAt(0).range, 'let unsaved = 1;'));
    editor.selection = new vscode.Selection(0, 0, 0, 5);
    await vscode.commands.executeCommand('cria.explainSelection');
    const { json } = await server.received('/api/generate');
    assert.match(String(json?.['prompt']), /let unsaved = 1;/u);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('explains twenty selections at once, each with its own request', async () => {
    const lines = Array.from({ length: 20 }, (_, index) => `const c${index} = ${index};`);
    const editor = await openSelected('many.txt', lines.join('\n'), [0, 0]);
    for (const [index, line] of lines.entries()) {
      editor.selection = new vscode.Selection(index, 0, index, line.length);
      await vscode.commands.executeCommand('cria.explainSelection');
    }
    await server.received('/api/generate', 20);
    const prompts = server.requestsTo('/api/generate').map(({ json }) => String(json?.['prompt']));
    for (const line of lines) {
      assert.equal(prompts.filter((prompt) => prompt.includes(line)).length, 1, line);
    }
  });

  /**
   * An explanation waits less than a second for what VS Code knows around the code, which a busy machine
   * may not manage: it is asked for until that is there.
   */
  async function promptWith(command: string, words: RegExp): Promise<string> {
    let prompt = '';
    await eventually(async () => {
      server.forget();
      await vscode.commands.executeCommand(command);
      const { json } = await server.received('/api/generate');
      prompt = String(json?.['prompt']);
      assert.match(prompt, words);
    });
    return prompt;
  }

  /** A request that went out would be there before the one asked for now. */
  async function onlyTheNextIsSent(): Promise<void> {
    await openSelected('last.md', 'The last one.', [0, 0]);
    await vscode.commands.executeCommand('cria.explainSelection');
    await server.received('/api/generate');
    assert.equal(asked(server), 1);
  }

  for (const command of ['cria.explainSelection', 'cria.explainSymbol', 'cria.explainProblem']) {
    it(`sends nothing for ${command} when nothing is selected, known or wrong`, async () => {
      const editor = await openFile('words.txt', 'Only words.');
      editor.selection = new vscode.Selection(0, 0, 0, 0);
      await runAndDismiss(command);
      await onlyTheNextIsSent();
    });

    it(`sends nothing for ${command} in an empty document, or without an editor`, async () => {
      const editor = await openFile('empty.txt', '\n\n');
      editor.selection = new vscode.Selection(0, 0, 2, 0);
      await runAndDismiss(command);
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await runAndDismiss(command);
      await onlyTheNextIsSent();
    });
  }

  describe('the light bulb', () => {
    let problems: vscode.DiagnosticCollection;
    before(() => {
      problems = vscode.languages.createDiagnosticCollection('cria.test');
    });
    after(() => problems.dispose());

    async function offered(range: vscode.Range): Promise<readonly vscode.CodeAction[]> {
      const { document } = await openFile('sum.md', code);
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        range,
      );
      return actions.filter(({ title }) => title.startsWith('Explain with Cria'));
    }

    it('offers an explanation of what is selected, and nothing where nothing is', async () => {
      assert.deepEqual(await offered(new vscode.Range(0, 3, 0, 3)), []);
      const [action, ...more] = await offered(new vscode.Range(0, 0, 1, 3));
      assert.equal(more.length, 0);
      assert.equal(action?.title, 'Explain with Cria');
      assert.equal(action.command?.command, 'cria.explainSelection');
    });

    it('offers an explanation of a problem, with its message, its number and the lines around', async () => {
      const { document } = await openFile('sum.md', code);
      const problem = new vscode.Diagnostic(new vscode.Range(1, 6, 1, 7), 'b is odd');
      Object.assign(problem, {
        source: 'oddlint',
        code: { value: 'no-odd', target: document.uri },
      });
      problems.set(document.uri, [problem]);
      // A problem is known to VS Code's window, which asks for actions, some time after it was set.
      let action: vscode.CodeAction | undefined;
      await eventually(async () => {
        [action] = await offered(new vscode.Range(1, 6, 1, 6));
        assert.equal(action?.title, 'Explain with Cria: b is odd');
      });
      assert.ok(action?.kind?.contains(vscode.CodeActionKind.QuickFix));
      const { command, arguments: args = [] } = action?.command ?? {};
      await vscode.commands.executeCommand(command ?? '', ...(args as unknown[]));
      const { json } = await server.received('/api/generate');
      const prompt = String(json?.['prompt']);
      assert.match(prompt, /oddlint reports \(no-odd\):\n\n```\nb is odd\n```/u);
      assert.match(prompt, /sum\.md, line 2:\n\n```markdown\nconst b = a \+ 1;\n```/u);
      assert.match(prompt, /lines 1-4:\n\n```markdown\nconst a = 1;[^]*export const c/u);
    });

    it('explains the problem at the caret by the command', async () => {
      const editor = await openFile('sum.md', code);
      problems.set(editor.document.uri, [
        new vscode.Diagnostic(new vscode.Range(0, 0, 0, 5), 'the first'),
        new vscode.Diagnostic(new vscode.Range(2, 0, 2, 5), 'the last'),
      ]);
      editor.selection = new vscode.Selection(2, 7, 2, 7);
      await vscode.commands.executeCommand('cria.explainProblem');
      const { json } = await server.received('/api/generate');
      assert.match(String(json?.['prompt']), /the last/u);
      problems.clear();
    });

    it('offers nothing when that is switched off', async () => {
      await setting('cria.codeActions.enabled', false);
      assert.deepEqual(await offered(new vscode.Range(0, 0, 1, 3)), []);
      await setting('cria.codeActions.enabled', undefined);
    });
  });

  it('explains the function around the caret, with the class around that', async () => {
    const lines = ['class Shop {', '  open() {', '    return 1;', '  }', '}', ''];
    const kinds = vscode.SymbolKind;
    const symbols = vscode.languages.registerDocumentSymbolProvider(
      { pattern: '**/shop.txt' },
      {
        provideDocumentSymbols: () => {
          const whole = new vscode.Range(0, 0, 4, 1);
          const inner = new vscode.Range(1, 2, 3, 3);
          const shop = new vscode.DocumentSymbol('Shop', '', kinds.Class, whole, whole);
          shop.children.push(new vscode.DocumentSymbol('open', '', kinds.Method, inner, inner));
          return [shop];
        },
      },
    );
    const editor = await openFile('shop.txt', lines.join('\n'));
    editor.selection = new vscode.Selection(2, 4, 2, 4);
    const prompt = await promptWith('cria.explainSymbol', /Surrounding code in/u);
    symbols.dispose();
    assert.match(
      prompt,
      /shop\.txt, lines 2-4:\n\n```plaintext\n {2}open\(\) \{[^]*\n {2}\}\n```$/u,
    );
    assert.match(
      prompt,
      /Surrounding code in shop\.txt, lines 1-5:\n\n```plaintext\nclass Shop \{/u,
    );
  });

  it('sends the definitions of what the code uses, where they are code of the workspace', async () => {
    const other = await openFile('prices.txt', '\nprice = 3\nmore\nand\nnot this\n');
    const definitions = vscode.languages.registerDefinitionProvider(
      { pattern: '**/bill.txt' },
      {
        provideDefinition: (document, position) => {
          const word = document.getText(document.getWordRangeAtPosition(position));
          if (word === 'price')
            return new vscode.Location(other.document.uri, new vscode.Position(1, 0));
          return word === 'total'
            ? new vscode.Location(vscode.Uri.file('/elsewhere/lib.d.ts'), new vscode.Position(0, 0))
            : undefined;
        },
      },
    );
    await openSelected('bill.txt', 'total = price * 2\n', [0, 0]);
    const prompt = await promptWith('cria.explainSelection', /Defined in/u);
    definitions.dispose();
    assert.match(
      prompt,
      /Defined in prices\.txt, line 2:\n\n```plaintext\nprice = 3\nmore\nand\n```/u,
    );
    assert.doesNotMatch(prompt, /elsewhere|not this/u);
  });

  it('answers in the language that is set', async () => {
    await setting('cria.answerLanguage', 'Deutsch');
    await openSelected('sum.md', code, [0, 1]);
    await vscode.commands.executeCommand('cria.explainSelection');
    const { json } = await server.received('/api/generate');
    assert.match(String(json?.['system']), /Answer in Deutsch\.$/u);
    await setting('cria.answerLanguage', undefined);
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

  const chatInstead: readonly (readonly [string, string, unknown])[] = [
    ['where comments are switched off', 'comments.visible', false],
    ['where the person wants it so', 'cria.explain.showIn', 'chat'],
  ];
  for (const [where, key, value] of chatInstead) {
    it(`asks in the chat panel ${where}`, async () => {
      await setting(key, value);
      server.onChat(answer(['It adds.']));
      await openSelected('sum.ts', code, [0, 1]);
      await vscode.commands.executeCommand('cria.explainSelection');
      await isAskedInChat(/const b = a \+ 1;/u);
      await setting(key, undefined);
    });
  }

  it('asks in the chat panel about a document without a file', async () => {
    const content = vscode.workspace.registerTextDocumentContentProvider('made-up', {
      provideTextDocumentContent: () => code,
    });
    const uri = vscode.Uri.parse('made-up:/history/sum.ts');
    const editor = await vscode.window.showTextDocument(uri);
    editor.selection = new vscode.Selection(0, 0, 1, 5);
    await vscode.commands.executeCommand('cria.explainSelection');
    await isAskedInChat(/sum\.ts, lines 1-2/u);
    content.dispose();
  });

  it('asks in the chat panel about a cell of a notebook, by its number (case 18)', async () => {
    const cells = ['a = 1\nb = 2', 'a = 1\nb = 2'].map(
      (text) => new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, 'python'),
    );
    const notebook = await vscode.workspace.openNotebookDocument(
      'jupyter-notebook',
      new vscode.NotebookData(cells),
    );
    const range = new vscode.NotebookRange(1, 2);
    await vscode.window.showNotebookDocument(notebook, { selections: [range] });
    await vscode.commands.executeCommand('notebook.cell.edit');
    const { document } = notebook.cellAt(1);
    await eventually(() => assert.equal(vscode.window.activeTextEditor?.document, document));
    const editor = vscode.window.activeTextEditor;
    if (editor) editor.selection = new vscode.Selection(0, 0, 1, 5);
    server.onChat(answer(['It adds.']));
    await vscode.commands.executeCommand('cria.explainSelection');
    await isAskedInChat(/^Explain this code from [^/]+, cell 2, lines 1-2:/mu);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('sends of a very long line what is around the selection (case 23)', async () => {
    const wanted = 'function(e){return e+1}';
    const half = 'var x=1;'.repeat(20_000);
    const editor = await openFile('app.min.js', half + wanted + half);
    editor.selection = new vscode.Selection(0, half.length, 0, half.length + wanted.length);
    await vscode.commands.executeCommand('cria.explainSelection');
    const { json } = await server.received('/api/generate');
    const prompt = String(json?.['prompt']);
    assert.ok(prompt.length < 1_500, `${prompt.length} characters`);
    assert.match(prompt, /app\.min\.js, line 1 \(shortened\):[^]*…[^…]{400}function\(e\)/u);
    assert.match(prompt, /Explain only this part:[^]*function\(e\)\{return e\+1\}/u);
  });

  it('explains the first of several selections, says so, and offers to ask about all (case 33)', async () => {
    const editor = await openFile('several.ts', 'one();\ntwo();\nthree();\n');
    editor.selections = [new vscode.Selection(2, 0, 2, 8), new vscode.Selection(0, 0, 0, 6)];
    const { showInformationMessage } = vscode.window;
    const shown: unknown[] = [];
    Object.assign(vscode.window, {
      showInformationMessage: (...words: readonly unknown[]) => {
        shown.push(words);
        return Promise.resolve(undefined);
      },
    });
    await vscode.commands
      .executeCommand('cria.explainSelection')
      .then(() => Object.assign(vscode.window, { showInformationMessage }));
    const { json } = await server.received('/api/generate');
    assert.match(String(json?.['prompt']), /several\.ts, line 3:[^]*three\(\);/u);
    assert.deepEqual(shown, [['Only the first selection is explained.', 'Ask About All']]);
  });

  it('explains the new side of a comparison under its code, and the old side in the chat', async () => {
    const content = vscode.workspace.registerTextDocumentContentProvider('made-up', {
      provideTextDocumentContent: () => code.replace('a + 1', 'a + 2'),
    });
    const old = vscode.Uri.parse('made-up:/history/compared.ts');
    const { document } = await openFile('compared.ts', code);
    const side = async (name: 'Primary' | 'Secondary', uri: vscode.Uri): Promise<void> => {
      await vscode.commands.executeCommand(`workbench.action.compareEditor.focus${name}Side`);
      const isInFront = (): boolean =>
        vscode.window.activeTextEditor?.document.uri.toString() === uri.toString();
      await eventually(() => assert.ok(isInFront()));
      const editor = vscode.window.activeTextEditor;
      if (editor) editor.selection = new vscode.Selection(1, 0, 1, 5);
      await vscode.commands.executeCommand('cria.explainSelection');
    };
    await vscode.commands.executeCommand('vscode.diff', old, document.uri, 'compared');
    await side('Primary', document.uri);
    const { json } = await server.received('/api/generate');
    assert.match(String(json?.['prompt']), /compared\.ts, line 2:[^]*const b = a \+ 1;/u);
    server.forget();
    server.onChat(answer(['It adds.']));
    await side('Secondary', old);
    await isAskedInChat(/const b = a \+ 2;/u);
    content.dispose();
  });

  async function isAskedInChat(words: RegExp): Promise<void> {
    const { json } = await server.received('/api/chat');
    const messages = json?.['messages'] as { role: string; content: string }[];
    assert.equal(messages.at(-1)?.role, 'user');
    assert.match(messages.at(-1)?.content ?? '', words);
    assert.equal(server.requestsTo('/api/generate').length, 0);
  }
});
