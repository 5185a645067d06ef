import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Conversation } from '../../../src/conversation/conversation';
import { systemClock } from '../../../src/shared/clock';
import { createConversationStore } from '../../../src/storage/conversationStore';
import type { WorkspaceStore } from '../../../src/storage/workspaceStore';
import { type FileSystem, nodeFileSystem } from '../../../src/storage/fileSystem';
import { seeded } from '../../support/seeded';
import { temporaryFolder, type TemporaryFolder } from '../../support/folders';
import { MemoryMemento, silentLogger } from '../../unit/storage/storeFixture';

/** Leaves the bytes to the system: what syncing costs is the disk's business. */
const unsynced: FileSystem = {
  ...nodeFileSystem,
  create: async (file) => ({
    ...(await nodeFileSystem.create(file)),
    sync: () => Promise.resolve(),
  }),
};

/** A storage on the disk with conversations of known size in it. */
export class History {
  readonly #folder: TemporaryFolder;
  readonly #memento = new MemoryMemento();
  readonly ids: string[] = [];

  private constructor(folder: TemporaryFolder) {
    this.#folder = folder;
  }

  /** @param bytes of text in each conversation */
  static async of(conversations: number, bytes: number): Promise<History> {
    const history = new History(await temporaryFolder('history'));
    const store = history.open();
    const say = wordsOf(conversations + bytes);
    for (let number = 0; number < conversations; number++) {
      history.ids.push(await fill(store, bytes, say));
    }
    await store.close();
    return history;
  }

  get directory(): string {
    return path.join(this.#folder.path, 'storage');
  }

  /** A window on this storage. */
  open(isSynced = false): WorkspaceStore {
    return createConversationStore({
      directory: this.directory,
      memento: this.#memento,
      clock: systemClock,
      newId: randomUUID,
      logger: silentLogger,
      fileSystem: isSynced ? nodeFileSystem : unsynced,
    });
  }

  /** Reads a conversation back and folds it. */
  async conversation(store: WorkspaceStore, id: string): Promise<Conversation> {
    return new Conversation(id, (await store.open(id))?.events ?? []);
  }

  remove(): Promise<void> {
    return this.#folder.remove();
  }
}

const exchangeBytes = 2_000;

async function fill(store: WorkspaceStore, bytes: number, say: (length: number) => string) {
  const id = randomUUID();
  let parent: string | null = null;
  for (let written = 0; written < bytes; written += exchangeBytes) {
    const [question, reply] = [randomUUID(), randomUUID()];
    const createdAt = written;
    const ask = { role: 'user', id: question, parent, createdAt, text: say(200) } as const;
    const answer = {
      role: 'assistant',
      id: reply,
      parent: question,
      createdAt,
      model: 'm',
    } as const;
    await store.append(id, { kind: 'turnStarted', turn: ask });
    await store.append(id, { kind: 'turnStarted', turn: answer });
    const text = say(exchangeBytes - 200);
    await store.append(id, { kind: 'textAppended', turnId: reply, channel: 'answer', at: 0, text });
    const end = { kind: 'done', reason: 'stop' } as const;
    await store.append(id, { kind: 'turnEnded', turnId: reply, end, metrics: {} });
    parent = reply;
  }
  return id;
}

/** In a vocabulary as large as that of many people together. */
const mostWords = 20_000;

/** Text of words, a few of which are frequent and most rare, as in any language. */
function wordsOf(seed: number): (length: number) => string {
  const random = seeded(seed);
  return (length) => {
    let text = '';
    while (text.length < length) text += `${wordNumber(Math.floor(mostWords ** random()))} `;
    return text.slice(0, length);
  };
}

/** Always the same word for the same number, of six letters; no beginning of a word is frequent. */
export function wordNumber(number: number): string {
  const mixed = (number * 7_919) % 64_000;
  return [1_600, 40, 1].map((place) => syllable(Math.floor(mixed / place) % 40)).join('');
}

function syllable(number: number): string {
  return `${'bdfklmnt'.charAt(number % 8)}${'aeiou'.charAt(Math.floor(number / 8))}`;
}

/** Everything in one value of `workspaceState`, as VS Code keeps it: written whole at each change. */
export class StateAlone {
  readonly #file: string;
  readonly #conversations: unknown[];

  private constructor(file: string, conversations: unknown[]) {
    this.#file = file;
    this.#conversations = conversations;
  }

  static async of(history: History): Promise<StateAlone> {
    const store = history.open();
    const all = await Promise.all(history.ids.map((id) => history.conversation(store, id)));
    await store.close();
    const state = new StateAlone(
      path.join(history.directory, 'state.json'),
      all.map((conversation) => [...conversation.turns()]),
    );
    await state.save('');
    return state;
  }

  async save(message: string): Promise<void> {
    this.#conversations.push(message);
    await writeFile(`${this.#file}.new`, JSON.stringify(this.#conversations));
    await rename(`${this.#file}.new`, this.#file);
  }

  async load(): Promise<unknown> {
    return JSON.parse(await readFile(this.#file, 'utf8'));
  }
}
