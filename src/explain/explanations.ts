import * as vscode from 'vscode';
import { asLabel } from '../shared/hiddenCharacters';
import { defined } from '../shared/defined';
import type { ExplainSubject, StoredExplanation } from '../conversation/explanation';
import type { NewId, ServedModels } from '../conversation/ports';
import type { ConversationEvent } from '../shared/turn';
import { cellScheme } from '../ui/codeDocuments';
import { showInformation } from '../ui/dialogs';
import type { Disposable } from '../ui/disposables';
import { dropExpired, toConversation } from './explainConversation';
import { ExplainDialogue } from './explainDialogue';
import { firstPrompt, getSubjectName, maxPromptLength, withChatFallback } from './explainPrompt';
import {
  areCommentsVisible,
  canKeepThreads,
  collectContext,
  createSubject,
  getCode,
  getRange,
  revealBelow,
  type Target,
  toTarget,
  trackTarget,
} from './explainTarget';
import { ExplainThread } from './explainThread';
import { SentDocuments } from './sentDocuments';
import { type ExplainThreadDependencies, type ThreadPlace, toMarkdown } from './threadComments';
import { ThreadTracking } from './threadTracking';
import { TypingWatch } from './threadView';
import type { TrackedLines } from './trackedLines';

const { t } = vscode.l10n;

export interface ExplanationsDependencies extends Omit<ExplainThreadDependencies, 'explainModel'> {
  readonly explainModel: ServedModels;
  readonly newId: NewId;
  readonly showIn: () => 'editor' | 'chat';
  /** Sends this as the first message of a new conversation. */
  readonly askInChat: (message: string, title: string) => Promise<void>;
  /** Shows these events as a new conversation, for more questions. */
  readonly continueInChat: (
    events: readonly ConversationEvent[],
    question?: string,
  ) => Promise<void>;
}

/** Documents that are gone when the window closes, or get another address. */
const temporarySchemes: readonly string[] = ['untitled', cellScheme];

/** All the explanations of the window. */
export class Explanations implements Disposable {
  readonly #deps: ExplanationsDependencies & ExplainThreadDependencies;
  #controllerInUse: vscode.CommentController | undefined;
  readonly #threads = new Map<string, ExplainThread>();
  readonly #tracking: ThreadTracking;
  readonly #typing: TypingWatch;
  readonly #sent = new SentDocuments();
  readonly #opened: vscode.Disposable;
  /** Of documents that are not open, and nowhere until they are. */
  #dormant: readonly StoredExplanation[] = [];

  constructor(deps: ExplanationsDependencies) {
    this.#deps = { ...deps, explainModel: withChatFallback(deps.explainModel) };
    this.#typing = new TypingWatch(deps.clock);
    this.#tracking = new ThreadTracking(() => this.threads, deps.clock);
    this.#opened = vscode.workspace.onDidOpenTextDocument((document) => this.#wake(document));
  }

  /** Explains these lines under them, or in the chat panel where a thread would not be seen. */
  async explain(target: Target): Promise<void> {
    const { uri } = target.document;
    if (this.#deps.showIn() === 'chat' || !areCommentsVisible() || !canKeepThreads(uri)) {
      await this.#explainInChat(target);
      return;
    }
    if (!this.#hasThread(uri)) this.#openByGlyph();
    const thread = this.#add(
      { id: this.#deps.newId(), uri, createdAt: this.#deps.clock.wallMs() },
      new ExplainDialogue(createSubject(target)),
      trackTarget(target),
    );
    revealBelow(target);
    // The command is done when the answer has begun; the thread itself tells how it ends.
    void thread.explain(target);
  }

  /** Shows the stored explanations that are not shown yet. */
  async restore(): Promise<void> {
    const { store, clock } = this.#deps;
    const stored = await store.all();
    const kept = dropExpired(stored, clock.wallMs());
    const expired = stored.filter((one) => !kept.includes(one));
    await Promise.all(expired.map(({ id }) => store.remove(id)));
    if (kept.length > 0) this.#show(kept);
  }

  #show(stored: readonly StoredExplanation[]): void {
    const isPassing = ({ uri }: StoredExplanation): boolean =>
      temporarySchemes.includes(vscode.Uri.parse(uri).scheme);
    this.#dormant = stored.filter(isPassing);
    this.#openByGlyph();
    for (const one of stored.filter((other) => !isPassing(other))) this.#restoreOne(one);
    for (const document of vscode.workspace.textDocuments) {
      this.#wake(document);
      this.#tracking.opened(document);
    }
  }

