import * as vscode from 'vscode';
import { partsOf } from '../shared/sentenceForm';

/** Marks the sentences in a bundle that come from where there is no VS Code. */
const mark = '/said';

/**
 * Words that were made without VS Code (the client's, a server's usual ones, what a model is told of an
 * attachment), in the language of the person where the bundle knows their form; else as they are.
 */
export function translated(words: string): string {
  for (const key of Object.keys(vscode.l10n.bundle ?? {})) {
    const message = key.slice(0, -mark.length);
    const parts = key.endsWith(mark) ? partsOf(message, words) : undefined;
    if (!parts) continue;
    return vscode.l10n.t({ message, comment: [mark.slice(1)], args: parts.map(translated) });
  }
  return words;
}
