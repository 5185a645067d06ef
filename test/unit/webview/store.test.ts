import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { FromWebview, ToWebview } from '../../../src/shared/protocol';
import { Store, type Change } from '../../../src/webview/store';
import { activity, assistant, connected, snapshot, user } from '../../support/page/states';

const answering = assistant('a1', { activity: activity('answering') });
const conversation = snapshot({ turns: [user('u1', 'Hello'), answering] });

function delta(at: number, text: string): ToWebview {
  return { type: 'delta', turnId: 'a1', channel: 'answer', at, text };
}

function ended(answer: number): ToWebview {
  const lengths = { answer, thinking: 0 };
  return { type: 'turnEnded', turnId: 'a1', activity: activity('done'), lengths, metrics: {} };
}

/** A store with what it has posted and reported, and a stopped clock. */
function setUp(...messages: readonly ToWebview[]): {
  store: Store;
  posted: FromWebview['type'][];
  changes: Change['kind'][];
  clock: { now: number };
  receive: (...more: readonly ToWebview[]) => void;
} {
  const posted: FromWebview['type'][] = [];
  const changes: Change['kind'][] = [];
  const clock = { now: 1000 };
  const store = new Store({
    post: ({ type }) => posted.push(type),
    now: () => clock.now,
    onChange: ({ kind }) => changes.push(kind),
  });
  const receive = (...all: readonly ToWebview[]): void => {
    for (const message of all) store.receive(message);
  };
  receive(...messages);
  return { store, posted, changes, clock, receive };
}

function textOf(store: Store): string | undefined {
  const turn = store.turn('a1');
  return turn?.role === 'assistant' ? turn.text : undefined;
}

