import assert from 'node:assert/strict';
import type { ModelEvent } from '../../src/conversation/ports';
import { attachments } from '../support/attachments';
import { eventually } from '../support/clock';
import { answer } from '../support/ollamaServer/scripts';
import { Gate } from '../support/ollamaServer/exchange';
import { ended, lastAnswer, until, written } from '../unit/conversation/domainFixture';
import { PanelBench } from './support/page';

describe('the bridge between a session and a page', () => {
  let panel: PanelBench;

  beforeEach(async () => {
    panel = await PanelBench.start();
  });

  afterEach(() => panel.close());

  /** Asks, and gives the gate that lets the answer through token by token. */
  function ask(tokens: readonly string[], thinking: readonly string[] = []): Gate {
    const gate = new Gate();
    panel.bench.server.onChat(answer(tokens, { thinking, pacing: { gate } }));
    panel.say({ type: 'send', id: 'r1', text: 'Hello?' });
    return gate;
  }

  /** Lets one token through, and waits until the session has this text. */
  async function pass(gate: Gate, text: string): Promise<void> {
    const arrived = written(panel.session, text);
    gate.release();
    await arrived;
  }

  it('posts nothing before the page is ready, and everything then', async () => {
    const gate = ask(['One', ' two']);
    await pass(gate, 'One');
    assert.equal(panel.posts.length, 0);
    await panel.ready();
    assert.equal(panel.posts[0]?.type, 'snapshot');
    assert.equal(panel.of('snapshot').length, 1);
    const [user, assistant] = panel.page.turns;
    assert.equal(user?.text, 'Hello?');
    assert.equal(assistant?.text, 'One');
  });

  it('moves messages that were sent before the store was read into the restored conversation', async () => {
    const gate = ask(['One']);
    gate.open();
    await ended(panel.session);
    const next = await panel.reopened();
    next.say({ type: 'ready' });
    next.say({ type: 'send', id: 'r1', text: 'And two?' });
    await next.conversations.restored();
    assert.deepEqual(
      next.session.conversation.path().map(({ text }) => text),
      ['Hello?', 'One', 'And two?', ''],
    );
    next.conversations.dispose();
  });

  it('says that an answer continues also where no text comes with the news', async () => {
    await panel.ready();
    const gate = new Gate();
    Object.assign(panel.bench.backend, {
      async *chat(): AsyncGenerator<ModelEvent> {
        yield { type: 'delta', thinking: '', answer: 'One' };
        yield { type: 'phase', phase: 'stalled' };
        yield { type: 'phase', phase: 'resumed' };
        await gate.pass(new Promise(() => undefined));
        yield { type: 'end', end: { kind: 'done', reason: 'stop', metrics: {} } };
      },
    });
    panel.say({ type: 'send', id: 'r1', text: 'Hello?' });
    await written(panel.session, 'One');
    await eventually(() => {
      const states = panel.of('turnChanged').map(({ activity }) => activity.state);
      assert.deepEqual(states.slice(-2), ['stalled', 'answering']);
    });
    const turn = panel.page.turns.at(-1);
    assert.equal(turn?.role === 'assistant' && turn.activity.state, 'answering');
    gate.open();
    await ended(panel.session);
  });

  it('posts a message and its answer as they begin', async () => {
    await panel.ready();
    ask(['One']);
    const started = panel.of('turnStarted').map(({ turn }) => turn.role);
    assert.deepEqual(started, ['user', 'assistant']);
  });

  it('posts the first text at once, and gathers what follows', async () => {
    await panel.ready();
    const gate = ask(['One', ' two', ' three']);
    await pass(gate, 'One');
    assert.deepEqual(
      panel.of('delta').map(({ at, text }) => [at, text]),
      [[0, 'One']],
    );
    await pass(gate, 'One two');
    await pass(gate, 'One two three');
    assert.equal(panel.of('delta').length, 1);
    panel.bench.workspace.clock.advance(33);
    assert.deepEqual(
      panel.of('delta').map(({ at, text }) => [at, text]),
      [
        [0, 'One'],
        [3, ' two three'],
      ],
    );
  });

  it('keeps the offsets of each channel contiguous, and ends with the final lengths', async () => {
    await panel.ready();
    const thinking = ['Let', ' me', ' think.'];
    const tokens = ['Grüße', ' 👋🏽', ' an', ' alle'];
    const gate = ask(tokens, thinking);
    const done = ended(panel.session);
    panel.session.on(() => panel.bench.workspace.clock.advance(20));
    gate.open();
    await done;
    for (const channel of ['thinking', 'answer'] as const) {
      let length = 0;
      for (const { at, text } of panel.of('delta').filter((delta) => delta.channel === channel)) {
        assert.equal(at, length);
        length += text.length;
      }
      assert.equal(length, (channel === 'answer' ? tokens : thinking).join('').length);
    }
    const [end] = panel.of('turnEnded');
    assert.deepEqual(end?.lengths, {
      answer: tokens.join('').length,
      thinking: thinking.join('').length,
    });
    assert.equal(end.activity.state, 'done');
    assert.equal(end.metrics.evalCount, tokens.length);
    assert.equal(panel.posts.at(-1), end);
  });

  it('takes code from what the host knows: the page only names it, and its names are checked', async () => {
    await panel.ready();
    const acts: unknown[] = [];
    panel.answerParts = {
      act: (...all) => Promise.resolve(void acts.push(all)),
      known: (names) => Promise.resolve(names.slice(0, 1)),
      open: (name) => Promise.resolve(void acts.push(name)),
    };
    ask(['```ts\na\n```']).open();
    const { id: turnId, text } = await ended(panel.session);
    panel.say({ type: 'codeAction', turnId, block: 0, action: 'insert' });
    panel.say({ type: 'codeAction', turnId: 'unknown', block: 0, action: 'insert' });
    panel.say({ type: 'openName', name: 'a.ts' });
    assert.deepEqual(acts, [['insert', text, 0], 'a.ts']);
    panel.say({ type: 'lookUp', names: ['a.ts', 'b.ts'] });
    await Promise.resolve();
    assert.deepEqual(
      panel.of('names').map(({ known }) => known),
      [['a.ts']],
    );
  });

  it('has at most two deltas on their way to a page that is behind', async () => {
    await panel.ready();
    panel.acknowledging = false;
    const gate = ask(['1', '2', '3', '4', '5']);
    let text = '';
    for (const token of ['1', '2', '3', '4']) {
      text += token;
      await pass(gate, text);
      panel.bench.workspace.clock.advance(100);
    }
    assert.equal(panel.of('delta').length, 2);
    panel.acknowledging = true;
    panel.say({ type: 'ack' });
    assert.equal(panel.pageText, '1234');
  });

  it('posts nothing to a hidden page, and the same text once when it is back', async () => {
    await panel.ready();
    const gate = ask(['One', ' two', ' three', ' four']);
    await pass(gate, 'One');
    panel.hide();
    const before = panel.posts.length;
    await pass(gate, 'One two');
    panel.bench.workspace.clock.advance(1000);
    await pass(gate, 'One two three');
    assert.equal(panel.posts.length, before);
    await panel.ready();
    assert.equal(panel.pageText, 'One two three');
    const done = ended(panel.session);
    gate.open();
    await done;
    assert.equal(panel.pageText, 'One two three four');
    assert.equal(panel.of('delta').at(-1)?.at, 'One two three'.length);
  });

  it('requests the rest when the last delta was lost, and gets it', async () => {
    await panel.ready();
    const gate = ask(['One', ' two']);
    await pass(gate, 'One');
    panel.loses = ({ type }) => type === 'delta';
    const done = ended(panel.session);
    gate.open();
    await done;
    assert.equal(panel.of('snapshot').length, 2);
    assert.equal(panel.pageText, 'One two');
    assert.equal(panel.page.running, undefined);
  });

  it('asks once for a snapshot when a delta in the middle was lost', async () => {
    await panel.ready();
    const gate = ask(['One', ' two', ' three', ' four']);
    await pass(gate, 'One');
    panel.loses = ({ type }) => type === 'delta';
    await pass(gate, 'One two');
    panel.bench.workspace.clock.advance(33);
    panel.loses = () => false;
    panel.say({ type: 'ack' });
    await pass(gate, 'One two three');
    panel.bench.workspace.clock.advance(33);
    assert.equal(panel.of('snapshot').length, 2);
    assert.equal(panel.pageText, 'One two three');
    const done = ended(panel.session);
    gate.open();
    await done;
    assert.equal(panel.of('snapshot').length, 2);
    assert.equal(panel.pageText, 'One two three four');
  });

  it('answers a resync with the current state', async () => {
    await panel.ready();
    const gate = ask(['One', ' two']);
    await pass(gate, 'One');
    panel.say({ type: 'resync' });
    assert.equal(panel.of('snapshot').length, 2);
    assert.equal(panel.pageText, 'One');
    await pass(gate, 'One two');
    panel.bench.workspace.clock.advance(33);
    assert.equal(panel.pageText, 'One two');
  });

  it('starts over when an answer replaces another', async () => {
    await panel.ready();
    ask(['First.']).open();
    await ended(panel.session);
    const first = lastAnswer(panel.session);
    panel.bench.server.onChat(answer(['Second.']));
    const done = ended(panel.session);
    panel.say({ type: 'regenerate', turnId: first.id });
    const [, again] = panel.of('snapshot');
    assert.equal(again?.conversation.turns.length, 2);
    assert.notEqual(again.conversation.turns[1]?.id, first.id);
    await done;
    assert.equal(panel.pageText, 'Second.');
    assert.equal(panel.page.turns.length, 2);
  });

  it('says what a stopped and a failed answer offer', async () => {
    await panel.ready();
    const gate = ask(['One', ' two']);
    await pass(gate, 'One');
    panel.say({ type: 'stop' });
    const [stopped] = panel.of('turnEnded');
    assert.equal(stopped?.activity.state, 'stopped');
    assert.deepEqual(
      stopped.notice?.buttons.map(({ action }) => action),
      ['continue', 'retry'],
    );
    panel.bench.server.onChat(answer(['One'], { error: 'llama runner process has terminated' }));
    panel.say({ type: 'send', id: 'r1', text: 'Again?' });
    await ended(panel.session);
    const failed = panel.of('turnEnded').at(-1);
    assert.equal(failed?.activity.state, 'failed');
    assert.equal(failed.lengths.answer, 3);
    assert.equal(failed.notice?.detail, 'llama runner process has terminated');
  });

  it('lets a message wait that comes while an answer runs, and sends it at the end', async () => {
    await panel.ready();
    const gate = ask(['One']);
    panel.conversations.pending.attach(attachments.file);
    panel.say({ type: 'send', id: 'r1', text: 'And another?' });
    panel.say({ type: 'send', id: 'r1', text: 'And a third?' });
    const waiting = (): string[] => panel.page.pending.queue.map(({ text }) => text);
    assert.deepEqual(waiting(), ['And another?', 'And a third?']);
    assert.deepEqual(panel.page.pending.attachments, []);
    const [, third] = panel.page.pending.queue;
    panel.say({ type: 'queued', id: third?.id ?? '', action: 'edit' });
    assert.equal(panel.of('focusComposer').at(-1)?.insert, 'And a third?');
    // A page that was hidden meanwhile receives it again.
    panel.hide();
    await panel.ready();
    assert.deepEqual(waiting(), ['And another?']);
    panel.bench.server.onChat(answer(['Two']));
    gate.open();
    await until(panel.session, () => panel.session.conversation.path().length === 4);
    const said = panel.page.turns[2];
    assert.deepEqual(said?.role === 'user' && said.attachments?.map(({ label }) => label), [
      attachments.file.label,
    ]);
    assert.deepEqual(waiting(), []);
  });

  it('shows another conversation, and leaves the first one running behind it', async () => {
    await panel.ready();
    const gate = ask(['One', ' two']);
    await pass(gate, 'One');
    const first = panel.session;
    panel.say({ type: 'newConversation' });
    assert.deepEqual(panel.page.turns, []);
    const before = panel.posts.length;
    const done = until(first, ({ type }) => type === 'event' && lastAnswer(first).state === 'done');
    gate.open();
    await done;
    assert.equal(panel.posts.length, before);
    assert.equal(lastAnswer(first).text, 'One two');
  });

  it('carries out the button of a notice, and asks again for its turn', async () => {
    await panel.ready();
    ask(['First.']).open();
    await ended(panel.session);
    const { id } = lastAnswer(panel.session);
    const done = ended(panel.session);
    panel.say({ type: 'recover', action: 'selectModel', turnId: id });
    await done;
    assert.deepEqual(panel.fixed, ['selectModel']);
    assert.notEqual(lastAnswer(panel.session).id, id);
    panel.say({ type: 'pickModel' });
    assert.equal(panel.modelPicks, 1);
  });

  it('says what the memory has to say, with each snapshot again', async () => {
    panel.chat.showNotice({ severity: 'error', sentence: 'Not saved.', buttons: [] });
    await panel.ready();
    assert.equal(panel.page.notice?.sentence, 'Not saved.');
    panel.chat.showNotice(undefined);
    assert.equal(panel.page.notice, undefined);
  });
});
