import assert from 'node:assert/strict';
import { toTerminalText } from '../../../src/codeBlocks/codeText';
import { Conversation } from '../../../src/conversation/conversation';
import { formatJson, joinJson, readExport } from '../../../src/history/conversationTransfer';
import { parseOrigin } from '../../../src/history/adoption';
import { costsMore } from '../../../src/settings/settingScope';
import type { ConversationEvent } from '../../../src/shared/turn';
import { compactRecords } from '../../../src/storage/compaction';
import { createRecord, type LogRecord } from '../../../src/storage/logRecord';
import { orderEvents } from '../../../src/storage/readConversation';
import { seeded } from '../../support/seeded';
import { answer, say } from '../storage/storeFixture';

/** Processor time of this process, in milliseconds. Others that run meanwhile do not count. */
function spend(task: () => unknown): number {
  const before = process.cpuUsage();
  task();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function toRecords(events: readonly ConversationEvent[]): LogRecord[] {
  return events.map((event, n) => createRecord(event, { id: `r${n}`, w: 'w', n, t: n }));
}

function list<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** A text appended to the answer `a`, at an offset. */
function piece(at: number, text: string): ConversationEvent {
  return { kind: 'textAppended', turnId: 'a', channel: 'answer', at, text };
}

const begun = [say('u', null, 'question'), answer('a', 'u')];
const chain = list(20_000, (index) => say(`u${index}`, index === 0 ? null : `u${index - 1}`, 'x'));

/** Finding M2: small imported files that took from 14 s to 85 s each to fold and to compact. */
const floods: Readonly<Record<string, readonly ConversationEvent[]>> = {
  '40,000 continuations': [
    ...begun,
    ...list(40_000, () => ({ kind: 'turnContinued', turnId: 'a', at: 0 }) as const),
  ],
  '20,000 branches and as many choices': [
    ...list(20_000, (index) => say(`u${index}`, null, 'x')),
    ...list(20_000, (index) => ({ kind: 'branchSelected', turnId: `u${index}` }) as const),
  ],
  'a chain of 20,000 messages, with 20,000 branches at its end': [
    ...chain,
    ...list(20_000, (index) => say(`b${index}`, 'u19999', 'x')),
  ],
  'a chain of 20,000 messages, and a choice of each': [
    ...chain,
    ...list(20_000, (index) => ({ kind: 'branchSelected', turnId: `u${index}` }) as const),
  ],
  '20,000 branches, each from another message of a chain': [
    ...chain,
    ...list(20_000, (index) => say(`b${index}`, `u${19_999 - index}`, 'x')),
  ],
  '20,000 pieces of reasoning found in a long answer': [
    ...begun,
    piece(0, 'x'.repeat(1_000_000)),
    ...list(20_000, (at) => ({ kind: 'reasoningFound', turnId: 'a', at }) as const),
  ],
  '10,000 turns that are their own parents': list(10_000, (index) =>
    say(`u${index}`, `u${index}`, 'x'),
  ),
  '40,000 pieces of text, last first': [
    ...begun,
    ...list(40_000, (index) => piece(39_999 - index, 'x')),
  ],
};

describe('M2 imported conversations of odd shapes', function () {
  this.timeout(60_000);

  for (const [name, events] of Object.entries(floods)) {
    it(`are folded and compacted in time that grows with their size: ${name}`, () => {
      const records = toRecords(events);
      const ms = spend(() => {
        const conversation = new Conversation('c', orderEvents(records));
        assert.ok(conversation.path().length > 0);
        let next = 0;
        compactRecords('c', records, records, () => `n${next++}`);
      });
      assert.ok(ms < 1_500, `${ms} ms`);
    });
  }

  const files: Readonly<Record<string, string>> = {
    '8 MB of short lines': 'x\n'.repeat(4_000_000),
    '8 MB of lines that begin like JSON': '{\n'.repeat(4_000_000),
    'a text that is nested deep': '['.repeat(1_000_000),
    'an export of nothing but strange lines': `{"cria":1,"conversations":[\n{"id":"c","events":[\n${'{"kind":1},\n'.repeat(40_000)}`,
  };
  for (const [name, text] of Object.entries(files)) {
    it(`are read no longer than their size takes: ${name}`, () => {
      const ms = spend(() => readExport(text));
      assert.ok(ms < 1_500, `${ms} ms`);
    });
  }

  it('M10: are read and folded without an exception, whatever a damaged export holds', () => {
    const random = seeded(10);
    const events = [...begun, piece(0, 'text'), { kind: 'branchSelected', turnId: 'u' } as const];
    const whole = joinJson([{ id: 'c', events }].map(formatJson));
    const marks = ['"', '{', '}', '[', ']', ',', ':', '0', '-1', '1e999', 'null', '\\', '\n', 'x'];
    let count = 0;
    for (let run = 0; run < 5_000; run += 1) {
      let text = whole;
      for (let change = 0; change < 3; change += 1) {
        const at = Math.floor(random() * text.length);
        const mark = marks[Math.floor(random() * marks.length)] ?? '';
        text = text.slice(0, at) + mark + text.slice(at + Math.floor(random() * 6));
      }
      for (const { id, events: read } of readExport(text)?.conversations ?? []) {
        count += 1;
        assert.ok(new Conversation(id, orderEvents(toRecords(read))).path().length <= read.length);
      }
    }
    assert.ok(count > 500, String(count));
  });

  it('keep no more than anyone has, and say how much is left out', () => {
    const all = `{"cria":1,"conversations":[${'{"id":"c","events":[]},'.repeat(10_001)}{"id":"d","events":[]}]}`;
    assert.equal(readExport(all)?.unreadable, 2);
  });

  it('delete nothing here', () => {
    const events = [say('u', null, 'x'), { kind: 'turnDeleted', turnId: 'u' }, { kind: 'deleted' }];
    const text = JSON.stringify({ cria: 1, conversations: [{ id: 'c', events }] });
    assert.equal(readExport(text)?.conversations[0]?.events.length, 1);
  });
});

describe('M10 an answer with holes', () => {
  it('does not grow beyond what was written and one mebibyte', () => {
    const mebibyte = 1024 * 1024;
    const far = list(60, (index) => piece(index * mebibyte, `piece ${index}.`));
    const near = list(60, (index) => piece(index * 60_000, `piece ${index}.`));
    for (const pieces of [far, near, [piece(Number.MAX_SAFE_INTEGER, 'end')]]) {
      const conversation = new Conversation('c', orderEvents(toRecords([...begun, ...pieces])));
      const text = conversation.turn('a')?.text ?? '';
      assert.ok(text.length < mebibyte + 10_000, String(text.length));
      assert.ok(pieces.every((one) => one.kind !== 'textAppended' || text.includes(one.text)));
    }
  });

  it('is cut at eight mebibytes', () => {
    const long = list(20, (index) => piece(index * 1_000_000, 'x'.repeat(1_000_000)));
    const conversation = new Conversation('c', orderEvents(toRecords([...begun, ...long])));
    assert.equal(conversation.turn('a')?.text.length, 8 * 1024 * 1024);
  });
});

describe('M2 texts from outside that are long', () => {
  const tasks: Readonly<Record<string, () => unknown>> = {
    'a .git/config of line ends': () => parseOrigin('\n'.repeat(1_000_000)),
    'a .git/config of blanks': () => parseOrigin(' '.repeat(1_000_000)),
    'a .git/config of remotes': () => parseOrigin('[remote "origin"]\n'.repeat(50_000)),
    'a remote of slashes': () => parseOrigin(`[remote "origin"]\nurl = ${'/'.repeat(50_000)}x`),
    'cria.keepAlive of digits': () => costsMore('keepAlive', '1'.repeat(150_000), '5m'),
    'a block of empty lines for the terminal': () => toTerminalText(`${'\n'.repeat(80_000)}x`),
  };
  for (const [name, task] of Object.entries(tasks)) {
    it(`take less than 50 ms: ${name}`, () => {
      task();
      const ms = spend(task);
      assert.ok(ms < 50, `${ms} ms`);
    });
  }
});
