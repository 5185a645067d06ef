import * as vscode from 'vscode';
import type { AnswerParts, ComposerAttachments } from '../../../src/chat/chatDependencies';
import { ChatView } from '../../../src/chat/chatView';
import type { Conversations } from '../../../src/conversation/conversations';
import type { ConversationSession } from '../../../src/conversation/session';
import { ConnectionMonitor } from '../../../src/server/connectionState';
import type { ContextUsage, PromptView } from '../../../src/shared/composerState';
import type {
  AttachSource,
  FixAction,
  FromWebview,
  SuggestionView,
  ToWebview,
} from '../../../src/shared/protocol';
import type { Attachment } from '../../../src/shared/turn';
import type { CommandId } from '../../../src/ui/commandIds';
import { FocusReturn } from '../../../src/ui/dialogs';
import { Store } from '../../../src/webview/store';
import { Bench } from '../../support/sessionBench';
import { silentLogger } from '../../unit/storage/storeFixture';

type Message<T extends ToWebview['type']> = Extract<ToWebview, { type: T }>;

/**
 * The chat view with a page that records what it receives. Everything is real except for the webview between the
 * two, and the clock; the page is the store of the real page.
 */
export class PanelBench {
  readonly bench: Bench;
  readonly conversations: Conversations;
  readonly chat: ChatView;
  readonly page: Store;
  /** Everything that was posted to the page, except for context usage. */
  readonly posts: ToWebview[] = [];
  readonly usages: ContextUsage[] = [];
  readonly fixed: FixAction[] = [];
  readonly commandsRun: CommandId[] = [];
  readonly attached = new RecordedAttachments();
  prompts: readonly PromptView[] = [];
  /** Whether the page acknowledges deltas; a slow page does not. */
  acknowledging = true;
  /** Loses a post, or delivers it twice. */
  loses: (message: ToWebview) => boolean = () => false;
  doubles: (message: ToWebview) => boolean = () => false;
  modelPicks = 0;
  /** How often the focus returned to the message. */
  returns = 0;
  answerParts: AnswerParts = {
    act: () => Promise.resolve(),
    known: () => Promise.resolve([]),
    open: () => Promise.resolve(),
  };
  asksAlways = 0;
  #view: FakeView;

  private constructor(bench: Bench, connection: ConnectionMonitor) {
    this.bench = bench;
    this.conversations = bench.conversations();
    const { clock } = bench.workspace;
    const focusReturn = new FocusReturn();
    focusReturn.onReturn(() => (this.returns += 1));
    this.chat = new ChatView({
      conversations: this.conversations,
      connection,
      focusReturn,
      clock,
      logger: silentLogger,
      settings: {
        current: bench.settings,
        onChanged: () => new vscode.Disposable(() => undefined),
      },
      runRecovery: (action, requester) => {
        this.fixed.push(action);
        requester.retry();
        return Promise.resolve();
      },
      pickModel: () => Promise.resolve(++this.modelPicks > 0),
      chooseModel: () => Promise.resolve('m'),
      runCommand: (command) => {
        this.commandsRun.push(command);
        return Promise.resolve();
      },
      theme: {
        readColors: () => Promise.resolve(undefined),
        onChanged: () => ({ dispose: () => undefined }),
      },
      answerParts: {
        act: (...all) => this.answerParts.act(...all),
        known: (names) => this.answerParts.known(names),
        open: (name) => this.answerParts.open(name),
      },
      attachments: this.attached,
      editor: { view: {}, onChanged: () => () => undefined },
      prompts: { all: () => Promise.resolve(this.prompts) },
      context: {
        use: (model, { to }) => {
          bench.budget.useLength(model, to, true);
          return Promise.resolve();
        },
        undo: (model, raised) => bench.budget.undoRaise(model, raised),
        alwaysAsk: () => {
          this.asksAlways += 1;
          return Promise.resolve();
        },
      },
    });
    this.page = new Store({
      post: (message) => this.say(message),
      now: () => clock.monotonicMs(),
      onChange: () => undefined,
    });
    this.#view = this.#join();
  }

