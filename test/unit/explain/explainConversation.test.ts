import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Conversation } from '../../../src/conversation/conversation';
import type { ChatSettings } from '../../../src/conversation/ports';
import { ConversationSession } from '../../../src/conversation/session';
import { dropExpired, toConversation } from '../../../src/explain/explainConversation';
import { ExplainDialogue, type ExplainSettings } from '../../../src/explain/explainDialogue';
import { Domain, ended, say } from '../conversation/domainFixture';

const subject = { code: 'x', language: 'js', path: 'a.js', firstLine: 1, lastLine: 1 };
const settings: ExplainSettings = {
  model: 'm',
  answerLanguage: '',
  profile: {},
  contextTokens: 4096,
  followUps: 'messages',
};
const end = { kind: 'done', reason: 'stop', metrics: {} } as const;

describe('explainConversation', () => {
  it('carries every question, answer, end and figure over', () => {
    const events = toConversation(
      {
        turns: [
          {
            model: 'm',
            answer: 'It is x.',
            end: { kind: 'done', reason: 'stop' },
            metrics: { evalCount: 3 },
          },
          { question: 'Why?', model: 'n', answer: 'Bec', end: { kind: 'stopped' } },
          { question: 'And?', model: 'n', answer: '' },
        ],
        first: { system: 'Explain.', prompt: 'Explain this code: x' },
        title: 'Explanation of a.js:1',
      },
      randomUUID,
      7,
    );
    const conversation = new Conversation('c', events);
    assert.equal(conversation.title, 'Explanation of a.js:1');
    const shown = conversation.path().map((turn) => {
      const end = turn.role === 'assistant' ? [turn.model, turn.state, turn.metrics] : [];
      return [turn.text, ...end];
    });
    assert.deepEqual(shown, [
      ['Explain this code: x'],
      ['It is x.', 'm', 'done', { evalCount: 3 }],
      ['Why?'],
      ['Bec', 'n', 'stopped', {}],
      ['And?'],
      ['', 'n', 'interrupted', {}],
    ]);
  });
});

describe('a chat that continues an explanation', () => {
  /** An explanation with surrounding code, and a session that continues it. */
  function continueExplanation(domain: Domain): {
    readonly dialogue: ExplainDialogue;
    readonly session: ConversationSession;
  } {
    const dialogue = new ExplainDialogue(subject);
    dialogue.begin(settings);
    dialogue.addContext({ imports: "import { x } from './x';" });
    dialogue.request();
    dialogue.append('It is x.');
    dialogue.finish(end);
    const first = dialogue.getFirstRequest({ ...settings, contextTokens: 16 });
    const texts = { turns: dialogue.turns, first, title: 'x' };
    const events = toConversation(texts, randomUUID, 7);
    const conversation = new Conversation('c', events);
    return { dialogue, session: new ConversationSession(conversation, domain.dependencies) };
  }

  const chatSettings: ChatSettings = { model: 'm', systemPrompt: 'Be helpful.', profile: {} };

  it('sends the same messages as a follow-up, so that the server reads only the question', async () => {
    const domain = new Domain();
    domain.settings = chatSettings;
    const { dialogue, session } = continueExplanation(domain);
    dialogue.begin(settings, 'Why?');
    const followUp = dialogue.request();
    await say(session, 'Why?');
    assert.deepEqual(domain.model.lastMessages, followUp.kind === 'chat' && followUp.messages);
    const [first] = session.conversation.path();
    session.editAndResend(first?.id ?? '', 'Explain it briefly.');
    await ended(session);
    assert.notEqual(domain.model.lastMessages[0]?.content, chatSettings.systemPrompt);
  });

  it('sends the configured system prompt when the explanation is excluded', async () => {
    const domain = new Domain();
    domain.settings = chatSettings;
    const { session } = continueExplanation(domain);
    await say(session, 'Why?');
    const question = session.conversation.path().findLast(({ role }) => role === 'user');
    session.setContextStart(question?.id ?? '');
    await say(session, 'And now?');
    assert.equal(domain.model.lastMessages[0]?.content, chatSettings.systemPrompt);
  });
});

describe('dropExpired', () => {
  const day = 24 * 60 * 60 * 1000;
  const storedAt = (createdAt: number): Parameters<typeof dropExpired>[0][number] => ({
    v: 1,
    id: `e${createdAt}`,
    createdAt,
    uri: 'file:///a.ts',
    range: { first: 0, last: 0 },
    subject: { code: 'a', language: 'ts', path: 'a.ts', firstLine: 1, lastLine: 1 },
    turns: [{ model: 'm', answer: 'A.' }],
    sent: [],
  });

  it('keeps explanations of the last 90 days', () => {
    const now = 1_000 * day;
    const [old, kept, newest] = [storedAt(now - 91 * day), storedAt(now - 90 * day), storedAt(now)];
    assert.deepEqual(dropExpired([old, newest, kept], now), [newest, kept]);
  });

  it('keeps at most 200, the newest', () => {
    const stored = Array.from({ length: 250 }, (_each, index) => storedAt(index));
    assert.deepEqual(dropExpired(stored, 250), stored.slice(50));
  });
});
