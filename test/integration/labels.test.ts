import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { pickSource } from '../../src/attachments/attachmentTargets';
import { AttachmentSuggestions } from '../../src/attachments/attachmentSuggestions';
import { ThreadView } from '../../src/explain/threadView';
import { createHistoryItems } from '../../src/history/historyItems';
import { Downloads } from '../../src/models/downloads';
import { InstalledModels } from '../../src/models/installedModels';
import { ModelInfo } from '../../src/models/modelDetails';
import { pickFor } from '../../src/models/modelPicker';
import { ModelsTree } from '../../src/models/modelsTree';
import { ConnectionMonitor } from '../../src/server/connectionState';
import { createOllamaProvider, type OllamaProvider } from '../../src/server/ollamaProvider';
import {
  dialogTexts,
  FocusReturn,
  showError,
  showInformation,
  showProgress,
  showStatus,
  showWarning,
} from '../../src/ui/dialogs';
import { failureNotice } from '../../src/ui/failureMessages';
import { createStatusItem, drawStatus } from '../../src/ui/statusItem';
import { eventually, ManualClock } from '../support/clock';
import { OllamaServer } from '../support/ollamaServer/ollamaServer';
import { MemoryMemento, silentLogger } from '../unit/storage/storeFixture';
import { closeListsUntil } from './support/extensionHost';

/** Looks like another name, has an icon, a link, two lines, and characters that show nothing. */
const hostile = 'safe$(trash)\u202Eexe\u200B.ts\u00AD\u{E0041}\r\n\u2028[x](command:y) $(error)';

/** What no label may hold as it is. */
const hidden =
  /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u200b\u200e\u200f\u2060\u202a-\u202e\u2066-\u2069\u{E0000}-\u{E007F}]/u;
/** Where VS Code draws icons. */
const icon = /(?<!\\)\$\((?:trash|error)\)/u;

type Anything = (...args: readonly unknown[]) => unknown;

/** What the functions of `vscode.window` were given while `use` ran. They do what they always do. */
async function collect(
  names: readonly string[],
  use: () => Promise<unknown> | undefined,
): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  const window: Record<string, unknown> = Object(vscode.window) as Record<string, unknown>;
  const originals = names.map((name) => [name, window[name] as Anything] as const);
  try {
    for (const [name, original] of originals) {
      window[name] = (...args: readonly unknown[]) => {
        seen.push(...args);
        const made = original(...args);
        if (name.startsWith('create')) seen.push(made);
        return made;
      };
    }
    await use();
  } finally {
    for (const [name, original] of originals) window[name] = original;
  }
  return seen;
}

const shownKeys =
  /^(?:label|description|detail|tooltip|title|placeHolder|placeholder|prompt|text|message|name|sentence)$/u;

/** Every text of the objects that is shown, with the property that it is in. */
function textsIn(value: unknown, key = 'label', depth = 0): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return shownKeys.test(key) ? [[key, value]] : [];
  if (depth > 4 || typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((each) => textsIn(each, key, depth + 1));
  const keys = /^(?:items|accessibilityInformation|comments|author|buttons)$/u;
  return [...shownKeysOf(value)].flatMap(([name, each]) =>
    shownKeys.test(name) || keys.test(name) ? textsIn(each, name, depth + 1) : [],
  );
}

/** Of objects of VS Code, the properties are accessors of their class. */
function shownKeysOf(value: object): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  for (let one: object | null = value; one && one !== Object.prototype;) {
    for (const name of Object.getOwnPropertyNames(one)) {
      if (!found.has(name)) found.set(name, Reflect.get(value, name));
    }
    one = Object.getPrototypeOf(one) as object | null;
  }
  return found;
}

function assertInert(shown: unknown, hasIcons = true): void {
  const texts = textsIn(shown);
  assert.ok(
    texts.some(([, text]) => text.includes('safe')),
    `nothing of the text is shown: ${JSON.stringify(texts)}`,
  );
  for (const [key, text] of texts) {
    // The tooltip of the status bar has a line for each fact.
    const lines = key === 'tooltip' ? text.split('\n') : [text];
    assert.ok(lines.length <= 4, text);
    for (const line of lines) {
      assert.doesNotMatch(line, hidden, JSON.stringify([key, text]));
      assert.doesNotMatch(line, /\]\((?:command|https?):/u, text);
      if (hasIcons) assert.doesNotMatch(line, icon, JSON.stringify([key, text]));
    }
  }
}

const notifications = ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'];

