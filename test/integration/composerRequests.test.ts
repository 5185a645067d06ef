import assert from 'node:assert/strict';
import { attachments } from '../support/samples';
import { eventually } from '../support/clock';
import { answer } from '../support/ollamaServer/scripts';
import { PanelBench } from './support/page';

describe('what the page asks for about the message', () => {
  let panel: PanelBench;

  beforeEach(async () => {
    panel = await PanelBench.start();
  });

  afterEach(() => panel.close());

  it('shows the attachments, removes them, and previews what is sent', async () => {
    await panel.ready();
    panel.conversations.pending.attach({ ...attachments.file, part: 'lines 1-2 of 9' });
    const [chip] = panel.page.outbox.attachments;
    assert.equal(chip?.label, 'money.ts');
    assert.equal(chip.isPart, true);
    assert.match(chip.detail, /^src\/money\.ts, lines 1-2 of 9, about \d+ tokens$/u);
    panel.say({ type: 'previewAttachment', id: chip.id });
    panel.say({ type: 'previewAttachment', id: 'no-such' });
    assert.deepEqual(panel.attached.calls, ['money.ts']);
    panel.say({ type: 'detach', id: chip.id });
    assert.deepEqual(panel.page.outbox.attachments, []);
  });

  it('puts the caret back into the message when something was chosen in a list', async () => {
    await panel.ready();
    panel.say({ type: 'attach', source: 'file' });
    panel.say({ type: 'fix', action: 'checkConnection' });
    assert.equal(panel.returns, 0);
    const asked = [
      { type: 'attach', source: 'pick' },
      { type: 'pickModel' },
      { type: 'fix', action: 'selectModel' },
    ] as const;
    for (const [at, message] of asked.entries()) {
      panel.say(message);
      await eventually(() => assert.equal(panel.returns, at + 1));
    }
  });

  it('gives an edited message back when an answer has begun meanwhile', async () => {
    panel.bench.server.onChat(answer(['Yes.']));
    await panel.ready();
    panel.say({ type: 'send', text: 'Are cents whole?' });
    const turnId = panel.session.conversation.path()[0]?.id ?? '';
    assert.equal(panel.session.running, true);
    panel.say({ type: 'editAndResend', turnId, text: 'Are all cents whole?' });
    assert.equal(panel.of('composer').at(-1)?.insert, 'Are all cents whole?');
    assert.equal(panel.conversations.draft, 'Are all cents whole?');
  });

  it('answers a question for names with its number', async () => {
    await panel.ready();
    const item = { label: 'a.ts', detail: 'src', icon: 'file', uri: 'file:///a.ts' };
    panel.attached.suggestions.push(item);
    panel.say({ type: 'query', seq: 7, of: 'workspace', text: 'a' });
    await eventually(() => assert.equal(panel.of('queryResult').length, 1));
    assert.deepEqual(panel.of('queryResult'), [{ type: 'queryResult', seq: 7, items: [item] }]);
  });
});
