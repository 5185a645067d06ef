import assert from 'node:assert/strict';
import { Conversations } from '../../../src/conversation/conversations';
import type { ConversationSession } from '../../../src/conversation/session';
import { type FileSystem, nodeFileSystem } from '../../../src/storage/fileSystem';
import type { OwnProcess } from '../../../src/storage/presence';
import { answer } from '../../support/ollamaServer/scripts';
import { Gate } from '../../support/ollamaServer/exchange';
import { Bench } from '../../support/sessionBench';
import { ended, lastAnswer, written } from '../conversation/domainFixture';

describe('two windows on one workspace', () => {
  let bench: Bench;
  const running = new Set<number>();
  let one: Conversations;
  let two: Conversations;

  beforeEach(async () => {
    bench = await Bench.start();
    [one, two] = [windowOf(1), windowOf(2)];
  });
  afterEach(async () => {
    one.dispose();
    two.dispose();
    await bench.close();
  });

  function windowOf(pid: number, fileSystem?: FileSystem): Conversations {
    running.add(pid);
    const own: OwnProcess = { pid, host: 'here', isRunning: (other) => running.has(other) };
    return new Conversations({
      ...bench.dependencies,
      store: bench.workspace.window(fileSystem, own),
    });
  }

  /** Time enough for each window to see what the other one has done. */
  async function lookAround(): Promise<void> {
    for (let second = 0; second < 6; second++) await bench.workspace.settle();
  }

  /** Asks in the first window; the answer comes token by token. */
  async function ask(): Promise<Gate> {
    const gate = new Gate();
    bench.server.onChat(answer(['One', ' two', ' three'], { pacing: { gate } }));
    one.current.send('Count!');
    await pass(gate, 'One');
    return gate;
  }

  async function pass(gate: Gate, text: string): Promise<void> {
    const arrived = written(one.current, text);
    gate.release();
    await arrived;
    await lookAround();
  }

  const textsOf = (session: ConversationSession): string[] =>
    session.conversation.path().map(({ text }) => text);

  it('leave an answer that is written in the other one as it is, and follow it', async () => {
    const gate = await ask();
    await two.restored();
    const { id } = lastAnswer(two.current);
    assert.equal(two.current.isWrittenInOtherWindow(id), true);
    assert.deepEqual(textsOf(two.current), ['Count!', 'One']);
    assert.equal(lastAnswer(two.current).end, undefined);
    assert.equal(two.current.send('And then?'), 'busy');
    await lookAround();

    await pass(gate, 'One two');
    assert.equal(lastAnswer(two.current).text, 'One two');
    const done = ended(one.current);
    gate.open();
    await done;
    await lookAround();
    assert.equal(lastAnswer(two.current).text, 'One two three');
    assert.deepEqual(lastAnswer(two.current).end, { kind: 'done', reason: 'stop' });
    assert.equal(two.current.isWrittenInOtherWindow(id), false);
    assert.equal(two.current.send('And then?'), 'sent');
  });

  it('read only what the other one has added to a long conversation', async () => {
    const long = 'A long message. '.repeat(10_000);
    for (const reply of ['Yes.', 'No.']) {
      bench.server.onChat(answer([reply]));
      const done = ended(one.current);
      one.current.send(long);
      await done;
    }
    const gate = await ask();
    const read = { bytes: 0 };
    const count = (bytes?: Uint8Array): Uint8Array | undefined => {
      read.bytes += bytes?.length ?? 0;
      return bytes;
    };
    two = windowOf(2, {
      ...nodeFileSystem,
      read: async (file) =>
        file.includes('conversations')
          ? count(await nodeFileSystem.read(file))
          : nodeFileSystem.read(file),
      readFrom: async (file, offset) => count(await nodeFileSystem.readFrom(file, offset)),
    });
    await two.restored();
    assert.ok(read.bytes > 2 * long.length);
    await lookAround();
    read.bytes = 0;
    await pass(gate, 'One two');
    assert.deepEqual(textsOf(two.current).slice(-2), ['Count!', 'One two']);
    assert.ok(read.bytes > 0 && read.bytes < 2_000, `${read.bytes} bytes`);
    const done = ended(one.current);
    gate.open();
    await done;
    await lookAround();
    assert.equal(lastAnswer(two.current).text, 'One two three');
    assert.equal(two.current.conversation.path()[0]?.text, long);
  });

  it('queue a message while the other one is answering, and send it after that answer', async () => {
    const gate = await ask();
    await two.restored();
    assert.equal(two.pending.send('And then?'), 'queued');
    assert.deepEqual(
      two.pending.queue.map(({ text, isHeld }) => [text, isHeld]),
      [['And then?', false]],
    );
    const done = ended(one.current);
    gate.open();
    await done;
    bench.server.onChat(answer(['Four.']));
    await lookAround();
    assert.deepEqual(two.pending.queue, []);
    assert.deepEqual(textsOf(two.current).slice(0, 3), ['Count!', 'One two three', 'And then?']);
  });

  it('know an answer as interrupted once the window that wrote it is gone', async () => {
    await ask();
    await two.restored();
    await lookAround();
    assert.equal(lastAnswer(two.current).end, undefined);
    running.delete(1);
    await lookAround();
    assert.equal(lastAnswer(two.current).text, 'One');
    assert.deepEqual(lastAnswer(two.current).end, { kind: 'interrupted' });
  });

  it('both say that the conversation is open in the other one, as long as it is', async () => {
    bench.server.onChat(answer(['Yes']));
    one.current.send('Here?');
    await ended(one.current);
    await two.restored();
    const told: boolean[] = [];
    one.onOpenInOtherWindowChanged((isOpen) => told.push(isOpen));
    await lookAround();
    assert.deepEqual([one.isOpenInOtherWindow, two.isOpenInOtherWindow], [true, true]);
    two.startNew();
    assert.equal(two.isOpenInOtherWindow, false);
    await lookAround();
    assert.deepEqual([one.isOpenInOtherWindow, two.isOpenInOtherWindow], [false, false]);
    assert.deepEqual(told, [true, false]);
  });

  it('show the messages of the other one, but stay on their own branch', async () => {
    bench.server.onChat(answer(['Yes']));
    one.current.send('Here?');
    await ended(one.current);
    await two.restored();
    two.current.send('From two');
    await ended(two.current);
    await lookAround();
    assert.deepEqual(textsOf(one.current), ['Here?', 'Yes', 'From two', 'Yes']);

    const gate = new Gate();
    bench.server.onChat(answer(['At the same time'], { first: gate }));
    two.current.send('Also from two');
    await bench.server.received('/api/chat', 3);
    bench.server.onChat(answer(['Yes']));
    one.current.send('From one');
    await ended(one.current);
    const done = ended(two.current);
    gate.open();
    await done;
    await lookAround();
    assert.equal(textsOf(one.current).at(-2), 'From one');
    assert.equal(textsOf(two.current).at(-2), 'Also from two');
    const { id = '' } = two.current.conversation.path().at(-2) ?? {};
    assert.equal(two.current.conversation.branch(id)?.siblings.length, 2);
  });

  it('let go of a conversation that is deleted in the other one', async () => {
    bench.server.onChat(answer(['Yes']));
    one.current.send('Here?');
    await ended(one.current);
    await two.restored();
    await one.delete(one.current.conversation.id);
    await lookAround();
    assert.deepEqual(textsOf(two.current), []);
  });
});
