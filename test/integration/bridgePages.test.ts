import assert from 'node:assert/strict';
import type { ConversationEvent } from '../../src/shared/turn';
import { PanelBench } from './support/page';

/** What one post may carry of turns' text, unless a single turn is longer. */
const pageCharacters = 64 * 1024;

describe('a conversation that is longer than one post', () => {
  let panel: PanelBench;

  afterEach(() => panel.close());

  it('comes last screen first, then page by page, each turn once', async () => {
    panel = await startWith(20, 10_000);
    await panel.ready();
    const last = panel.page.turns;
    assert.ok(panel.page.earlier > 0);
    assert.equal(last.at(-1)?.id, 'reply-19');
    assert.ok(sizeOf(last) <= pageCharacters);
    while (panel.page.earlier > 0) {
      const [first] = panel.page.turns;
      const left = panel.page.earlier;
      panel.say({ type: 'loadEarlier', before: first?.id ?? '' });
      assert.ok(panel.page.earlier < left);
      assert.ok(sizeOf(panel.of('page').at(-1)?.turns ?? []) <= pageCharacters);
    }
    const expected = Array.from({ length: 20 }, (_, pair) => [`ask-${pair}`, `reply-${pair}`]);
    assert.deepEqual(
      panel.page.turns.map(({ id }) => id),
      expected.flat(),
    );
  });

  it('brings a turn that is too long for a post by itself', async () => {
    panel = await startWith(2, pageCharacters + 1);
    await panel.ready();
    assert.equal(panel.page.turns.length, 1);
    assert.equal(panel.page.turns[0]?.text.length, pageCharacters + 1);
    assert.equal(panel.page.earlier, 3);
  });

  it('has no answer to what comes before a turn that is not there', async () => {
    panel = await startWith(2, 10);
    await panel.ready();
    panel.say({ type: 'loadEarlier', before: 'no-such-turn' });
    assert.deepEqual(panel.of('page'), []);
    assert.equal(panel.page.turns.length, 4);
  });
});

function sizeOf(turns: readonly { readonly text: string }[]): number {
  return turns.reduce((sum, { text }) => sum + text.length, 0);
}

/** Shows a conversation of that many messages and answers, each this long. */
async function startWith(pairs: number, length: number): Promise<PanelBench> {
  const panel = await PanelBench.start();
  await panel.conversations.restored();
  await panel.conversations.startWith(longConversation(pairs, length));
  return panel;
}

function longConversation(pairs: number, length: number): readonly ConversationEvent[] {
  const createdAt = 0;
  return Array.from({ length: pairs }, (_, pair): readonly ConversationEvent[] => {
    const [ask, reply] = [`ask-${pair}`, `reply-${pair}`];
    const text = `${pair} `.padEnd(length, 'x');
    const parent = pair === 0 ? null : `reply-${pair - 1}`;
    return [
      { kind: 'turnStarted', turn: { role: 'user', id: ask, parent, createdAt, text } },
      {
        kind: 'turnStarted',
        turn: { role: 'assistant', id: reply, parent: ask, createdAt, model: 'm' },
      },
      { kind: 'textAppended', turnId: reply, channel: 'answer', at: 0, text },
      { kind: 'turnEnded', turnId: reply, end: { kind: 'done', reason: 'stop' }, metrics: {} },
    ];
  }).flat();
}
