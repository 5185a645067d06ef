import assert from 'node:assert/strict';
import MarkdownIt from 'markdown-it';
import { createTitle } from '../../../src/conversation/prompt';
import { escapeMarkdown } from '../../../src/explain/commentMarkdown';
import {
  exportMarkdown,
  formatJson,
  joinJson,
  readExport,
} from '../../../src/history/conversationTransfer';
import type { ConversationEvent } from '../../../src/shared/turn';
import { asIconLabel, asLabel } from '../../../src/shared/hiddenCharacters';
import { escapeNotificationLinks, toDialogLine, toInertMarkdown } from '../../../src/shared/text';
import { hostileCorpus, hostilePayloads } from '../../support/page/hostileCorpus';

/** What VS Code makes a link of in a notification (base/common/linkedText.ts). */
const notificationLink =
  /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/iu;

const careless = new MarkdownIt({ html: true });
careless.validateLink = () => true;

describe(`${hostilePayloads.length} payloads in ${hostileCorpus.length} hostile texts`, () => {
  it('are of every kind, each once', () => {
    assert.ok(hostilePayloads.length >= 250);
    assert.equal(new Set(hostilePayloads).size, hostilePayloads.length);
  });

  it('are one line as a title, which turns no direction and steers no terminal', () => {
    for (const text of hostileCorpus) {
      const title = createTitle(text);
      assert.ok(title.length <= 61, title);
      assert.doesNotMatch(
        title,
        /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u,
      );
    }
  });

  it('are text where a comment shows the person’s words', () => {
    for (const text of hostileCorpus) {
      const tokens = careless.parse(escapeMarkdown(text), {});
      const kinds = tokens.flatMap(({ type, children }) => [
        type,
        ...(children ?? []).map((child) => child.type),
      ]);
      const more = kinds.filter(
        (kind) => !/^(?:paragraph_|inline$|text|hardbreak$|softbreak$)/u.test(kind),
      );
      assert.deepEqual({ text, more }, { text, more: [] });
    }
  });

  it('are no link in a notification, where a click on one runs a command, nor turn its words', () => {
    const linked = hostileCorpus.filter((text) => notificationLink.test(text));
    assert.ok(linked.length >= 20, `${linked.length} would be links`);
    for (const text of hostileCorpus) {
      const shown = escapeNotificationLinks(text);
      assert.doesNotMatch(shown, notificationLink);
      assert.doesNotMatch(shown, /(?![\t\n])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
    }
    assert.equal(
      escapeNotificationLinks('می‌خواهم [a](b) 👨‍👩‍👧 rows[0](x)'),
      'می‌خواهم [a] (b) 👨‍👩‍👧 rows[0] (x)',
    );
  });

  it('L2: are one line where a list, a tooltip, the status bar, or a dialog shows them', () => {
    const odd =
      /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u2060\u202a-\u202e\u2066-\u2069\u{E0000}-\u{E007F}]/u;
    const fake =
      'm\n\nNothing leaves this machine.\r\n\u202Egnihton\u2028$(trash) [a](command:x)\u{E0041}';
    for (const text of [...hostileCorpus, fake, 'x'.repeat(100_000)]) {
      for (const show of [asLabel, asIconLabel, toDialogLine, toInertMarkdown]) {
        const shown = show(text);
        assert.doesNotMatch(shown, odd);
        assert.ok(shown.length <= 40_000);
      }
      assert.doesNotMatch(asIconLabel(text), /(?<!\\)\$\(/u);
      assert.doesNotMatch(asLabel(text), notificationLink);
    }
    assert.match(toDialogLine(fake), /^m Nothing leaves this machine\. ⟨U\+202E⟩gnihton/u);
  });

  it('are what they are in an export as JSON', () => {
    for (const text of hostilePayloads) {
      const events: ConversationEvent[] = [
        { kind: 'turnStarted', turn: { role: 'user', id: 'u', parent: null, createdAt: 1, text } },
        { kind: 'renamed', title: text.slice(0, 100) },
      ];
      const conversations = [{ id: 'c', events }];
      assert.deepEqual(readExport(joinJson(conversations.map(formatJson))), {
        conversations,
        unreadable: 0,
      });
    }
  });

  it('make no heading but their own, and no attachment’s name a link, in an export to be read', () => {
    for (const text of hostileCorpus) {
      const attachment = {
        id: 'a',
        kind: 'file',
        label: text,
        language: text,
        path: '',
        text,
      } as const;
      const exported = exportMarkdown(
        text,
        [
          {
            role: 'user',
            id: 'u',
            parent: null,
            createdAt: 1,
            text: '',
            attachments: [attachment],
          },
        ],
        { person: text, thinking: '', ending: () => undefined, time: () => 'now' },
      );
      const [title, , speaker] = exported.split('\n');
      assert.match(title ?? '', /^# /u);
      assert.match(speaker ?? '', /^## .* · now$/u);
      const [, , , ...rest] = careless.parse(exported.split('\n').slice(3).join('\n'), {});
      assert.deepEqual(
        { text, last: rest.at(-1)?.type, count: rest.length },
        { text, last: 'fence', count: 1 },
      );
    }
  });
});
