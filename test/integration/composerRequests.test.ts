import assert from 'node:assert/strict';
import { attachments } from '../support/attachments';
import { maxMessageLength } from '../../src/shared/protocol';
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
    const [chip] = panel.page.pending.attachments;
    assert.equal(chip?.label, 'money.ts');
    assert.equal(chip.isPart, true);
    assert.match(chip.detail, /^src\/money\.ts, lines 1-2 of 9, about \d+ tokens$/u);
    panel.say({ type: 'previewAttachment', id: chip.id });
    panel.say({ type: 'previewAttachment', id: 'no-such' });
    assert.deepEqual(panel.attached.calls, ['money.ts']);
    panel.say({ type: 'attachParts', id: chip.id });
    panel.say({ type: 'attachParts', id: 'no-such' });
    await eventually(() => assert.equal(panel.returns, 1));
    assert.deepEqual(panel.attached.calls, ['money.ts', ['parts', 'money.ts']]);
    panel.say({ type: 'detach', id: chip.id });
    assert.deepEqual(panel.page.pending.attachments, []);
  });

  it('puts the caret back into the message when something was chosen in a list', async () => {
    await panel.ready();
    panel.say({ type: 'attach', source: 'file' });
    panel.say({ type: 'recover', action: 'checkConnection' });
    assert.equal(panel.returns, 0);
    const asked = [
      { type: 'attach', source: 'pick' },
      { type: 'pickModel' },
      { type: 'recover', action: 'selectModel' },
    ] as const;
    for (const [at, message] of asked.entries()) {
      panel.say(message);
      await eventually(() => assert.equal(panel.returns, at + 1));
    }
  });

  it('accepts a message by the id of its request, and forgets the draft then', async () => {
    panel.bench.server.onChat(answer(['Yes.']));
    await panel.ready();
    panel.say({ type: 'draftChanged', text: 'Continue.', at: 5 });
    panel.say({ type: 'send', id: 'first', text: 'Continue.' });
    assert.deepEqual(panel.of('accepted'), [{ type: 'accepted', id: 'first' }]);
    assert.equal(panel.conversations.draft, '');
    assert.ok(panel.conversations.draftAt > 5);
  });

  it('takes the same text twice for two messages', async () => {
    panel.bench.server.onChat(answer(['Yes.']));
    await panel.ready();
    panel.say({ type: 'send', id: 'first', text: 'Continue.' });
    panel.say({ type: 'send', id: 'second', text: 'Continue.' });
    assert.deepEqual(
      panel.of('accepted').map(({ id }) => id),
      ['first', 'second'],
    );
    assert.equal(panel.session.conversation.path()[0]?.text, 'Continue.');
    assert.deepEqual(
      panel.page.pending.queue.map(({ text }) => text),
      ['Continue.'],
    );
  });

  it('refuses a message that its schema refuses, and says why', async () => {
    await panel.ready();
    const text = 'x'.repeat(maxMessageLength + 1);
    panel.hear({ type: 'send', id: 'long', text });
    panel.hear({ type: 'editAndResend', id: 'edit', turnId: 'u1', text });
    panel.hear({ type: 'send', id: 'odd', text: 5 });
    panel.hear({ type: 'send', text: 'without an id' });
    assert.deepEqual(
      panel.of('refused').map(({ id, reason }) => [id, reason]),
      [
        ['long', 'tooLong'],
        ['edit', 'tooLong'],
        ['odd', 'invalid'],
      ],
    );
    assert.equal(panel.session.conversation.leaf, null);
  });

  it('answers every ready with a snapshot', async () => {
    await panel.ready();
    await panel.ready();
    assert.equal(panel.of('snapshot').length, 2);
  });

  it('shows the panel even if nothing can be restored', async () => {
    Object.assign(panel.conversations, {
      restored: () => Promise.reject(new Error('The disk is gone.')),
    });
    panel.say({ type: 'ready' });
    await eventually(() => assert.equal(panel.of('snapshot').length, 1));
  });

  it('attaches the beginning of a text that is too long for a message', async () => {
    await panel.ready();
    panel.say({ type: 'attachText', text: 'The beginning', length: 5_000_000 });
    assert.deepEqual(panel.attached.calls, [['The beginning', 5_000_000]]);
  });

  it('refuses an edited message while an answer is running', async () => {
    panel.bench.server.onChat(answer(['Yes.']));
    await panel.ready();
    panel.say({ type: 'send', id: 'r1', text: 'Are cents whole?' });
    const turnId = panel.session.conversation.path()[0]?.id ?? '';
    assert.equal(panel.session.running, true);
    panel.say({ type: 'editAndResend', id: 'r2', turnId, text: 'Are all cents whole?' });
    assert.deepEqual(panel.of('refused'), [{ type: 'refused', id: 'r2', reason: 'busy' }]);
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
