import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../../support/clock';
import type { OllamaServer } from '../../support/ollamaServer/ollamaServer';
import type { CriaWindow } from '../support/criaWindow';
import { type Fixture, model, otherModel } from '../support/fixture';
import { killHosts } from '../support/storage';

/** Something that happens to the panel, and what becomes of an answer that is on its way. */
export interface PanelEvent {
  /** `goesOn`: it does; `ends`: what has come stays; `isCutOff`: of what has come the last second may be lost. */
  readonly answer: 'goesOn' | 'ends' | 'isCutOff';
  /** VS Code's window restarts, too, and has only what it has stored. */
  readonly isNewWindow?: boolean;
  /** Lets it happen. Meanwhile, `meanwhile` lets more of the answer come. */
  happen(shared: Fixture, meanwhile: () => Promise<void>): Promise<void>;
}

export const panelEvents = {
  hidden: {
    answer: 'goesOn',
    async happen({ window: { chat, workbench } }, meanwhile) {
      await workbench.runCommand('View: Show Explorer');
      await chat.messageBox().waitFor({ state: 'hidden' });
      await meanwhile();
      await chat.open();
    },
  },
  moved: {
    answer: 'goesOn',
    async happen({ window: { chat, workbench } }, meanwhile) {
      const left = async (): Promise<number> => (await chat.messageBox().boundingBox())?.x ?? NaN;
      await workbench.runCommand('View: Move View');
      await workbench.pick('Chat');
      await workbench.pick('New Secondary Side Bar Entry');
      await eventually(async () => assert.ok((await left()) > 640, 'it is in the other side bar'));
      await meanwhile();
      await workbench.runCommand('View: Reset View Locations');
      await chat.open();
      await eventually(async () => assert.ok((await left()) < 640, 'it is back'));
    },
  },
  'taken out of the side bar': {
    answer: 'goesOn',
    async happen({ window: { page, chat, workbench } }, meanwhile) {
      const header = page.locator('.pane-header', { hasText: 'Chat' });
      await header.click({ button: 'right' });
      await workbench.pickInMenu("Hide 'Chat'");
      await header.waitFor({ state: 'detached' });
      await meanwhile();
      await chat.open();
    },
  },
  'given other settings': {
    answer: 'goesOn',
    async happen({ window }, meanwhile) {
      await follows(window, { 'cria.model': otherModel, 'cria.temperature': 1 }, otherModel);
      await meanwhile();
      await follows(window, {}, model);
    },
  },
  'given another address': {
    answer: 'goesOn',
    async happen({ window, server }, meanwhile) {
      await asksAt(window, server, server.url.replace('127.0.0.1', 'localhost'));
      await meanwhile();
      await asksAt(window, server, server.url);
    },
  },
  reloaded: {
    answer: 'ends',
    isNewWindow: true,
    happen: ({ window }) => window.reload(),
  },
  'killed with its host': {
    answer: 'isCutOff',
    async happen({ window }) {
      const body = window.chat.content.locator('body');
      await body.evaluate((element) => element.setAttribute('data-is-old', ''));
      await killHosts(window);
      // VS Code starts another host by itself, in the same window, and shows the old page until then.
      const other = window.chat.content.locator('body:not([data-is-old]) textarea');
      await other.first().waitFor();
    },
  },
  'killed and reloaded': {
    answer: 'isCutOff',
    isNewWindow: true,
    async happen({ window }) {
      await killHosts(window);
      await window.reload();
    },
  },
} as const satisfies Record<string, PanelEvent>;

export type EventName = keyof typeof panelEvents;

/** Writes the project's settings, and waits until the panel names their model. */
async function follows(
  { host, chat }: CriaWindow,
  settings: Record<string, unknown>,
  shown: string,
): Promise<void> {
  const file = path.join(host.workspaceFolder, '.vscode', 'settings.json');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(settings));
  await chat.button(`Model: ${shown}`).waitFor();
}

/** Changes the address, and waits until the server is asked at that one. */
async function asksAt(window: CriaWindow, server: OllamaServer, url: string): Promise<void> {
  const before = server.requests.length;
  await window.workbench.runCommand('Cria: Change Server Address');
  await window.workbench.enter(url);
  const { host } = new URL(url);
  await eventually(() => {
    const asked = server.requests.slice(before).map(({ headers }) => headers['host']);
    assert.ok(asked.includes(host), `nothing was asked at ${host}`);
  });
}
