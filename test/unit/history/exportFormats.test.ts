import assert from 'node:assert/strict';
import { findMissingEvents } from '../../../src/conversation/checkpointContext';
import { Conversation } from '../../../src/conversation/conversation';
import {
  formatJson,
  joinJson,
  exportMarkdown,
  type MarkdownLabels,
  readExport,
} from '../../../src/history/conversationTransfer';
import type { ConversationEvent } from '../../../src/shared/turn';
import { allAttachments, attachments } from '../../support/attachments';

const exchange = (n: number, parent: string | null): ConversationEvent[] => [
  {
    kind: 'turnStarted',
    turn: { role: 'user', id: `u${n}`, parent, createdAt: n, text: `frage "${n}"\n\ud83d\ude00` },
  },
  {
    kind: 'turnStarted',
    turn: { role: 'assistant', id: `a${n}`, parent: `u${n}`, createdAt: n, model: 'llama3.2' },
  },
  { kind: 'textAppended', turnId: `a${n}`, channel: 'thinking', at: 0, text: 'Hm.\n\nYes.' },
  { kind: 'textAppended', turnId: `a${n}`, channel: 'answer', at: 0, text: `answer ${n}` },
  { kind: 'turnEnded', turnId: `a${n}`, end: { kind: 'stopped' }, metrics: { evalCount: n } },
];
const events = [
  ...exchange(1, null),
  ...exchange(2, 'a1'),
  ...exchange(3, 'a1'),
  { kind: 'renamed', title: 'Titel' } as const,
];
const pathOf = (all: readonly ConversationEvent[]): unknown => new Conversation('c', all).path();

describe('export and import as JSON', () => {
  it('lose nothing, with branches, times, models and ends', () => {
    const all = [
      { id: 'c', events },
      { id: 'd', events: exchange(4, null) },
    ];
    assert.deepEqual(readExport(joinJson(all.map(formatJson))), {
      conversations: all,
      unreadable: 0,
    });
  });

  it('leave out what was deleted, and keep the rest together', () => {
    const gone = { kind: 'turnDeleted', turnId: 'u3' } as const;
    const all = [...events, ...exchange(5, 'a3'), gone];
    const text = joinJson([{ id: 'c', events: all }].map(formatJson));
    assert.doesNotMatch(text, /frage \\"3|answer 3/u);
    const [read] = readExport(text)?.conversations ?? [];
    assert.deepEqual(pathOf(read?.events ?? []), pathOf(all));
  });

  it('read what is whole in a file that was cut off at any of its bytes', () => {
    const text = joinJson([{ id: 'c', events }].map(formatJson));
    const head = text.indexOf('"events":[') + 11;
    for (let cut = head; cut < text.length - 1; cut++) {
      const read = readExport(text.slice(0, cut));
      const found = read?.conversations[0]?.events ?? [];
      assert.deepEqual(found, events.slice(0, found.length));
      const linesBefore = text.slice(head, cut).split('\n').length - 1;
      assert.ok(found.length >= Math.min(linesBefore, events.length));
      assert.ok((read?.unreadable ?? 9) <= 1);
    }
  });

  it('say how many events could not be understood', () => {
    const text = joinJson([{ id: 'c', events }].map(formatJson)).replace('"renamed"', '"painted"');
    const read = readExport(text);
    assert.equal(read?.unreadable, 1);
    assert.deepEqual(read.conversations[0]?.events, events.slice(0, -1));
  });

  it('refuse what is not an export', () => {
    for (const text of ['', 'hello', '{}', '[]', '{"cria":2,"conversations":[]}', '\0']) {
      assert.equal(readExport(text), undefined);
    }
  });
});

describe('what is attached, exported', () => {
  const turn = { role: 'user', id: 'u', parent: null, createdAt: 1, text: 'Why?' } as const;
  const said = (attached: readonly unknown[]): ConversationEvent =>
    ({ kind: 'turnStarted', turn: { ...turn, attachments: attached } }) as ConversationEvent;

  it('is in JSON without loss', () => {
    const all = [{ id: 'c', events: [said(allAttachments)] }];
    assert.deepEqual(readExport(joinJson(all.map(formatJson))), {
      conversations: all,
      unreadable: 0,
    });
  });

  it('is taken from JSON only when it is what it should be', () => {
    const wrong: readonly unknown[] = [
      { ...attachments.file, kind: 'program' },
      { ...attachments.file, text: 5 },
      { ...attachments.file, label: '' },
      { ...attachments.selection, lines: { first: 0, last: -1 } },
    ];
    for (const attachment of wrong) {
      const all = [{ id: 'c', events: [said([attachment])] }];
      assert.equal(readExport(joinJson(all.map(formatJson)))?.unreadable, 1);
    }
  });

  it('is in Markdown under its name, which makes no link', () => {
    const named = { ...attachments.diff, label: '[x](http://evil)' };
    const text = exportMarkdown('t', new Conversation('c', [said([named])]).path(), {
      ...{ person: 'You', thinking: 'Thinking', ending: () => undefined, time: String },
    });
    assert.ok(text.includes('**\\[x\\](http://evil)**\n\n```diff\ndiff --git'), text);
    assert.ok(text.endsWith('```\n\nWhy?\n'));
  });
});

describe('importing', () => {
  it('adds nothing the second time', () => {
    assert.deepEqual(findMissingEvents('c', [], events), events);
    assert.deepEqual(findMissingEvents('c', events, events), []);
  });

  it('adds newer messages, and completes what was cut off', () => {
    for (let known = 1; known < events.length; known++) {
      const here = events.slice(0, known);
      const there = [...here, ...findMissingEvents('c', here, events)];
      assert.deepEqual(pathOf(there), pathOf(events));
    }
  });

  it('does not bring a deleted turn back', () => {
    const here = [...events, { kind: 'turnDeleted', turnId: 'a3' } as const];
    assert.deepEqual(findMissingEvents('c', here, events), []);
  });
});

describe('export as Markdown', () => {
  const words: MarkdownLabels = {
    person: 'You',
    thinking: 'Thinking',
    ending: ({ end }) => (end?.kind === 'stopped' ? 'Stopped.' : undefined),
    time: (ms) => `at ${ms}`,
  };

  it('can be read: who, when, the words, how it ended', () => {
    const { title, path } = { title: 'A\ntitle', path: new Conversation('c', exchange(1, null)) };
    assert.equal(
      exportMarkdown(title, path.path(), words),
      [
        '# A title\n\n## You · at 1\n\nfrage "1"\n\ud83d\ude00\n',
        '## llama3.2 · at 1\n\n> Thinking\n>\n> Hm.\n>\n> Yes.\n\nanswer 1\n\n*Stopped.*\n',
      ].join('\n'),
    );
  });

  it('closes a code block that an answer was cut off in', () => {
    const cut: ConversationEvent[] = [
      ...exchange(1, null).slice(0, 2),
      { kind: 'textAppended', turnId: 'a1', channel: 'answer', at: 0, text: '````js\n```\nlet x' },
    ];
    const markdown = exportMarkdown('t', new Conversation('c', cut).path(), words);
    assert.match(markdown, /let x\n````\n$/u);
  });
});
