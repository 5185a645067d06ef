import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Conversation } from '../../../src/conversation/conversation';
import { nodeProcess } from '../../../src/storage/presence';
import type { WorkspaceStore } from '../../../src/storage/workspaceStore';
import { FaultyFileSystem } from './faultyFileSystem';
import { spoken } from './spoken';
import { answer, end, MemoryMemento, say, text, Workspace } from './storeFixture';

type Action = 'say' | 'stream' | 'end' | 'second' | 'crash' | 'tear' | 'close' | 'full' | 'room';
interface Step {
  readonly window: 0 | 1;
  readonly action: Action;
  readonly length: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  window: fc.constantFrom(0, 1),
  action: fc.constantFrom<Action>(
    ...(['say', 'say', 'stream', 'stream', 'stream', 'end', 'end', 'second'] as const),
    ...(['crash', 'tear', 'close', 'full', 'room'] as const),
  ),
  length: fc.integer({ min: 1, max: 300 }),
});

/** What must be found at the end: a turn's whole text, or at least the beginning of it. */
interface Expected {
  readonly text: string;
  readonly whole: boolean;
}

interface SeatPlace {
  readonly name: string;
  readonly expected: Map<string, Expected>;
  readonly memento: MemoryMemento;
}

/** One window after another in the same place: the next opens where the one before went away. */
class Seat {
  readonly #workspace: Workspace;
  readonly #name: string;
  readonly #expected: Map<string, Expected>;
  readonly #memento: MemoryMemento;
  #fileSystem = new FaultyFileSystem();
  #store: WorkspaceStore;
  #leaf: string | null = null;
  #running: { readonly id: string; text: string } | undefined;
  #turns = 0;

  constructor(workspace: Workspace, { name, expected, memento }: SeatPlace) {
    this.#workspace = workspace;
    this.#name = name;
    this.#expected = expected;
    this.#memento = memento;
    this.#store = this.#window();
  }

  #window(): WorkspaceStore {
    return this.#workspace.window(this.#fileSystem, nodeProcess, this.#memento);
  }

  async take({ action, length }: Step): Promise<void> {
    switch (action) {
      case 'say':
        return this.#say(length);
      case 'stream':
        return this.#stream(length);
      case 'end':
        return this.#end();
      case 'second':
        this.#workspace.clock.advance(1000);
        return;
      case 'tear':
        this.#fileSystem.plan = () => ({ kind: 'torn', code: 'EIO' });
        await this.#say(length);
        return this.#reopen();
      case 'crash':
        this.#fileSystem.plan = () => ({ kind: 'before', code: 'EIO' });
        return this.#reopen();
      case 'close':
        this.#fileSystem.plan = () => undefined;
        await this.#store.close();
        this.#acknowledgeAll();
        return this.#reopen();
      case 'full':
        this.#fileSystem.plan = (_, name) =>
          name === 'write' ? { kind: 'torn', code: 'ENOSPC' } : undefined;
        return;
      case 'room':
        this.#fileSystem.plan = () => undefined;
        return;
    }
  }

  async #say(length: number): Promise<void> {
    const [question, reply] = this.#names();
    const words = spoken(question, length);
    this.#expected.set(question, { text: words, whole: false });
    this.#expected.set(reply, { text: '', whole: false });
    await this.#acknowledged(this.#store.append('c', say(question, this.#leaf, words)), question);
    await this.#acknowledged(this.#store.append('c', answer(reply, question)), undefined);
    this.#running = { id: reply, text: '' };
    this.#leaf = reply;
  }

  async #stream(length: number): Promise<void> {
    const running = this.#running;
    if (!running) return;
    const at = running.text.length;
    const piece = spoken(running.id, at + length).slice(at);
    running.text += piece;
    this.#expected.set(running.id, { text: running.text, whole: false });
    await this.#store.append('c', text(running.id, at, piece));
  }

  async #end(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    this.#running = undefined;
    await this.#acknowledged(this.#store.append('c', end(running.id)), running.id);
  }

  /** A store that acknowledges has written everything before, too. */
  async #acknowledged(saving: Promise<void>, turnId: string | undefined): Promise<void> {
    try {
      await saving;
    } catch {
      return;
    }
    const expected = turnId === undefined ? undefined : this.#expected.get(turnId);
    if (turnId !== undefined && expected) {
      this.#expected.set(turnId, { ...expected, whole: true });
    }
  }

  #acknowledgeAll(): void {
    for (const [id, expected] of this.#expected) {
      if (id.startsWith(this.#name)) this.#expected.set(id, { ...expected, whole: true });
    }
  }

  async #reopen(): Promise<void> {
    this.#fileSystem = new FaultyFileSystem();
    this.#store = this.#window();
    this.#running = undefined;
    const stored = await this.#store.open('c');
    this.#leaf = stored ? new Conversation('c', stored.events).leaf : null;
    // What was never acknowledged may be lost, and may be sent again with another text.
    for (const [id, { whole }] of this.#expected) {
      if (!whole && id.startsWith(this.#name)) this.#expected.delete(id);
    }
  }

  #names(): [string, string] {
    this.#turns += 1;
    return [`${this.#name}-u${this.#turns}`, `${this.#name}-a${this.#turns}`];
  }
}

describe('two windows on one conversation', () => {
  let histories = 0;
  let steps = 0;
  after(() => {
    process.stdout.write(`      ${histories} histories of ${steps} steps, nothing lost\n`);
  });

  it('lose nothing acknowledged, however they write, crash, tear and reopen', async function () {
    this.timeout(60_000);
    const history = fc.array(step, { minLength: 1, maxLength: 60, size: 'max' });
    await fc.assert(
      fc.asyncProperty(history, fc.boolean(), async (taken, hasTwoProfiles) => {
        histories += 1;
        steps += taken.length;
        const workspace = await Workspace.create();
        try {
          const expected = new Map<string, Expected>();
          // Another profile has its own `workspaceState`, and the same files.
          const { memento } = workspace;
          const second = hasTwoProfiles ? new MemoryMemento() : memento;
          const seats = [
            new Seat(workspace, { name: 'x', expected, memento }),
            new Seat(workspace, { name: 'y', expected, memento: second }),
          ];
          // Each window in its own order; the two of them at the same time.
          const alive = seats.map(async (seat, window) => {
            for (const one of taken) if (one.window === window) await seat.take(one);
          });
          await Promise.all(alive);

          const stored = await workspace.window().open('c');
          const found = new Conversation('c', stored?.events ?? []);
          for (const [id, { text: words, whole }] of expected) {
            const turn = found.turn(id);
            if (whole) assert.equal(turn?.text, words, `${id} was acknowledged`);
            else assert.ok(words.startsWith(turn?.text ?? ''), `${id} has text it never had`);
          }
        } finally {
          await workspace.remove();
        }
      }),
      { numRuns: 150, seed: 20_251, endOnFailure: false },
    );
  });
});
