import type { Attachment } from '../shared/attachment';
import type { AssistantTurn, Turn } from '../shared/turn';
import { fenced } from '../conversation/fenced';

export interface MarkdownWords {
  /** How the person is called in the headings, such as `You`. */
  readonly person: string;
  readonly thinking: string;
  /** A sentence for an answer that did not end by itself; undefined for one that did. */
  readonly ending: (turn: AssistantTurn) => string | undefined;
  /** A point in time as it is shown; milliseconds since 1970. */
  readonly time: (ms: number) => string;
}

/**
 * A conversation to be read: a heading for each turn with who spoke and when, the words as they
 * are, code included. `turns` is one path, oldest first.
 */
export function exportMarkdown(
  title: string,
  turns: readonly Turn[],
  words: MarkdownWords,
): string {
  const parts = [`# ${oneLine(title)}`, ...turns.map((turn) => turnMarkdown(turn, words))];
  return `${parts.join('\n\n')}\n`;
}

function turnMarkdown(turn: Turn, words: MarkdownWords): string {
  const speaker = turn.role === 'user' ? words.person : turn.model;
  const parts = [`## ${oneLine(speaker)} · ${words.time(turn.createdAt)}`];
  if (turn.role === 'assistant' && turn.thinking !== '') {
    parts.push(quoted(`${words.thinking}\n\n${turn.thinking.trim()}`));
  }
  if (turn.role === 'user') parts.push(...(turn.attachments ?? []).map(attachmentMarkdown));
  parts.push(withClosedFence(turn.text.trim()));
  const ending = turn.role === 'assistant' ? words.ending(turn) : undefined;
  if (ending !== undefined) parts.push(`*${oneLine(ending)}*`);
  return parts.filter((part) => part !== '').join('\n\n');
}

/** What was attached, under its name: it must not pass for the person's own words. */
function attachmentMarkdown({ label, language, text }: Attachment): string {
  const name = oneLine(label).replace(/[\\`*_[\]<>]/gu, '\\$&');
  return `**${name}**\n\n${fenced(text, language.replace(/\W/gu, ''))}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .join('\n');
}

/** An answer that was cut off inside a code block would swallow the rest of the page. */
function withClosedFence(text: string): string {
  let open: string | undefined;
  for (const line of text.split('\n')) {
    const fence = /^ {0,3}(`{3,}|~{3,})(.*)$/u.exec(line);
    const [, marks = '', info = ''] = fence ?? [];
    if (open === undefined) open = marks === '' ? undefined : marks;
    else if (marks.startsWith(open) && info.trim() === '') open = undefined;
  }
  return open === undefined ? text : `${text}\n${open}`;
}
