import * as vscode from 'vscode';
import type { ExplainTurn } from '../conversation/explainDialogue';
import type { Notice } from '../shared/protocol';
import type { CommandId } from '../workspace/commandIds';
import { harmlessMarkdown } from './commentMarkdown';

const { t } = vscode.l10n;
const fixCommand: CommandId = 'cria.fixExplanation';

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

/** What a model wrote: never trusted, and made harmless before it is rendered. */
export function answerComment(model: string, { answer }: ExplainTurn): ThreadComment {
  return new ThreadComment(model, answerBody(answer));
}

/** Without text yet it is three dots: VS Code opens a large reply box in a thread without comments. */
export function answerBody(answer: string): vscode.MarkdownString {
  return new vscode.MarkdownString(answer === '' ? '…' : harmlessMarkdown(answer));
}

export function questionComment(question: string): ThreadComment {
  const body = new vscode.MarkdownString();
  body.appendText(question);
  return new ThreadComment(t('You'), body);
}

/** Cria's own words, with buttons; no text of a model or a server is in this body unescaped. */
export function noticeComment(threadId: string, notice: Notice): ThreadComment {
  const body = new vscode.MarkdownString();
  body.isTrusted = { enabledCommands: [fixCommand] };
  body.appendText(notice.sentence);
  if (notice.detail !== undefined) {
    body.appendMarkdown('\n\n');
    body.appendText(notice.detail);
  }
  const links = notice.buttons.map(({ action, label }) => {
    const argument = encodeURIComponent(JSON.stringify([threadId, action]));
    return `[${label}](command:${fixCommand}?${argument})`;
  });
  if (links.length > 0) body.appendMarkdown(`\n\n${links.join(' · ')}`);
  return new ThreadComment('Cria', body);
}
