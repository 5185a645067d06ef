import assert from 'node:assert/strict';
import { RepeatFilter } from '../../../src/conversation/continuation';
import { Conversation } from '../../../src/conversation/conversation';
import type { ConversationSession } from '../../../src/conversation/session';
import type { AssistantTurn } from '../../../src/shared/turn';
import { Gate } from '../../support/ollamaServer/exchange';
import {
  Domain,
  ended,
  getTexts,
  lastAnswer,
  refuse,
  reply,
  say,
  toPieces,
  written,
} from './domainFixture';

describe('session, editing and branches', () => {
  let domain: Domain;
  beforeEach(() => {
    domain = new Domain();
  });

  async function exchange(
    session: ConversationSession,
    message: string,
    text: string,
  ): Promise<string> {
    domain.model.answerWith(reply([text]));
    return (await say(session, message)).id;
  }

  async function regenerate(
    session: ConversationSession,
    turnId: string,
    text: string,
    model?: string,
  ): Promise<AssistantTurn> {
    domain.model.answerWith(reply([text]));
    const end = ended(session);
    session.regenerate(turnId, model);
    return end;
  }

  it('edits an earlier message as a branch, and can show the first one again', async () => {
    const session = domain.session();
    await exchange(session, 'One', 'first');
    await exchange(session, 'Two', 'second');
    const [question] = session.conversation.path();
    assert.ok(question);
    domain.model.answerWith(reply(['other']));
    const end = ended(session);
    assert.equal(session.editAndResend(question.id, 'Uno'), 'sent');
    await end;
    assert.deepEqual(getTexts(session), ['Uno', 'other']);
    assert.deepEqual(domain.model.lastMessages, [{ role: 'user', content: 'Uno' }]);

    const [edited] = session.conversation.path();
    assert.ok(edited);
    assert.equal(session.conversation.branch(edited.id)?.index, 1);
    session.selectBranch(edited.id, -1);
    assert.deepEqual(getTexts(session), ['One', 'first', 'Two', 'second']);
    session.selectBranch(question.id, -1);
    assert.deepEqual(getTexts(session), ['One', 'first', 'Two', 'second']);
  });

  it('answers again with another model, and keeps the first answer', async () => {
    const session = domain.session();
    const first = await exchange(session, 'One', 'first');
    const second = await regenerate(session, first, 'larger', 'big');
    assert.deepEqual([second.model, second.text], ['big', 'larger']);
    assert.equal(session.conversation.branch(second.id)?.siblings.length, 2);
  });

  it('stores the branch that was chosen, until a later turn', async () => {
    const session = domain.session();
    const first = await exchange(session, 'One', 'first');
    const second = await regenerate(session, first, 'again');
    session.selectBranch(second.id, -1);
    const getStored = async (): Promise<readonly string[]> => {
      await domain.store.flush();
      const events = domain.store.events.get(session.conversation.id);
      return new Conversation('x', events).path().map(({ text }) => text);
    };
    assert.deepEqual(await getStored(), ['One', 'first']);
    await regenerate(session, first, 'third');
    assert.deepEqual(await getStored(), ['One', 'third']);
  });

  it('deletes a message with its answer, and keeps what came after', async () => {
    const session = domain.session();
    await exchange(session, 'One', 'first');
    await exchange(session, 'Two', 'second');
    await exchange(session, 'Three', 'third');
    session.deleteTurn(session.conversation.path()[2]?.id ?? '');
    assert.deepEqual(getTexts(session), ['One', 'first', 'Three', 'third']);
    await exchange(session, 'Four', 'fourth');
    assert.deepEqual(
      domain.model.lastMessages.map(({ content }) => content),
      ['One', 'first', 'Three', 'third', 'Four'],
    );
  });

  it('deletes one answer of two, and shows the other', async () => {
    const session = domain.session();
    const first = await exchange(session, 'One', 'first');
    const second = await regenerate(session, first, 'again');
    session.deleteTurn(second.id);
    assert.deepEqual(getTexts(session), ['One', 'first']);
  });

  it('refuses to change turns while an answer is running, and tells the caller', async () => {
    const session = domain.session();
    const first = await exchange(session, 'One', 'first');
    domain.model.answerWith(reply(['late'], { gate: new Gate() }));
    session.send('Two');
    const before = getTexts(session);
    session.regenerate(first);
    session.continueTurn(first);
    assert.equal(session.deleteTurn(first), false);
    assert.equal(session.selectBranch(first, 1), false);
    assert.equal(session.editAndResend(session.conversation.path()[0]?.id ?? '', 'x'), 'busy');
    assert.deepEqual(getTexts(session), before);
    session.stop();
  });
});

