import assert from 'node:assert/strict';
import type { ConversationSession } from '../../../src/conversation/session';
import { Gate } from '../../support/ollamaServer/exchange';
import { answer, replay } from '../../support/ollamaServer/scripts';
import { Bench } from '../../support/sessionBench';
import { ended, lastAnswer, written } from '../conversation/domainFixture';

describe('an answer that real servers continue', () => {
  let bench: Bench;
  let session: ConversationSession;
  beforeEach(async () => {
    bench = await Bench.start();
    session = bench.session();
  });
  afterEach(() => bench.close());

  /** An answer that was stopped after this text, continued. */
  async function continueAfter(partial: string, ...scripts: readonly string[]): Promise<string> {
    const gate = new Gate();
    bench.server.once('/api/chat', answer([partial, 'never'], { pacing: { gate } }));
    session.send('Name them.');
    gate.release();
    await written(session, partial);
    session.stop();
    for (const name of scripts) bench.server.once('/api/chat', replay(name));
    const over = ended(session);
    session.continueTurn(lastAnswer(session).id);
    await over;
    return lastAnswer(session).text;
  }

  const seasons = 'The four seasons are spring, sum';

  it('goes on after a server that repeats the partial answer first', async () => {
    const text = await continueAfter('One, two, three, fo', 'chat-continue-native-echo');
    assert.match(text, /^One, two, three, fo, four, five, six/u);
  });

  it('goes on where the template leaves the answer open', async () => {
    const text = await continueAfter(seasons, 'chat-continue-prefill-thinking');
    assert.equal(text, 'The four seasons are spring, summon, autumn, and winter.');
  });

  it('says nothing twice where the template closes it and the model begins again', async () => {
    const text = await continueAfter(seasons, 'chat-continue-prefill', 'chat-continue-ask');
    assert.equal(text, 'The four seasons are spring, summer, and fall');
  });

  it('is asked for in words when the model begins again with another text', async () => {
    const partial = 'The four seasons are spring and';
    const text = await continueAfter(partial, 'chat-continue-prefill', 'chat-continue-ask');
    const [, , asked] = bench.server.requestsTo('/api/chat');
    assert.match(JSON.stringify(asked), /Continue your answer exactly where it was cut off/u);
    // Nothing of the first attempt is in it, and no word is cut in two.
    assert.ok(text.startsWith(partial));
    assert.equal(text.slice(partial.length), '\n\nThe four seasons are spring, summer, and fall');
  });
});
