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
import { plan } from './planStates';

/** Conversations and messages for the page's tests and pictures. */

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

export const notRunning: Notice = {
  severity: 'error',
  sentence: 'Ollama is not running',
  detail: 'Nothing is listening at 127.0.0.1:11434 on this machine.',
  buttons: [
    { action: 'checkConnection', label: 'Retry' },
    { action: 'changeEndpoint', label: 'Change Server Address' },
  ],
};

interface SnapshotParts {
  readonly turns?: readonly TurnView[];
  readonly earlier?: number;
  readonly model?: string;
  readonly connection?: ConnectionView;
  readonly draft?: string;
  readonly draftAt?: number;
  readonly outbox?: PendingView;
  readonly editor?: EditorView;
  readonly id?: string;
}

export function snapshot(parts: SnapshotParts = {}): Extract<ToWebview, { type: 'snapshot' }> {
  const { turns = [], earlier = 0, id = 'conversation-1' } = parts;
  const { draft = '', draftAt = 0 } = parts;
  return {
    type: 'snapshot',
    conversation: { id, title: 'Buffers', turns, earlier },
    model: { name: parts.model ?? 'qwen3:8b' },
    connection: parts.connection ?? connected,
    draft,
    draftAt,
    outbox: parts.outbox ?? { attachments: [], queue: [] },
    editor: parts.editor ?? {},
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

export const codeAnswer = [
  'A network chunk is not a line. One JSON object can arrive in **two pieces**, or several objects in',
  'one, so the reader keeps the unfinished tail until its newline comes:',
  '',
  '```typescript',
  "let rest = '';",
  'for await (const chunk of body) {',
  '  rest += decoder.decode(chunk);',
  "  const lines = rest.split('\\n');",
  "  rest = lines.pop() ?? ''; // the unfinished one",
  '  yield* lines;',
  '}',
  '```',
  '',
  'Without it, `JSON.parse` fails on the first split object.',
].join('\n');

export const richAnswer = [
  '# Reading a stream',
  '',
  'There are *three* ways, see [the guide](https://nodejs.org/api/stream.html):',
  '',
  '1. Read the whole body',
  '2. Read it **line by line**',
  '   - keep the tail',
  '   - decode as UTF-8',
  '3. Read it by size',
  '',
  '| Way | Memory | Delay |',
  '|:----|:------:|------:|',
  '| whole | grows | high |',
  '| lines | constant | low |',
  '',
  '> A cap on the line length bounds the memory.',
  '',
  '- [x] Decode in pieces',
  '- [ ] Cap the line',
  '',
  'The cost is \\(O(n)\\); see ![chart](https://example.org/chart.png).',
  '',
  '---',
  '',
  '```python',
  'def lines(chunks: Iterable[bytes]) -> Iterator[str]:',
  '    """Yield whole lines."""',
  "    rest = b''",
  '    for chunk in chunks:',
  "        *whole, rest = (rest + chunk).split(b'\\n')",
  '        yield from (line.decode() for line in whole)',
  '```',
].join('\n');

/** The states a picture is taken of, by name. */
/** As the host says it of a conversation that two windows show. */
const openElsewhere: Notice = {
  severity: 'info',
  sentence: 'This chat is also open in another window.',
  detail: 'Messages from there appear here shortly. Nothing is overwritten.',
  buttons: [{ action: 'newConversation', label: 'New Chat' }],
};

export const pictured: Readonly<Record<string, readonly ToWebview[]>> = {
  meter: [
    snapshot({
      turns: [
        user('u0', 'What is a network chunk?'),
        assistant('a0', { text: 'A piece of bytes, cut anywhere.', metrics }),
        { ...user('u1', 'Why does this keep a carry-over buffer?'), isContextStart: true },
        assistant('a1', { text: codeAnswer.replace('typescript', 'ts src/ndjson.ts'), metrics }),
      ],
      draft: 'And how do I test that?',
    }),
    plan({ leftOut: 3, excluded: 2, history: 6200 }),
    { type: 'names', known: ['JSON.parse'] },
  ],
  elsewhere: [
    snapshot({
      turns: [
        user('u1', 'What if the tail never ends?'),
        assistant('a1', {
          text: 'Then memory grows until the server closes.',
          activity: activity('answering'),
          isWrittenInOtherWindow: true,
        }),
      ],
    }),
    { type: 'notice', notice: openElsewhere },
  ],
  streaming: [
    snapshot({
      turns: [
        user('u1', 'Why does this keep a carry-over buffer?'),
        assistant('a1', { text: codeAnswer, thinking: 'The user asks …', metrics }),
        user('u2', 'What if the tail never ends?'),
        assistant('a2', {
          text: 'Then memory grows until the server closes. A cap on the line length turns that into a clear',
          activity: activity('answering'),
        }),
      ],
    }),
  ],
  empty: [
    snapshot({
      model: '',
      connection: { ...connected, state: 'unreachable', notice: notRunning },
    }),
  ],
  rich: [
    snapshot({
      turns: [
        user('u1', 'How do I read a stream?'),
        assistant('a1', { text: richAnswer, metrics }),
      ],
    }),
  ],
  faults: [
    snapshot({
      model: 'gpt-oss:20b',
      turns: [
        user('u1', 'Summarize what this module promises.'),
        assistant('a1', {
          model: 'gpt-oss:20b',
          text: 'It promises three things: a message that was sent is kept, a stop closes the',
          activity: activity('truncated'),
          notice: {
            severity: 'error',
            sentence: 'The connection was lost after 212 tokens.',
            detail: 'The partial answer is kept.',
            buttons: [
              { action: 'continue', label: 'Continue' },
              { action: 'retry', label: 'Retry' },
            ],
          },
        }),
        user('u2', 'Again, please.'),
        assistant('a2', {
          model: 'gpt-oss:20b',
          activity: activity('loading', {
            sizeBytes: 12.8e9,
            elapsedMs: 14_000,
            lastLoadMs: 22_000,
          }),
        }),
      ],
    }),
    {
      type: 'notice',
      notice: {
        severity: 'warning',
        sentence: '3 earlier messages did not fit.',
        detail: 'Not sent to the model, but kept in the chat. Context length: 8,192 tokens.',
        buttons: [],
      },
    },
  ],
  thinking: [
    snapshot({
      turns: [
        user('u1', 'Is it prime?'),
        assistant('a1', { thinking: 'All of it.', metrics }),
        user('u2', 'And 91?'),
        assistant('a2', {
          thinking: '7 times 13',
          activity: activity('thinking', { elapsedMs: 3000 }),
        }),
      ],
    }),
  ],
  versions: [
    snapshot({
      earlier: 12,
      turns: [
        { ...user('u1', 'Say it in one sentence.'), branch: { index: 1, count: 2 } },
        assistant('a1', {
          text: 'The tail waits for its line end.',
          branch: { index: 1, count: 3 },
          metrics,
          continuationOffsets: [12],
        }),
        user('u2', 'Shorter.'),
        assistant('a2', {
          text: 'The tail wai',
          activity: activity('stopped'),
          metrics: { evalCount: 4 },
          notice: {
            severity: 'info',
            sentence: 'Stopped.',
            buttons: [
              { action: 'continue', label: 'Continue' },
              { action: 'retry', label: 'Retry' },
            ],
          },
        }),
      ],
    }),
  ],
  waiting: [
    snapshot({
      turns: [
        user('u1', 'One'),
        assistant('a1', {
          text: 'Half an ans',
          activity: activity('stopped'),
          metrics: { evalCount: 3 },
        }),
        user('u2', 'Two'),
        assistant('a2', {
          text: 'It began well',
          activity: activity('stalled', { elapsedMs: 400, probe: 'alive' }),
        }),
      ],
    }),
  ],
};
