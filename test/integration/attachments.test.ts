import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { PendingMessages } from '../../src/conversation/pendingMessages';
import { maxAttachments, type Attachment } from '../../src/shared/turn';
import { systemClock } from '../../src/shared/clock';
import { FocusReturn, type QuickInputs } from '../../src/ui/dialogs';
import { Attachments } from '../../src/attachments/attachments';
import { AttachmentReader } from '../../src/attachments/attachmentReader';
import { pickSource } from '../../src/attachments/attachmentTargets';
import { createGitHost, type GitHost, type ReadChange } from '../../src/attachments/gitChanges';
import { chooseRepository } from '../../src/attachments/gitQuestions';
import { Bench } from '../support/sessionBench';
import { silentLogger } from '../unit/storage/storeFixture';
import { openFile, openSelected, writeFile } from './support/extensionHost';

interface GitApi {
  openRepository(root: vscode.Uri): Promise<unknown>;
}

async function gitApi(): Promise<GitApi> {
  const extension = vscode.extensions.getExtension<{ getAPI(version: 1): GitApi }>('vscode.git');
  assert.ok(extension, 'VS Code comes with it');
  return (await extension.activate()).getAPI(1);
}

const code = Array.from({ length: 20 }, (_each, index) => `const line${index + 1} = 0;`).join('\n');

