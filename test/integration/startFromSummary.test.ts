import assert from 'node:assert/strict';
import type { AssistantTurnView } from '../../src/shared/protocol';
import { answer, fail } from '../support/ollamaServer/scripts';
import { eventually } from '../support/clock';
import { Gate } from '../support/ollamaServer/exchange';
import { ended, lastAnswer, written } from '../unit/conversation/domainFixture';
import { PanelBench } from './support/page';

const title = 'Summary of “Are cents whole?”';
const pieces = ['- Cents', ' are whole.'];

describe('a new chat from a summary', () => {
  let panel: PanelBench;
  let before: string;
  let gate: Gate;

  beforeEach(async () => {
    panel = await PanelBench.start();
    panel.bench.server.onChat(answer(['Ye', 's.']));
    await panel.ready();
    const over = ended(panel.session);
    panel.say({ type: 'send', id: 'r1', text: 'Are cents whole?' });
    await over;
    before = panel.session.conversation.id;
  });

  afterEach(() => panel.close());

  /** Asks for it, and lets its first words come. */
  async function begin(): Promise<void> {
    gate = new Gate();
    panel.bench.server.onChat(answer(pieces, { pacing: { gate } }));
    panel.say({ type: 'startFromSummary' });
    await panel.bench.server.received('/api/chat', 2);
    gate.release();
    await eventually(() => assert.equal(lastAnswer(panel.session).text, pieces[0]));
  }

  async function finish(): Promise<void> {
    const over = ended(panel.session);
    gate.open();
    await over;
  }

  const getMessages = (): string[] =>
    (
      panel.bench.server.requestsTo('/api/chat').at(-1)?.json?.['messages'] as { content: string }[]
    ).map(({ content }) => content);

  const getShown = (): AssistantTurnView => {
    const turn = panel.page.turns.at(-1);
    assert.ok(turn?.role === 'assistant');
    return turn;
  };

  it('shows it while it is written, in a new conversation, and leaves the old one as it was', async () => {
    const stored = (await panel.bench.store.open(before))?.events;
    await begin();
    assert.notEqual(panel.session.conversation.id, before);
    panel.bench.workspace.clock.advance(50);
    assert.deepEqual(
      panel.page.turns.map(({ text }) => text),
      [title, pieces[0]],
    );
    assert.deepEqual(getMessages().slice(0, -1), ['Are cents whole?', 'Yes.']);
    await finish();
    await eventually(() => assert.equal(getShown().text, pieces.join('')));
    assert.equal(getShown().isSummary, true);
    assert.equal(panel.page.title, title);
    assert.deepEqual((await panel.bench.store.open(before))?.events, stored);
  });

  it('keeps what the user was writing, and puts the caret there', async () => {
    panel.say({ type: 'draftChanged', text: 'Half a thought', at: 1 });
    await begin();
    await finish();
    assert.equal(panel.conversations.draft, 'Half a thought');
    assert.equal(panel.of('focusComposer').length, 1);
    assert.equal(panel.of('focusComposer')[0]?.insert, undefined);
  });

  it('continues while the panel is hidden or moved, and is there when it returns', async () => {
    await begin();
    panel.hide();
    gate.release();
    await eventually(() => assert.equal(lastAnswer(panel.session).text, pieces.join('')));
    panel.move();
    await finish();
    await panel.ready();
    assert.deepEqual([getShown().text, getShown().activity.state], [pieces.join(''), 'done']);
  });

  it('is stored as it is written: a window that opens later offers to continue it, and does', async () => {
    await begin();
    await panel.bench.store.flush();
    panel.conversations.dispose();
    const next = await panel.reopened();
    await next.ready();
    panel = next;
    assert.deepEqual([getShown().text, getShown().activity.state], [pieces[0], 'interrupted']);
    const actions = getShown().notice?.buttons.map(({ action }) => action);
    assert.deepEqual(actions, ['continue', 'retry']);
    panel.bench.server.onChat(answer([' are whole.']));
    const over = ended(panel.session);
    panel.say({ type: 'continueTurn', turnId: getShown().id });
    assert.equal((await over).text, pieces.join(''));
    assert.deepEqual(getMessages(), [
      'Are cents whole?',
      'Yes.',
      getMessages()[2] ?? '',
      pieces[0] ?? '',
    ]);
  });

  it('stops, closes the connection, and keeps what was written', async () => {
    await begin();
    panel.say({ type: 'stop' });
    await panel.bench.server.clientClosed('/api/chat', 2);
    gate.open();
    await eventually(() => assert.equal(getShown().activity.state, 'stopped'));
    assert.equal(getShown().text, pieces[0]);
    assert.ok(panel.session.isSummary(lastAnswer(panel.session)));
  });

  it('is edited in place, and sent as edited with the next message', async () => {
    await begin();
    await finish();
    panel.say({ type: 'editAndResend', id: 'r2', turnId: getShown().id, text: '- Cents: whole.' });
    await eventually(() => assert.equal(getShown().text, '- Cents: whole.'));
    assert.deepEqual(getShown().branch, { index: 1, count: 2 });
    assert.deepEqual(panel.of('accepted').at(-1), { type: 'accepted', id: 'r2' });
    const over = ended(panel.session);
    panel.bench.server.onChat(answer(['Go.']));
    panel.say({ type: 'send', id: 'r3', text: 'What next?' });
    await over;
    assert.deepEqual(getMessages(), [title, '- Cents: whole.', 'What next?']);
  });

  it('says why there is none, and tries again when asked to', async () => {
    panel.bench.server.onChat(fail(500, 'out of luck'));
    panel.say({ type: 'startFromSummary' });
    await eventually(() => assert.equal(getShown().activity.state, 'failed'));
    assert.equal(getShown().notice?.sentence, 'Ollama reported an error.');
    panel.bench.server.onChat(answer(pieces));
    const { session } = panel;
    panel.say({ type: 'recover', action: 'retry', turnId: getShown().id });
    await written(session, pieces.join(''));
    assert.equal(getMessages()[0], 'Are cents whole?');
  });

  it('says so when the chat that it is about was deleted meanwhile', async () => {
    await begin();
    await finish();
    await panel.conversations.delete(before);
    panel.say({ type: 'regenerate', turnId: getShown().id });
    await eventually(() => assert.equal(getShown().activity.state, 'failed'));
    assert.equal(getShown().notice?.sentence, 'The original chat was deleted or cannot be read.');
  });

  it('names the first chat again when a summary is itself summarized', async () => {
    await begin();
    await finish();
    panel.bench.server.onChat(answer(['- Still whole.']));
    panel.say({ type: 'startFromSummary' });
    await eventually(() => assert.equal(getShown().text, '- Still whole.'));
    assert.equal(panel.page.title, title);
    assert.deepEqual(getMessages().slice(0, -1), [title, pieces.join('')]);
  });
});