  /** Created with the first thread: a window without explanations has no comment controller of Cria's. */
  get #controller(): vscode.CommentController {
    this.#controllerInUse ??= createController();
    return this.#controllerInUse;
  }

  get threads(): Iterable<ExplainThread> {
    return this.#threads.values();
  }

  byId(id: string): ExplainThread | undefined {
    return this.#threads.get(id);
  }

  /** The one that VS Code's menu means by the thread it gives. */
  byThread(native: unknown): ExplainThread | undefined {
    return [...this.threads].find((thread) => thread.native === native);
  }

  /** By the id that a link of ours has, or by VS Code's thread. */
  meantBy(argument: unknown): ExplainThread | undefined {
    return typeof argument === 'string' ? this.byId(argument) : this.byThread(argument);
  }

  /** The one whose code the caret is in, else the nearest in that document; says so when there is none. */
  atCaret(): ExplainThread | undefined {
    const nearest = findNearestThread(this.threads, vscode.window.activeTextEditor);
    if (!nearest) {
      void showInformation(t('This file has no explanation.'));
    }
    return nearest;
  }

  /** A follow-up by keyboard alone. */
  async askAtCaret(): Promise<void> {
    const thread = this.atCaret();
    if (!thread) return;
    const prompt = t('Ask a Follow-Up About {0}', asLabel(getSubjectName(thread.dialogue.subject)));
    const question = await vscode.window.showInputBox({ prompt, ignoreFocusOut: true });
    if (question !== undefined) await this.ask(thread, question);
  }

  /** A question in the thread or, if that is full, in a conversation that continues it. */
  async ask(thread: ExplainThread, text: string): Promise<void> {
    const question = text.trim();
    if (question === '') return;
    if (thread.dialogue.isFull && !thread.running) await this.continueInChat(thread, question);
    // The command is done when the answer has begun; the thread itself tells how it ends.
    else void thread.ask(question);
  }

  /** Questions about the code as it was stay where they are: then it is another explanation. */
  async explainAgain(thread: ExplainThread): Promise<void> {
    if (thread.running) return;
    const target = await findCurrentTarget(thread);
    if (thread.dialogue.turns.length <= 1) void thread.explain(target);
    else {
      thread.collapse();
      await this.explain(target);
    }
  }

  copy({ dialogue }: ExplainThread): Thenable<void> {
    return vscode.env.clipboard.writeText(toMarkdown(dialogue.turns));
  }

  /** The reasoning of the last answer that has some. */
  async showReasoning({ dialogue }: ExplainThread): Promise<void> {
    const thinking = dialogue.turns.findLast((turn) => turn.thinking)?.thinking;
    if (thinking !== undefined)
      await this.#sent.showReasoning(getSubjectName(dialogue.subject), thinking);
  }

  showSent({ dialogue }: ExplainThread): Promise<void> {
    return this.#sent.show(getSubjectName(dialogue.subject), dialogue.sent, this.#deps.origin());
  }

  /** In a conversation that begins with all of the thread, and with a further question if there is one. */
  async continueInChat({ dialogue, running }: ExplainThread, question?: string): Promise<void> {
    if (running) return;
    const { newId, clock, settings } = this.#deps;
    const { subject, turns } = dialogue;
    const texts = { turns, first: dialogue.getFirstRequest(settings()), title: getTitle(subject) };
    const events = toConversation(texts, newId, clock.wallMs());
    await this.#deps.continueInChat(events, question);
  }

  /** It is gone from the editor and from the disk. */
  async dismiss(thread: ExplainThread): Promise<void> {
    this.#threads.delete(thread.id);
    this.#countThreads();
    thread.dispose();
    await this.#deps.store.remove(thread.id);
  }

  dispose(): void {
    this.#opened.dispose();
    this.#tracking.dispose();
    this.#typing.dispose();
    this.#sent.dispose();
    for (const thread of this.#threads.values()) thread.dispose();
    this.#threads.clear();
    this.#controllerInUse?.dispose();
  }

  async #explainInChat(target: Target): Promise<void> {
    const { clock, settings, askInChat } = this.#deps;
    const around = await collectContext(target, clock, new AbortController().signal);
    const subject = createSubject(target, around);
    await askInChat(
      firstPrompt(subject, maxPromptLength(settings().contextTokens)),
      getTitle(subject),
    );
  }

  #add(
    place: Omit<ThreadPlace, 'controller' | 'typing'>,
    dialogue: ExplainDialogue,
    lines: TrackedLines,
  ): ExplainThread {
    const window = { controller: this.#controller, typing: this.#typing };
    const thread = new ExplainThread({ ...place, ...window }, dialogue, lines, this.#deps);
    this.#threads.set(thread.id, thread);
    this.#countThreads();
    return thread;
  }

  /** Before there are threads: VS Code may draw one twice that is new when it asks. */
  #openByGlyph(): void {
    openByGlyph(this.#controller, (uri) => this.#hasThread(uri));
  }

  #hasThread(uri: vscode.Uri): boolean {
    return [...this.threads].some((thread) => thread.uri.toString() === uri.toString());
  }

  /** Tells the palette whether there is anything to act on. */
  #countThreads(): void {
    const has = this.#threads.size > 0;
    void vscode.commands.executeCommand('setContext', 'cria.hasExplanations', has);
  }

  #restoreOne({ id, uri, createdAt, range, subject, turns, sent }: StoredExplanation): void {
    if (this.#threads.has(id)) return;
    const thread = this.#add(
      { id, uri: vscode.Uri.parse(uri), createdAt },
      new ExplainDialogue(subject, { turns, sent }),
      { ...range, length: Infinity, isLost: false },
    );
    thread.showRestored();
  }

  #wake(document: vscode.TextDocument): void {
    if (!temporarySchemes.includes(document.uri.scheme)) return;
    const isHere = ({ uri, subject }: StoredExplanation): boolean =>
      vscode.Uri.parse(uri).path === document.uri.path && document.getText().includes(subject.code);
    const awake = this.#dormant.filter(isHere);
    this.#dormant = this.#dormant.filter((one) => !awake.includes(one));
    for (const one of awake) this.#restoreOne({ ...one, uri: document.uri.toString() });
    if (awake.length > 0) this.#tracking.opened(document);
  }
}

