import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { PendingMessages } from '../../src/conversation/pendingMessages';
import type { Attachment } from '../../src/shared/turn';
import { systemClock } from '../../src/shared/clock';
import { FocusReturn } from '../../src/ui/dialogs';
import { Attachments } from '../../src/attachments/attachments';
import { EditorWatch } from '../../src/attachments/attachmentSuggestions';
import { createGitHost } from '../../src/attachments/gitChanges';
import { Bench } from '../support/sessionBench';
import { silentLogger } from '../unit/storage/storeFixture';
import { eventually } from '../support/clock';
import { openFile, setting, writeFile } from './support/extensionHost';

const code = 'one();\ntwo();\nthree();\n';

/** A file system that is on no disk, with one file in it. */
function oneFile(text: string): vscode.FileSystemProvider {
  const bytes = new TextEncoder().encode(text);
  const refuse = (): never => {
    throw vscode.FileSystemError.NoPermissions();
  };
  return {
    onDidChangeFile: new vscode.EventEmitter<vscode.FileChangeEvent[]>().event,
    watch: () => new vscode.Disposable(() => undefined),
    stat: () => ({ type: vscode.FileType.File, ctime: 0, mtime: 0, size: bytes.length }),
    readFile: () => bytes,
    readDirectory: () => [],
    ...{ createDirectory: refuse, writeFile: refuse, delete: refuse, rename: refuse },
  };
}

/** The warnings that VS Code would show meanwhile. */
async function warningsOf(run: () => Promise<unknown>): Promise<readonly string[]> {
  const { showWarningMessage } = vscode.window;
  const warned: string[] = [];
  const warn = (words: string): Promise<undefined> => {
    warned.push(words);
    return Promise.resolve(undefined);
  };
  Object.assign(vscode.window, { showWarningMessage: warn });
  try {
    await run();
  } finally {
    Object.assign(vscode.window, { showWarningMessage });
  }
  return warned;
}

