import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { formatJson, joinJson } from '../../../src/history/conversationTransfer';
import { eventually } from '../../support/clock';
import { answer, fail } from '../../support/ollamaServer/scripts';
import { hostileCorpus, hostilePayloads } from '../../support/page/hostileCorpus';
import { model, settingsFor, useWindow } from '../support/fixture';
import { SocketLog } from './socketLog';

/** Nothing of this is ever drawn of a hostile text. */
const forbidden =
  'img, script, iframe, object, embed, form, svg, [onerror], [onload], a[href^="command:"], ' +
  'a[data-href^="command:"], a[href^="javascript:"], a[href^="file:"], a[href^="data:"]';

/**
 * Where VS Code's own page asks by itself: its gallery of extensions, and the names under which its
 * service worker hands a view the files of its extension. `null` is what is in the address (`data:`).
 */
const vscodesOwn =
  /^(?:null|https:\/\/open-vsx\.org|https:\/\/[^/]+\.vscode-(?:resource\.vscode-)?cdn\.net)$/u;

/** In messages that a comment thread can hold; a fence that is left open ends one. */
function messagesOf(texts: readonly string[], characters: number): readonly string[] {
  const messages = [''];
  for (const text of texts) {
    const last = messages.at(-1) ?? '';
    const isFull = last.length + text.length > characters || /```|~~~|<!--/u.test(last);
    if (isFull) messages.push(text);
    else messages[messages.length - 1] = `${last}\n\n${text}`;
  }
  return messages;
}

const messages = messagesOf(hostileCorpus, 3_000);

describe(`${hostileCorpus.length} hostile texts, with every connection recorded`, () => {
  let sockets: SocketLog;
  const requested = new Set<string>();

  before(async () => {
    sockets = await SocketLog.create();
  });
  const shared = useWindow((server) => ({ settings: settingsFor(server), ...sockets.options }));

  before(() => {
    const context = shared.window.page.context();
    context.on('request', (request) => requested.add(new URL(request.url()).origin));
    context.on('page', (page) => requested.add(`a page ${page.url()}`));
  });

  after(() => sockets.remove());

  afterEach(async () => {
    const { url } = shared.server;
    const own = new URL(shared.window.host.url()).origin;
    const others = [...requested].filter((origin) => origin !== own && !vscodesOwn.test(origin));
    assert.deepEqual(others, []);
    const { host } = new URL(url);
    assert.deepEqual(
      (await sockets.reached()).filter((place) => place !== host),
      [],
    );
  });

  async function isHarmless(drawn: Locator): Promise<void> {
    const found = await drawn
      .locator(forbidden)
      .evaluateAll((all) => all.map((element) => new XMLSerializer().serializeToString(element)));
    assert.deepEqual(found, []);
  }

  it('reach nothing out of answers in the panel', async () => {
    const { chat } = shared.window;
    await chat.open();
    for (const text of messages) {
      shared.server.onChat(answer([text]));
      await chat.send('And more?');
      await chat.waitForState('done');
      await isHarmless(chat.lastAnswer().locator('.markdown'));
    }
    assert.deepEqual(await sockets.reached(), [new URL(shared.server.url).host]);
  });

  it('reach nothing out of comment threads', async () => {
    const { workbench, thread } = shared.window;
    await workbench.openFile('debounce.ts');
    await workbench.selectLines(5, 8);
    for (const [index, text] of messages.entries()) {
      shared.server.onGenerate(answer([`Number ${index}.\n\n${text}`]));
      await workbench.runCommand(
        index === 0 ? 'Cria: Explain Selection' : 'Cria: Regenerate Explanation',
      );
      await thread.lastBody().getByText(`Number ${index}.`).waitFor();
      await thread.waitUntilDone();
      await isHarmless(thread.lastBody());
    }
    await thread.dismissAll();
  });

  it('reach nothing out of what a server says of an error', async () => {
    const { chat } = shared.window;
    for (const text of hostilePayloads.filter((_, index) => index % 20 === 0)) {
      shared.server.onChat(fail(500, text));
      await chat.send('And this?');
      await chat.waitForState('failed');
      await isHarmless(chat.lastAnswer());
    }
  });

  it('reach nothing out of the names of models', async () => {
    const { workbench, page } = shared.window;
    shared.server.models([model, ...hostilePayloads.filter((_, index) => index % 5 === 0)]);
    await workbench.runCommand('Cria: Select Model');
    await workbench.pickRow(model).waitFor();
    await workbench.typeInPick('attacker');
    await isHarmless(page.locator('.quick-input-list'));
    await page.keyboard.press('Escape');
  });

  it('reach nothing out of notifications, and are no link there', async () => {
    const { workbench } = shared.window;
    // As much as VS Code shows of one notification.
    for (const text of messagesOf(hostileCorpus.filter(isLink), 600)) {
      shared.server.once('/api/pull', fail(500, text));
      await workbench.runCommand('Cria: Pull Model');
      await workbench.typeInPick('no-such-model');
      await workbench.pick('no-such-model');
      const told = await workbench.openNotifications();
      await told.getByText('Could not pull no-such-model').first().waitFor();
      await isHarmless(told);
      assert.equal(await told.locator('.notification-list-item-message a').count(), 0);
      await told.locator('.codicon-notifications-clear-all').click();
      await told.waitFor({ state: 'hidden' });
    }
  });

  it('reach nothing out of titles, found words, previews and exports', async () => {
    const { chat, workbench, page } = shared.window;
    const folder = shared.window.host.workspaceFolder;
    // VS Code offers the folder of the open file.
    const file = path.join(folder, 'src', 'hostile.json');
    await writeFile(file, joinJson(hostilePayloads.map(conversation).map(formatJson)));
    await workbench.runCommand('Cria: Import Chats');
    await workbench.pick('hostile.json');
    const told = await workbench.openNotifications();
    await told.getByText(`Imported ${hostilePayloads.length} chats.`).waitFor();
    await chat.showHistory();
    for (const words of ['', 'onerror', 'command', 'image']) {
      await workbench.typeInPick(words);
      await eventually(async () => assert.ok((await workbench.pickLabels()).length > 2));
      await isHarmless(page.locator('.quick-input-list'));
    }
    await shared.window.screenshot('e2e/hostile-history');
    await page.keyboard.press('Enter');
    await chat.turns('user').first().waitFor();
    await isHarmless(chat.transcript());
    await eventually(async () => assert.ok(await chat.messageBox().evaluate(hasFocus)));
    const text = await shared.window.exportAll('Markdown', path.join(folder, 'all.md'));
    assert.ok(text.length > 10_000);
  });
});

/** VS Code makes a link of it, where it may. */
function isLink(text: string): boolean {
  return /\[[^\]]+\]\((?:https?:\/\/|command:|file:)/iu.test(text);
}

function hasFocus(element: Element): boolean {
  return element === document.activeElement;
}

/** Its title and its messages are the payload. */
function conversation(text: string, index: number): Parameters<typeof formatJson>[0] {
  const id = `hostile-${index}`;
  const user = { role: 'user', id: `u-${index}`, parent: null, createdAt: index, text } as const;
  return {
    id,
    events: [
      { kind: 'turnStarted', turn: user },
      { kind: 'renamed', title: text.slice(0, 60) },
    ],
  };
}
