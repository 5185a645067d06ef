import * as vscode from 'vscode';

/** Where the person's own prompts are, for all folders. */
export function ownPrompts(globalStorageUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(globalStorageUri, 'prompts');
}

/** Where the prompts of the workspace's folders are. */
export function folderPrompts(): readonly vscode.Uri[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.map(({ uri }) => vscode.Uri.joinPath(uri, '.cria', 'prompts'));
}
