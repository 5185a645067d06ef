import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { PendingMessages } from '../../src/conversation/pendingMessages';
import { systemClock } from '../../src/shared/clock';
import { FocusReturn } from '../../src/ui/dialogs';
import { Attachments } from '../../src/attachments/attachments';
import { createGitHost } from '../../src/attachments/gitChanges';
import { Bench } from '../support/sessionBench';
import { silentLogger } from '../unit/storage/storeFixture';
import { writeFile } from './support/extensionHost';

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

describe('attaching from elsewhere', () => {
  let bench: Bench;
  let pending: PendingMessages;
  let attachments: Attachments;
  let asked: string[];

  beforeEach(async () => {
    bench = await Bench.start();
    pending = bench.conversations().pending;
    asked = [];
    attachments = new Attachments({
      pending,
      clock: systemClock,
      newId: randomUUID,
      logger: silentLogger,
      contextLength: () => 4096,
      git: createGitHost(vscode.ExtensionKind.Workspace),
      focusReturn: new FocusReturn(),
      ask: (question) => Promise.resolve(asked.push(question) > 0),
    });
  });

  afterEach(async () => {
    attachments.dispose();
    await bench.close();
  });

  const labels = (): string[] => pending.attachments.map(({ label }) => label);

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
});
