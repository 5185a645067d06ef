import assert from 'node:assert/strict';
import type { SessionEvent } from '../../../src/conversation/session';
import { Gate } from '../../support/ollamaServer/exchange';
import {
  Domain,
  ended,
  getTexts,
  lastAnswer,
  overflow,
  refuse,
  reply,
  say,
  settled,
  toPieces,
  until,
  written,
} from './domainFixture';

describe('session', () => {
  let domain: Domain;
  beforeEach(() => {
    domain = new Domain();
  });

  it('streams an answer into the conversation and keeps what the server measured', async () => {
    const session = domain.session();
    domain.model.answerWith(reply(['Hel', 'lo'], { thinking: ['Hm'] }));
    const turn = await say(session, 'Hi');
    assert.deepEqual(
      { text: turn.text, thinking: turn.thinking, state: turn.state, model: turn.model },
      { text: 'Hello', thinking: 'Hm', state: 'done', model: 'm' },
    );
    assert.equal(turn.metrics?.evalCount, 2);
    assert.equal(session.running, false);
  });

  it('sends the conversation so far, oldest first, with the profile of the settings', async () => {
    const session = domain.session();
    domain.settings = { model: 'm', systemPrompt: 'Be brief.', profile: { contextLength: 2048 } };
    domain.model.answerWith(reply(['One']));
    await say(session, 'First');
    await say(session, 'Second');
    assert.deepEqual(domain.model.lastMessages, [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'First' },
      { role: 'assistant', content: 'One' },
      { role: 'user', content: 'Second' },
    ]);
    assert.deepEqual(domain.model.prompts.at(-1)?.profile, { contextLength: 2048 });
  });

  it('asks the model only after the message is stored', async () => {
    const session = domain.session();
    let allow: () => void = () => undefined;
    const isAllowed = new Promise<void>((resolve) => (allow = resolve));
    domain.store.beforeAppend = () => isAllowed;
    const end = ended(session);
    session.send('Hi');
    await settled();
    assert.deepEqual(domain.model.prompts, []);
    allow();
    await end;
    assert.equal(domain.model.prompts.length, 1);
  });

  it('gives every event to the store before a listener hears of it', async () => {
    const session = domain.session();
    const stored: unknown[] = [];
    const { store } = domain;
    const append = store.append.bind(store);
    store.append = (id, event) => {
      stored.push(event);
      return append(id, event);
    };
    const early: string[] = [];
    session.on((event) => {
      if (event.type === 'event' && !stored.includes(event.event)) early.push(event.event.kind);
    });
    await say(session, 'Hi');
    assert.deepEqual(early, []);
    assert.ok(stored.length >= 4);
  });

  it('logs a listener that throws, and loses neither text nor the end for anyone', async () => {
    const session = domain.session();
    domain.model.answerWith(reply(['One', ' two']));
    session.on(() => {
      throw new Error('a broken view');
    });
    const heard: SessionEvent[] = [];
    session.on((event) => heard.push(event));
    const turn = await say(session, 'Count');
    assert.deepEqual([turn.text, turn.end?.kind], ['One two', 'done']);
    await domain.store.flush();
    const stored = domain.store.events.get(session.conversation.id)?.map(({ kind }) => kind);
    assert.equal(stored?.at(-1), 'turnEnded');
    assert.ok(heard.some((event) => event.type === 'event' && event.event.kind === 'turnEnded'));
    assert.ok(domain.errors.some((message) => message.includes('a broken view')));
  });

  it('aborts the request on stop and adds nothing more to that answer', async () => {
    const session = domain.session();
    const gate = new Gate();
    domain.model.answerWith(reply(toPieces('one two three four'), { gate }));
    session.send('Count');
    gate.release(2);
    await written(session, 'one two');
    session.stop();
    const later: SessionEvent[] = [];
    session.on((event) => later.push(event));
    assert.equal(domain.model.signals[0]?.aborted, true);
    gate.open();
    domain.model.answerWith(reply(['Next']));
    await say(session, 'Again');
    const [, stopped] = session.conversation.path();
    assert.equal(stopped?.role, 'assistant');
    assert.deepEqual([stopped.text, stopped.state], ['one two', 'stopped']);
    const turnIds = later.map((event) =>
      event.type === 'activity' ? event.turnId : 'turnId' in event.event && event.event.turnId,
    );
    assert.ok(!turnIds.includes(stopped.id));
  });

  it('can be stopped before any text has come', async () => {
    const session = domain.session();
    domain.model.answerWith(reply(['Late'], { gate: new Gate() }));
    session.send('Hi');
    await settled();
    session.stop();
    assert.equal(lastAnswer(session).state, 'stopped');
    assert.equal(domain.model.signals[0]?.aborted, true);
  });

  it('refuses an empty message, and a second one while it answers', async () => {
    const session = domain.session();
    assert.equal(session.send(' \n '), 'empty');
    assert.equal(session.conversation.leaf, null);
    const end = ended(session);
    assert.equal(session.send('Hi'), 'sent');
    assert.equal(session.send('Me too'), 'busy');
    await end;
    assert.equal(session.conversation.path().length, 2);
  });

  it('marks a stream that ends without an end event as truncated, never as stopped', async () => {
    const session = domain.session();
    domain.model.answerWith(reply(['It ', 'promises'], { end: null }));
    const { text, end } = await say(session, 'Hi');
    assert.equal(text, 'It promises');
    assert.equal(end?.kind, 'truncated');
    domain.model.answerWith(reply([], { end: null }));
    assert.equal((await say(session, 'Hi')).end?.kind, 'truncated');
  });

  it('ends an answer as an internal error when Cria itself fails, and logs the stack', async () => {
    const session = domain.session();
    domain.model.answerWith(() => {
      throw new TypeError('undefined is not a function');
    });
    const { end } = await say(session, 'Hi');
    assert.deepEqual(end, {
      kind: 'failed',
      failure: { kind: 'internal', message: 'undefined is not a function' },
    });
    assert.ok(domain.errors.some((message) => message.includes('TypeError')));
    assert.equal(session.running, false);
  });

  it('keeps the failure that the server reported', async () => {
    const session = domain.session();
    domain.model.answerWith(refuse({ kind: 'modelMissing', message: 'model not found' }));
    const { end } = await say(session, 'Hi');
    assert.equal(end?.kind === 'failed' && end.failure.kind, 'modelMissing');
  });

  it('reports that no model is selected without asking the server', async () => {
    const session = domain.session();
    domain.settings = { ...domain.settings, model: '' };
    const { end } = await say(session, 'Hi');
    assert.equal(end?.kind === 'failed' && end.failure.kind, 'noModel');
    assert.deepEqual(domain.model.prompts, []);
  });

  it('answers again as another branch', async () => {
    const session = domain.session();
    domain.model.answerWith(reply(['One']), reply(['Two']));
    const first = await say(session, 'Hi');
    const end = ended(session);
    session.regenerate(first.id);
    const second = await end;
    assert.equal(second.text, 'Two');
    assert.equal(second.parent, first.parent);
    assert.equal(session.conversation.turn(first.id)?.text, 'One');
    assert.deepEqual(domain.model.lastMessages, [{ role: 'user', content: 'Hi' }]);
  });
});

