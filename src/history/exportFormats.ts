import * as v from 'valibot';
import { Conversation } from '../conversation/conversation';
import { fence } from '../conversation/prompt';
import {
  type AssistantTurn,
  type Attachment,
  type ConversationEvent,
  conversationEventSchema,
  type Turn,
} from '../shared/turn';

/**
 * Conversations as one JSON text without loss: every branch, every time, every end. One event a
 * line, so that what is whole in a damaged file can still be read.
 */

export interface ExportedConversation {
  readonly id: string;
  /** In an order that can be folded. */
  readonly events: readonly ConversationEvent[];
}

export interface ReadExport {
  readonly conversations: readonly ExportedConversation[];
  /** Lines or events that could not be understood. */
  readonly unreadable: number;
}

const fileStart = '{"cria":1,"conversations":[';

/** One conversation of a JSON export. What was deleted is not exported. */
export function formatJson({ id, events }: ExportedConversation): string {
  const lines = withoutDeletedEvents(id, events).map((event) => JSON.stringify(event));
  return `{"id":${JSON.stringify(id)},"events":[\n${lines.join(',\n')}\n]}`;
}

/** The JSON file of conversations formatted by {@link formatJson}. */
export function joinJson(bodies: readonly string[]): string {
  return `${fileStart}\n${bodies.join(',\n')}\n]}\n`;
}

const fileSchema = v.object({
  cria: v.literal(1),
  conversations: v.array(v.object({ id: v.string(), events: v.array(v.unknown()) })),
});

/** Reads an export, or of a damaged one whatever is whole. Undefined: it is something else. */
export function readExport(text: string): ReadExport | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), fileSchema), text);
  if (!parsed.success) return readLines(text);
  let unreadable = 0;
  const conversations = parsed.output.conversations.map(({ id, events }) => {
    const whole = events.flatMap((event) => {
      const result = v.safeParse(conversationEventSchema, event);
      return result.success ? [result.output] : [];
    });
    unreadable += events.length - whole.length;
    return { id, events: whole };
  });
  return { conversations, unreadable };
}

const conversationStart = v.pipe(
  v.string(),
  v.regex(/,"events":\[$/u),
  v.transform((line) => line.replace(/,"events":\[$/u, '}')),
  v.parseJson(),
  v.object({ id: v.string() }),
);
const eventLine = v.pipe(
  v.string(),
  v.transform((line) => line.replace(/,$/u, '')),
  v.parseJson(),
  conversationEventSchema,
);

function readLines(text: string): ReadExport | undefined {
  const conversations: { id: string; events: ConversationEvent[] }[] = [];
  let unreadable = 0;
  for (const line of text.split(/\r?\n/u)) {
    if (line === fileStart || /^(?:\]\},?)?$/u.test(line)) continue;
    const start = v.safeParse(conversationStart, line);
    const event = v.safeParse(eventLine, line);
    const current = conversations.at(-1);
    if (start.success) conversations.push({ id: start.output.id, events: [] });
    else if (event.success && current) current.events.push(event.output);
    else unreadable += 1;
  }
  return conversations.length === 0 ? undefined : { conversations, unreadable };
}

/** The events of what is still there, as if the rest had never been. */
function withoutDeletedEvents(
  id: string,
  events: readonly ConversationEvent[],
): ConversationEvent[] {
  const conversation = new Conversation(id, events);
  return events.flatMap((event): ConversationEvent[] => {
    switch (event.kind) {
      case 'turnStarted': {
        const turn = conversation.turn(event.turn.id);
        return turn ? [{ ...event, turn: { ...event.turn, parent: turn.parent } }] : [];
      }
      case 'textAppended':
      case 'reasoningFound':
      case 'turnEnded':
      case 'turnContinued':
      case 'branchSelected':
        return conversation.turn(event.turnId) ? [event] : [];
      case 'forgotten':
      case 'renamed':
      case 'pinned':
        return [event];
      case 'turnDeleted':
      case 'deleted':
        return [];
    }
  });
}

export interface MarkdownLabels {
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
  words: MarkdownLabels,
): string {
  const parts = [`# ${toOneLine(title)}`, ...turns.map((turn) => formatTurn(turn, words))];
  return `${parts.join('\n\n')}\n`;
}

function formatTurn(turn: Turn, words: MarkdownLabels): string {
  const speaker = turn.role === 'user' ? words.person : turn.model;
  const parts = [`## ${toOneLine(speaker)} · ${words.time(turn.createdAt)}`];
  if (turn.role === 'assistant' && turn.thinking !== '') {
    parts.push(quote(`${words.thinking}\n\n${turn.thinking.trim()}`));
  }
  if (turn.role === 'user') parts.push(...(turn.attachments ?? []).map(formatAttachment));
  parts.push(closeFence(turn.text.trim()));
  const ending = turn.role === 'assistant' ? words.ending(turn) : undefined;
  if (ending !== undefined) parts.push(`*${toOneLine(ending)}*`);
  return parts.filter((part) => part !== '').join('\n\n');
}

/** What was attached, under its name: it must not pass for the person's own words. */
function formatAttachment({ label, language, text }: Attachment): string {
  const name = toOneLine(label).replace(/[\\`*_[\]<>]/gu, '\\$&');
  return `**${name}**\n\n${fence(text, language.replace(/\W/gu, ''))}`;
}

function toOneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}

function quote(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .join('\n');
}

/** An answer that was cut off inside a code block would swallow the rest of the page. */
function closeFence(text: string): string {
  let open: string | undefined;
  for (const line of text.split('\n')) {
    const fence = /^ {0,3}(`{3,}|~{3,})(.*)$/u.exec(line);
    const [, marks = '', info = ''] = fence ?? [];
    if (open === undefined) open = marks === '' ? undefined : marks;
    else if (marks.startsWith(open) && info.trim() === '') open = undefined;
  }
  return open === undefined ? text : `${text}\n${open}`;
}
