import { readFileSync } from 'node:fs';
import type { ContextUsage } from '../../../src/shared/composerState';
import type {
  AssistantTurnView,
  ConnectionView,
  EditorView,
  Notice,
  PendingView,
  ToWebview,
  TurnView,
  UserTurnView,
} from '../../../src/shared/protocol';
import type { Activity, Metrics } from '../../../src/shared/turn';
import { inRepo } from '../folders';

interface SnapshotParts {
  readonly turns?: readonly TurnView[];
  readonly earlier?: number;
  readonly model?: string;
  readonly connection?: ConnectionView;
  readonly draft?: string;
  readonly draftAt?: number;
  readonly pending?: PendingView;
  readonly editor?: EditorView;
  readonly id?: string;
}

/** What differs from {@link user} or {@link assistant}. */
interface StoredTurn extends Partial<Omit<AssistantTurnView, 'role'>> {
  readonly role: TurnView['role'];
  readonly id: string;
}

/** What differs from {@link snapshot}. */
interface StoredState extends Omit<SnapshotParts, 'turns'> {
  readonly turns?: readonly StoredTurn[];
  /** Messages that follow the snapshot. */
  readonly then?: readonly ToWebview[];
}

interface Stored {
  readonly notRunning: Notice;
  /** Lines of Markdown. */
  readonly codeAnswer: readonly string[];
  readonly richAnswer: readonly string[];
  readonly prompts: ToWebview;
  readonly states: Readonly<Record<string, StoredState>>;
}

const stored = JSON.parse(
  readFileSync(inRepo('test', 'support', 'page', 'states.json'), 'utf8'),
) as Stored;

export const { notRunning, prompts } = stored;
export const codeAnswer = stored.codeAnswer.join('\n');
export const richAnswer = stored.richAnswer.join('\n');

const createdAt = Date.UTC(2026, 0, 5, 10);

export function user(id: string, text: string): UserTurnView {
  return { role: 'user', id, text, createdAt };
}

export function activity(state: Activity['state'], more: Partial<Activity> = {}): Activity {
  return { state, elapsedMs: 0, ...more };
}

export function assistant(id: string, more: Partial<AssistantTurnView> = {}): AssistantTurnView {
  return {
    role: 'assistant',
    id,
    model: 'qwen3:8b',
    text: '',
    thinking: '',
    createdAt,
    activity: activity('done'),
    ...more,
  };
}

export const connected: ConnectionView = {
  state: 'connected',
  origin: 'http://127.0.0.1:11434',
};

export function snapshot(parts: SnapshotParts = {}): Extract<ToWebview, { type: 'snapshot' }> {
  const { turns = [], earlier = 0, id = 'conversation-1', draft = '', draftAt = 0 } = parts;
  return {
    type: 'snapshot',
    conversation: { id, title: 'Buffers', turns, earlier },
    model: { name: parts.model ?? 'qwen3:8b' },
    connection: parts.connection ?? connected,
    draft,
    draftAt,
    pending: parts.pending ?? { attachments: [], queue: [] },
    editor: parts.editor ?? {},
  };
}

/** How much of the context a message takes. */
export function contextUsage(
  more: Partial<ContextUsage> = {},
): Extract<ToWebview, { type: 'contextUsage' }> {
  return {
    type: 'contextUsage',
    usage: {
      limit: { tokens: 8192, source: 'allocated' },
      system: 38,
      history: 2061,
      attachments: 512,
      draft: 12,
      answerBudget: 1024,
      isAnswerShortened: false,
      attachmentsLeftOut: 0,
      leftOut: 0,
      excluded: 0,
      isTooLong: false,
      ...more,
    },
  };
}

export const metrics: Metrics = {
  totalDurationNs: 6.21e9,
  loadDurationNs: 0.052e9,
  promptEvalCount: 2412,
  promptEvalDurationNs: 0.31e9,
  evalCount: 212,
  evalDurationNs: 5.17e9,
  firstTokenMs: 312,
  thoughtMs: 4200,
};

/** What the host posts to bring the page into each of its states, by name. */
export const postedStates: Readonly<Record<string, readonly ToWebview[]>> = Object.fromEntries(
  Object.entries(stored.states).map(([name, { turns = [], then = [], ...parts }]) => {
    return [name, [snapshot({ ...parts, turns: turns.map(toTurn) }), ...then]];
  }),
);

function toTurn({ role, id, ...more }: StoredTurn): TurnView {
  return role === 'assistant' ? assistant(id, more) : { ...user(id, ''), ...more };
}
