import * as vscode from 'vscode';
import type { Conversations } from '../conversation/conversations';
import type { ConversationPlace } from '../conversation/ports';
import type { ConversationSession } from '../conversation/session';
import type { FromWebview, Handlers, Notice, ToWebview } from '../shared/protocol';
import type { CodeColors } from '../shared/tokenScopes';
import type { ConversationEvent } from '../shared/turn';
import type { CommandId } from '../ui/commandIds';
import type { Commands } from '../ui/commands';
import { type Disposable, DisposableStore, MutableDisposable } from '../ui/disposables';
import { Bridge, CodeColorsFeed, ContextUsageFeed } from './bridge';
import type { ChatDependencies } from './chatDependencies';
import { handlePageMessage, requestHandlers } from './pageRequests';
import { copyCommands, turnCommands, writeMessage } from './turnCommands';
import { connectionView, openElsewhereNotice, pendingView, storeNotice } from './turnViews';

/** What the panel uses of VS Code's view. */
export interface ChatWebview extends Pick<
  vscode.WebviewView,
  'visible' | 'show' | 'onDidChangeVisibility' | 'onDidDispose'
> {
  readonly webview: Pick<vscode.Webview, 'postMessage' | 'onDidReceiveMessage'>;
}

/** What belongs to one page and is disposed of with it; sessions outlive it. */
interface LiveView extends Disposable {
  readonly view: ChatWebview;
  readonly bridge: Bridge;
  readonly usageFeed: ContextUsageFeed;
}

/** The chat view: connects each page to the current session. */
export class ChatView implements Disposable {
  readonly #deps: ChatDependencies;
  readonly #live = new MutableDisposable<LiveView>();
  readonly #owned = new DisposableStore();
  #notice: Notice | undefined;
  /** Runs once the page is ready. */
  #whenReady: ((bridge: Bridge) => void) | undefined;

