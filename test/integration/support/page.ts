import { randomUUID } from 'node:crypto';
import { Bridge } from '../../../src/chat/bridge';
import type { AnswerParts, ComposerAttachments } from '../../../src/chat/chatDependencies';
import { handlePageMessage, requestHandlers } from '../../../src/chat/pageRequests';
import { writeMessage } from '../../../src/chat/turnCommands';
import { outboxView } from '../../../src/chat/turnViews';
import { Conversation } from '../../../src/conversation/conversation';
import type { Conversations } from '../../../src/conversation/conversations';
import { ConversationSession } from '../../../src/conversation/session';
import { ConnectionMonitor } from '../../../src/server/connectionState';
import type { Attachment } from '../../../src/shared/attachment';
import type { PromptView } from '../../../src/shared/composerState';
import {
  type AttachSource,
  dispatch,
  type FixAction,
  type FromWebview,
  type Notice,
  type SuggestionView,
  type ToWebview,
} from '../../../src/shared/protocol';
import { FocusReturn } from '../../../src/ui/focusReturn';
import { Store } from '../../../src/webview/store';
import { Bench } from '../../support/sessionBench';
import { silentLogger } from '../../unit/storage/storeFixture';

type Message<T extends ToWebview['type']> = Extract<ToWebview, { type: T }>;

/**
 * The host's side of the panel with a page that keeps all posts: everything is real but the frame
 * between the two and the time. The page is the real page's own store.
 */
export class PanelBench {
  readonly bench: Bench;
  readonly conversations: Conversations;
  bridge: Bridge;
  readonly posts: ToWebview[] = [];
  readonly fixed: FixAction[] = [];
  readonly page: Store;
  notice: Notice | undefined;
  /** A page that is behind does not say that a delta has come. */
  acknowledging = true;
  /** Loses a post on its way, or brings it twice. */
  loses: (message: ToWebview) => boolean = () => false;
  doubles: (message: ToWebview) => boolean = () => false;
  /** Called after each message of the page. */
  heard: (type: FromWebview['type']) => void = () => undefined;
  modelPicks = 0;
  /** How often the caret was put back into the message. */
  returns = 0;
  readonly attached = new RecordedAttachments();
  prompts: readonly PromptView[] = [];
  answerParts: AnswerParts = {
    act: () => Promise.resolve(),
    known: () => Promise.resolve([]),
    open: () => Promise.resolve(),
  };
  readonly #connection: ConnectionMonitor;
  readonly #focusReturn = new FocusReturn();
  #handlers: ReturnType<typeof requestHandlers>;

