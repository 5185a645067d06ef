import * as v from 'valibot';
import { findMissingEvents } from '../conversation/checkpointContext';
import { Conversation } from '../conversation/conversation';
import type { ConversationStore, Logger } from '../conversation/ports';
import { fence } from '../conversation/prompt';
import { withStandardFences } from '../shared/markdown/codeBlocks';
import { maxMessageLength } from '../shared/protocol';
import { toInertMarkdown } from '../shared/text';
import {
  type AssistantTurn,
  type Attachment,
  type ConversationEvent,
  conversationEventSchema,
  type Turn,
  type TurnStart,
} from '../shared/turn';
import { conversationIdSchema } from '../storage/checkpoint';
import type { WorkspaceStore } from '../storage/workspaceStore';
import { makeLinksInert } from './inertLinks';

/** Progress of an export or import. */
export interface TransferSteps {
  readonly isCancelled: () => boolean;
  /** Called for each conversation, with how many come before it. */
  readonly onProgress: (done: number) => void;
  readonly logger: Logger;
}

export interface ReadForExport {
  /** What was made of each conversation. */
  readonly formatted: readonly string[];
  /** Titles of conversations that could not be read and are missing. */
  readonly failed: readonly string[];
  /** Titles of conversations of which a part could not be read. */
  readonly incomplete: readonly string[];
}

/** Reading is mostly waiting for the disk; all of them at once would take too much memory. */
const readAtOnce = 8;

/**
 * Reads conversations and formats them, a few at a time. What cannot be read is named in the result. Undefined if it
 * was cancelled.
 */
export async function readForExport(
  store: Pick<ConversationStore, 'open'>,
  conversations: readonly { readonly id: string; readonly title: string }[],
  format: (conversation: ExportedConversation) => string,
  { isCancelled, onProgress, logger }: TransferSteps,
): Promise<ReadForExport | undefined> {
  const formatted: string[] = [];
  const failed: string[] = [];
  const incomplete: string[] = [];
  const readOne = async (id: string, title: string): Promise<string | undefined> => {
    try {
      const stored = await store.open(id);
      // It was deleted after the list was made.
      if (!stored) return undefined;
      if (stored.unreadable + stored.missingEarlier > 0) incomplete.push(title);
      return format(stored);
    } catch (error) {
      logger.warn(`Conversation ${id} was not exported: ${String(error)}`);
      failed.push(title);
      return undefined;
    }
  };
  for (let done = 0; done < conversations.length; done += readAtOnce) {
    if (isCancelled()) return undefined;
    const next = conversations.slice(done, done + readAtOnce);
    for (const index of next.keys()) onProgress(done + index);
    const read = await Promise.all(next.map(({ id, title }) => readOne(id, title)));
    formatted.push(...read.filter((text) => text !== undefined));
  }
  return isCancelled() ? undefined : { formatted, failed, incomplete };
}

export interface Imported {
  /** How many conversations brought something new. */
  readonly added: number;
  /** How many were handled before the import was cancelled. */
  readonly handled: number;
  /** Titles of conversations that could not be imported. */
  readonly failed: readonly string[];
}

/** Adds what the workspace does not have yet, one conversation at a time; importing twice adds nothing. */
export async function addImported(
  store: WorkspaceStore,
  conversations: readonly ExportedConversation[],
  { isCancelled, onProgress, logger }: TransferSteps,
): Promise<Imported> {
  const failed: string[] = [];
  let added = 0;
  for (const [handled, conversation] of conversations.entries()) {
    if (isCancelled()) return { added, handled, failed };
    onProgress(handled);
    try {
      if (await addConversation(store, conversation)) added += 1;
    } catch (error) {
      logger.warn(`A conversation was not imported: ${String(error)}`);
      failed.push(getTitle(conversation));
    }
  }
  return { added, handled: conversations.length, failed };
}

/** Resolves with whether the conversation brought something new. */
async function addConversation(
  store: WorkspaceStore,
  imported: ExportedConversation,
): Promise<boolean> {
  v.assert(conversationIdSchema, imported.id);
  const id = await findFreeId(store, imported.id);
  const known = await store.open(id);
  const missing = findMissingEvents(id, known?.events ?? [], imported.events);
  if (missing.length > 0) await store.appendPast(id, missing);
  return missing.length > 0;
}

/** What was deleted here stays deleted. Importing it creates a copy with a new id. */
async function findFreeId(store: WorkspaceStore, id: string): Promise<string> {
  let candidate = id;
  for (let copy = 2; await store.isDeleted(candidate); copy++) {
    candidate = `${id.slice(0, 56)}-${copy}`;
  }
  return candidate;
}

