import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Conversation } from '../../../src/conversation/conversation';
import type { ConversationEvent, Turn } from '../../../src/shared/turn';
import { compactRecords } from '../../../src/storage/compaction';
import { createRecord, type LogRecord } from '../../../src/storage/logRecord';
import { orderEvents } from '../../../src/storage/readConversation';

type Action = 'say' | 'edit' | 'regenerate' | 'continue' | 'select' | 'delete' | 'rename';
const actions: readonly Action[] = [
  ...(['say', 'say', 'say', 'edit', 'regenerate', 'continue', 'select'] as const),
  ...(['select', 'delete', 'rename'] as const),
];

/** A conversation as one window knows it, and the records it leaves behind. */
class Talk {
  readonly live = new Conversation('c');
  readonly records: LogRecord[] = [];
  readonly #ids: string[] = [];
  #now = 0;

  do(action: Action, pick: number): void {
    this.#now += 10;
    const turn = this.#turn(pick);
    switch (action) {
      case 'say':
        this.#say(this.live.leaf);
        return;
      case 'edit':
        if (turn?.role === 'user') this.#say(turn.parent);
        return;
      case 'regenerate':
        if (turn?.role === 'assistant' && turn.parent !== null) this.#answer(turn.parent);
        return;
      case 'continue':
        if (turn?.role === 'assistant') this.#continue(turn.id, turn.text.length);
        return;
      case 'select':
        if (turn) this.#take({ kind: 'branchSelected', turnId: turn.id });
        return;
      case 'delete':
        if (turn) this.#take({ kind: 'turnDeleted', turnId: turn.id });
        return;
      case 'rename':
        this.#take({ kind: 'renamed', title: `title ${pick}` });
    }
  }

  #turn(pick: number): Turn | undefined {
    const there = this.#ids.filter((id) => this.live.turn(id));
    return this.live.turn(there[pick % there.length] ?? '');
  }

  #say(parent: string | null): void {
    const id = this.#nextId('u');
    const turn = {
      role: 'user',
      id,
      parent,
      createdAt: this.#now,
      text: `words of ${id}`,
    } as const;
    this.#take({ kind: 'turnStarted', turn });
    this.#answer(id);
  }

  #answer(parent: string): void {
    const id = this.#nextId('a');
    const turn = { role: 'assistant', id, parent, createdAt: this.#now, model: 'm' } as const;
    this.#take({ kind: 'turnStarted', turn });
    this.#take({ kind: 'textAppended', turnId: id, channel: 'answer', at: 0, text: `of ${id}` });
    this.#take({ kind: 'turnEnded', turnId: id, end: { kind: 'stopped' }, metrics: {} });
  }

  #continue(turnId: string, at: number): void {
    this.#take({ kind: 'turnContinued', turnId, at });
    this.#take({ kind: 'textAppended', turnId, channel: 'answer', at, text: ', and on' });
    const end = { kind: 'done', reason: 'stop' } as const;
    this.#take({ kind: 'turnEnded', turnId, end, metrics: { evalCount: at } });
  }

  #take(event: ConversationEvent): void {
    this.live.apply(event);
    const n = this.records.length;
    const stamp = { id: `r${n}`, w: 'w', n, t: this.#now };
    this.records.push(createRecord(event, stamp));
  }

  #nextId(prefix: string): string {
    const id = `${prefix}${this.#ids.length}`;
    this.#ids.push(id);
    return id;
  }
}

const step = fc.tuple(fc.constantFrom(...actions), fc.nat(1_000));
const steps = fc.array(step, { maxLength: 40, size: 'max' });

describe('a conversation that is read back', function () {
  this.timeout(30_000);
  it('is the one that was left, with its branches, continuations and deletions', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const talk = new Talk();
        for (const [action, pick] of taken) talk.do(action, pick);
        const back = new Conversation('c', orderEvents(talk.records));
        assert.deepEqual(back.path(), talk.live.path());
        assert.equal(back.title, talk.live.title);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same after any part of its logs was compacted, without what was deleted', () => {
    fc.assert(
      fc.property(steps, fc.infiniteStream(fc.boolean()), (taken, coins) => {
        const talk = new Talk();
        for (const [action, pick] of taken) talk.do(action, pick);
        const sources: LogRecord[] = [];
        const others: LogRecord[] = [];
        for (const record of talk.records) (coins.next().value ? sources : others).push(record);

        let count = 0;
        const newId = (): string => `new${(count += 1)}`;
        const compacted = compactRecords('c', talk.records, sources, newId).records;
        const back = new Conversation('c', orderEvents([...compacted, ...others]));
        assert.deepEqual(back.path(), talk.live.path());
        for (const record of compacted) {
          if (record.k !== 'textAppended') continue;
          assert.ok(talk.live.turn(record.parent), 'text of a deleted turn');
        }
        // A crash before the sources were removed: everything twice.
        const twice = new Conversation('c', orderEvents([...compacted, ...talk.records]));
        assert.deepEqual(twice.path(), talk.live.path());
      }),
      { numRuns: 300 },
    );
  });
});
