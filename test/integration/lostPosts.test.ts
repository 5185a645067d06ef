import assert from 'node:assert/strict';
import { answer } from '../support/ollamaServer/scripts';
import { seeded } from '../support/seeded';
import { ended } from '../unit/conversation/domainFixture';
import { PanelBench } from './support/page';

describe('a page that misses posts', () => {
  let panel: PanelBench;

  afterEach(() => panel.close());

  it('has 20,000 tokens in the end, whatever is lost, doubled or hidden on the way', async () => {
    panel = await PanelBench.start();
    await panel.ready();
    const random = seeded(5);
    panel.loses = ({ type }) => type === 'delta' && random() < 0.05;
    panel.doubles = () => random() < 0.05;
    const tokens = Array.from({ length: 20_000 }, (_, at) => ` ${at}`);
    panel.bench.server.onChat(answer(tokens, { pacing: 'fast' }));
    let pieces = 0;
    panel.session.on(() => {
      panel.bench.workspace.clock.advance(2);
      if (++pieces % 3000 === 0) panel.hide();
      if (pieces % 3000 === 1500) panel.say({ type: 'ready' });
    });
    panel.say({ type: 'send', id: 'r1', text: 'Count.' });
    await ended(panel.session);
    await panel.ready();
    const snapshots = panel.of('snapshot').length;
    assert.ok(snapshots > 5, `what was lost is asked for, ${snapshots} times`);
    const whole = tokens.join('');
    const { pageText } = panel;
    assert.equal(pageText.length, whole.length);
    assert.ok(pageText === whole, 'it is the same text');
    assert.equal(panel.page.turns.length + panel.page.earlier, 2);
  });
});
