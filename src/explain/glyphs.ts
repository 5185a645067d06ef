import * as vscode from 'vscode';

/**
 * Before 1.107, VS Code opens a thread by a click on its glyph only in documents that one can comment on.
 * "As a whole" says so without an offer of anything; told anew, VS Code asks again about those it shows.
 */
export function openByGlyph(
  controller: vscode.CommentController,
  hasThread: (uri: vscode.Uri) => boolean,
): void {
  if (vscode.version.localeCompare('1.107', 'en', { numeric: true }) >= 0) return;
  controller.commentingRangeProvider = {
    provideCommentingRanges: ({ uri }) => (hasThread(uri) ? { enableFileComments: true } : null),
  };
}
