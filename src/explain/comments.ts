import * as vscode from 'vscode';
import type { Notice } from '../shared/protocol';
import type { CommandId } from '../ui/commandIds';
import { harmlessMarkdown, literalText } from './commentMarkdown';

const { t } = vscode.l10n;

/** A comment of the thread. Its body is changed in place: a new object would be drawn anew. */
export class ThreadComment implements vscode.Comment {
  readonly mode = vscode.CommentMode.Preview;
  readonly author: vscode.CommentAuthorInformation;
  body: vscode.MarkdownString;

  constructor(author: string, body: vscode.MarkdownString) {
    this.author = { name: author };
    this.body = body;
  }
}

/**
 * What a model wrote: never trusted, and made harmless before it is rendered. Without text yet it is
 * three dots: VS Code opens a large reply box in a thread without comments.
 */
export function answerBody(answer: string): vscode.MarkdownString {
  return new vscode.MarkdownString(answer === '' ? '…' : harmlessMarkdown(answer));
}

export function questionComment(question: string): ThreadComment {
  return new ThreadComment(t('You'), new vscode.MarkdownString(literalText(question)));
}

/** Something to click in a comment of Cria's own. */
export interface CommentButton {
  readonly label: string;
  readonly command: CommandId;
  readonly arguments: readonly unknown[];
}

/** Cria's own words, with buttons; no text of a model or a server is in this body unescaped. */
export function noticeComment(
  { sentence, detail }: Pick<Notice, 'sentence' | 'detail'>,
  buttons: readonly CommentButton[],
): ThreadComment {
  const links = buttons.map((button) => {
    const argument = encodeURIComponent(JSON.stringify(button.arguments));
    return `[${button.label}](command:${button.command}?${argument})`;
  });
  const parts = [literalText(sentence), literalText(detail ?? ''), links.join(' · ')];
  const body = new vscode.MarkdownString(parts.filter((part) => part !== '').join('\n\n'));
  body.isTrusted = { enabledCommands: buttons.map(({ command }) => command) };
  return new ThreadComment('Cria', body);
}
