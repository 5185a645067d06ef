import type { ContextUsage } from '../shared/composerState';
import type { FromWebview, Notice, ToWebview, TurnView } from '../shared/protocol';
import { Announcer, describeEnd, describeStart } from './announcer';
import { acceptDrops, QueueView } from './composer/attachmentRow';
import { createReferenceSource, HostQueries, SlashCommands } from './composer/completionSources';
import { Composer } from './composer/composer';
import { ContextLine } from './composer/contextLine';
import { ContextMeter } from './composer/contextMeter';
import {
  claimWindowFocus,
  copyText,
  createElement,
  focusComposerWithPage,
  moveFocus,
  RovingFocus,
  setHidden,
} from './dom';
import { ConversationBar, createNotice, EmptyState } from './emptyState';
import { Find, handleFindKey } from './find/find';
import { FrameLoop } from './frameLoop';
import { CodeTheme } from './markdown/codeHighlighting';
import { Drafts, ViewStateStore, type VsCodeApi } from './pageDrafts';
import { EarlierTurns, ScrollPosition } from './scrollPosition';
import { type Change, Store } from './store';
import { texts } from './texts/texts';
import { AnswerLinks, Transcript } from './transcript';

/** The chat panel: creates its parts and joins them to the store and to the host. */
export class Page {
  readonly #post: (message: FromWebview) => void;
  readonly #store: Store;
  readonly #viewState: ViewStateStore;
  readonly #announcer = new Announcer();
  /** Escape was pressed while an answer runs and a message is being written; the next one stops it. */
  #isEscapeSaid = false;
  readonly #conversationBar: ConversationBar;
  readonly #find: Find;
  readonly #emptyState: EmptyState;
  readonly #earlier: EarlierTurns;
  readonly #answerLinks: AnswerLinks;
  readonly #transcript: Transcript;
  readonly #codeTheme: CodeTheme;
  readonly #scroller: HTMLElement;
  readonly #scroll: ScrollPosition;
  readonly #notices = createElement('div', { class: 'panel-notices' });
  readonly #queue: QueueView;
  readonly #queries: HostQueries;
  readonly #slashCommands: SlashCommands;
  readonly #contextMeter: ContextMeter;
  readonly #contextLine: ContextLine;
  readonly #composer: Composer;
  readonly #focus: RovingFocus;
  readonly #drafts: Drafts;
  readonly #frames = new FrameLoop((hasTime) => this.#draw(hasTime));
  #shownConversation = '';
  #hasNewText = false;
  /** Whether the reading position was restored after a reload. */
  #isPlaced = false;