describe('attaching from elsewhere', () => {
  let bench: Bench;
  let pending: PendingMessages;
  let attachments: Attachments;
  let asked: string[];
  let consents: boolean;

  beforeEach(async () => {
    bench = await Bench.start();
    pending = bench.conversations().pending;
    asked = [];
    consents = true;
    attachments = new Attachments({
      pending,
      clock: systemClock,
      newId: randomUUID,
      logger: silentLogger,
      contextLength: () => 4096,
      git: createGitHost(vscode.ExtensionKind.Workspace),
      focusReturn: new FocusReturn(),
      ask: (question) => Promise.resolve(asked.push(question) > 0 && consents),
    });
  });

  afterEach(async () => {
    attachments.dispose();
    await bench.close();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  const labels = (): string[] => pending.attachments.map(({ label }) => label);

  describe('parts of a file that is attached', () => {
    const names = ['first', 'second', 'inner'];
    const lines = Array.from({ length: 20 }, (_each, at) => `const line${at + 1} = 0;`);
    const only = (): Attachment => {
      const [attachment] = pending.attachments;
      assert.ok(attachment && pending.attachments.length === 1);
      return attachment;
    };
    let provider: vscode.Disposable;

    before(() => {
      const symbol = (name: string, first: number, last: number): vscode.DocumentSymbol => {
        const range = new vscode.Range(first - 1, 0, last - 1, 80);
        const kind = vscode.SymbolKind.Function;
        return new vscode.DocumentSymbol(name, '', kind, range, range.with({ end: range.start }));
      };
      const second = symbol('second', 8, 20);
      second.children = [symbol('inner', 10, 12)];
      provider = vscode.languages.registerDocumentSymbolProvider(
        { pattern: '**/attach/{parts.txt,.env}' },
        { provideDocumentSymbols: () => [symbol('first', 2, 4), second] },
      );
    });
    after(() => {
      provider.dispose();
    });

    /** Chooses the rows of the next list by their names. */
    async function choose(wanted: readonly string[], attachment: Attachment): Promise<string[]> {
      const { createQuickPick } = vscode.window;
      const offered: string[] = [];
      const none: readonly vscode.QuickPickItem[] = [];
      const createList = (): unknown => {
        let accept = (): void => undefined;
        const list = {
          items: none,
          selectedItems: none,
          onDidAccept: (listener: () => void) => {
            accept = listener;
          },
          onDidHide: () => undefined,
          dispose: () => undefined,
          show: () => {
            offered.push(...list.items.map(({ label }) => label.trim()));
            list.selectedItems = list.items.filter(({ label }) => wanted.includes(label.trim()));
            accept();
          },
        };
        return list;
      };
      Object.assign(vscode.window, { createQuickPick: createList });
      try {
        await attachments.attachParts(attachment);
      } finally {
        Object.assign(vscode.window, { createQuickPick });
      }
      return offered;
    }

    it('are its outline and the symbols that are chosen, and replace it', async () => {
      await attachments.attachFiles([await writeFile('attach/parts.txt', lines.join('\n'))]);
      const offered = await choose(['first', 'inner'], only());
      assert.deepEqual(offered, ['$(list-tree) Outline', ...names]);
      assert.deepEqual(labels(), ['parts.txt:2-4', 'parts.txt:10-12']);
      assert.equal(pending.attachments[0]?.text, lines.slice(1, 4).join('\n'));
      pending.attachments.forEach(({ id }) => pending.detach(id));

      await attachments.attachFiles([await writeFile('attach/parts.txt', lines.join('\n'))]);
      await choose(['$(list-tree) Outline'], only());
      const { label, text, part } = only();
      assert.deepEqual([label, part], ['parts.txt (outline)', 'outline of 20 lines']);
      assert.equal(text, '2: const line2 = 0;\n8: const line8 = 0;\n10: const line10 = 0;');
    });

    it('are found by the line of a name also within another symbol', async () => {
      const uri = await writeFile('attach/parts.txt', lines.join('\n'));
      await attachments.attachUris([`${uri.toString()}#L10`]);
      assert.deepEqual(labels(), ['parts.txt:10-12']);
    });

    it('leave it as it is when none are chosen, and when it has no symbols', async () => {
      await attachments.attachFiles([await writeFile('attach/parts.txt', lines.join('\n'))]);
      await choose([], only());
      assert.deepEqual(labels(), ['parts.txt']);
      pending.detach(only().id);
      await attachments.attachFiles([await writeFile('attach/plain.txt', lines.join('\n'))]);
      assert.deepEqual(await choose(['first'], only()), []);
      assert.deepEqual(labels(), ['plain.txt']);
    });

    it('are read only with consent where the file is private', async () => {
      await attachments.attachFiles([await writeFile('attach/.env', lines.join('\n'))]);
      consents = false;
      assert.deepEqual(await choose(['first'], only()), []);
      assert.deepEqual(labels(), ['.env']);
      assert.equal(asked.length, 2);
    });
  });

  it('takes what is dragged in a remote window by the name that the window gives it', async () => {
    const { path } = await writeFile('attach/dragged.ts', code);
    await attachments.attachUris([`vscode-remote://somewhere${path}#L2-3`]);
    const isRemote = vscode.env.remoteName !== undefined;
    assert.deepEqual(labels(), isRemote ? ['dragged.ts:2-3'] : []);
    await attachments.attachUris([`vscode-remote://somewhere${path}/../../../../etc/hostname`]);
    assert.equal(asked.length, isRemote ? 1 : 0, 'what leads out is asked about');
  });

  it('reads a file of a virtual file system', async () => {
    const provider = vscode.workspace.registerFileSystemProvider('cria-memory', oneFile(code));
    assert.equal(
      await attachments.attachFiles([vscode.Uri.parse('cria-memory:/src/virtual.ts')]),
      true,
    );
    assert.deepEqual(labels(), ['virtual.ts']);
    assert.equal(pending.attachments[0]?.text, code);
    provider.dispose();
  });

  const picture = { 'image/png': 'iVBORw0KGgo', 'text/plain': ['<Figure size 640x480>'] };
  const notebookJson = JSON.stringify({
    cells: [
      { cell_type: 'markdown', metadata: {}, source: ['# Title\n', 'Words.'] },
      {
        cell_type: 'code',
        execution_count: 1,
        metadata: {},
        source: ['a = 1\n', 'print(a)\n', 'plot(a)'],
        outputs: [
          { output_type: 'stream', name: 'stdout', text: ['1\n'] },
          { output_type: 'display_data', data: picture, metadata: {} },
        ],
      },
      { cell_type: 'code', execution_count: null, metadata: {}, source: 'a = 2', outputs: [] },
    ],
    metadata: { language_info: { name: 'python' } },
    nbformat: 4,
    nbformat_minor: 5,
  });
  const notebookText =
    '%% cell 1 (markdown)\n# Title\nWords.\n\n' +
    '%% cell 2 (python)\na = 1\nprint(a)\nplot(a)\n%% output of cell 2\n1\n\n' +
    '%% cell 3 (python)\na = 2';

  async function openCell(name: string, cell: number): Promise<vscode.TextEditor> {
    const notebook = await vscode.workspace.openNotebookDocument(
      await writeFile(name, notebookJson),
    );
    const range = new vscode.NotebookRange(cell, cell + 1);
    await vscode.window.showNotebookDocument(notebook, { selections: [range] });
    await vscode.commands.executeCommand('notebook.cell.edit');
    const wanted = notebook.cellAt(cell).document;
    await eventually(() => assert.equal(vscode.window.activeTextEditor?.document, wanted));
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    return editor;
  }

  it('takes the text of the cells of a notebook that is closed, without pictures (case 19)', async () => {
    assert.equal(
      await attachments.attachFiles([await writeFile('nb/closed.ipynb', notebookJson)]),
      true,
    );
    const [{ label, path, part, text } = { label: '' }] = pending.attachments;
    assert.deepEqual([label, path], ['closed.ipynb', 'nb/closed.ipynb']);
    assert.equal(part, 'without 1 output that is not text');
    assert.equal(text, notebookText);
    assert.deepEqual(asked, []);
  });

  it('takes an open notebook, lines of a cell, and its problems (case 17)', async () => {
    const editor = await openCell('nb/open.ipynb', 1);
    assert.equal(await attachments.attachFiles(undefined), true);
    assert.equal(
      pending.attachments[0]?.text,
      notebookText.replaceAll('(python)', `(${editor.document.languageId})`),
    );
    editor.selection = new vscode.Selection(0, 0, 1, 8);
    assert.equal(await attachments.attachSelection(), true);
    const { label, path, lines, text } = pending.attachments[1] ?? {};
    assert.deepEqual([label, path], ['open.ipynb, cell 2, lines 1-2', 'nb/open.ipynb, cell 2']);
    assert.deepEqual([lines, text], [{ first: 1, last: 2 }, 'a = 1\nprint(a)']);
    const problems = vscode.languages.createDiagnosticCollection('test');
    const range = new vscode.Range(1, 0, 1, 5);
    problems.set(editor.document.uri, [new vscode.Diagnostic(range, 'No such name.')]);
    assert.equal(await attachments.attachProblems(undefined), true);
    assert.match(
      pending.attachments[2]?.text ?? '',
      /^cell 2, 2:1 error No such name\.\n> print\(a\)$/u,
    );
    assert.deepEqual(asked, []);
    problems.dispose();
  });

  it('suggests what is in a cell by the name of its notebook (case 17)', async () => {
    const watch = new EditorWatch(systemClock);
    const editor = await openCell('nb/suggested.ipynb', 2);
    editor.selection = new vscode.Selection(0, 0, 0, 5);
    await eventually(() =>
      assert.deepEqual(
        [watch.view.file, watch.view.selection],
        ['suggested.ipynb, cell 3', 'suggested.ipynb, cell 3, line 1'],
      ),
    );
    watch.dispose();
  });

  it('reads other encodings, says so, and refuses what is no text in a sentence (case 20)', async () => {
    const write = async (name: string, bytes: readonly number[]): Promise<vscode.Uri> => {
      const uri = await writeFile(`encodings/${name}`, '');
      await vscode.workspace.fs.writeFile(uri, Uint8Array.from(bytes));
      return uri;
    };
    const chinese = [0xd6, 0xd0, 0xce, 0xc4, 0xb2, 0xe2, 0xca, 0xd4, 0xc4, 0xda, 0xc8, 0xdd];
    const german = [...Buffer.from('Größe ändern\n', 'latin1')];
    const wide = [...Buffer.from('Größe ändern\n', 'utf16le')];
    await attachments.attachFiles([
      await write('gbk.txt', chinese),
      await write('latin.txt', german),
      await write('wide.txt', wide),
    ]);
    const read = pending.attachments.map(({ text, part }) => [text, part]);
    assert.deepEqual(read, [
      ['中文测试内容', 'read as gb18030'],
      ['Größe ändern\n', 'read as windows-1252'],
      ['Größe ändern\n', undefined],
    ]);
    const warned = await warningsOf(async () => {
      await attachments.attachFiles([
        await write('a.pdf', [...Buffer.from('%PDF-1.7\nâãÏÓ', 'latin1')]),
      ]);
      await attachments.attachFiles([await write('a.dat', [0xff, 0x81, 0x01, 0x7f, 0x8d])]);
    });
    assert.match(warned[0] ?? '', /a\.pdf is a PDF file/u);
    assert.match(warned[1] ?? '', /a\.dat/u);
    assert.equal(pending.attachments.length, 3);
  });

  it('reads a file as the user has set its encoding', async () => {
    const uri = await writeFile('encodings/set/dos.txt', '');
    await vscode.workspace.fs.writeFile(uri, Uint8Array.from([0x84, 0x94, 0x81]));
    await setting('files.encoding', 'cp437');
    await attachments.attachFiles([uri]);
    await setting('files.encoding', undefined);
    assert.deepEqual(
      [pending.attachments[0]?.text, pending.attachments[0]?.part],
      ['äöü', undefined],
    );
  });

  it('takes every selection, those of the same lines as one (case 33)', async () => {
    const editor = await openFile('attach/several.ts', 'a\nb\nc\nd\ne\nf\n');
    editor.selections = [
      new vscode.Selection(4, 0, 4, 1),
      new vscode.Selection(0, 0, 0, 1),
      new vscode.Selection(1, 0, 1, 1),
      new vscode.Selection(5, 0, 5, 0),
    ];
    assert.equal(await attachments.attachSelection(), true);
    assert.deepEqual(labels(), ['several.ts:1-2', 'several.ts:5']);
    assert.deepEqual(
      pending.attachments.map(({ text }) => text),
      ['a\nb', 'e'],
    );
  });

  it('takes of a very long line what is around the selection (case 23)', async () => {
    const wanted = 'function(e){return e+1}';
    const half = 'var x=1;'.repeat(20_000);
    const editor = await openFile('attach/app.min.js', half + wanted + half);
    editor.selection = new vscode.Selection(0, half.length, 0, half.length + wanted.length);
    assert.equal(await attachments.attachSelection(), true);
    const [{ text, part, label } = { text: '' }] = pending.attachments;
    assert.match(text, /^…[^…]{400}function\(e\)\{return e\+1\}[^…]{400}…$/u);
    assert.deepEqual([part, label], ['shortened lines', 'app.min.js:1']);
  });
});