  constructor(deps: ChatDependencies) {
    this.#deps = deps;
    const { conversations, connection, settings, editor } = deps;
    this.#owned.addCall(conversations.onCurrentChanged((session) => this.#bridge?.show(session)));
    this.#owned.addCall(
      conversations.onOpenInOtherWindowChanged(() => this.#bridge?.noticeChanged()),
    );
    this.#owned.addCall(conversations.pending.onChanged(() => this.#bridge?.pendingChanged()));
    this.#owned.addCall(editor.onChanged(() => this.#bridge?.editorChanged()));
    this.#owned.addCall(connection.onChanged(() => this.#bridge?.connectionChanged()));
    this.#owned.add(
      settings.onChanged((keys) => {
        this.#live.value?.usageFeed.changed();
        if (keys.has('model')) this.#bridge?.modelChanged();
        if (keys.has('model') || keys.has('endpoint')) this.#bridge?.connectionChanged();
      }),
    );
  }

  /** Connects a view whose HTML has been set. */
  join(view: ChatWebview): void {
    this.#live.value = this.#join(view);
  }

  /** Shows the panel and focuses the message input, or reveals a place of the conversation. */
  async open(place?: ConversationPlace): Promise<void> {
    // Sent later, it would take the focus from where the user may have moved it by then.
    const told = place ? undefined : this.#listening;
    told?.focusComposer();
    this.#whenReady = (bridge) => (place ? bridge.reveal(place) : bridge.focusComposer());
    await vscode.commands.executeCommand('cria.chat.focus');
    const bridge = this.#listening;
    if (!bridge) return;
    if (bridge === told) this.#whenReady = undefined;
    this.#isReady(bridge);
  }

  /**
   * Like {@link open}, right after the panel lost the focus. VS Code then focuses the outer iframe only, so key
   * presses would be lost.
   */
  async reopen(): Promise<void> {
    await this.open();
    this.#listening?.claimFocus();
  }

  /** Shows the panel without moving the focus, if it has been shown before. */
  async reveal(): Promise<void> {
    const view = this.#live.value?.view;
    if (view) view.show(true);
    else await this.open();
  }

  /** Shows or removes the notice above the message input. */
  showNotice(notice: Notice | undefined): void {
    this.#notice = notice;
    this.#bridge?.noticeChanged();
  }

  dispose(): void {
    this.#live.dispose();
    this.#owned.dispose();
  }

  get #bridge(): Bridge | undefined {
    return this.#live.value?.bridge;
  }

  /** The bridge to a visible page that is ready. */
  get #listening(): Bridge | undefined {
    const { view, bridge } = this.#live.value ?? {};
    return view?.visible && bridge?.isLive ? bridge : undefined;
  }

  #join(view: ChatWebview): LiveView {
    const { conversations, clock, connection, editor, theme, logger } = this.#deps;
    const store = new DisposableStore();
    const bridge = store.add(
      new Bridge(conversations.current, {
        post: (message) => this.#post(view, message),
        clock,
        surroundings: {
          model: () => ({ name: this.#model() }),
          connection: () => connectionView(connection.state, connection.origin, this.#model()),
          draft: () => ({ draft: conversations.draft, draftAt: conversations.draftAt }),
          pending: () => pendingView(conversations.pending),
          editor: () => editor.view,
          notice: () => this.#notice ?? this.#elsewhere(),
        },
      }),
    );
    const usageFeed = store.add(
      new ContextUsageFeed({
        conversations,
        clock,
        draft: () => ({
          text: conversations.draft,
          attachments: conversations.pending.attachments,
        }),
        post: (usage) => bridge.contextUsage(usage),
      }),
    );
    const post = (colors: CodeColors | undefined): void => bridge.codeColors(colors);
    const colorsFeed = store.add(new CodeColorsFeed({ theme, post, logger }));
    const watching = store.add(new MutableDisposable<Disposable>());
    const visibilityChanged = (): void => {
      watching.value = view.visible ? { dispose: connection.watch() } : undefined;
      if (!view.visible) bridge.hidden();
    };
    visibilityChanged();
    store.add(view.onDidChangeVisibility(visibilityChanged));
    const handlers = this.#handlers(bridge, colorsFeed);
    store.add(
      view.webview.onDidReceiveMessage((message) =>
        usageFeed.heard(this.#hear(handlers, bridge, message)),
      ),
    );
    view.onDidDispose(() => {
      if (this.#live.value?.view === view) this.#live.value = undefined;
    });
    return { view, bridge, usageFeed, dispose: () => store.dispose() };
  }

  #post(view: ChatWebview, message: ToWebview): void {
    // Resolves to false for a hidden or disposed page, which requests a snapshot when it returns. A lost
    // delta is noticed by its offset.
    view.webview.postMessage(message).then(undefined, (error: unknown) => {
      this.#deps.logger.warn(`A message to the page was lost: ${String(error)}`);
    });
  }

  #handlers(bridge: Bridge, colorsFeed: CodeColorsFeed): Handlers<FromWebview> {
    return requestHandlers(bridge, this.#deps, {
      onReady: () => this.#isReady(bridge),
      toMessage: () => this.reopen(),
      // Into the current page: VS Code may have moved the view meanwhile.
      write: (text) => writeMessage(this.#deps.conversations, this.#bridge, text),
      onThemeShown: (id) => colorsFeed.show(id),
    });
  }

  /** Validates every message: the page shows model output. */
  #hear(
    handlers: Handlers<FromWebview>,
    bridge: Bridge,
    message: unknown,
  ): FromWebview['type'] | undefined {
    const type = handlePageMessage(handlers, bridge, message);
    if (type === undefined) {
      this.#deps.logger.warn('A message of the page was not understood and is ignored.');
    }
    return type;
  }

  #isReady(bridge: Bridge): void {
    if (!bridge.isLive) return;
    this.#live.value?.usageFeed.ready().catch((error: unknown) => {
      this.#deps.logger.warn(String(error));
    });
    this.#whenReady?.(bridge);
    this.#whenReady = undefined;
  }

  #elsewhere(): Notice | undefined {
    return this.#deps.conversations.isOpenInOtherWindow ? openElsewhereNotice() : undefined;
  }

  #model(): string {
    return this.#deps.settings.current.model;
  }
}

