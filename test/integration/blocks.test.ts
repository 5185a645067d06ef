import assert from 'node:assert/strict';
import { mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { BlockActions } from '../../src/codeBlocks/blockActions';
import { systemClock } from '../../src/shared/clock';
import { FocusReturn } from '../../src/ui/dialogs';
import { eventually } from '../support/clock';
import { closeListsUntil, openFile, openSelected, writeFile } from './support/extensionHost';

const before = ['function total() {', '  return 0;', '}', ''].join('\n');

/** What the person answers when asked something; each question takes the next. */
class Answers {
  readonly asked: string[] = [];
  /** Notifications that are not modal, so that the user can answer at any time. */
  readonly told: { readonly sentence: string; readonly press: (button: string) => void }[] = [];
  readonly #own = { ...vscode.window };
  #next: (string | undefined)[] = [];

  start(): void {
    const answer = (sentence: string): Promise<string | undefined> => {
      this.asked.push(sentence);
      return Promise.resolve(this.#next.shift());
    };
    Object.assign(vscode.window, {
      showWarningMessage: answer,
      showInputBox: () => answer('path'),
      showInformationMessage: (sentence: string) =>
        new Promise((press) => this.told.push({ sentence, press })),
    });
  }

  give(...answers: readonly (string | undefined)[]): void {
    this.#next = [...answers];
  }

  end(): void {
    const { showWarningMessage, showInputBox, showInformationMessage } = this.#own;
    Object.assign(vscode.window, { showWarningMessage, showInputBox, showInformationMessage });
  }
}

describe('code out of an answer', () => {
  let actions: BlockActions;
  let answers: Answers;

  beforeEach(() => {
    actions = new BlockActions(systemClock, new FocusReturn(), 'cria-change-of-tests');
    answers = new Answers();
    answers.start();
  });

  afterEach(async () => {
    actions.dispose();
    answers.end();
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  /** Waits for the diff, and gives what it shows on its right. */
  async function preview(): Promise<vscode.Uri> {
    const shown = (): vscode.Uri | undefined => {
      const { activeTab } = vscode.window.tabGroups.activeTabGroup;
      return activeTab?.input instanceof vscode.TabInputTextDiff
        ? activeTab.input.modified
        : undefined;
    };
    await eventually(() => assert.ok(shown()));
    return shown() ?? vscode.Uri.parse('');
  }

  /** VS Code tells of the editor behind a diff some time after the diff is closed. */
  async function isBackIn(document: vscode.TextDocument): Promise<void> {
    await eventually(() => {
      const { activeTextEditor } = vscode.window;
      assert.equal(activeTextEditor?.document, document);
      assert.ok(!activeTextEditor.selection.isEmpty);
    });
  }

  async function textOf(uri: vscode.Uri): Promise<string> {
    return (await vscode.workspace.openTextDocument(uri)).getText();
  }

  function fenced(code: string, info = 'ts'): string {
    return `Text.\n\n\`\`\`${info}\n${code}\n\`\`\`\n`;
  }

  it('is inserted at the cursor with the indentation of its line, and one undo reverts it', async () => {
    const editor = await openFile('insert.ts', before);
    const at = new vscode.Position(1, 2);
    editor.selection = new vscode.Selection(at, at);
    await actions.act('insert', fenced('  if (a) {\n    b;\n  }\n'), 0);
    const { document } = editor;
    assert.equal(document.getText(), before.replace('return', 'if (a) {\n    b;\n  }\n  return'));
    assert.ok(document.isDirty);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), before);
  });

  it('replaces the selection after a diff, and one undo reverts it', async () => {
    const { document } = await openSelected('replace.ts', before, [1, 1]);
    const done = actions.act('replace', fenced('return 1;'), 0);
    const shown = await preview();
    assert.equal(await textOf(shown), before.replace('return 0', 'return 1'));
    assert.equal(document.getText(), before);
    await actions.decide(shown, true);
    await done;
    assert.equal(document.getText(), before.replace('return 0', 'return 1'));
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), before);
  });

  it('changes nothing when the diff is discarded, closed, or of a text that has changed', async () => {
    const { document } = await openSelected('discard.ts', before, [1, 1]);
    const discarded = actions.act('replace', fenced('x'), 0);
    await actions.decide(await preview(), false);
    await discarded;
    await isBackIn(document);
    const closed = actions.act('replace', fenced('x'), 0);
    await preview();
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await closed;
    assert.equal(document.getText(), before);
    await isBackIn(document);
  });

  it('follows a file that changes during the review, and is withdrawn where it no longer fits', async () => {
    const { document } = await openSelected('late.ts', before, [1, 1]);
    const change = async (range: vscode.Range, text: string): Promise<void> => {
      const edit = new vscode.WorkspaceEdit();
      edit.replace(document.uri, range, text);
      await vscode.workspace.applyEdit(edit);
    };
    const followed = actions.act('replace', fenced('return 1;'), 0);
    const shown = await preview();
    await change(new vscode.Range(0, 0, 0, 0), '// new\n');
    await actions.decide(shown, true);
    await followed;
    assert.equal(document.getText(), `// new\n${before.replace('return 0', 'return 1')}`);
    const withdrawn = actions.act('apply', fenced(before.replace('0', '7'), 'ts late.ts'), 0);
    await preview();
    await change(new vscode.Range(0, 0, 3, 1), 'gone');
    await withdrawn;
    assert.match(answers.asked.join('\n'), /no longer fits/u);
    assert.doesNotMatch(document.getText(), /7/u);
  });

  it('changes nothing when the diff is closed before it is computed', async () => {
    const long = before.repeat(20_000);
    const { document } = await openSelected('long.ts', long, [1, 1]);
    const closed = actions.act('replace', fenced('x'), 0);
    await preview();
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await closed;
    assert.equal(document.getText(), long);
    await isBackIn(document);
  });

  it('is decided at each change, and never in a notification', async () => {
    const two = 'function a() {\n  return 1;\n}\n\nfunction b() {\n  return 2;\n}\n';
    const code = two.replace('1', '10').replace('2', '20');
    const { document } = await openFile('hunks.ts', two);
    const done = actions.act('apply', fenced(code, 'ts hunks.ts'), 0);
    const shown = await preview();
    const lenses = async (): Promise<readonly vscode.Command[]> => {
      const found = await vscode.commands.executeCommand<readonly vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        shown,
      );
      return found.flatMap(({ command }) => (command ? [command] : []));
    };
    const all = ['Accept', 'Accept', 'Accept All', 'Discard', 'Discard', 'Discard All'];
    // There are none before the window has the document, too.
    await eventually(async () =>
      assert.deepEqual((await lenses()).map(({ title }) => title).toSorted(), all),
    );
    const second = (await lenses()).filter(({ title }) => title === 'Accept')[1];
    await actions.decide(second?.arguments?.[0], true);
    assert.equal(document.getText(), two.replace('2', '20'));
    await eventually(async () =>
      assert.deepEqual(
        (await lenses()).map(({ title }) => title),
        ['Accept', 'Discard'],
      ),
    );
    const [, discard] = await lenses();
    await actions.decide(discard?.arguments?.[0], false);
    await done;
    assert.equal(document.getText(), two.replace('2', '20'));
    assert.deepEqual(answers.told, []);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), two);
  });

  it('writes the proposal as the user edited it', async () => {
    const { document } = await openSelected('edited.ts', before, [1, 1]);
    const done = actions.act('replace', fenced('return 1;'), 0);
    const shown = await preview();
    const edit = new vscode.WorkspaceEdit();
    edit.replace(shown, new vscode.Range(1, 9, 1, 10), '3');
    assert.ok(await vscode.workspace.applyEdit(edit));
    await eventually(async () => assert.match(await textOf(shown), /return 3/u));
    await actions.decide(shown, true);
    await done;
    assert.equal(document.getText(), before.replace('return 0', 'return 3'));
  });

  it('offers three ways for code without a certain place, and Enter takes none (case 32)', async () => {
    const { document } = await openFile('unplaced.ts', before);
    const { createQuickPick } = vscode.window;
    const lists: vscode.QuickPick<vscode.QuickPickItem>[] = [];
    const active: string[] = [];
    const watched = (): vscode.QuickPick<vscode.QuickPickItem> => {
      const list = createQuickPick();
      list.onDidChangeActive((items) => active.push(...items.map(({ label }) => label)));
      lists.push(list);
      return list;
    };
    Object.assign(vscode.window, { createQuickPick: watched });
    try {
      const done = actions.act('apply', fenced('other();', 'ts unplaced.ts'), 0);
      await eventually(() => assert.ok(lists[0]));
      const labels = lists[0]?.items.map(({ label }) => label);
      assert.deepEqual(labels, ['Replace Whole File', 'Insert at Cursor', 'New File']);
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      await closeListsUntil(done);
      assert.deepEqual(active, []);
    } finally {
      Object.assign(vscode.window, { createQuickPick });
    }
    assert.equal(document.getText(), before);
  });

  it('is applied to the file it names after a diff, and one undo reverts it', async () => {
    const uri = await writeFile('apply.ts', before);
    const after = before.replace('0', '1');
    const done = actions.act('apply', fenced(`// apply.ts\n${after}`), 0);
    const shown = await preview();
    assert.equal(await textOf(shown), after);
    await actions.decide(undefined, true);
    await done;
    const document = await vscode.workspace.openTextDocument(uri);
    assert.equal(document.getText(), after);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), before);
  });

  it('makes a new file after a preview, and nothing when it is discarded', async () => {
    answers.give('made/new.ts', 'made/new.ts');
    const discarded = actions.act('newFile', fenced('export {};'), 0);
    await actions.decide(await preview(), false);
    await discarded;
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const uri = vscode.Uri.joinPath(folder.uri, 'made', 'new.ts');
    await assert.rejects(async () => vscode.workspace.fs.stat(uri));
    const done = actions.act('newFile', fenced('export {};'), 0);
    await actions.decide(await preview(), true);
    await done;
    assert.equal(Buffer.from(await vscode.workspace.fs.readFile(uri)).toString(), 'export {};\n');
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), uri.toString());
    await vscode.commands.executeCommand('undo');
    await eventually(() => assert.rejects(async () => vscode.workspace.fs.stat(uri)));
  });

  it('never overwrites with a new file, nor leaves the workspace', async () => {
    const uri = await writeFile('there.ts', before);
    for (const name of ['there.ts', '../outside.ts', '/etc/passwd', 'there.ts/inside.ts']) {
      answers.give(name);
      await actions.act('newFile', fenced('x'), 0);
      await actions.act(
        'apply',
        fenced('x', `ts file=${name === 'there.ts' ? '../x.ts' : name}`),
        0,
      );
    }
    assert.equal(await textOf(uri), before);
    assert.ok(
      !(vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff),
    );
  });

  it('asks before it follows a symbolic link, and before it touches what runs by being there', async () => {
    const uri = await writeFile('links/real/file.ts', before);
    const link = path.join(path.dirname(path.dirname(uri.fsPath)), 'link');
    await rm(link, { force: true });
    await symlink(path.dirname(uri.fsPath), link);
    await mkdir(path.join(path.dirname(link), '..', '.vscode'), { recursive: true });
    await writeFile('.vscode/tasks.json', '{}');
    for (const name of ['links/link/file.ts', '.vscode/tasks.json', '.vscode/new.json']) {
      answers.asked.length = 0;
      await actions.act('apply', fenced('x', `ts ${name}`), 0);
      assert.deepEqual(answers.asked, [`Write to ${name}?`]);
    }
    assert.equal(await textOf(uri), before);
    answers.give('Write');
    const done = actions.act('apply', fenced(before.replace('0', '1'), 'ts links/link/file.ts'), 0);
    await actions.decide(await preview(), false);
    await done;
  });

  it('says when code holds what cannot be seen, shows it, and can leave it out', async () => {
    const { document } = await openSelected('hidden.ts', before, [1, 1]);
    const code = fenced('return "\u202E1";');
    await actions.act('replace', code, 0);
    assert.deepEqual(answers.asked, ['This code contains invisible characters.']);
    assert.equal(document.getText(), before);
    answers.give('Keep Characters');
    const kept = actions.act('replace', code, 0);
    const shown = await preview();
    assert.match(await textOf(shown), /return "⟨U\+202E⟩1";/u);
    await actions.decide(shown, false);
    await kept;
    await isBackIn(document);
    answers.give('Remove Characters');
    await actions.act('insert', code, 0);
    assert.match(document.getText(), /return "1";/u);
  });

  it('is typed into the terminal if it is one line, and only copied if it is more', async () => {
    await vscode.env.clipboard.writeText('before');
    await actions.act('terminal', fenced('echo one\u0007', 'sh'), 0);
    await eventually(() => assert.ok(vscode.window.activeTerminal));
    assert.equal(await vscode.env.clipboard.readText(), 'before');
    await actions.act('terminal', fenced('echo one\necho two', 'sh'), 0);
    assert.equal(await vscode.env.clipboard.readText(), 'echo one\necho two');
    vscode.window.activeTerminal?.dispose();
  });

  it('does nothing for a block that the answer does not have', async () => {
    await actions.act('insert', 'No code.', 0);
    await actions.act('insert', fenced('a'), 1);
    for (const told of [undefined, 7, 'text', {}]) {
      await vscode.commands.executeCommand('cria.applyChange', told);
      await vscode.commands.executeCommand('cria.discardChange', told);
    }
    assert.deepEqual(answers.asked, []);
  });

  it('keeps a change open when its diff is moved to another group', async () => {
    const { document } = await openSelected('moved.ts', before, [1, 1]);
    const applied = actions.act('replace', '```ts\nreturn 1;\n```', 0);
    const shown = await preview();
    await vscode.commands.executeCommand('workbench.action.moveEditorToNextGroup');
    await eventually(() => assert.equal(vscode.window.tabGroups.all.length, 2));
    await actions.decide(shown, true);
    await applied;
    assert.match(document.getText(), /return 1;/u);
  });

  it('leaves nothing pending when the diff cannot be shown', async () => {
    await openSelected('undrawn.ts', before, [1, 1]);
    const { executeCommand } = vscode.commands;
    const broken = (id: string, ...args: readonly unknown[]): Thenable<unknown> =>
      id === 'vscode.diff' ? Promise.reject(new Error('no diff')) : executeCommand(id, ...args);
    Object.assign(vscode.commands, { executeCommand: broken });
    try {
      await assert.rejects(actions.act('replace', '```ts\nreturn 1;\n```', 0), /no diff/u);
    } finally {
      Object.assign(vscode.commands, { executeCommand });
    }
    assert.deepEqual(answers.told, []);
  });

  it('does not wait longer for symbols than it says, if a language server hangs', async () => {
    await writeFile('deep/inner/after.ts', '');
    const hanging = vscode.languages.registerWorkspaceSymbolProvider({
      provideWorkspaceSymbols: () => new Promise(() => undefined),
    });
    try {
      const names = ['hangingSymbol()', 'anotherSymbol()', 'after.ts'];
      assert.deepEqual(await actions.names.findExisting(names), ['after.ts']);
    } finally {
      hanging.dispose();
    }
  });

  it('opens the files that an answer names, by path, by ending and at a line', async () => {
    await writeFile('deep/inner/named.ts', 'one\ntwo\nthree\n');
    const names = [
      'deep/inner/named.ts:2',
      'named.ts',
      'nowhere.ts',
      '../named.ts',
      'noSuchSymbol',
    ];
    assert.deepEqual(await actions.names.findExisting(names), names.slice(0, 2));
    await actions.names.open('deep/inner/named.ts:2');
    const editor = vscode.window.activeTextEditor;
    assert.match(editor?.document.uri.path ?? '', /deep\/inner\/named\.ts$/u);
    assert.equal(editor?.selection.active.line, 1);
    await actions.names.open('nowhere.ts');
    assert.match(answers.asked.join(), /nowhere\.ts is no longer in the workspace/u);
  });
});
