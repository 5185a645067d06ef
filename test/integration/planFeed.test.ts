import assert from 'node:assert/strict';
import { answer } from '../support/ollamaServer/scripts';
import { Gate } from '../support/ollamaServer/exchange';
import { ended, written } from '../unit/conversation/domainFixture';
import { PanelBench } from './support/page';

describe('the meter of the context, as the host feeds it', () => {
  let panel: PanelBench;

  afterEach(() => panel.close());

  it('tells what a message would send when an answer begins and ends, not at each piece of it', async () => {
    panel = await PanelBench.start();
    await panel.ready();
    const { clock } = panel.bench.workspace;
    const { usages } = panel;
    const tokens = Array.from({ length: 12 }, (_, at) => ` ${at}`);
    const gate = new Gate();
    panel.bench.server.onChat(answer(tokens, { pacing: { gate } }));
    panel.say({ type: 'send', id: 'r1', text: 'Hello?' });
    clock.advance(40);
    const atStart = usages.length;
    const most = tokens.length - 1;
    for (let count = 1; count <= most; count++) {
      const arrived = written(panel.session, tokens.slice(0, count).join(''));
      gate.release();
      await arrived;
      clock.advance(40);
    }
    assert.ok(panel.of('delta').length >= most, 'each was posted, and the page said so');
    // What the server has allocated may become known meanwhile.
    assert.ok(usages.length - atStart <= 2, `${usages.length - atStart} times`);
    const done = ended(panel.session);
    gate.open();
    await done;
    clock.advance(40);
    assert.ok((usages.at(-1)?.history ?? 0) > (usages[atStart - 1]?.history ?? 0));
  });
});