describe('L2: what VS Code shows of hostile names', () => {
  let server: OllamaServer;
  let backend: OllamaProvider;
  let connection: ConnectionMonitor;
  let info: ModelInfo;
  const clock = new ManualClock();

  before(async () => {
    server = await OllamaServer.start();
    server.models([
      { name: hostile, size: 5e9, parameterSize: hostile, quantization: hostile },
      { name: `${hostile}2`, size: 5e9, capabilities: ['embedding', hostile] },
    ]);
    backend = createOllamaProvider();
    backend.connect(server.url);
    connection = new ConnectionMonitor({
      library: () => backend,
      origin: () => backend.origin,
      clock,
    });
    await connection.check();
    const getProfile = () => ({});
    info = new ModelInfo({
      ...{ server: backend, connection, getProfile },
      ...{ logger: silentLogger, memoryBytes: 16e9 },
    });
  });
  after(async () => {
    connection.dispose();
    backend.dispose();
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await server.close();
  });

  it('in notifications, dialogs, progress, and the status bar is one line without links', async () => {
    const shown = await collect([...notifications, 'withProgress', 'setStatusBarMessage'], () => {
      void showInformation(hostile);
      void showWarning(hostile);
      void showError(hostile);
      showStatus(hostile);
      return Promise.resolve(
        showProgress(hostile, async (report) => {
          report({ message: hostile, increment: 1 });
          await Promise.resolve();
        }),
      );
    });
    // VS Code draws no icons in notifications, and joins their lines itself.
    const lines = textsIn(shown).map(([, text]) => text.replaceAll(/[\r\n]+/gu, ' '));
    assert.ok(lines.length >= 5);
    assertInert(lines, false);
    // Dialogs have no links.
    assert.doesNotMatch(
      dialogTexts(hostile, [hostile])
        .map((one) => JSON.stringify(one))
        .join(),
      /(?:\\u202|\\r|\u202E|\u200B)/u,
    );
    const item = createStatusItem();
    drawStatus(item, { model: hostile, origin: hostile, place: hostile, problem: hostile });
    const { text, tooltip, accessibilityInformation } = item;
    item.dispose();
    assertInert({ text });
    assertInert({ tooltip, accessibilityInformation }, false);
    const failure = { kind: 'server', message: hostile, program: hostile } as const;
    assertInert(failureNotice(failure, hostile, hostile), false);
  });

  it('in the Models view is one line, in entries and in facts', async () => {
    const messages: string[] = [];
    const downloads = new Downloads({
      ...{ server: backend, memento: new MemoryMemento(), origin: () => backend.origin, clock },
    });
    for (const takesLoadOptions of [true, false]) {
      const tree = new ModelsTree(
        { connection, info, downloads, server: { admin: {}, takesLoadOptions }, clock },
        {
          isVisible: () => false,
          onVisibility: () => new vscode.Disposable(() => undefined),
          redraw: () => undefined,
          say: (message) => messages.push(message),
        },
      );
      const entries = await tree.children();
      assert.equal(entries.length, 2);
      assertInert(entries, false);
      assertInert(await tree.children(entries[0]), false);
      tree.dispose();
    }
  });

  it('in lists of models is one line without icons', async () => {
    const models = await backend.installed();
    const focusReturn = new FocusReturn();
    const deps = { connection, info, server: backend, lastUsed: () => undefined, focusReturn };
    const picked = await collect(['createQuickPick'], async () => {
      await closeListsUntil(pickFor('model', hostile, models, { ...deps, nowMs: () => 0 }));
    });
    assert.equal(picked.length, 1);
    assertInert(picked);
    const installed = new InstalledModels({ connection, focusReturn, recover: () => undefined });
    const rows = await collect(['showQuickPick'], async () => {
      await closeListsUntil(installed.one(undefined, 'Delete Model'));
    });
    assertInert(await Promise.resolve(rows[0]));
  });

  it('in the list of chats is one line without icons', () => {
    const summary = { id: 'c', title: hostile, updatedAt: 0, pinned: false, bytes: 1 };
    const hit = { conversationId: 'c', turnId: 't', role: 'user', text: hostile } as const;
    const list = { summaries: [summary], shownId: '', isRunning: () => false, nowMs: 0 };
    assertInert(createHistoryItems({ ...list, hits: [], query: '' }));
    assertInert(
      createHistoryItems({ ...list, hits: [{ ...hit, words: ['safe'] }], query: 'safe' }),
    );
  });

  it('in comment threads is one line as label and author', () => {
    const controller = vscode.comments.createCommentController('cria.test', 'Test');
    const uri = vscode.Uri.parse('untitled:labels.ts');
    const view = new ThreadView(controller, { uri, range: new vscode.Range(0, 0, 0, 0) });
    view.showState({ label: hostile, context: [] });
    const turn = { question: '', model: hostile, answer: 'answer' };
    view.showComments([turn] as never, false, []);
    const { label, comments } = view.native;
    assertInert({ label, comments: comments.map(({ author }) => author) }, false);
    view.dispose();
    controller.dispose();
  });

  it('in quick fixes, lists of files, and prompts is one line', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const odd = path.join(folder.uri.fsPath, 'labels', 'safe$(trash)\u202Eexe\u200B$(error).ts');
    await mkdir(path.dirname(odd), { recursive: true });
    await writeFile(odd, 'const a = 1;\n');
    const problems = vscode.languages.createDiagnosticCollection('labels');
    try {
      const uri = vscode.Uri.file(odd);
      const editor = await vscode.window.showTextDocument(uri);
      editor.selection = new vscode.Selection(0, 0, 0, 5);
      const range = new vscode.Range(0, 0, 0, 5);
      problems.set(uri, [new vscode.Diagnostic(range, hostile)]);
      let own: readonly vscode.CodeAction[] = [];
      await eventually(async () => {
        const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
          'vscode.executeCodeActionProvider',
          uri,
          range,
        );
        own = actions.filter(({ title }) => title.includes('safe'));
        assert.equal(own.length, 1);
      });
      assertInert(own, false);
      let items: readonly vscode.QuickPickItem[] = [];
      const host = { findExtension: () => undefined, isOnUserSide: true };
      await pickSource(
        {
          pick: (given) => {
            items = given;
            return Promise.resolve(undefined);
          },
        },
        host,
      );
      assert.equal(items.filter(({ description }) => description?.includes('safe')).length, 3);
      assertInert(items.filter(({ description }) => description));
      const suggestions = new AttachmentSuggestions(clock);
      const found = await suggestions.find('safe');
      assertInert(found, false);
    } finally {
      problems.dispose();
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await rm(path.dirname(odd), { recursive: true, force: true });
    }
  });
});