  private constructor(bench: Bench, session?: ConversationSession) {
    this.bench = bench;
    this.conversations = bench.conversations();
    const { clock } = bench.workspace;
    const { backend } = bench;
    this.#focusReturn.onReturn(() => (this.returns += 1));
    this.#connection = new ConnectionMonitor({
      library: () => backend,
      origin: () => backend.origin,
      clock,
    });
    this.bridge = this.#makeBridge(session ?? this.conversations.current);
    this.conversations.pending.onChanged(() => this.bridge.outboxChanged());
    this.conversations.onCurrentChanged((shown) => this.bridge.show(shown));
    this.#handlers = this.#makeHandlers();
    this.page = new Store({
      post: (message) => this.say(message),
      now: () => clock.monotonicMs(),
      onChange: () => undefined,
    });
  }

  /** VS Code gives the view another place: its page goes, and another one is loaded. */
  move(): void {
    this.bridge.dispose();
    this.bridge = this.#makeBridge(this.conversations.current);
    this.#handlers = this.#makeHandlers();
  }

  #makeBridge(session: ConversationSession): Bridge {
    const { bench } = this;
    return new Bridge(session, {
      post: (message) => this.#deliver(message),
      clock: bench.workspace.clock,
      surroundings: {
        model: () => ({ name: bench.settings.model }),
        connection: () => ({ state: 'connected', origin: bench.backend.origin }),
        draft: () => ({
          draft: this.conversations.draft,
          draftAt: this.conversations.draftAt,
        }),
        notice: () => this.notice,
        outbox: () => outboxView(this.conversations.pending),
        editor: () => ({}),
      },
    });
  }

  #makeHandlers(): ReturnType<typeof requestHandlers> {
    return requestHandlers(
      this.bridge,
      {
        conversations: this.conversations,
        connection: this.#connection,
        logger: silentLogger,
        runRecovery: (action, asker) => {
          this.fixed.push(action);
          asker.retry();
          return Promise.resolve();
        },
        pickModel: () => Promise.resolve(++this.modelPicks > 0),
        chooseModel: () => Promise.resolve('m'),
        toMessage: () => {
          this.returns += 1;
          return Promise.resolve();
        },
        focusReturn: this.#focusReturn,
        write: (text) => writeMessage(this.conversations, this.bridge, text),
        attachments: this.attached,
        prompts: { all: () => Promise.resolve(this.prompts) },
        answerParts: {
          act: (...all) => this.answerParts.act(...all),
          known: (names) => this.answerParts.known(names),
          open: (name) => this.answerParts.open(name),
        },
      },
      () => undefined,
    );
  }

  static async start(): Promise<PanelBench> {
    return new PanelBench(await Bench.start());
  }

  /** With a conversation of these many messages and answers, each this long. */
  static async startWith(pairs: number, length: number): Promise<PanelBench> {
    const bench = await Bench.start();
    return new PanelBench(bench, longSession(bench, pairs, length));
  }

  /** The panel of a window that opens on what this one has stored. */
  reopened(): PanelBench {
    return new PanelBench(this.bench);
  }

  get session(): ConversationSession {
    return this.conversations.current;
  }

  /** The page says something. */
  say(message: FromWebview): void {
    if (message.type === 'ack' && !this.acknowledging) return;
    dispatch(this.#handlers, message);
    this.heard(message.type);
  }

  /** The page says what may be anything; true if it was understood. */
  hear(message: unknown): boolean {
    return handlePageMessage(this.#handlers, message) !== undefined;
  }

  /** The page is loaded: it knows nothing, and says that it is there. */
  async ready(): Promise<void> {
    const before = this.of('snapshot').length;
    this.say({ type: 'ready' });
    await this.conversations.restored();
    if (this.of('snapshot').length === before) throw new Error('No snapshot came.');
  }

  of<T extends ToWebview['type']>(type: T): Message<T>[] {
    return this.posts.filter((message): message is Message<T> => message.type === type);
  }

  /** The text of the last answer, as the page knows it. */
  get pageText(): string {
    return this.page.turns.at(-1)?.text ?? '';
  }

  close(): Promise<void> {
    this.bridge.dispose();
    this.conversations.dispose();
    return this.bench.close();
  }

  #deliver(message: ToWebview): void {
    this.posts.push(message);
    if (this.loses(message)) return;
    this.page.receive(message);
    if (this.doubles(message)) this.page.receive(message);
  }
}

/** Remembers what the page wanted; nothing is read. */
class RecordedAttachments implements ComposerAttachments {
  readonly calls: unknown[] = [];
  readonly suggestions: SuggestionView[] = [];

  async attach(source: AttachSource): Promise<boolean> {
    await this.#note(source);
    return true;
  }

  attachUris(uris: readonly string[]): Promise<void> {
    return this.#note(uris);
  }

  preview({ label }: Attachment): Promise<void> {
    return this.#note(label);
  }

  suggest(query: string): Promise<readonly SuggestionView[]> {
    this.calls.push(query);
    return Promise.resolve(this.suggestions);
  }

  #note(call: unknown): Promise<void> {
    this.calls.push(call);
    return Promise.resolve();
  }
}

function longSession(bench: Bench, pairs: number, length: number): ConversationSession {
  const conversation = new Conversation(randomUUID());
  const createdAt = 0;
  for (let pair = 0; pair < pairs; pair++) {
    const [ask, reply] = [`ask-${pair}`, `reply-${pair}`];
    const text = `${pair} `.padEnd(length, 'x');
    const parent = conversation.leaf;
    conversation.apply({
      kind: 'turnStarted',
      turn: { role: 'user', id: ask, parent, createdAt, text },
    });
    conversation.apply({
      kind: 'turnStarted',
      turn: { role: 'assistant', id: reply, parent: ask, createdAt, model: 'm' },
    });
    conversation.apply({ kind: 'textAppended', turnId: reply, channel: 'answer', at: 0, text });
    const end = { kind: 'done', reason: 'stop' } as const;
    conversation.apply({ kind: 'turnEnded', turnId: reply, end, metrics: {} });
  }
  return new ConversationSession(conversation, bench.dependencies);
}
