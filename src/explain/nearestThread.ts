import type * as vscode from 'vscode';
import type { ExplainThread } from './explainThread';

/**
 * The explanation in this editor whose code is nearest to the caret; of two that hold it, the shorter, and
 * of two of the same lines the newer.
 */
export function nearestThread(
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
