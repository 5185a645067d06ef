import assert from 'node:assert/strict';
import { Conversations } from '../../../src/conversation/conversations';
import { Gate } from '../../support/ollamaServer/exchange';
import { Domain, ended, getTexts, lastAnswer, reply, say, settled, written } from './domainFixture';

describe('conversations', () => {
  let domain: Domain;
  let conversations: Conversations;
  beforeEach(async () => {
    domain = new Domain();
    conversations = domain.conversations();
    domain.model.answerWith(reply(['Yes']));
    await say(conversations.current, 'Is it so?');
    await domain.store.flush();
  });

  const titles = async (): Promise<string[]> =>
    (await domain.store.summaries()).map(({ title }) => title);
  const kinds = (id: string): readonly string[] =>
    domain.store.events.get(id)?.map(({ kind }) => kind) ?? [];

  it('renames a conversation, shown or not', async () => {
    const { id } = conversations.current.conversation;
    await conversations.rename(id, 'Certainty');
    assert.equal(conversations.current.conversation.title, 'Certainty');
    assert.deepEqual(await titles(), ['Certainty']);
    conversations.startNew();
    await conversations.rename(id, 'Doubt');
    assert.deepEqual(await titles(), ['Doubt']);
  });

  it('pins a conversation, shown or not', async () => {
    const { id } = conversations.current.conversation;
    const pinned = async (): Promise<boolean[]> =>
      (await domain.store.summaries()).map((summary) => summary.pinned);
    await conversations.pin(id, true);
    assert.equal(conversations.current.conversation.pinned, true);
    assert.deepEqual(await pinned(), [true]);
    conversations.startNew();
    await conversations.pin(id, false);
    assert.deepEqual(await pinned(), [false]);
  });

  it('knows which conversations have a running answer, also in the background', async () => {
    const { id } = conversations.current.conversation;
    const heard: boolean[] = [];
    conversations.onRunningChanged(() => heard.push(conversations.isRunning(id)));
    const [first, second] = [new Gate(), new Gate()];
    domain.model.answerWith(reply(['First'], { gate: first }), reply(['Second'], { gate: second }));
    const background = conversations.current;
    background.send('And now?');
    await settled();
    conversations.startNew();
    conversations.current.send('And here?');
    await settled();
    const shown = conversations.current;
    assert.equal(conversations.isRunning(id), true);
    assert.equal(conversations.isRunning(shown.conversation.id), true);

    const backgroundEnd = ended(background);
    first.open();
    await backgroundEnd;
    assert.equal(conversations.isRunning(id), false);
    assert.equal(heard.at(-1), false);
    await domain.store.flush();
    assert.equal(await conversations.open(id), true);
    assert.equal(lastAnswer(conversations.current).text, 'First');
    assert.equal(shown.running, true);
    const shownEnd = ended(shown);
    second.open();
    await shownEnd;
    assert.equal(lastAnswer(shown).text, 'Second');
  });

  it('lets an answer continue behind a new conversation, and shows it again', async () => {
    const gate = new Gate();
    domain.model.answerWith(reply(['one', ' two'], { gate }));
    const first = conversations.current;
    first.send('Count');
    gate.release(1);
    await written(first, 'one');
    conversations.startNew();
    assert.notEqual(conversations.current, first);
    const end = ended(first);
    gate.open();
    await end;
    await domain.store.flush();
    assert.equal(await conversations.open(first.conversation.id), true);
    assert.equal(lastAnswer(conversations.current).text, 'one two');
    assert.equal(await conversations.open('no-such'), false);
  });

  it('finds an answer interrupted that was running when its window closed', async () => {
    const gate = new Gate();
    domain.model.answerWith(reply(['one', ' two'], { gate }));
    const { current } = conversations;
    current.send('Count');
    gate.release(1);
    await written(current, 'one');
    conversations.dispose();
    assert.equal(domain.model.signals.at(-1)?.aborted, true);
    await domain.store.flush();
    const active = await domain.store.open(current.conversation.id);
    assert.ok(active);
    domain.store.restored = { ...domain.store.restored, active, draft: 'half a thou' };

    const next = new Conversations(domain.dependencies);
    await next.restored();
    assert.deepEqual(
      [lastAnswer(next.current).text, lastAnswer(next.current).state, next.draft],
      ['one', 'interrupted', 'half a thou'],
    );
  });

  it('starts another conversation if that is asked for before the stored one is restored', async () => {
    const active = await domain.store.open(conversations.current.conversation.id);
    assert.ok(active);
    domain.store.restored = { ...domain.store.restored, active };
    const next = new Conversations(domain.dependencies);
    const restoring = next.restored();
    next.startNew();
    await restoring;
    assert.equal(next.current.conversation.leaf, null);
  });

  it('shows the branch on which something was found', async () => {
    const { current } = conversations;
    const [, first] = current.conversation.path();
    domain.model.answerWith(reply(['No']));
    const end = ended(current);
    current.regenerate(first?.id ?? '');
    await end;
    assert.equal(lastAnswer(current).text, 'No');
    current.reveal(first?.id ?? '');
    assert.equal(lastAnswer(current).text, 'Yes');
  });

  describe('deleting', () => {
    it('shows an empty conversation, and can be undone', async () => {
      const { id } = conversations.current.conversation;
      const deleted = await conversations.delete(id);
      assert.ok(deleted);
      assert.equal(conversations.current.conversation.leaf, null);
      assert.deepEqual(await titles(), []);
      assert.equal(await conversations.open(id), false);

      await conversations.putBack(deleted);
      assert.deepEqual(getTexts(conversations.current), ['Is it so?', 'Yes']);
      assert.deepEqual(await titles(), ['Is it so?']);
    });

    it('stops the running answer', async () => {
      domain.model.answerWith(reply(['Late'], { gate: new Gate() }));
      conversations.current.send('And now?');
      await settled();
      await conversations.delete(conversations.current.conversation.id);
      assert.equal(domain.model.signals.at(-1)?.aborted, true);
      assert.deepEqual(await titles(), []);
    });

    it('returns nothing for a conversation that is not there', async () => {
      assert.equal(await conversations.delete('no-such'), undefined);
    });

    it('accepts no message meanwhile, sends nothing, and stores nothing after the tombstone', async () => {
      const { current } = conversations;
      const { id } = current.conversation;
      const gate = new Gate();
      domain.model.answerWith(reply(['Late'], { gate }));
      current.send('And now?');
      conversations.pending.send('Queued');
      await settled();
      const asked = domain.model.prompts.length;
      let allow: () => void = () => undefined;
      domain.store.beforeOpen = () => new Promise((resolve) => (allow = resolve));
      const deleting = conversations.delete(id);
      assert.equal(current.send('One more'), 'busy');
      conversations.pending.sendNow(conversations.pending.queue[0]?.id ?? '');
      void conversations.rename(id, 'Late');
      void conversations.pin(id, true);
      assert.equal(await conversations.open(id), false);
      gate.open();
      await settled();
      allow();
      assert.ok(await deleting);
      domain.store.beforeOpen = () => Promise.resolve();
      await settled();
      await domain.store.flush();
      assert.equal(kinds(id).at(-1), 'deleted');
      assert.equal(kinds(id).filter((kind) => kind === 'deleted').length, 1);
      assert.equal(domain.model.prompts.length, asked);
      assert.equal(conversations.isBusy, false);
      assert.deepEqual(domain.store.pending.queue, []);
    });

    it('leaves the conversation usable when the deletion cannot be stored', async () => {
      const { current } = conversations;
      domain.store.beforeAppend = ({ kind }) =>
        kind === 'deleted' ? Promise.reject(new Error('disk full')) : Promise.resolve();
      await assert.rejects(conversations.delete(current.conversation.id), /disk full/u);
      assert.equal((await say(current, 'Still here?')).text, 'Yes');
    });
  });
});

