import assert from 'node:assert/strict';
import { Conversations } from '../../../src/conversation/conversations';
import { HistorySearch } from '../../../src/history/historySearch';
import { attachments } from '../../support/attachments';
import { answer } from '../../support/ollamaServer/scripts';
import { Bench } from '../../support/sessionBench';
import { ended } from '../conversation/domainFixture';
import { silentLogger } from '../storage/storeFixture';

const canary = 'canary4711';

describe('searching the history', () => {
  let bench: Bench;
  let conversations: Conversations;
  let search: HistorySearch;
  beforeEach(async () => {
    bench = await Bench.start();
    conversations = bench.conversations();
    const { clock } = bench.workspace;
    search = new HistorySearch({ store: bench.store, clock, logger: silentLogger });
    conversations.onDeleted((id) => search.forget(id));
  });
  afterEach(async () => {
    search.dispose();
    await bench.close();
  });

  async function say(message: string, reply: string): Promise<string> {
    bench.server.onChat(answer([reply]));
    const done = ended(conversations.current);
    conversations.current.send(message);
    await done;
    return conversations.current.conversation.id;
  }

  async function find(query: string): Promise<string[]> {
    await search.update(await bench.store.summaries());
    return search.find(query).map(({ conversationId }) => conversationId);
  }

  it('finds what was asked and answered, in whatever conversation', async () => {
    const first = await say('What is a mutex?', 'A lock.');
    conversations.startNew();
    const second = await say('And a semaphore?', 'A counter with a queue.');
    assert.deepEqual(await find('mutex'), [first]);
    assert.deepEqual(await find('queue'), [second]);
    assert.deepEqual((await find('a')).sort(), [first, second].sort());
  });

  it('finds what was attached, by its name and its words, until it is deleted', async () => {
    const text = `export const ${canary} = 1;`;
    conversations.pending.attach({ ...attachments.file, text });
    bench.server.onChat(answer(['A constant.']));
    const done = ended(conversations.current);
    conversations.pending.send('What is it?');
    await done;
    const { id } = conversations.current.conversation;
    for (const query of [canary, 'money.ts']) assert.deepEqual(await find(query), [id], query);
    const said = conversations.current.conversation.path()[0];
    conversations.current.deleteTurn(said?.id ?? '');
    assert.deepEqual(search.find(canary), []);
    assert.deepEqual(await find(canary), []);
  });

  it('finds the others when one cannot be read, and that one when it can be read again', async () => {
    const first = await say('What is a mutex?', 'A lock.');
    conversations.startNew();
    const second = await say('And a semaphore?', 'A lock with a counter.');
    const locked = new Set([first]);
    search = new HistorySearch({
      clock: bench.workspace.clock,
      logger: silentLogger,
      store: {
        open: (id) => (locked.has(id) ? Promise.reject(new Error('EBUSY')) : bench.store.open(id)),
      },
    });
    assert.deepEqual(await find('lock'), [second]);
    locked.clear();
    assert.deepEqual((await find('lock')).sort(), [first, second].sort());
  });

  it('reads only what has changed, and finds that too', async () => {
    await say('What is a mutex?', 'A lock.');
    conversations.startNew();
    const second = await say('And a semaphore?', 'A counter.');
    const read: string[] = [];
    const counting = new HistorySearch({
      clock: bench.workspace.clock,
      logger: silentLogger,
      store: {
        open: (id) => {
          read.push(id);
          return bench.store.open(id);
        },
      },
    });
    await counting.update(await bench.store.summaries());
    assert.equal(read.length, 2);
    await say('Who invented it?', 'Dijkstra.');
    await counting.update(await bench.store.summaries());
    assert.deepEqual(read.slice(2), [second]);
    assert.deepEqual(
      counting.find('dijkstra').map(({ conversationId }) => conversationId),
      [second],
    );
    counting.dispose();
  });

  it('finds the messages of another window', async () => {
    await find('nothing');
    const other = new Conversations({
      ...bench.dependencies,
      store: bench.workspace.window(),
    });
    bench.server.onChat(answer(['Said elsewhere.']));
    other.current.send('Where?');
    await ended(other.current);
    assert.deepEqual(await find('elsewhere'), [other.current.conversation.id]);
  });

  it('drops all text of a deleted conversation at once', async () => {
    await say('What is a mutex?', 'A lock.');
    await find('mutex');
    const words = search.wordCount;
    conversations.startNew();
    const id = await say(`My ${canary} is secret`, `Your ${canary}?`);
    assert.deepEqual(await find(canary), [id]);
    await conversations.delete(id);
    assert.deepEqual(search.find(canary), []);
    assert.equal(search.wordCount, words);
    assert.deepEqual(await find(canary), []);
  });

  it('drops all text of a deleted message at once', async () => {
    const id = await say('What is a mutex?', 'A lock.');
    await say(`My ${canary} is secret`, `Your ${canary}?`);
    assert.deepEqual(await find(canary), [id]);
    const secret = conversations.current.conversation.path()[2];
    conversations.current.deleteTurn(secret?.id ?? '');
    assert.deepEqual(search.find(canary), []);
    assert.deepEqual(await find(canary), []);
    assert.deepEqual(await find('mutex'), [id]);
  });

  it('frees its memory when it is not used, and can still be searched', async () => {
    const id = await say('What is a mutex?', 'A lock.');
    await find('mutex');
    bench.workspace.clock.advance(10 * 60_000);
    assert.equal(search.wordCount, 0);
    assert.deepEqual(await find('mutex'), [id]);
  });
});