function createController(): vscode.CommentController {
  const controller = vscode.comments.createCommentController(
    'cria.explain',
    t('Cria Explanations'),
  );
  const prompt = t('Ask a follow-up');
  controller.options = { prompt, placeHolder: prompt };
  return controller;
}

/** The lines of a thread as they are now, with the problem if it is still there. */
async function findCurrentTarget({ uri, lines, dialogue }: ExplainThread): Promise<Target> {
  const document = await vscode.workspace.openTextDocument(uri);
  const target = toTarget(document, new vscode.Range(lines.first, 0, lines.last, 0));
  const range = getRange(document, target);
  const problem = vscode.languages
    .getDiagnostics(uri)
    .find(
      (each) => each.message === dialogue.subject.problem?.message && range.contains(each.range),
    );
  const { part } = dialogue.subject;
  const isThere = part !== undefined && getCode(document, target).includes(part);
  return defined({ ...target, problem, part: isThere ? part : undefined });
}

function getTitle(subject: ExplainSubject): string {
  return t('Explanation of {0}', getSubjectName(subject));
}

/**
 * Before 1.107, VS Code opens a thread by a click on its glyph only in documents that one can comment on.
 * "As a whole" says so without offering ranges. When notified, VS Code asks again for its visible documents.
 */
function openByGlyph(
  controller: vscode.CommentController,
  hasThread: (uri: vscode.Uri) => boolean,
): void {
  if (vscode.version.localeCompare('1.107', 'en', { numeric: true }) >= 0) return;
  controller.commentingRangeProvider = {
    provideCommentingRanges: ({ uri }) => (hasThread(uri) ? { enableFileComments: true } : null),
  };
}

/**
 * The explanation in this editor whose code is nearest to the caret; of two that hold it, the shorter, and
 * of two of the same lines the newer.
 */
function findNearestThread(
  threads: Iterable<ExplainThread>,
  editor: vscode.TextEditor | undefined,
): ExplainThread | undefined {
  if (!editor) return undefined;
  const caret = editor.selection.active.line;
  const uri = editor.document.uri.toString();
  const here = [...threads].filter((thread) => thread.uri.toString() === uri);
  const distance = ({ lines: { first, last } }: ExplainThread): number =>
    Math.max(first - caret, caret - last, 0);
  const length = ({ lines: { first, last } }: ExplainThread): number => last - first;
  return here.reverse().sort((a, b) => distance(a) - distance(b) || length(a) - length(b))[0];
}
