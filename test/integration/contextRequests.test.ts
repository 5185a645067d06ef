import assert from 'node:assert/strict';
import type { AssistantTurnView } from '../../src/shared/protocol';
import { eventually } from '../support/clock';
import { Gate } from '../support/ollamaServer/exchange';
import { answer } from '../support/ollamaServer/scripts';
import { ended } from '../unit/conversation/domainFixture';
import { PanelBench } from './support/page';

const words = (count: number): string => 'word '.repeat(count).trim();

describe('a context that grows', () => {
  let panel: PanelBench;

  beforeEach(async () => {
    panel = await PanelBench.start();
    panel.bench.server.models([{ name: 'm', contextLength: 40_960 }]);
    panel.bench.settings = { ...panel.bench.settings, profile: { automatic: 'raise' } };
    await panel.ready();
  });
  afterEach(() => panel.close());

  const asked = (): readonly (number | undefined)[] =>
    panel.bench.server
      .requestsTo('/api/chat')
      .map(({ json }) => (json?.['options'] as { num_ctx?: number } | undefined)?.num_ctx);

  const getShown = (): AssistantTurnView => {
    const turn = panel.page.turns.at(-1);
    assert.ok(turn?.role === 'assistant');
    return turn;
  };

  async function say(text: string): Promise<void> {
    const over = ended(panel.session);
    panel.say({ type: 'send', id: 'r', text });
    await over;
  }

  it('is undone for the messages after it, and then only offered', async () => {
    await say(words(4_000));
    assert.equal(getShown().metrics?.raised?.to, 8192);
    panel.say({ type: 'undoContext', turnId: getShown().id });
    await say('And now?');
    assert.deepEqual(asked(), [8192, undefined]);
    const { raise, offer } = panel.session.preview({ text: words(4_000), attachments: [] });
    assert.deepEqual([raise, offer?.to], [undefined, 16_384]);
  });

  it('is undone while the model reloads: the same question is asked with the former context', async () => {
    await say(words(2_000));
    const gate = new Gate();
    panel.bench.server.onChat(answer(['Late.'], { first: gate }));
    panel.say({ type: 'send', id: 'r', text: words(1_500) });
    await panel.bench.server.received('/api/chat', 2);
    const { id } = getShown();
    panel.bench.server.onChat(answer(['Yes.']));
    const over = ended(panel.session);
    panel.say({ type: 'undoContext', turnId: id });
    await over;
    gate.open();
    await eventually(() => assert.equal(getShown().text, 'Yes.'));
    assert.deepEqual(asked(), [undefined, 8192, undefined]);
  });

  it('is used when the user presses its button above the message, and asked for from then on', async () => {
    panel.bench.settings = { ...panel.bench.settings, profile: { automatic: 'ask' } };
    panel.say({ type: 'draftChanged', text: words(4_000), at: 1 });
    const { offer } = panel.session.preview({ text: words(4_000), attachments: [] });
    assert.equal(offer?.to, 8192);
    panel.say({ type: 'useContext' });
    await eventually(() => assert.equal(panel.bench.known.get('m')?.step, 8192));
    await say(words(4_000));
    assert.deepEqual(asked(), [8192]);
  });

  it('is asked about from now on when the user says so', async () => {
    await say(words(4_000));
    panel.say({ type: 'askContext' });
    await eventually(() => assert.equal(panel.asksAlways, 1));
  });

  it('is used for the same question by the button under an answer that lacks something', async () => {
    panel.bench.settings = { ...panel.bench.settings, profile: { automatic: 'ask' } };
    await say(words(2_000));
    await say(words(1_500));
    const notice = getShown().notice;
    assert.deepEqual(
      notice?.buttons.map(({ action }) => action),
      ['useContext', 'summarize'],
    );
    assert.match(notice.buttons[0]?.label ?? '', /^Retry with 8k/u);
  });
});
