import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Conversation } from '../../../src/conversation/conversation';
import type { Logger, StoredConversation, StoreNotice } from '../../../src/conversation/ports';
import type { Channel, ConversationEvent, Turn, TurnEnd } from '../../../src/shared/turn';
import { createConversationStore } from '../../../src/storage/conversationStore';
import type { WorkspaceStore } from '../../../src/storage/workspaceStore';
import { type FileSystem, nodeFileSystem } from '../../../src/storage/fileSystem';
import { nodeProcess, type OwnProcess } from '../../../src/storage/presence';
import type { KeyValueStore } from '../../../src/storage/checkpoint';
import { ManualClock } from '../../support/clock';
import { PendingWork } from './pendingWork';

/** Keeps values as VS Code does: as JSON, so that nothing is shared by reference. */
export class MemoryMemento implements KeyValueStore {
  readonly values = new Map<string, string>();
  updates = 0;
  failing = false;

  get(key: string): unknown {
    const json = this.values.get(key);
    return json === undefined ? undefined : JSON.parse(json);
  }

  keys(): readonly string[] {
    return [...this.values.keys()];
  }

  update(key: string, value: unknown): Promise<void> {
    if (this.failing) return Promise.reject(new Error('Canceled'));
    this.updates += 1;
    if (value === undefined) this.values.delete(key);
    else this.values.set(key, JSON.stringify(value));
    return Promise.resolve();
  }
}

export const silentLogger: Logger = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** These tests sync thousands of times; what they prove does not need a slow disk. */
const memoryDisk = ['/dev/shm'].find((folder) => existsSync(folder));

/** One workspace's storage, and the windows that open it one after another or together. */
export class Workspace {
  readonly directory: string;
  readonly memento = new MemoryMemento();
  readonly clock = new ManualClock();
  readonly #pending = new PendingWork();
  readonly #root: string;
  readonly #open = new Set<WorkspaceStore>();

  private constructor(root: string) {
    this.#root = root;
    this.directory = path.join(root, 'storage');
  }

  static async create(): Promise<Workspace> {
    return new Workspace(await mkdtemp(path.join(memoryDisk ?? tmpdir(), 'cria-store-')));
  }

  /** Lets a second pass, and waits until everything that falls due then is done. */
  async settle(): Promise<void> {
    this.clock.advance(1_000);
    await this.#pending.idle();
  }

  /** Lets time pass until `work` is done: retries of a locked file wait in between. */
  async passTime<T>(work: Promise<T>): Promise<T> {
    const progress = { isDone: false };
    const done = work.finally(() => {
      progress.isDone = true;
    });
    done.catch(() => undefined);
    while (!progress.isDone) {
      this.clock.advance(100);
      await this.#pending.idle();
    }
    return done;
  }

  window(
    fileSystem: FileSystem = nodeFileSystem,
    ownProcess: OwnProcess = nodeProcess,
    memento = this.memento,
  ): WorkspaceStore & { readonly notices: StoreNotice[] } {
    const { directory, clock } = this;
    const store = createConversationStore({
      directory,
      memento,
      clock,
      newId: randomUUID,
      logger: silentLogger,
      fileSystem: this.#pending.watch(fileSystem),
      ownProcess,
    });
    const notices: StoreNotice[] = [];
    store.onNotice((notice) => notices.push(notice));
    this.#open.add(store);
    return Object.assign(store, { notices });
  }

  async remove(): Promise<void> {
    for (const store of this.#open) await this.passTime(store.close());
    await rm(this.#root, { recursive: true, force: true });
  }
}

export const say = (id: string, parent: string | null, text: string): ConversationEvent => ({
  kind: 'turnStarted',
  turn: { role: 'user', id, parent, createdAt: 1, text },
});

export const answer = (id: string, parent: string): ConversationEvent => ({
  kind: 'turnStarted',
  turn: { role: 'assistant', id, parent, createdAt: 2, model: 'llama3.2' },
});

export const text = (
  turnId: string,
  at: number,
  piece: string,
  channel: Channel = 'answer',
): ConversationEvent => ({ kind: 'textAppended', turnId, channel, at, text: piece });

export const end = (
  turnId: string,
  how: TurnEnd = { kind: 'done', reason: 'stop' },
): ConversationEvent => ({ kind: 'turnEnded', turnId, end: how, metrics: { evalCount: 7 } });

/** A question and its whole answer. */
export const exchange = (n: number, parent: string | null): ConversationEvent[] => [
  say(`u${n}`, parent, `question ${n}`),
  answer(`a${n}`, `u${n}`),
  text(`a${n}`, 0, `answer `),
  text(`a${n}`, 7, `${n}`),
  end(`a${n}`),
];

export async function appendAll(
  store: WorkspaceStore,
  id: string,
  events: readonly ConversationEvent[],
): Promise<void> {
  for (const event of events) await store.append(id, event);
}

export const turnsOf = (stored: StoredConversation | undefined): readonly Turn[] =>
  stored ? new Conversation(stored.id, stored.events).path() : [];

/** The messages, as a reader would see them. */
export const textsOf = (stored: StoredConversation | undefined): string[] =>
  turnsOf(stored).map((turn) => turn.text);
