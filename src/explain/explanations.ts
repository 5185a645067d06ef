import * as v from 'valibot';
import * as vscode from 'vscode';
import { firstPrompt } from '../conversation/explainDialogue';
import type { NewId } from '../conversation/ports';
import { fixActions } from '../shared/protocol';
import type { Disposable } from '../workspace/disposables';
import type { Fixes } from '../workspace/fixes';
import { answerComment } from './comments';
import { ExplainThread, type ExplainThreadDependencies } from './explainThread';
import { selectedLines, subjectOf } from './selection';

const { t } = vscode.l10n;

export interface ExplainDependencies extends ExplainThreadDependencies {
  readonly newId: NewId;
  readonly fixes: Fixes;
  /** Where comments are switched off, the explanation is asked for in the chat panel. */
  readonly askInChat: (message: string) => Promise<void>;
}

const fixArguments = v.tuple([v.string(), v.picklist(fixActions)]);

/** All the explanations of the window. What its methods are given comes from VS Code's menus. */
export class Explanations implements Disposable {
  readonly #deps: ExplainDependencies;
  readonly #controller: vscode.CommentController;
  readonly #threads = new Map<vscode.CommentThread, ExplainThread>();

  constructor(deps: ExplainDependencies) {
    this.#deps = deps;
    this.#controller = vscode.comments.createCommentController(
      'cria.explain',
      t('Cria Explanations'),
    );
    this.#controller.options = {
      prompt: t('Ask about this explanation'),
      placeHolder: t('Ask about this explanation'),
    };
  }

  /** Explains the selected lines, under them. */
  async explainSelection(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (!editor || editor.selection.isEmpty) {
      await vscode.window.showInformationMessage(t('Select the code to explain first.'));
      return;
    }
    const range = selectedLines(editor);
    const subject = subjectOf(editor.document, range);
    if (!vscode.workspace.getConfiguration('comments').get<boolean>('visible', true)) {
      await this.#deps.askInChat(firstPrompt(subject));
      return;
    }
    const native = this.#controller.createCommentThread(editor.document.uri, range, [
      answerComment(this.#deps.settings().model, { answer: '' }),
    ]);
    const thread = new ExplainThread(this.#deps.newId(), native, subject, this.#deps);
    this.#threads.set(native, thread);
    // The command is done when the answer has begun; the thread itself tells how it ends.
    void thread.ask();
  }

  /** `argument` is the text of a reply box with its thread. */
  followUp(argument: unknown): void {
    const reply = replyOf(argument);
    if (!reply || reply.text.trim() === '') return;
    void this.#threads.get(reply.thread)?.ask(reply.text.trim());
  }

  stop(argument: unknown): void {
    this.#find(argument)?.stop();
  }

  retry(argument: unknown): void {
    void this.#find(argument)?.retry();
  }

  dismiss(argument: unknown): void {
    const thread = this.#find(argument);
    if (!thread) return;
    this.#threads.delete(thread.native);
    thread.dispose();
  }

  /** A button in a comment of Cria's own: the thread it stands in, and what it does. */
  async fix(...args: readonly unknown[]): Promise<void> {
    const parsed = v.safeParse(fixArguments, args);
    if (!parsed.success) return;
    const [id, action] = parsed.output;
    const thread = [...this.#threads.values()].find((candidate) => candidate.id === id);
    const retry = (): void => void thread?.retry();
    await this.#deps.fixes(action, { retry, proceed: retry });
  }

  dispose(): void {
    for (const thread of this.#threads.values()) thread.dispose();
    this.#threads.clear();
    this.#controller.dispose();
  }

  #find(argument: unknown): ExplainThread | undefined {
    return [...this.#threads.values()].find(({ native }) => native === argument);
  }
}

/** What VS Code gives the command of a reply box. */
function replyOf(argument: unknown): vscode.CommentReply | undefined {
  const isReply =
    typeof argument === 'object' && argument !== null && 'thread' in argument && 'text' in argument;
  return isReply && typeof argument.text === 'string'
    ? (argument as vscode.CommentReply)
    : undefined;
}
