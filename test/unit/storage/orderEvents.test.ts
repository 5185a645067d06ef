import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Conversation } from '../../../src/conversation/conversation';
import type { ConversationEvent } from '../../../src/shared/turn';
import { createRecord, type LogRecord } from '../../../src/storage/logRecord';
import { orderEvents } from '../../../src/storage/readConversation';
import { answer, end, exchange, say, text } from './storeFixture';

const recordsOf = (
  events: readonly ConversationEvent[],
  t: (index: number) => number = (index) => index,
  w = 'w',
): LogRecord[] => events.map((event, n) => createRecord(event, { id: `${w}-${n}`, w, n, t: t(n) }));
const textsAfter = (records: readonly LogRecord[]): string[] =>
  new Conversation('c', orderEvents(records)).path().map((turn) => turn.text);

describe('the order of events', function () {
  this.timeout(30_000);
  const events = [...exchange(1, null), ...exchange(2, 'a1'), ...exchange(3, 'a2')];
  const texts = ['question 1', 'answer 1', 'question 2', 'answer 2', 'question 3', 'answer 3'];

  it('does not depend on the order of the records, nor on how often they are there', () => {
    const records = recordsOf(events);
    const expected = orderEvents(records);
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...records, ...records], { minLength: records.length * 2 }),
        (shuffled) => assert.deepEqual(orderEvents(shuffled), expected),
      ),
    );
  });

  it('follows the parents where the clock went back', () => {
    assert.deepEqual(textsAfter(recordsOf(events, (index) => 1_000 - index)), texts);
    assert.deepEqual(textsAfter(recordsOf(events, () => 5)), texts);
  });

  it('puts every turn after its parent, in any forest', () => {
    const forest = fc
      .array(fc.record({ up: fc.nat(30), t: fc.nat(20) }), { minLength: 1, maxLength: 30 })
      .map((nodes) =>
        nodes.map(({ up, t }, n) => {
          const parent = up < n ? `u${up}` : null;
          return createRecord(say(`u${n}`, parent, ''), { id: '', w: 'w', n, t });
        }),
      );
    fc.assert(
      fc.property(
        forest.chain((records) => fc.shuffledSubarray(records, { minLength: records.length })),
        (records) => {
          const seen = new Set<string | null>([null]);
          const ordered = orderEvents(records);
          assert.equal(ordered.length, records.length);
          for (const event of ordered) {
            assert.ok(event.kind === 'turnStarted' && seen.has(event.turn.parent));
            seen.add(event.turn.id);
          }
        },
      ),
    );
  });

  it('ends with the last message, also next to an older branch', () => {
    const branches = [...exchange(1, null), answer('b1', 'u1'), end('b1'), say('u2', 'a1', 'on')];
    assert.deepEqual(textsAfter(recordsOf(branches)), ['question 1', 'answer 1', 'on']);
  });

  it('continues from the turn before if a parent is lost', () => {
    const records = recordsOf(events).filter(({ id }) => id !== 'u2');
    assert.deepEqual(
      textsAfter(records),
      texts.filter((_, index) => index !== 2),
    );
  });

  it('keeps the text of an answer whose start is lost', () => {
    const records = recordsOf(events).filter(({ id }) => id !== 'a2');
    assert.deepEqual(textsAfter(records), texts);
  });

  it('comes to an end when damaged parents go in a circle', () => {
    const records = recordsOf([say('u1', 'u2', 'one'), say('u2', 'u1', 'two')]);
    assert.equal(orderEvents(records).length, 2);
  });

  it('joins text that overlaps, and shows a hole as what it is', () => {
    const pieces = (...parts: ConversationEvent[]): string =>
      textsAfter(recordsOf([say('u', null, ''), answer('a', 'u'), ...parts]))[1] ?? '';
    assert.equal(pieces(text('a', 3, 'def'), text('a', 0, 'abc')), 'abcdef');
    assert.equal(pieces(text('a', 0, 'abcd'), text('a', 2, 'cdef'), text('a', 0, 'ab')), 'abcdef');
    assert.equal(pieces(text('a', 0, 'ab'), text('a', 4, 'ef')), 'ab\uFFFD\uFFFDef');
    assert.equal(pieces(text('a', 0, 'ab'), text('a', 1e15, 'ef')), 'ab\uFFFDef');
  });

  it('fills holes with a bounded length, however many a file claims to have', () => {
    const hole = 1024 * 1024;
    const parts = Array.from({ length: 200 }, (_, n) => text('a', (n + 1) * hole, 'x'));
    const records = recordsOf([say('u', null, ''), answer('a', 'u'), ...parts]);
    assert.ok(JSON.stringify(records).length < 50_000);
    assert.ok((textsAfter(records)[1] ?? '').length <= hole + parts.length);
    // Each of these is short enough to be filled; the limit is for all answers of a conversation together.
    const short = 60 * 1024;
    const many = Array.from({ length: 200 }, (_, n) => [
      answer(`b${n}`, 'u'),
      text(`b${n}`, short, 'x'),
    ]).flat();
    const events = orderEvents(recordsOf([say('u', null, ''), ...many]));
    const total = events.reduce(
      (sum, event) => sum + (event.kind === 'textAppended' ? event.text.length : 0),
      0,
    );
    assert.ok(total <= hole + many.length, `${total}`);
  });
});