  constructor(root: HTMLElement, api: VsCodeApi) {
    const post = (message: FromWebview): void => api.postMessage(message);
    this.#post = post;
    this.#store = new Store({
      post,
      now: () => performance.now(),
      onChange: (change) => this.#show(change),
    });
    this.#viewState = this.#createViewState(api);

    this.#conversationBar = new ConversationBar(() => post({ type: 'showConversations' }));
    this.#emptyState = this.#createEmptyState();
    this.#earlier = new EarlierTurns(this.#store, post);
    this.#answerLinks = new AnswerLinks((names) => post({ type: 'lookUp', names: [...names] }));
    this.#transcript = this.#createTranscript();
    this.#codeTheme = new CodeTheme(post);
    this.#scroller = createElement(
      'div',
      { class: 'scroller' },
      this.#earlier.button,
      this.#emptyState.element,
      this.#transcript.element,
    );
    this.#scroll = new ScrollPosition(this.#scroller, (top) => {
      this.#earlier.scrolledTo(top);
      this.#viewState.save();
    });
    this.#find = this.#createFind();

    this.#queue = new QueueView(post);
    this.#queries = new HostQueries(post);
    this.#slashCommands = new SlashCommands(post, () => this.#attachForPrompt());
    this.#contextMeter = this.#createContextMeter();
    this.#composer = this.#createComposer();
    this.#contextLine = new ContextLine({
      post,
      attached: () => this.#store.pending.attachments,
      send: () => this.#composer.send(),
      say: (sentence) => this.#announcer.say(sentence),
    });
    this.#drafts = new Drafts(this.#composer, this.#viewState, post);
    this.#focus = new RovingFocus(this.#transcript.element, this.#composer.input);

    root.replaceChildren(...this.#layOut());
    acceptDrops(root, (uris) => post({ type: 'attachUris', uris: [...uris] }));
    document.addEventListener('keydown', (event) => this.#onKey(event));
    focusComposerWithPage(this.#composer.input);
    setInterval(() => this.#tick(), 1000);
  }

  receive(message: ToWebview): void {
    this.#store.receive(message);
  }

  /** From top to bottom. */
  #layOut(): readonly HTMLElement[] {
    return [
      createElement('h1', { class: 'visually-hidden' }, texts.transcript.title),
      this.#conversationBar.element,
      this.#find.bar.element,
      this.#scroller,
      createElement('div', { class: 'new-text-place' }, this.#scroll.button),
      this.#notices,
      this.#queue.element,
      this.#contextLine.element,
      this.#composer.element,
      this.#announcer.element,
    ];
  }

  #createViewState(api: VsCodeApi): ViewStateStore {
    return new ViewStateStore(api, () => ({
      ...this.#drafts.stored,
      ...(this.#isPlaced && {
        conversationId: this.#store.conversationId,
        place: this.#scroll.place,
      }),
    }));
  }

  #createEmptyState(): EmptyState {
    return new EmptyState({
      post: this.#post,
      onStart: (text) => {
        if (this.#composer.text === '') this.#composer.insert(text);
        this.#composer.input.focus();
      },
    });
  }

  #createTranscript(): Transcript {
    return new Transcript({
      elapsed: (turn) => this.#store.elapsed(turn),
      isThinkingOpen: (turnId) => this.#viewState.state.openThinking.includes(turnId),
      onThinkingToggled: (turnId, isOpen) => {
        this.#viewState.setThinkingOpen(turnId, isOpen);
        this.#frames.request();
      },
      post: this.#post,
      onResend: (turnId, text) => this.#drafts.resend(turnId, text),
      onCopy: (text) => void copyText(text, (sentence) => this.#announcer.say(sentence)),
      onShown: (answer) => this.#answerLinks.addAnswer(answer),
      getQuestion: (turnId) => this.#store.getQuestion(turnId),
      getEdit: (turnId) => this.#drafts.edits.get(turnId),
      onEdit: (turnId, text) => this.#drafts.edits.set(turnId, text),
    });
  }

  #createContextMeter(): ContextMeter {
    return new ContextMeter({
      post: this.#post,
      attached: () => this.#store.pending.attachments,
      lastMessageId: () => this.#store.turns.findLast(({ role }) => role === 'user')?.id,
      hasModel: () => this.#store.model.name !== '',
    });
  }

  /** One of Cria's prompts is about the code in the editor: attaches it if nothing is attached yet. */
  #attachForPrompt(): void {
    const { pending, editor } = this.#store;
    const hasCode = editor.selection !== undefined || editor.file !== undefined;
    if (!hasCode || pending.attachments.length > 0) return;
    const source = editor.selection === undefined ? 'file' : 'selection';
    this.#post({ type: 'attach', source });
  }

  #createComposer(): Composer {
    return new Composer({
      completions: [
        createReferenceSource(this.#queries, (uri) =>
          this.#post({ type: 'attachUris', uris: [uri] }),
        ),
        this.#slashCommands,
      ],
      turns: () => this.#store.turns,
      post: this.#post,
      say: (sentence) => this.#announcer.say(sentence),
      meter: this.#contextMeter.element,
      onSend: (text) => {
        this.#scroll.toEnd();
        this.#drafts.send(text);
      },
      onDraft: () => this.#drafts.changed(),
    });
  }

  #createFind(): Find {
    return new Find({
      transcript: this.#transcript.element,
      firstInView: () => this.#scroll.firstInView,
      keepView: (change) => this.#scroll.keepView(change),
      reveal: (range) => this.#scroll.reveal(range),
      say: (sentence) => this.#announcer.say(sentence),
      wantAll: (isWanted) => this.#earlier.wantAll(isWanted),
      isLoading: () => this.#earlier.isLoadingAll,
      isIncomplete: () => this.#earlier.isLoadingAll || this.#transcript.isDrawing,
    });
  }

  #show(change: Change): void {
    switch (change.kind) {
      case 'conversation':
        this.#showConversation();
        break;
      case 'earlier':
        this.#showEarlier(change.turns);
        break;
      case 'turnAdded':
        this.#addTurn(change.turn);
        break;
      case 'text':
        this.#transcript.updateText(change.turn);
        this.#hasNewText = true;
        break;
      case 'turn':
        this.#transcript.update(change.turn);
        if (change.ended) this.#announcer.say(describeEnd(change.turn));
        this.#showChrome();
        break;
      case 'chrome':
        this.#showChrome();
        break;
      case 'pending':
        this.#showPending();
        break;
      case 'accepted':
        this.#drafts.accepted(change.id);
        break;
      case 'refused':
        this.#drafts.refused(change.id, change.reason);
        break;
      case 'suggested':
        this.#queries.receive(change.seq, change.items);
        break;
      case 'claimFocus':
        claimWindowFocus();
        break;
      case 'focusComposer':
        this.#focusComposer(change.insert);
        break;
      case 'prompts':
        this.#slashCommands.receive(change.prompts);
        break;
      case 'contextUsage':
        this.#showUsage(change.usage);
        break;
      case 'codeColors':
        this.#codeTheme.show(change.colors);
        break;
      case 'names':
        this.#answerLinks.setKnown(change.known);
        break;
      case 'reveal':
        this.#isPlaced = true;
        this.#find.openAt(change.turnId, change.text);
        break;
    }
    this.#frames.request();
  }

  #focusComposer(insert = ''): void {
    if (insert !== '') this.#composer.insert(insert);
    moveFocus(this.#composer.input);
  }

  #showUsage(usage: ContextUsage): void {
    this.#contextMeter.show(usage);
    this.#contextLine.show(usage);
  }

  #showConversation(): void {
    const { conversationId, turns, draft } = this.#store;
    if (conversationId !== this.#shownConversation) {
      this.#answerLinks.clear();
      // What was looked for is not in another conversation.
      if (this.#find.isOpen) this.#find.close();
    }
    this.#shownConversation = conversationId;
    this.#codeTheme.tell();
    this.#drafts.edits.prune(this.#store);
    this.#transcript.reset(turns);
    this.#showPending();
    this.#drafts.restore(draft);
    this.#earlier.reset();
    this.#find.refresh();
    this.#showChrome();
  }

  #showEarlier(turns: readonly TurnView[]): void {
    this.#scroll.keepView(() => {
      this.#transcript.prepend(turns);
      this.#earlier.refresh();
    });
    this.#find.refresh();
    this.#showChrome();
  }

  #addTurn(turn: TurnView): void {
    this.#transcript.add(turn);
    if (turn.role === 'assistant') this.#announcer.say(describeStart(turn));
    this.#showChrome();
  }

  #showPending(): void {
    const { attachments, queue } = this.#store.pending;
    this.#composer.setAttached(attachments);
    this.#queue.show(queue);
    this.#frames.request();
  }

  /** Everything except the turns. */
  #showChrome(): void {
    const { isEmpty, connection, editor, model, notice, running, title } = this.#store;
    setHidden(this.#emptyState.element, !isEmpty);
    this.#emptyState.update(connection, editor);
    setHidden(this.#conversationBar.element, isEmpty);
    this.#conversationBar.update(title);
    this.#composer.setModel(model.name);
    this.#composer.setRunning(running !== undefined);
    this.#transcript.setBusy(running !== undefined);
    this.#focus.refresh();
    this.#showNotices(notice ?? (isEmpty ? undefined : connection.notice));
  }

  #draw(hasTime: () => boolean): boolean {
    const isMore = this.#transcript.advance(hasTime);
    if (!isMore) this.#transcript.setBusy(this.#store.running !== undefined);
    if (!isMore && !this.#isPlaced && !this.#store.isEmpty) this.#restorePlace();
    this.#scroll.contentChanged(this.#hasNewText);
    this.#hasNewText = false;
    return isMore;
  }

  /** Once after a reload: scrolls back to where the reader was. */
  #restorePlace(): void {
    this.#isPlaced = true;
    const { conversationId, place } = this.#viewState.state;
    if (conversationId === this.#store.conversationId) this.#scroll.restore(place);
  }

  #showNotices(notice: Notice | undefined): void {
    this.#notices.replaceChildren(...(notice ? [createNotice(notice, this.#post)] : []));
  }

  #tick(): void {
    const { running, conversationId } = this.#store;
    // The host may not have been listening when the page was loaded.
    if (conversationId === '') this.#post({ type: 'ready' });
    if (running) this.#transcript.tick(running);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (handleFindKey(event, this.#find)) {
      event.preventDefault();
      // Otherwise VS Code would handle the key, and Escape would stop the answer.
      event.stopPropagation();
      return;
    }
    if (event.key !== 'Escape' || !this.#store.running) return;
    event.preventDefault();
    // With text in the box the key may be meant for it: it stops a long answer only when pressed again.
    const isWriting = this.#composer.text.trim() !== '' && event.target === this.#composer.input;
    if (isWriting && !this.#isEscapeSaid) {
      event.stopPropagation();
      this.#isEscapeSaid = true;
      this.#composer.refusal.showHint(texts.composer.escapeAgain);
      return;
    }
    this.#isEscapeSaid = false;
    this.#composer.refusal.clear();
    this.#post({ type: 'stop' });
  }
}
