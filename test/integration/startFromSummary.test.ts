import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../support/clock';
import { answer, fail } from '../support/ollamaServer/scripts';
import { Gate } from '../support/ollamaServer/exchange';
import { ended } from '../unit/conversation/domainFixture';
import { PanelBench } from './support/page';

describe('a new chat from a summary', () => {
  let panel: PanelBench;
  let before: string;

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

  /** Asks for it, and gives the gate that lets the summary through. */
  async function begin(): Promise<Gate> {
    const gate = new Gate();
    panel.bench.server.onChat(answer(['- Cents are whole.'], { pacing: { gate } }));
    panel.say({ type: 'startFromSummary' });
    await panel.bench.server.received('/api/chat', 2);
    return gate;
  }

  const isNew = (): Promise<void> =>
    eventually(() => assert.notEqual(panel.session.conversation.id, before));

  it('puts it into the message of a new conversation, and sends nothing', async () => {
    (await begin()).open();
    await isNew();
    const [{ insert = '' } = {}] = panel.of('focusComposer');
    assert.equal(insert, 'Summary of our conversation so far:\n\n- Cents are whole.\n\n');
    assert.equal(panel.session.conversation.leaf, null);
    assert.equal(panel.bench.server.requestsTo('/api/chat').length, 2);
  });

  it('keeps it, after what was written before, when the panel was closed meanwhile', async () => {
    panel.say({ type: 'draftChanged', text: 'Half a thought', at: 1 });
    const gate = await begin();
    panel.hide();
    gate.open();
    await isNew();
    await panel.ready();
    assert.match(panel.page.draft.draft, /^Half a thought\nSummary [^]*whole\.\n\n$/u);
  });

  it('is in the message when the panel was moved meanwhile, whenever its new page comes', async () => {
    const early = await begin();
    panel.move();
    await panel.ready();
    early.open();
    await isNew();
    assert.match(panel.of('focusComposer').at(-1)?.insert ?? '', /whole\./u);

    panel.say({ type: 'draftChanged', text: '', at: 5 });
    panel.say({ type: 'send', id: 'r1', text: 'And what then?' });
    await eventually(() => assert.equal(panel.session.running, false));
    before = panel.session.conversation.id;
    const gate = new Gate();
    panel.bench.server.onChat(answer(['- Cents stay whole.'], { pacing: { gate } }));
    panel.say({ type: 'startFromSummary' });
    await panel.bench.server.received('/api/chat', 4);
    panel.move();
    gate.open();
    await isNew();
    await panel.ready();
    assert.match(panel.page.draft.draft, /stay whole\./u);
    assert.ok(panel.page.draft.draftAt > 5);
  });

  it('is there although the page went just when it came, and did not get it', async () => {
    panel.loses = ({ type }) => type === 'focusComposer';
    (await begin()).open();
    await isNew();
    await panel.ready();
    assert.match(panel.page.draft.draft, /whole\./u);
  });

  it('says why there is none, and tries again when asked to', async () => {
    const told: string[] = [];
    const { showWarningMessage } = vscode.window;
    Object.assign(vscode.window, {
      showWarningMessage: (sentence: string, button: string) => {
        panel.bench.server.onChat(answer(['- Whole.']));
        return Promise.resolve(told.push(sentence) === 1 ? button : undefined);
      },
    });
    try {
      panel.bench.server.onChat(fail(500, 'out of luck'));
      panel.say({ type: 'startFromSummary' });
      await isNew();
      assert.deepEqual(told, ['Ollama reported an error.']);
      assert.match(panel.of('focusComposer')[0]?.insert ?? '', /- Whole\./u);
    } finally {
      Object.assign(vscode.window, { showWarningMessage });
    }
  });
});