describe('Page store', () => {
  it('appends a piece that belongs at the end, and acknowledges it', () => {
    const { store, posted } = setUp(conversation, delta(0, 'Good '), delta(5, 'day'));
    assert.equal(textOf(store), 'Good day');
    assert.deepEqual(posted, ['ack', 'ack']);
  });

  it('learns with a piece what the answer does from there on, and not from a piece that it has', () => {
    const begun = { ...delta(0, 'Good '), activity: activity('thinking') };
    const again = { ...delta(0, 'Good '), activity: activity('answering') };
    const { store } = setUp(conversation, begun, again);
    const turn = store.turns.at(-1);
    assert.equal(turn?.role === 'assistant' && turn.activity.state, 'thinking');
  });

  it('takes no answer for running that another window writes', () => {
    const { store } = setUp(snapshot({ turns: [{ ...answering, isWrittenInOtherWindow: true }] }));
    assert.equal(store.running, undefined);
  });

  it('keeps the two channels of an answer apart', () => {
    const { store } = setUp(conversation, delta(0, 'Yes'), {
      type: 'delta',
      turnId: 'a1',
      channel: 'thinking',
      at: 0,
      text: 'Hm',
    });
    const turn = store.turn('a1');
    assert.ok(turn?.role === 'assistant');
    assert.deepEqual([turn.text, turn.thinking], ['Yes', 'Hm']);
  });

  it('ignores a piece it has', () => {
    const { store, posted } = setUp(conversation, delta(0, 'Good '), delta(0, 'Good '));
    assert.equal(textOf(store), 'Good ');
    assert.deepEqual(posted, ['ack', 'ack']);
  });

  it('asks once for everything when a piece is missing, and waits for it', () => {
    const { store, posted, receive } = setUp(
      conversation,
      delta(0, 'a'),
      delta(2, 'c'),
      delta(3, 'd'),
    );
    assert.equal(textOf(store), 'a');
    assert.deepEqual(posted, ['ack', 'ack', 'resync', 'ack']);
    receive(delta(1, 'b'));
    assert.equal(textOf(store), 'a', 'a piece that fits is not taken before the snapshot');
    receive(snapshot({ turns: [{ ...answering, text: 'abcd' }] }), delta(4, 'e'));
    assert.equal(textOf(store), 'abcde');
    assert.equal(posted.filter((type) => type === 'resync').length, 1);
  });

  it('asks again when a second piece is lost after the snapshot', () => {
    const { posted } = setUp(conversation, delta(1, 'b'), conversation, delta(1, 'b'));
    assert.equal(posted.filter((type) => type === 'resync').length, 2);
  });

  it('asks when a turn is not known', () => {
    const { posted } = setUp(snapshot(), delta(0, 'a'));
    assert.deepEqual(posted, ['ack', 'resync']);
  });

  it('finds by the final length that the last piece was lost', () => {
    const { store, posted } = setUp(conversation, delta(0, 'abc'), ended(5));
    assert.deepEqual(posted, ['ack', 'resync']);
    assert.equal(store.running, undefined, 'the turn has ended all the same');
  });

  it('is content with an end that says the length it has', () => {
    const { store, posted } = setUp(conversation, delta(0, 'abc'), ended(3));
    assert.deepEqual(posted, ['ack']);
    assert.equal(store.running, undefined);
  });

  it('takes a turn once, however often it is announced', () => {
    const started: ToWebview = { type: 'turnStarted', turn: assistant('a2') };
    const { store, changes } = setUp(conversation, started, started);
    assert.equal(store.turns.length, 3);
    assert.deepEqual(changes, ['conversation', 'turnAdded']);
  });

  it('puts earlier turns before the others, and ignores those of another conversation', () => {
    const page = {
      type: 'page',
      turns: [user('u0', 'Before'), user('u1', 'Hello')],
      earlier: 0,
    } as const;
    const { store } = setUp(
      conversation,
      { ...page, conversationId: 'another' },
      { ...page, conversationId: 'conversation-1' },
    );
    assert.deepEqual(
      store.turns.map(({ id }) => id),
      ['u0', 'u1', 'a1'],
    );
  });

  it("counts the time of a state from the host's report", () => {
    const loading = assistant('a1', { activity: activity('loading', { elapsedMs: 4000 }) });
    const { store, clock } = setUp(snapshot({ turns: [loading] }));
    clock.now += 2500;
    assert.equal(store.elapsed(loading), 6500);
  });

  it('knows the latest model, connection and notice', () => {
    const notice = { severity: 'warning', sentence: 'Careful.', buttons: [] } as const;
    const { store, receive } = setUp(
      conversation,
      { type: 'model', model: { name: 'other' } },
      { type: 'connection', connection: { ...connected, state: 'unreachable' } },
      { type: 'notice', notice },
    );
    assert.equal(store.model.name, 'other');
    assert.equal(store.connection.state, 'unreachable');
    assert.equal(store.notice, notice);
    receive({ type: 'notice' });
    assert.equal(store.notice, undefined);
  });

  /** What can happen to a post on its way to the page. */
  const fates = fc.constantFrom('arrives', 'arrives', 'arrives', 'lost', 'twice', 'late');

  it('has the whole text in the end, whatever is lost, doubled or late', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }), fates)),
        (pieces) => {
          const whole = pieces.map(([text]) => text).join('');
          const { store, posted, receive } = setUp(conversation);
          let sent = '';
          let late: ToWebview[] = [];
          for (const [text, fate] of pieces) {
            const message = delta(sent.length, text);
            sent += text;
            const copies = { arrives: [message], lost: [], twice: [message, message], late: [] };
            receive(...copies[fate], ...late);
            late = fate === 'late' ? [message] : [];
            // The host answers each request for everything with the truth.
            if (posted.includes('resync'))
              receive(snapshot({ turns: [{ ...answering, text: sent }] }));
            posted.length = 0;
          }
          receive(...late, ended(whole.length));
          if (posted.includes('resync')) {
            receive(snapshot({ turns: [assistant('a1', { text: whole })] }));
          }
          assert.equal(textOf(store), whole);
        },
      ),
      { numRuns: 500 },
    );
  });
});
