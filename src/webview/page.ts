import type { FixAction, FromWebview, Notice, ToWebview, TurnView } from '../shared/protocol';
import { Announcer, endSentence, startSentence } from './announcer';
import { KnownNames } from './answerLinks';
import { ConversationBar, noticeView } from './bars';
import { takeDrops } from './composer/attachedRow';
import { HostQueries, references } from './composer/completionSources';
import { Composer } from './composer/composer';
import { writingAids } from './composer/messageRecall';
import { QueueView } from './composer/queueView';
import { copyText, h, setHidden } from './dom';
import { EarlierTurns } from './earlierTurns';
import { EmptyState } from './emptyState';
import { Find, findKey } from './find/find';
import { claimFocus, moveFocus, RovingFocus, takeFocus } from './focus';
import { FrameLoop } from './frameLoop';
import { Drafts, Edits } from './pageDrafts';
import { ScrollKeeper } from './scrollKeeper';
import { type Change, Store } from './store';
import { texts } from './texts/texts';
import { Transcript } from './transcript';
import { ViewMemory, type VsCodeApi } from './viewState';

/** The chat panel: joins what is known (store), what is shown, and what is kept over a reload. */
export class Page {
  readonly #api: VsCodeApi;
  readonly #store: Store;
  readonly #announcer = new Announcer();
  readonly #names = new KnownNames((names) => this.#post({ type: 'lookUp', names: [...names] }));
  readonly #emptyState = new EmptyState({
    onFix: (action) => this.#fix(action),
    onStart: ({ source, text }) => {
      this.#post({ type: 'attach', source });
      if (this.#composer.text === '') this.#composer.insert(text);
      this.#composer.input.focus();
    },
  });
  readonly #bar = new ConversationBar(() => this.#post({ type: 'showConversations' }));
  readonly #queries = new HostQueries((message) => this.#post(message));
  readonly #queue = new QueueView({
    onAction: (id, action) => this.#post({ type: 'queued', id, action }),
    onPreview: (id) => this.#post({ type: 'previewAttachment', id }),
  });
  readonly #transcript = this.#makeTranscript();
  readonly #aids = writingAids(
    () => this.#store,
    (message) => this.#post(message),
  );
  readonly #composer = this.#makeComposer();
  readonly #earlier: EarlierTurns;
  readonly #scroller: HTMLElement;
  readonly #scroll: ScrollKeeper;
  readonly #notices = h('div', { class: 'panel-notices' });
  readonly #frames = new FrameLoop((hasTime) => this.#draw(hasTime));
  readonly #find = this.#makeFind();
  readonly #focus = new RovingFocus(this.#transcript.element, this.#composer.input);
  readonly #memory: ViewMemory;
  readonly #drafts: Drafts;
  readonly #edits: Edits;
  #isTextNew = false;
  #isPlaced = false;

  constructor(root: HTMLElement, api: VsCodeApi) {
    this.#api = api;
    this.#store = new Store({
      post: (message) => this.#post(message),
      now: () => performance.now(),
      onChange: (change) => this.#changed(change),
    });
    this.#earlier = new EarlierTurns(this.#store, (message) => this.#post(message));
    this.#scroller = h(
      'div',
      { class: 'scroller' },
      ...[this.#earlier.button, this.#emptyState.element, this.#transcript.element],
    );
    this.#scroll = new ScrollKeeper(this.#scroller, (top) => {
      this.#earlier.scrolledTo(top);
      this.#memory.save();
    });
    this.#memory = new ViewMemory(api, () => ({
      ...this.#drafts.seen,
      ...(this.#isPlaced && {
        conversationId: this.#store.conversationId,
        place: this.#scroll.place,
      }),
    }));
    this.#drafts = new Drafts(this.#composer, this.#memory, (message) => this.#post(message));
    this.#edits = new Edits(this.#memory);
    const newText = h('div', { class: 'new-text-place' }, this.#scroll.button);
    const below = [
      ...[newText, this.#notices, this.#queue.element],
      ...[this.#composer.element, this.#announcer.element],
    ];
    const title = h('h1', { class: 'visually-hidden' }, texts.transcript.title);
    const above = [title, this.#bar.element, this.#find.bar.element];
    root.replaceChildren(...above, this.#scroller, ...below);
    takeDrops(root, (uris) => this.#post({ type: 'attachUris', uris: [...uris] }));
    document.addEventListener('keydown', (event) => this.#onKey(event));
    takeFocus(this.#composer.input);
    setInterval(() => this.#tick(), 1000);
  }

  receive(message: ToWebview): void {
    this.#store.receive(message);
  }

  #post(message: FromWebview): void {
    this.#api.postMessage(message);
  }

  #makeTranscript(): Transcript {
    return new Transcript({
      elapsed: (turn) => this.#store.elapsed(turn),
      isThinkingOpen: (turnId) => this.#memory.state.openThinking.includes(turnId),
      onThinkingToggled: (turnId, isOpen) => {
        this.#memory.setThinkingOpen(turnId, isOpen);
        this.#frames.request();
      },
      onFix: (action, turnId) => this.#fix(action, turnId),
      onRequest: (request) => {
        this.#post(request);
        // What was pressed goes away with the form, or while an answer comes.
        if (request.type === 'editAndResend') this.#composer.input.focus();
      },
      onCopy: (text) => void copyText(text, (sentence) => this.#announcer.say(sentence)),
      onShown: (answer) => this.#names.look(answer),
      onName: (name) => this.#post({ type: 'openName', name }),
      onPreview: (id) => this.#post({ type: 'previewAttachment', id }),
      editOf: (turnId) => this.#edits.of(turnId),
      onEdit: (turnId, text) => this.#edits.set(turnId, text),
      onLink: (href, text) => this.#post({ type: 'openLink', href, text }),
    });
  }

  #makeComposer(): Composer {
    return new Composer({
      completions: [
        references(this.#queries, (uri) => this.#post({ type: 'attachUris', uris: [uri] })),
        this.#aids.slash,
      ],
      said: () => this.#store.turns,
      onAttach: () => this.#post({ type: 'attach', source: 'pick' }),
      onPreview: (id) => this.#post({ type: 'previewAttachment', id }),
      onDetach: (id) => this.#post({ type: 'detach', id }),
      say: (sentence) => this.#announcer.say(sentence),
      meter: this.#aids.meter.element,
      onSend: (text) => {
        this.#scroll.toEnd();
        this.#drafts.send(text);
      },
      onStop: () => this.#post({ type: 'stop' }),
      onPickModel: () => this.#post({ type: 'pickModel' }),
      onDraft: () => this.#drafts.changed(),
    });
  }

  #makeFind(): Find {
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

  #changed(change: Change): void {
    switch (change.kind) {
      case 'conversation':
        this.#showConversation();
        break;
      case 'earlier':
        this.#scroll.keepView(() => {
          this.#transcript.prepend(change.turns);
          this.#earlier.refresh();
        });
        this.#find.refresh();
        this.#showChrome();
        break;
      case 'turnAdded':
        this.#addTurn(change.turn);
        break;
      case 'text':
        this.#transcript.updateText(change.turn);
        this.#isTextNew = true;
        break;
      case 'turn':
        this.#transcript.update(change.turn);
        if (change.ended) this.#announcer.say(endSentence(change.turn));
        this.#showChrome();
        break;
      case 'chrome':
        this.#showChrome();
        break;
      case 'outbox':
        this.#showOutbox();
        break;
      case 'suggested':
        this.#queries.receive(change.seq, change.items);
        break;
      case 'claimFocus':
        claimFocus();
        break;
      case 'composer':
        if (change.insert !== undefined) this.#composer.insert(change.insert);
        moveFocus(this.#composer.input);
        break;
      case 'prompts':
        this.#aids.slash.receive(change.prompts);
        break;
      case 'plan':
        this.#aids.meter.show(change.plan);
        break;
      case 'names':
        this.#names.learn(change.known);
        break;
      case 'reveal':
        this.#isPlaced = true;
        this.#find.openAt(change.turnId, change.text);
        break;
    }
    this.#frames.request();
  }

  #showConversation(): void {
    const { turns, draft } = this.#store;
    this.#edits.showing(this.#store);
    this.#transcript.reset(turns);
    this.#showOutbox();
    this.#drafts.restore(draft, turns);
    this.#earlier.reset();
    this.#find.refresh();
    this.#showChrome();
  }

  #addTurn(turn: TurnView): void {
    this.#transcript.add(turn);
    if (turn.role === 'user') this.#drafts.confirm(turn.text);
    else this.#announcer.say(startSentence(turn));
    this.#showChrome();
  }

  #showOutbox(): void {
    const { attachments, queue } = this.#store.outbox;
    for (const { text } of queue) this.#drafts.confirm(text);
    this.#composer.setAttached(attachments);
    this.#queue.show(queue);
    this.#frames.request();
  }

  /** Everything around the turns. */
  #showChrome(): void {
    const { isEmpty, connection, editor, model, notice, running, title } = this.#store;
    setHidden(this.#emptyState.element, !isEmpty);
    this.#emptyState.update(connection, editor);
    setHidden(this.#bar.element, isEmpty);
    this.#bar.update(title);
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
    this.#scroll.contentChanged(this.#isTextNew);
    this.#isTextNew = false;
    return isMore;
  }

  /** Once after a reload: back to where the reader was. */
  #restorePlace(): void {
    this.#isPlaced = true;
    const { conversationId, place } = this.#memory.state;
    if (conversationId === this.#store.conversationId) this.#scroll.restore(place);
  }

  #showNotices(notice: Notice | undefined): void {
    this.#notices.replaceChildren(
      ...(notice ? [noticeView(notice, (action) => this.#fix(action))] : []),
    );
  }

  #tick(): void {
    const { running } = this.#store;
    if (running) this.#transcript.tick(running);
  }

  #fix(action: FixAction, turnId?: string): void {
    this.#post({ type: 'fix', action, ...(turnId !== undefined && { turnId }) });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (findKey(event, this.#find)) {
      event.preventDefault();
      // VS Code would take the key as its own: Escape would stop the answer.
      event.stopPropagation();
      return;
    }
    if (event.key !== 'Escape' || !this.#store.running) return;
    event.preventDefault();
    this.#post({ type: 'stop' });
  }
}