describe('session and the context window', () => {
  let domain: Domain;
  beforeEach(() => {
    domain = new Domain();
  });

  const sentStarts = (): readonly string[] =>
    domain.model.lastMessages.map(({ content }) => content.slice(0, 8));

  it('drops the oldest exchanges after an exact refusal, tries once more, and reports how many', async () => {
    const session = domain.session();
    domain.model.answerWith(reply(['x'.repeat(600)]));
    for (const message of ['First', 'Second', 'Third']) await say(session, message);
    domain.model.answerWith(refuse(overflow(1200, 1024)), reply(['x'.repeat(600)]));
    const { end, metrics } = await say(session, 'Fourth');
    assert.equal(end?.kind, 'done');
    assert.equal(metrics?.turnsLeftOut, 4);
    assert.deepEqual(sentStarts(), ['Third', 'xxxxxxxx', 'Fourth']);
  });

  it('lets an overflow stand for which nothing can be dropped, with its counts', async () => {
    const session = domain.session();
    domain.model.answerWith(refuse(overflow(9000, 4096)));
    const { end } = await say(session, 'A very long message');
    assert.equal(end?.kind, 'failed');
    assert.deepEqual(
      [end.failure.kind, end.failure.promptTokens, end.failure.contextLength],
      ['contextOverflow', 9000, 4096],
    );
    assert.equal(domain.model.prompts.length, 1);
  });

  it('leaves out the oldest exchanges before the server has to refuse, keeps the cut, and reports it once', async () => {
    domain.settings = { model: 'm', systemPrompt: '', profile: { contextLength: 1024 } };
    domain.model.answerWith(reply(['word '.repeat(120)]));
    const session = domain.session();
    const reported: number[] = [];
    const fronts = new Set<string>();
    for (let at = 0; at < 12; at += 1) {
      const { metrics } = await say(session, `${at} ${'word '.repeat(20)}`);
      if (metrics?.turnsLeftOut !== undefined) reported.push(metrics.turnsLeftOut);
      fronts.add(sentStarts()[0] ?? '');
    }
    assert.ok(reported.length >= 1 && reported.length <= 5, String(reported));
    assert.deepEqual(
      reported.toSorted((a, b) => a - b),
      reported,
    );
    assert.equal(fronts.size, reported.length + 1);
  });

  /** Ten messages at a context length that holds about half of them. */
  async function createCutSession(): Promise<ReturnType<Domain['session']>> {
    domain.settings = { model: 'm', systemPrompt: '', profile: { contextLength: 2048 } };
    domain.model.answerWith(reply(['word '.repeat(200)]));
    const session = domain.session();
    for (let at = 0; at < 10; at += 1) await say(session, `${at} ${'word '.repeat(20)}`);
    assert.notEqual(sentStarts()[0]?.[0], '0');
    return session;
  }

  it('sends left-out messages again after the context length was raised', async () => {
    const session = await createCutSession();
    domain.settings = { model: 'm', systemPrompt: '', profile: { contextLength: 32_768 } };
    assert.equal(session.preview({ text: 'Hi', attachments: [] }).leftOut, 0);
    await say(session, 'Hi');
    assert.equal(sentStarts()[0]?.[0], '0');
    assert.equal(domain.model.lastMessages.length, 21);
  });

  it('sends left-out messages again to a model with a longer context, and for that answer only', async () => {
    const session = await createCutSession();
    domain.known.set('big', { allocated: { '2048': 32_768 } });
    const end = ended(session);
    session.regenerate(lastAnswer(session).id, 'big');
    await end;
    assert.equal(domain.model.lastMessages.length, 19);
    await say(session, 'Hi');
    assert.notEqual(sentStarts()[0]?.[0], '0');
  });

  it('sends left-out messages again when the server has allocated more than was assumed', async () => {
    domain.model.answerWith(reply(['word '.repeat(200)]));
    const session = domain.session();
    for (let at = 0; at < 20; at += 1) await say(session, `${at} ${'word '.repeat(20)}`);
    assert.notEqual(sentStarts()[0]?.[0], '0');
    domain.context = { allocated: 32_768 };
    await session.refreshContextLimit();
    await say(session, 'Hi');
    assert.equal(sentStarts()[0]?.[0], '0');
  });

  it('changes nothing by a preview or a refused request', async () => {
    domain.settings = { model: 'm', systemPrompt: '', profile: { contextLength: 4096 } };
    domain.model.answerWith(reply(['word '.repeat(200)]));
    const session = domain.session();
    for (let at = 0; at < 8; at += 1) await say(session, `${at} ${'word '.repeat(20)}`);
    const before = sentStarts()[0];
    session.preview({ text: 'x'.repeat(12_000), attachments: [] });
    domain.known.clear();
    domain.model.answerWith(refuse({ kind: 'server', message: 'no', status: 503 }));
    const refused = await say(session, 'x'.repeat(8000));
    assert.equal(refused.end?.kind, 'failed');
    session.deleteTurn(refused.parent ?? '');
    domain.model.answerWith(reply(['Yes.']));
    await say(session, 'Hi');
    assert.equal(sentStarts()[0], before);
  });

  it('sends nothing from before the context start, until earlier messages are included again', async () => {
    const session = domain.session();
    for (const text of ['First', 'Second', 'Third']) await say(session, text);
    const second = session.conversation.path()[2];
    assert.ok(second);
    assert.equal(session.setContextStart(second.id), true);
    assert.equal(session.preview({ text: '', attachments: [] }).excluded, 2);
    await say(session, 'Fourth');
    assert.deepEqual(sentStarts(), ['Second', 'Yes.', 'Third', 'Yes.', 'Fourth']);
    assert.equal(session.setContextStart(session.conversation.path()[1]?.id ?? ''), false);
    assert.equal(session.conversation.contextStart, second.id);
    session.setContextStart(null);
    await say(session, 'Fifth');
    assert.equal(sentStarts()[0], 'First');
    assert.equal(session.conversation.path().length, 10);
  });

  it('stores the context start, and moves it on when its message is deleted', async () => {
    const session = domain.session();
    for (const text of ['First', 'Second', 'Third']) await say(session, text);
    const [, , second, , third] = session.conversation.path();
    session.setContextStart(second?.id ?? '');
    session.deleteTurn(second?.id ?? '');
    assert.equal(session.conversation.contextStart, third?.id);
    await domain.store.flush();
    const events = domain.store.events.get(session.conversation.id) ?? [];
    assert.ok(events.some(({ kind }) => kind === 'forgotten'));
  });

  it('sets the context start even while an answer is running', async () => {
    const session = domain.session();
    await say(session, 'First');
    const gate = new Gate();
    domain.model.answerWith(reply(['Late'], { gate }));
    const end = ended(session);
    session.send('Second');
    const second = session.conversation.path()[2]?.id ?? '';
    assert.equal(session.setContextStart(second), true);
    gate.open();
    await end;
    await say(session, 'Third');
    assert.deepEqual(sentStarts(), ['Second', 'Late', 'Third']);
  });

  it('proves after an answer that the server read what was sent, or reports that it truncated it', async () => {
    domain.model.answerWith(reply(['Yes.'], { metrics: { promptEvalCount: 514 } }));
    const { metrics } = await say(domain.session(), 'word '.repeat(3000));
    assert.equal(metrics?.promptWasCut, true);
    assert.equal(domain.known.get('m')?.factors, undefined);
    domain.model.answerWith(reply(['Yes.'], { metrics: { promptEvalCount: 3005 } }));
    const other = await say(domain.session(), 'word '.repeat(3000));
    assert.equal(other.metrics?.promptWasCut, undefined);
    await settled();
    assert.ok((domain.known.get('m')?.factors?.prose?.value ?? 0) > 0.6);
  });

  it('asks the model only when the user asks something', async () => {
    const conversations = domain.conversations();
    const session = conversations.current;
    const count = (): number => domain.model.prompts.length;
    session.preview({ text: 'Draft', attachments: [] });
    conversations.saveDraft('Draft');
    assert.equal(count(), 0);
    await say(session, 'First');
    assert.equal(count(), 1);
    const [first] = session.conversation.path();
    session.setContextStart(first?.id ?? '');
    session.setContextStart(null);
    await session.rename('Title');
    await session.pin(true);
    session.selectBranch(first?.id ?? '', 1);
    await session.refreshContextLimit();
    conversations.startNew();
    await conversations.open(session.conversation.id);
    assert.equal(count(), 1);
    const { current } = conversations;
    const end = until(
      current,
      (event) => event.type === 'event' && event.event.kind === 'turnEnded',
    );
    current.regenerate(current.conversation.path()[1]?.id ?? '');
    await end;
    assert.equal(count(), 2);
    assert.deepEqual(getTexts(current), ['First', 'Yes.']);
  });
});
