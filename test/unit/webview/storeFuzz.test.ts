import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { FromWebview, ToWebview } from '../../../src/shared/protocol';
import { Store } from '../../../src/webview/store';
import { activity, assistant, snapshot, user } from '../../support/page/states';
import { mutated } from '../../support/messagesOf';

const ids = fc.constantFrom('u1', 'a1', 'a2', '', '__proto__', 'constructor');
const words = fc.string({ maxLength: 8 });
const states = fc
  .constantFrom('answering', 'done', 'stopped', 'failed')
  .map((state) => activity(state));
const turns = fc.oneof(
  fc.tuple(ids, words).map(([id, text]) => user(id, text)),
  fc.tuple(ids, words, states).map(([id, text, now]) => assistant(id, { text, activity: now })),
);
const lengths = fc.record({ answer: fc.nat(20), thinking: fc.nat(20) });

/** Messages of the right form, in an order and with places that make no sense. */
const messages: fc.Arbitrary<ToWebview> = fc.oneof(
  fc.array(turns, { maxLength: 4 }).map((all) => snapshot({ turns: all })),
  fc.record({
    type: fc.constant('page' as const),
    conversationId: ids,
    turns: fc.array(turns, { maxLength: 3 }),
    earlier: fc.nat(5),
  }),
  turns.map((turn) => ({ type: 'turnStarted' as const, turn })),
  fc.record({
    type: fc.constant('delta' as const),
    turnId: ids,
    channel: fc.constantFrom('answer' as const, 'thinking' as const),
    at: fc.nat(20),
    text: words,
  }),
  fc.record({ type: fc.constant('turnChanged' as const), turnId: ids, activity: states }),
  fc.record({
    type: fc.constant('turnEnded' as const),
    turnId: ids,
    activity: states,
    lengths,
    metrics: fc.constant({}),
  }),
  fc.record({ type: fc.constant('names' as const), known: fc.array(words) }),
  fc.record({ type: fc.constant('reveal' as const), turnId: ids, text: words }),
);

const truth = snapshot({ turns: [user('u1', 'Hello'), assistant('a1', { text: 'Good day' })] });

function newStore(): { store: Store; posted: FromWebview['type'][] } {
  const posted: FromWebview['type'][] = [];
  const store = new Store({
    post: ({ type }) => posted.push(type),
    now: () => 0,
    onChange: () => undefined,
  });
  return { store, posted };
}

/** Whatever came before, the next snapshot is what is shown, and text that belongs there is taken. */
function isWhole(store: Store): void {
  store.receive(truth);
  store.receive({ type: 'delta', turnId: 'a1', channel: 'answer', at: 8, text: '!' });
  assert.deepEqual(
    store.turns.map(({ id, text }) => [id, text]),
    [
      ['u1', 'Hello'],
      ['a1', 'Good day!'],
    ],
  );
}

describe('what the host says to the page, at random', () => {
  it('is survived in any order, requests the rest once, and is repaired by a snapshot: 1,000 runs', () => {
    fc.assert(
      fc.property(fc.array(messages, { maxLength: 12 }), (all) => {
        const { store, posted } = newStore();
        for (const message of all) {
          const asked = posted.filter((type) => type === 'resync').length;
          store.receive(message);
          const more = posted.filter((type) => type === 'resync').length - asked;
          assert.ok(more <= 1);
        }
        assert.ok(posted.every((type) => type === 'ack' || type === 'resync'));
        const snapshots = all.filter(({ type }) => type === 'snapshot').length;
        assert.ok(posted.filter((type) => type === 'resync').length <= snapshots + 1);
        isWhole(store);
      }),
      { numRuns: 1_000, seed: 20261122 },
    );
  });

  it('is survived in any form, and is repaired by a snapshot: 1,000 runs', () => {
    fc.assert(
      fc.property(fc.array(mutated(messages), { maxLength: 6 }), (all) => {
        const { store, posted } = newStore();
        for (const message of all) {
          try {
            // The type is what the page believes; what comes here is not of it.
            store.receive(message as ToWebview);
          } catch (error) {
            // The page reports it as its own error, and handles the next message.
            assert.ok(error instanceof TypeError, String(error));
          }
        }
        assert.ok(posted.every((type) => type === 'ack' || type === 'resync'));
        isWhole(store);
      }),
      { numRuns: 1_000, seed: 20261122 },
    );
    assert.equal(Object.hasOwn(Object.prototype, 'turnId'), false);
  });
});