describe('a conversation that another window shows, too', () => {
  let domain: Domain;
  let conversations: Conversations;
  beforeEach(async () => {
    domain = new Domain();
    conversations = domain.conversations();
    domain.model.answerWith(reply(['Yes']));
    await say(conversations.current, 'Here?');
    await domain.store.flush();
  });

  const changed = async (): Promise<void> => {
    const conversationId = conversations.current.conversation.id;
    domain.store.emitOtherWindow({ kind: 'changed', conversationId });
    await settled();
  };

  it('reports while it is open in the other one', () => {
    const heard: boolean[] = [];
    conversations.onOpenInOtherWindowChanged((isOpen) => heard.push(isOpen));
    domain.store.emitOtherWindow({ kind: 'open', isOpen: true });
    assert.equal(conversations.isOpenInOtherWindow, true);
    domain.store.emitOtherWindow({ kind: 'open', isOpen: false });
    assert.deepEqual(heard, [true, false]);
  });

  it('follows an answer that the other one writes, and sends nothing after it', async () => {
    const { id } = conversations.current.conversation;
    const leaf = conversations.current.conversation.leaf;
    const answer = {
      role: 'assistant',
      id: 'far',
      parent: leaf,
      createdAt: 0,
      model: 'm',
    } as const;
    await domain.store.append(id, { kind: 'turnStarted', turn: answer });
    domain.store.writtenInOtherWindow.push('far');
    await changed();
    assert.equal(conversations.current.isWrittenInOtherWindow('far'), true);
    assert.equal(lastAnswer(conversations.current).end, undefined);
    assert.equal(conversations.current.send('And then?'), 'busy');
    domain.store.writtenInOtherWindow.pop();
    await changed();
    assert.deepEqual(lastAnswer(conversations.current).end, { kind: 'interrupted' });
    assert.equal(conversations.current.send('And then?'), 'sent');
  });

  it('keeps to its own branch', async () => {
    const { current } = conversations;
    const { id } = current.conversation;
    const own = getTexts(current);
    const turn = {
      role: 'user',
      id: 'far',
      parent: null,
      createdAt: 0,
      text: 'Elsewhere',
    } as const;
    await domain.store.append(id, { kind: 'turnStarted', turn });
    await changed();
    assert.deepEqual(getTexts(conversations.current), own);
    const [first] = conversations.current.conversation.path();
    assert.equal(conversations.current.conversation.branch(first?.id ?? '')?.siblings.length, 2);
  });

  it('is no longer shown once the other one has deleted it', async () => {
    const { id } = conversations.current.conversation;
    await domain.store.append(id, { kind: 'deleted' });
    await changed();
    assert.deepEqual(getTexts(conversations.current), []);
  });
});