describe('session, continuing an answer', () => {
  let domain: Domain;
  beforeEach(() => {
    domain = new Domain();
  });

  /** A session whose last answer was stopped after this text. */
  async function createStopped(
    text: string,
  ): Promise<{ readonly session: ConversationSession; readonly id: string }> {
    const session = domain.session();
    const gate = new Gate();
    domain.model.answerWith(reply([text, ' and more'], { gate }));
    session.send('Name the seasons.');
    gate.release(1);
    await written(session, text);
    session.stop();
    return { session, id: lastAnswer(session).id };
  }

  async function continueTurn(session: ConversationSession, id: string): Promise<AssistantTurn> {
    const end = ended(session);
    session.continueTurn(id);
    return end;
  }

  it('continues in the same turn from the partial answer, without thinking', async () => {
    const { session, id } = await createStopped('Spring, sum');
    domain.model.answerWith(reply(['mer, ', 'autumn, ', 'winter.']));
    const turn = await continueTurn(session, id);
    assert.deepEqual(
      [turn.id, turn.text, turn.continuationOffsets, turn.end?.kind],
      [id, 'Spring, summer, autumn, winter.', [11], 'done'],
    );
    assert.equal(domain.model.prompts.at(-1)?.think, false);
    assert.deepEqual(domain.model.lastMessages, [
      { role: 'user', content: 'Name the seasons.' },
      { role: 'assistant', content: 'Spring, sum' },
    ]);
  });

  it('shows the partial answer once when the server echoes it', async () => {
    const { session, id } = await createStopped('One, two, three, fo');
    domain.model.answerWith(reply(['One, two, three, fo', 'ur, five']));
    assert.equal((await continueTurn(session, id)).text, 'One, two, three, four, five');
  });

  it('asks in words when the model begins its answer again from the top', async () => {
    const { session, id } = await createStopped('One day, a local llama, a wise');
    domain.model.answerWith(
      reply(toPieces('One day, a local llama, a tale of a llama named Tina.')),
      reply([' one, went for a walk.']),
    );
    const turn = await continueTurn(session, id);
    assert.equal(turn.text, 'One day, a local llama, a wise one, went for a walk.');
    assert.equal(domain.model.prompts.length, 3);
    assert.equal(domain.model.lastMessages.at(-1)?.role, 'user');
    assert.deepEqual(turn.end, { kind: 'done', reason: 'stop' });
  });

  it('keeps a short likeness, which can be chance', async () => {
    const { session, id } = await createStopped('The seasons are spring and');
    domain.model.answerWith(reply(toPieces('The rest: summer.')));
    const turn = await continueTurn(session, id);
    assert.equal(turn.text, 'The seasons are spring andThe rest: summer.');
  });

  it('gives out what it held back when the stream ends within the repetition', async () => {
    const { session, id } = await createStopped('The seasons are spring, sum');
    domain.model.answerWith(reply(['The'], { end: null }));
    const turn = await continueTurn(session, id);
    assert.equal(turn.text, 'The seasons are spring, sumThe');
    assert.equal(turn.end?.kind, 'truncated');
  });

  it('asks in words when the server refuses an answer as the last message', async () => {
    const { session, id } = await createStopped('Spring, sum');
    domain.model.answerWith(
      refuse({ kind: 'server', message: 'the last message must be from the user', status: 400 }),
      reply(['mer.']),
    );
    assert.equal((await continueTurn(session, id)).text, 'Spring, summer.');
    const last = domain.model.lastMessages.at(-1);
    assert.equal(last?.role, 'user');
    assert.ok(last.content.endsWith('Spring, sum'));
  });

  it('drops old turns so that a long answer can be continued near a full context', async () => {
    domain.settings = { model: 'm', systemPrompt: '', profile: { contextLength: 2048 } };
    const session = domain.session();
    domain.model.answerWith(reply(['word '.repeat(120)]));
    for (const message of ['First', 'Second', 'Third']) await say(session, message);
    const gate = new Gate();
    domain.model.answerWith(reply(['long '.repeat(1200), 'more'], { gate }));
    session.send('Fourth');
    gate.release(1);
    await written(session, 'long');
    session.stop();
    domain.model.answerWith(reply(['and the end.']));
    const turn = await continueTurn(session, lastAnswer(session).id);
    assert.equal(turn.end?.kind, 'done');
    assert.equal(turn.metrics?.turnsLeftOut, 4);
    assert.deepEqual(
      domain.model.lastMessages.map(({ content }) => content.slice(0, 6)),
      ['Third', 'word w', 'Fourth', 'long l'],
    );
  });
});

describe('what a continuation repeats', () => {
  function filter(shown: string, text: string, inWords = false): string {
    const repeats = new RepeatFilter(shown, inWords);
    let given = '';
    for (const character of text) given += repeats.take(character);
    return given + repeats.rest();
  }
  const imports = "import x from 'y'\nimport z from 'w'\n";

  it('is a restart when it begins like the answer, and then gives out nothing', () => {
    const repeats = new RepeatFilter(imports + 'const a = 1;\ncon');
    assert.equal(repeats.take("import x from 'y'\nconst b"), '');
    assert.equal(repeats.isRestart, true);
    assert.equal(repeats.take('more') + repeats.rest(), '');
  });

  it('is dropped by whole lines once the model was asked in words', () => {
    assert.equal(filter(`${imports}const a`, `${imports}const b = 2;`, true), '\nconst b = 2;');
  });

  it('keeps every word of a line that only begins like the answer', () => {
    const text = "import x from 'yarn'\n";
    assert.equal(filter(imports, text, true), text);
  });

  it('is dropped when it says the last lines again up to where the answer ends', () => {
    const shown = 'Intro.\n\n| a | b |\n| --- | --- |\n| 1 | 2';
    assert.equal(filter(shown, '| --- | --- |\n| 1 | 2 |\n', true), ' |\n');
  });

  it('keeps a line that is alike but not the end of the answer', () => {
    const shown = 'a\n| --- | --- |\n| 1 | 2 |\n';
    assert.equal(filter(shown, '| --- | --- | --- |\n', true), '| --- | --- | --- |\n');
    assert.equal(filter(shown, '| 1 | 2 |\n', true), '| 1 | 2 |\n');
  });

  it('keeps new text unchanged, however it is cut into pieces', () => {
    const text = 'and then something else happened.\nThe end.';
    assert.equal(filter('Once upon a time there was a llama, ', text), text);
    assert.equal(filter('', text), text);
  });
});