/** Sets the context key `cria.answering` while the current conversation is answering. */
export function trackAnswering(conversations: Conversations): Disposable {
  const owned = new DisposableStore();
  let unsubscribe: (() => void) | undefined;
  let known = false;
  const update = (running: boolean): void => {
    if (running === known) return;
    known = running;
    void vscode.commands.executeCommand('setContext', 'cria.answering', running);
  };
  const follow = (session: ConversationSession): void => {
    unsubscribe?.();
    unsubscribe = session.on((event) => {
      if (event.type === 'event' && event.event.kind !== 'textAppended') update(session.running);
    });
    update(session.running);
  };
  follow(conversations.current);
  owned.addCall(conversations.onCurrentChanged(follow));
  owned.addCall(() => unsubscribe?.());
  return owned;
}

type ChatCommand = Extract<
  CommandId,
  'cria.openChat' | 'cria.newConversation' | 'cria.stop' | 'cria.leaveList'
>;

/** The chat panel: the view, the commands about it, and what other features ask of it. */
export class Chat implements Disposable {
  readonly commands: Commands<ChatCommand> &
    ReturnType<typeof turnCommands> &
    ReturnType<typeof copyCommands>;
  readonly #conversations: Conversations;
  readonly #owned = new DisposableStore();
  readonly #view: ChatView;

  constructor(deps: ChatDependencies) {
    const { conversations, chooseModel, focusReturn, logger } = deps;
    this.#conversations = conversations;
    this.#view = this.#owned.add(new ChatView(deps));
    this.#owned.add(trackAnswering(conversations));
    this.#owned.addCall(conversations.onNotice((notice) => this.showNotice(storeNotice(notice))));
    focusReturn.onReturn(() => {
      this.#view.reopen().catch((error: unknown) => logger.error(`The message: ${String(error)}`));
    });
    const toMessage = (): Promise<void> => this.#view.reopen();
    this.commands = {
      'cria.openChat': () => this.open(),
      'cria.newConversation': async () => {
        conversations.startNew();
        await this.open();
      },
      'cria.stop': () => conversations.current.stop(),
      'cria.leaveList': () => focusReturn.closeList(),
      ...turnCommands({ conversations, chooseModel, focusReturn, toMessage }),
      ...copyCommands(),
    };
  }

  /** Connects a view that VS Code shows to the conversation. */
  join(view: vscode.WebviewView): void {
    this.#view.join(view);
  }

  /** Shows the panel with the caret in the message, or at a place of the conversation. */
  open(place?: ConversationPlace): Promise<void> {
    return this.#view.open(place);
  }

  /** Shows the panel and leaves the caret where it is. */
  reveal(): Promise<void> {
    return this.#view.reveal();
  }

  /** Shows the panel, and sends this as the first message of a new conversation with this title. */
  async ask(message: string, title: string): Promise<void> {
    await this.open();
    this.#conversations.startNew();
    const { current } = this.#conversations;
    current.send(message);
    await current.rename(title);
  }

  /** Shows the panel with a new conversation that begins with these events, and sends `message` in it. */
  async continueFrom(events: readonly ConversationEvent[], message?: string): Promise<void> {
    await this.#conversations.startWith(events);
    if (message !== undefined) this.#conversations.current.send(message);
    await this.open();
  }

  /** Shows a notice above the message input; undefined removes it. */
  showNotice(notice: Notice | undefined): void {
    this.#view.showNotice(notice);
  }

  dispose(): void {
    this.#owned.dispose();
  }
}