function getTitle({ id, events }: ExportedConversation): string {
  return new Conversation(id, events).title;
}

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

/** More than anyone has; what follows counts as unreadable. */
const maxConversations = 10_000;
const maxEvents = 200_000;
/** A file with more lines that are none of an export is something else. */
const maxStrangeLines = 10_000;

/** Reads an export, or of a damaged one whatever is whole. Undefined: it is something else. */
export function readExport(text: string): ReadExport | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), fileSchema), text);
  if (!parsed.success) return readLines(text);
  const all = parsed.output.conversations;
  let unreadable = Math.max(0, all.length - maxConversations);
  const conversations = all.slice(0, maxConversations).map(({ id, events }) => {
    const whole: ConversationEvent[] = [];
    for (const value of events.slice(0, maxEvents)) {
      const event = readEvent(value);
      if (event) whole.push(event);
    }
    unreadable += events.length - whole.length;
    return { id, events: whole };
  });
  return { conversations, unreadable };
}

/** An event as exports have them: deletions are not exported, and no message is longer than one can be. */
function readEvent(value: unknown): ConversationEvent | undefined {
  const parsed = v.safeParse(conversationEventSchema, value);
  if (!parsed.success) return undefined;
  const event = parsed.output;
  if (event.kind === 'turnDeleted' || event.kind === 'deleted') return undefined;
  const isLong = event.kind === 'turnStarted' && getLength(event.turn) > maxMessageLength;
  return isLong ? undefined : event;
}

function getLength(turn: TurnStart): number {
  return turn.role === 'user' ? turn.text.length : turn.model.length;
}

const startMark = ',"events":[';

/** Lines between the events. */
const frame: ReadonlySet<string> = new Set([fileStart, '', ']}', ']},']);

function readLines(text: string): ReadExport | undefined {
  const conversations: { id: string; events: ConversationEvent[] }[] = [];
  let unreadable = 0;
  for (const line of lines(text)) {
    if (frame.has(line)) continue;
    const id = readStart(line);
    const event = id === undefined ? readLine(line) : undefined;
    const current = conversations.at(-1);
    if (id !== undefined && conversations.length < maxConversations) {
      conversations.push({ id, events: [] });
    } else if (event && current && current.events.length < maxEvents) current.events.push(event);
    else unreadable += 1;
    if (unreadable > maxStrangeLines) break;
  }
  return conversations.length === 0 ? undefined : { conversations, unreadable };
}

function* lines(text: string): Generator<string> {
  for (let start = 0; start <= text.length;) {
    const end = text.indexOf('\n', start);
    const stop = end < 0 ? text.length : end;
    yield text.slice(start, text.charAt(stop - 1) === '\r' ? stop - 1 : stop);
    start = stop + 1;
  }
}

/** The id in a line that begins a conversation. */
function readStart(line: string): string | undefined {
  if (!line.endsWith(startMark)) return undefined;
  const start = v.safeParse(startSchema, `${line.slice(0, -startMark.length)}}`);
  return start.success ? start.output.id : undefined;
}

const startSchema = v.pipe(v.string(), v.parseJson(), v.object({ id: v.string() }));

function readLine(line: string): ConversationEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  const json = v.safeParse(jsonSchema, line.endsWith(',') ? line.slice(0, -1) : line);
  return json.success ? readEvent(json.output) : undefined;
}

const jsonSchema = v.pipe(v.string(), v.parseJson());

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
  const parts = [`# ${toInertMarkdown(title)}`, ...turns.map((turn) => formatTurn(turn, words))];
  return `${parts.join('\n\n')}\n`;
}

function formatTurn(turn: Turn, words: MarkdownLabels): string {
  const speaker = turn.role === 'user' ? words.person : turn.model;
  const parts = [`## ${toInertMarkdown(speaker)} · ${words.time(turn.createdAt)}`];
  if (turn.role === 'assistant' && turn.thinking !== '') {
    parts.push(quote(makeLinksInert(`${words.thinking}\n\n${turn.thinking.trim()}`)));
  }
  if (turn.role === 'user') parts.push(...(turn.attachments ?? []).map(formatAttachment));
  parts.push(makeLinksInert(withStandardFences(turn.text.trim())));
  const ending = turn.role === 'assistant' ? words.ending(turn) : undefined;
  if (ending !== undefined) parts.push(`*${toInertMarkdown(ending)}*`);
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
