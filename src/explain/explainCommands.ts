import * as v from 'valibot';
import * as vscode from 'vscode';
import { fixActions } from '../shared/protocol';
import { hasCode } from '../ui/codeDocuments';
import type { CommandId } from '../ui/commandIds';
import type { Commands } from '../ui/commands';
import { showInformation } from '../ui/dialogs';
import type { RunRecovery } from '../ui/recoveryActions';
import {
  findEnclosingSymbol,
  findProblemAt,
  getSelectedTarget,
  type Target,
  toTarget,
} from './explainTarget';
import type { ExplainThread } from './explainThread';
import type { Explanations } from './explanations';

const { t } = vscode.l10n;

/** Explains these lines where explanations are shown. */
export type ShowExplanation = (target: Target) => Promise<void>;

/** The active editor, if it contains code. Otherwise shows what is missing. */
async function editorWithCode(): Promise<vscode.TextEditor | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (editor && hasCode(editor.document)) return editor;
  await showInformation(t('Open a file that contains code.'));
  return undefined;
}

/** Explains the selected lines; of several selections, the one made first. */
export async function explainSelection(show: ShowExplanation): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor || editor.selection.isEmpty || !hasCode(editor.document)) {
    await showInformation(t('Select the code to explain.'));
    return;
  }
  await show(getSelectedTarget(editor));
  if (editor.selections.filter(({ isEmpty }) => !isEmpty).length > 1) await offerAllSelections();
}

/** A thread is at one place. */
async function offerAllSelections(): Promise<void> {
  const askAboutAll = t('Ask About All');
  const chosen = await showInformation(t('Only the first selection is explained.'), askAboutAll);
  if (chosen !== askAboutAll) return;
  await vscode.commands.executeCommand('cria.askAboutSelection' satisfies CommandId);
}

/** Explains the function, class or similar at the cursor. */
export async function explainSymbol(show: ShowExplanation): Promise<void> {
  const editor = await editorWithCode();
  if (!editor) return;
  const { document, selection } = editor;
  const symbol = await findEnclosingSymbol(document, selection);
  if (!symbol) {
    await showInformation(t('No function or class at the cursor.'));
    return;
  }
  await show(toTarget(document, symbol));
}

/** Which problem of which document a quick fix means. */
const problemArguments = v.tuple([
  v.object({ uri: v.string(), message: v.string(), line: v.number(), character: v.number() }),
]);

/** Explains the problem that a quick fix names, or without arguments the one at the caret. */
export async function explainProblem(
  show: ShowExplanation,
  args: readonly unknown[],
): Promise<void> {
  const parsed = v.safeParse(problemArguments, args);
  if (args.length > 0 && !parsed.success) return;
  const editor = await editorWithCode();
  if (!editor) return;
  const { document, selection } = editor;
  const problem = parsed.success
    ? vscode.languages
        .getDiagnostics(document.uri)
        .find((candidate) => isMeant(candidate, document.uri, parsed.output[0]))
    : findProblemAt(document, selection.active);
  if (!problem) {
    await showInformation(t('No problem at the cursor.'));
    return;
  }
  await show({ ...toTarget(document, problem.range), problem });
}

function isMeant(
  { message, range: { start } }: vscode.Diagnostic,
  uri: vscode.Uri,
  wanted: v.InferOutput<typeof problemArguments>[0],
): boolean {
  return (
    wanted.uri === uri.toString() &&
    wanted.message === message &&
    wanted.line === start.line &&
    wanted.character === start.character
  );
}

type ExplanationCommand = Extract<
  CommandId,
  `cria.explain${string}` | `cria.${string}Explanation` | 'cria.showSent' | 'cria.showReasoning'
>;

/**
 * The commands of explanations. Menus and links call those of a thread with anything as argument; called
 * without one, from the palette or by a key, they mean the thread at the caret.
 */
export function explanationCommands(
  all: Explanations,
  runRecovery: RunRecovery,
): Commands<ExplanationCommand> {
  const explain: ShowExplanation = (target) => all.explain(target);
  const on =
    (run: (thread: ExplainThread) => unknown) =>
    async (...args: readonly unknown[]): Promise<void> => {
      const thread = args.length === 0 ? all.atCaret() : all.meantBy(args[0]);
      if (thread) await run(thread);
    };
  return {
    'cria.explainSelection': () => explainSelection(explain),
    'cria.explainSymbol': () => explainSymbol(explain),
    'cria.explainProblem': (...args) => explainProblem(explain, args),
    'cria.stopExplanation': on((thread) => thread.stop()),
    'cria.retryExplanation': on((thread) => void thread.retry()),
    'cria.explainChangedCode': on((thread) => all.explainAgain(thread)),
    'cria.copyExplanation': on((thread) => all.copy(thread)),
    'cria.continueExplanation': on((thread) => all.continueInChat(thread)),
    'cria.showSent': on((thread) => all.showSent(thread)),
    'cria.showReasoning': on((thread) => all.showReasoning(thread)),
    'cria.dismissExplanation': on((thread) => all.dismiss(thread)),
    'cria.followUpExplanation': (...args) =>
      args.length === 0 ? all.askAtCaret() : followUp(all, args[0]),
    'cria.fixExplanation': (...args) => fix(all, runRecovery, args),
  };
}

/** What VS Code gives the command of a reply box: its thread and its text. */
async function followUp(all: Explanations, reply: unknown): Promise<void> {
  const isReply =
    typeof reply === 'object' && reply !== null && 'thread' in reply && 'text' in reply;
  if (!isReply || typeof reply.text !== 'string') return;
  const thread = all.byThread(reply.thread);
  if (thread) await all.ask(thread, reply.text);
}

const fixArguments = v.tuple([v.string(), v.picklist(fixActions)]);

/** A button in a comment by Cria: its thread, and what it does. */
async function fix(
  all: Explanations,
  runRecovery: RunRecovery,
  args: readonly unknown[],
): Promise<void> {
  const parsed = v.safeParse(fixArguments, args);
  if (!parsed.success) return;
  const [id, action] = parsed.output;
  const thread = all.byId(id);
  const retry = (): void => void thread?.retry();
  const end = thread?.dialogue.outcome?.end;
  const link = end?.kind === 'failed' ? end.failure.link : undefined;
  const requester = { retry, continueAnswer: retry, explains: true } as const;
  await runRecovery(action, link === undefined ? requester : { ...requester, link });
}