  static async start(bench?: Bench): Promise<PanelBench> {
    const own = bench ?? (await Bench.start());
    const { backend } = own;
    const connection = new ConnectionMonitor({
      library: () => backend,
      origin: () => backend.origin,
      clock: own.workspace.clock,
    });
    await connection.check();
    return new PanelBench(own, connection);
  }

  /** The panel of a window that opens on what this one has stored. */
  reopened(): Promise<PanelBench> {
    return PanelBench.start(this.bench);
  }

  get session(): ConversationSession {
    return this.conversations.current;
  }

  /** The page posts a message. */
  say(message: FromWebview): void {
    if (message.type === 'ack' && !this.acknowledging) return;
    this.hear(message);
  }

  /** The page posts anything. */
  hear(message: unknown): void {
    this.#view.received.fire(message);
  }

  /** The panel is hidden: posts are lost, and its page is gone. */
  hide(): void {
    this.#view.setVisible(false);
  }

  /** The panel is moved: its page is gone, and VS Code resolves another view. */
  move(): void {
    this.#view.disposed.fire(undefined);
    this.#view = this.#join();
  }

  /** The page is loaded and asks for its first snapshot. */
  async ready(): Promise<void> {
    this.#view.setVisible(true);
    const before = this.of('snapshot').length;
    this.say({ type: 'ready' });
    await this.conversations.restored();
    // The handler of `ready` was waiting for the same promise.
    await new Promise((done) => setImmediate(done));
    if (this.of('snapshot').length === before) throw new Error('No snapshot came.');
  }

  of<T extends ToWebview['type']>(type: T): Message<T>[] {
    return this.posts.filter((message): message is Message<T> => message.type === type);
  }

  /** The text of the last answer in the page. */
  get pageText(): string {
    return this.page.turns.at(-1)?.text ?? '';
  }

  close(): Promise<void> {
    this.chat.dispose();
    this.conversations.dispose();
    return this.bench.close();
  }

  #join(): FakeView {
    const view = new FakeView((message) => this.#deliver(message));
    this.chat.join(view);
    return view;
  }

  #deliver(message: ToWebview): void {
    if (message.type === 'contextUsage') this.usages.push(message.usage);
    else this.posts.push(message);
    if (this.loses(message)) return;
    this.page.receive(message);
    if (this.doubles(message)) this.page.receive(message);
  }
}

/** What the chat view uses of VS Code's webview view. */
class FakeView {
  visible = true;
  readonly received = new vscode.EventEmitter<unknown>();
  readonly disposed = new vscode.EventEmitter<undefined>();
  readonly #visibility = new vscode.EventEmitter<undefined>();
  readonly onDidDispose = this.disposed.event;
  readonly onDidChangeVisibility = this.#visibility.event;
  readonly webview;

  constructor(onPost: (message: ToWebview) => void) {
    this.webview = {
      onDidReceiveMessage: this.received.event,
      postMessage: (message: ToWebview): Promise<boolean> => {
        onPost(message);
        return Promise.resolve(true);
      },
    };
  }

  show(): void {
    this.setVisible(true);
  }

  setVisible(isVisible: boolean): void {
    if (this.visible === isVisible) return;
    this.visible = isVisible;
    this.#visibility.fire(undefined);
  }
}

/** Remembers the requests; reads nothing. */
class RecordedAttachments implements ComposerAttachments {
  readonly calls: unknown[] = [];
  readonly suggestions: SuggestionView[] = [];

  async attach(source: AttachSource): Promise<boolean> {
    await this.#note(source);
    return true;
  }

  async attachText(text: string, length: number): Promise<boolean> {
    await this.#note([text, length]);
    return true;
  }

  attachUris(uris: readonly string[]): Promise<void> {
    return this.#note(uris);
  }

  async attachParts({ label }: Attachment): Promise<boolean> {
    await this.#note(['parts', label]);
    return true;
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
