import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import * as vscode from 'vscode';
import type { OllamaServer } from '../support/ollamaServer/ollamaServer';
import { endServer, runAndDismiss, startServer } from './support/extensionHost';
import { hostileArguments } from './hostileArguments';
import { manifest } from '../contract/manifest';

/** What a command may ask the server by itself: what is there, and nothing of the person's. */
const looking: ReadonlySet<string> = new Set(
  ['version', 'tags', 'ps', 'show'].map((name) => `/api/${name}`).concat('/'),
);

/** These are called by menus and by links in comments: anything may come in. They ask nothing. */
const fromMenus = [
  'cria.regenerate',
  'cria.continueAnswer',
  'cria.deleteMessage',
  'cria.copyText',
  'cria.copyMarkdown',
  'cria.copyBlock',
  'cria.copyCode',
  'cria.followUpExplanation',
  'cria.stopExplanation',
  'cria.retryExplanation',
  'cria.explainChangedCode',
  'cria.copyExplanation',
  'cria.continueExplanation',
  'cria.showSent',
  'cria.showReasoning',
  'cria.dismissExplanation',
  'cria.fixExplanation',
];

/** These may ask or show something. */
const others = manifest.contributes.commands
  .map(({ command }) => command)
  .filter((command) => !fromMenus.includes(command));

/** What nearly fits is worse than what does not fit at all. */
const nearlyRight: readonly (readonly unknown[])[] = [
  [{ webview: 'cria.chat', turnId: 'no-such-turn' }],
  [{ webview: 'cria.chat', turnId: 7 }],
  [{ thread: {}, text: 'What does this do?' }],
  [{ thread: null, text: 'What does this do?' }],
  [{ thread: undefined, text: '' }],
  [{ text: 'no thread' }],
  [{ thread: { comments: [], range: {}, uri: 'file:///x' }, text: 7 }],
  [{ comments: [], contextValue: 'running', dispose: () => assert.fail('disposed') }],
  ['no-such-thread', 'retry'],
  ['no-such-thread', 'eraseEverything'],
  ['__proto__', 'retry', 'more'],
  [['no-such-thread', 'retry']],
  [null, null],
  [Symbol('thread'), Symbol('action')],
  [new Proxy({}, { ownKeys: () => [] })],
];

describe('commands with unexpected arguments', () => {
  let server: OllamaServer;

  before(async () => {
    server = await startServer();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    server.forget();
  });

  afterEach(() => {
    const asked = server.requests.filter(({ path }) => !looking.has(path));
    assert.deepEqual(
      asked.map(({ method, path }) => `${method} ${path}`),
      [],
    );
  });

  after(() => endServer(server));

  for (const command of fromMenus) {
    it(`${command}: 300 random argument lists and ${nearlyRight.length} made ones`, async () => {
      const lists = fc.sample(fc.array(fc.anything(), { maxLength: 3 }), {
        numRuns: 300,
        seed: 20261122,
      });
      for (const args of [...nearlyRight, ...lists]) {
        assert.equal(await vscode.commands.executeCommand(command, ...args), undefined);
      }
    });
  }

  for (const command of fromMenus) {
    it(`${command}: ${hostileArguments.length} hostile argument lists`, async () => {
      for (const args of hostileArguments) await runAndDismiss(command, ...args);
    });
  }

  // Those that open something take a while for each: a fifth of the lists, another for each command.
  for (const [index, command] of others.entries()) {
    const hostile = hostileArguments.filter((_, at) => (at + index) % 5 === 0);
    it(`${command}: 3 random argument lists and ${hostile.length} hostile ones`, async () => {
      const lists = fc.sample(fc.array(fc.anything(), { maxLength: 3 }), {
        numRuns: 3,
        seed: 20261122,
      });
      for (const args of [...lists, ...hostile]) await runAndDismiss(command, ...args);
    });
  }

  it('leave the prototypes of everything as they were', () => {
    const plain: Readonly<Record<string, unknown>> = {};
    assert.equal(plain['turnId'], undefined);
    assert.equal(plain['webview'], undefined);
  });
});