describe('attaching', () => {
  let bench: Bench;
  let pending: PendingMessages;
  let attachments: Attachments;
  /** What the person was asked, and what they answer. */
  let asked: string[];
  let consents: boolean | 'leaveOut';

  before(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

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
      ask: (question, reasons) => {
        asked.push([question, ...reasons].join('\n'));
        return Promise.resolve(consents);
      },
    });
  });

  afterEach(async () => {
    attachments.dispose();
    await bench.close();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  const only = (): Attachment => {
    const [attachment] = pending.attachments;
    assert.ok(attachment);
    assert.equal(pending.attachments.length, 1);
    return attachment;
  };

  it('takes the selected lines, with their place and language', async () => {
    await openSelected('attach/sel.ts', code, [2, 4]);
    assert.equal(await attachments.attachSelection(), true);
    const { label, kind, path, language, lines, text } = only();
    assert.deepEqual(
      [label, kind, path, language, lines],
      ['sel.ts:3-5', 'selection', 'attach/sel.ts', 'typescript', { first: 3, last: 5 }],
    );
    assert.equal(text, code.split('\n').slice(2, 5).join('\n'));
    assert.deepEqual(asked, []);
  });

  it('takes the open file as it is, changes that are not saved included', async () => {
    const editor = await openFile('attach/open.ts', 'const a = 1;\n');
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// new\r\n'));
    assert.equal(await attachments.attachFiles(undefined), true);
    assert.equal(only().text, '// new\nconst a = 1;\n');
    assert.equal(only().label, 'open.ts');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('takes of a large file the part around the caret, and says so', async () => {
    const long = Array.from({ length: 5_000 }, (_each, index) => `line ${index + 1}`).join('\n');
    const editor = await openFile('attach/long.txt', long);
    editor.selection = new vscode.Selection(2_499, 0, 2_499, 0);
    await attachments.attachFiles(undefined);
    const { part, label, text, lines } = only();
    assert.match(part ?? '', /^lines \d+-\d+ of 5000$/u);
    assert.equal(label, `long.txt:${lines?.first ?? ''}-${lines?.last ?? ''}`);
    assert.ok(text.includes('line 2500') && text.length <= 6_144);
  });

  it('refuses what is no text, what is empty and what is not there, each in a sentence', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file('/');
    const binary = vscode.Uri.joinPath(folder, 'attach/picture.png');
    await vscode.workspace.fs.writeFile(binary, Uint8Array.from([0x89, 0x50, 0, 0, 1]));
    const empty = await writeFile('attach/empty.txt', '');
    const gone = vscode.Uri.joinPath(folder, 'attach/gone.txt');
    for (const uri of [binary, empty, gone]) {
      assert.equal(await attachments.attachFiles([uri]), false, uri.path);
    }
    assert.deepEqual(pending.attachments, []);
    const good = await writeFile('attach/good.ts', 'x');
    assert.equal(await attachments.attachFiles([binary, good, empty]), true);
    assert.equal(only().label, 'good.ts', 'what can be attached is');
  });

  it('says that a message has room for no more, and does not leave out the rest silently', async () => {
    const names = Array.from({ length: maxAttachments + 8 }, (_each, at) => `attach/many/${at}.ts`);
    const uris = await Promise.all(names.map((name) => writeFile(name, 'x')));
    assert.equal(await attachments.attachFiles(uris), false);
    assert.equal(pending.attachments.length, maxAttachments);
  });

  it('lists a folder by its names, without what is excluded or ignored', async () => {
    for (const name of ['a.ts', 'deep/b.ts', 'deep/c.log', 'node_modules/x.js']) {
      await writeFile(`attach/listed/${name}`, 'x');
    }
    await writeFile('attach/listed/.gitignore', '*.log\n');
    const folder = vscode.Uri.joinPath(await writeFile('attach/listed/a.ts', 'x'), '..');
    await attachments.attachFiles([folder]);
    const { label, kind, path, text, part } = only();
    assert.deepEqual([label, kind, path], ['listed/ (3 files)', 'folder', 'attach/listed/']);
    assert.equal(text, '.gitignore\na.ts\ndeep/\n  b.ts');
    assert.match(part ?? '', /^without 2 excluded or ignored files$/u);
  });

  it('takes what is reported of a file, worst first, with the lines', async () => {
    const { document } = await openFile('attach/problem.ts', code);
    const collection = vscode.languages.createDiagnosticCollection('test');
    const at = (line: number, message: string, severity: vscode.DiagnosticSeverity) =>
      new vscode.Diagnostic(new vscode.Range(line, 6, line, 9), message, severity);
    collection.set(document.uri, [
      at(1, 'Never used.', vscode.DiagnosticSeverity.Hint),
      at(4, 'No such thing.', vscode.DiagnosticSeverity.Error),
    ]);
    await attachments.attachProblems(undefined);
    const { label, kind, text } = only();
    assert.deepEqual([label, kind], ['2 problems', 'problems']);
    assert.equal(
      text,
      '5:7 error No such thing.\n> const line5 = 0;\n2:7 hint Never used.\n> const line2 = 0;',
    );
    collection.dispose();
  });

  it('asks before a file that may hold secrets, is ignored, excluded or elsewhere', async () => {
    await writeFile('attach/.gitignore', 'private/\n');
    const cases: readonly (readonly [vscode.Uri, RegExp])[] = [
      [await writeFile('attach/.env', 'TOKEN=1'), /may contain passwords/u],
      [await writeFile('attach/private/a.ts', 'x'), /ignored by attach\/\.gitignore/u],
      [
        await writeFile('attach/node_modules/a.js', 'x'),
        /excluded by the setting search\.exclude/u,
      ],
      [vscode.Uri.file('/etc/hostname'), /is not in this workspace/u],
    ];
    consents = false;
    for (const [uri, reason] of cases) {
      assert.equal(await attachments.attachFiles([uri]), false);
      assert.match(asked.at(-1) ?? '', reason);
    }
    assert.deepEqual(pending.attachments, []);
    consents = true;
    const all = cases.slice(0, 3).map(([uri]) => uri);
    assert.equal(await attachments.attachFiles(all), true);
    assert.equal(asked.length, cases.length + 1);
    assert.equal(asked.at(-1)?.split('\n').length, 4);
    assert.equal(pending.attachments.length, 3);
  });

  it('X5 asks before what is reached through a link, and takes from the page only its own', async () => {
    const { symlink } = await import('node:fs/promises');
    const inside = await writeFile('attach/linked/a.ts', 'x');
    const link = vscode.Uri.joinPath(inside, '../../link');
    await rm(link.fsPath, { force: true });
    await symlink('/etc', link.fsPath);
    consents = false;
    await attachments.attachUris([vscode.Uri.joinPath(link, 'hostname').toString()]);
    assert.match(asked.at(-1) ?? '', /symbolic link/u);
    await rm(link.fsPath);
    const before = asked.length;
    const foreign = [
      'http://evil.example/a.ts',
      'command:x',
      'javascript:1',
      '/etc/passwd',
      '',
      ':',
    ];
    await attachments.attachUris(foreign);
    const up = inside.with({ path: `${inside.path}/../../../../etc/passwd` });
    await attachments.attachUris([up.toString(true)]);
    assert.equal(asked.length, before + 1, 'a path that leads out is asked about');
    assert.deepEqual(pending.attachments, []);
  });

  it('takes lines by their fragment, and a whole symbol by the line of its name', async () => {
    const text = 'const a = 1;\nfunction one(): void {\n  two();\n}\nconst b = 2;\n';
    const { document } = await openFile('attach/symbol.ts', text);
    const uri = document.uri.toString();
    await attachments.attachUris([`${uri}#L1-2`]);
    assert.equal(only().label, 'symbol.ts:1-2');
    const provider = vscode.languages.registerDocumentSymbolProvider('typescript', {
      provideDocumentSymbols: () => {
        const [range, name] = [new vscode.Range(1, 0, 3, 1), new vscode.Range(1, 9, 1, 12)];
        return [new vscode.DocumentSymbol('one', '', vscode.SymbolKind.Function, range, name)];
      },
    });
    await attachments.attachUris([`${uri}#L2`]);
    assert.equal(pending.attachments.at(-1)?.label, 'symbol.ts:2-4');
    provider.dispose();
  });

  it('suggests files by their names, and not what is excluded', async () => {
    await writeFile('attach/suggested-one.ts', 'x');
    await writeFile('attach/node_modules/suggested-two.ts', 'x');
    const labels = (await attachments.suggest('suggested-')).map(({ label, detail }) => [
      label,
      detail,
    ]);
    assert.deepEqual(labels, [['suggested-one.ts', 'attach']]);
  });

  it('suggests what is open before what is not, but never before the exact name', async () => {
    for (const name of ['ranked.ts', 'ranked-closed.ts', 'my-ranked-tab.ts', 'my-ranked-seen.ts']) {
      await writeFile(`attach/${name}`, 'x');
    }
    const { document } = await openFile('attach/my-ranked-tab.ts', 'x');
    // A preview tab would be gone with the next file.
    await vscode.window.showTextDocument(document, { preview: false });
    await openFile('attach/my-ranked-seen.ts', 'x');
    const labels = (await attachments.suggest('ranked')).map(({ label }) => label);
    assert.deepEqual(labels.slice(0, 4), [
      'my-ranked-seen.ts',
      'my-ranked-tab.ts',
      'ranked.ts',
      'ranked-closed.ts',
    ]);
    const [exact] = await attachments.suggest('ranked.ts');
    assert.equal(exact?.label, 'ranked.ts');
  });

  it('shows exactly what is sent of it', async () => {
    await openSelected('attach/preview.ts', code, [0, 1]);
    await attachments.attachSelection();
    await attachments.preview(only());
    const shown = vscode.window.activeTextEditor?.document;
    assert.equal(shown?.uri.scheme, 'cria-attachment');
    const two = code.split('\n').slice(0, 2).join('\n');
    assert.equal(shown.getText(), `attach/preview.ts:1-2:\n\`\`\`typescript\n${two}\n\`\`\``);
  });

  it('attaches the files of a batch that can be read, and says what is wrong with the others', async () => {
    const good = await writeFile('attach/good.ts', code);
    const missing = good.with({ path: good.path.replace('good', 'missing') });
    const binary = await writeFile('attach/binary.dat', 'a\0b');
    const lines = `${binary.toString()}#L1-2`;
    const wanted = [missing.toString(), lines, binary.toString(), good.toString()];
    await attachments.attachUris(wanted);
    assert.equal(only().label, 'good.ts');
  });

  it('takes what is changed in a repository, whole files as they fit', () => {
    const rootUri = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file('/');
    const change = (path: string, length = 1): ReadChange => ({
      path,
      text: `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n${'+x\n'.repeat(length)}`,
    });
    const reader = new AttachmentReader(randomUUID, () => 500);
    const changes = [change('a.ts'), change('b.ts'), change('long.ts', 1_000)];
    const source = { rootUri, scope: 'all', changes, unread: 1 } as const;
    const { label, kind, language, part, text } = reader.readDiff(source, 2);
    assert.deepEqual([label, kind, language], ['git diff (3 files)', 'diff', 'diff']);
    assert.equal(
      part,
      'the first 2 of 3 files, without 2 files that may be private, without 1 file that could not be read',
    );
    assert.match(text, /^diff --git a\/a\.ts[^]*\ndiff --git a\/b\.ts[^]*\+x\n?$/u);
    const staged = reader.readDiff({ ...source, scope: 'staged' });
    assert.equal(staged.label, 'git diff --staged (3 files)');
    assert.throws(() => reader.readDiff({ ...source, changes: [] }), /No changes/u);
  });

  it('says that there is no repository where there is none', async () => {
    assert.equal(await attachments.attachGitDiff(), false);
    assert.deepEqual(pending.attachments, []);
  });

  it('tells a Git on the other side of a remote window from one that is disabled, and offers what helps', async () => {
    const findExtension = (): undefined => undefined;
    const [split, disabled] = [true, false].map((isOnUserSide) => ({
      findExtension,
      isOnUserSide,
    }));
    assert.ok(split && disabled);
    const offered = async (git: GitHost): Promise<readonly string[]> => {
      const labels: string[] = [];
      const pick: QuickInputs['pick'] = (items) => {
        labels.push(...items.map(({ label }) => label));
        return Promise.resolve(undefined);
      };
      await pickSource({ pick }, git);
      return labels;
    };
    assert.ok((await offered(split)).includes('$(diff) Git Changes'));
    assert.ok(!(await offered(disabled)).includes('$(diff) Git Changes'));
    const choose = (git: GitHost): Promise<unknown> =>
      chooseRepository(git, undefined, 'all', new FocusReturn());
    await assert.rejects(choose(disabled), /Git is not available/u);
    const { showWarningMessage } = vscode.window;
    const warned: string[] = [];
    const warn = (...words: readonly string[]): Promise<undefined> => {
      warned.push(...words);
      return Promise.resolve(undefined);
    };
    Object.assign(vscode.window, { showWarningMessage: warn });
    try {
      assert.equal(await choose(split), undefined);
    } finally {
      Object.assign(vscode.window, { showWarningMessage });
    }
    assert.match(warned[0] ?? '', /^Git runs on the remote machine.*remote\.extensionKind/u);
    assert.equal(warned[1], 'Open Settings');
  });

  it('takes it from a real repository by the Git extension, and asks before what may be secret (cases 21 and 22)', async () => {
    const uri = await writeFile('attach-git/a.ts', 'const a = 1;\n');
    const root = path.dirname(uri.fsPath);
    const git = (...args: readonly string[]) =>
      promisify(execFile)('git', [
        ...['-C', root, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'],
        ...args,
      ]);
    try {
      await writeFile('attach-git/.env', 'TOKEN=1\n');
      await git('init', '--quiet');
      await git('add', '--all');
      await git('commit', '--quiet', '--message', 'First');
      await writeFile('attach-git/b.ts', 'const b = 1;\n');
      await git('add', 'b.ts');
      await openFile('attach-git/a.ts', 'const a = 2;\n');
      const api = await gitApi();
      await api.openRepository(vscode.Uri.file(root));
      assert.equal(await attachments.attachGitDiff(), true);
      const { label, text } = only();
      assert.equal(label, 'git diff (2 files)', text);
      assert.match(text, /b\/b\.ts[^]*\+const b = 1;[^]*-const a = 1;\n\+const a = 2;/u);
      assert.deepEqual(asked, []);
      assert.equal(await attachments.attachGitDiff('staged'), true);
      const staged = pending.attachments.at(-1);
      assert.equal(staged?.label, 'git diff --staged (1 file)');
      assert.doesNotMatch(staged.text, /const a/u);
      pending.detach(staged.id);
      await git('config', 'diff.mnemonicPrefix', 'true');
      await rm(path.join(root, '.env'));
      await writeFile('attach-git/prod key.pem', 'PEM-SECRET\n');
      await writeFile('attach-git/new.ts', 'const created = 1;\n');
      await writeFile('attach-git/notes.txt', '-----BEGIN PRIVATE KEY-----\n');
      consents = false;
      assert.equal(await attachments.attachGitDiff(), false);
      assert.match(asked.join(), /\.env may contain passwords/u);
      assert.match(asked.join(), /prod key\.pem may contain passwords/u);
      assert.match(asked.join(), /notes\.txt contains what looks like a private key/u);
      assert.equal(only().text, text, 'what was attached before stays');
      consents = 'leaveOut';
      pending.detach(only().id);
      assert.equal(await attachments.attachGitDiff(), true);
      assert.match(only().text, /\+const created = 1;/u);
      assert.doesNotMatch(only().text, /TOKEN|PEM-SECRET|PRIVATE KEY/u);
      assert.equal(only().part, 'without 3 files that may be private');
    } finally {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await rm(root, { recursive: true, force: true });
    }
  });
});
