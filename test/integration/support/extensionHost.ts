import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../../support/clock';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';

/** Starts a server with one loaded model, and sets it as the person's own. */
export async function startServer(): Promise<OllamaServer> {
  const server = await OllamaServer.start();
  server.models(['qwen3:8b', 'llama3.2:3b']);
  server.loaded(['qwen3:8b']);
  await setting('cria.endpoint', server.url);
  await setting('cria.model', 'qwen3:8b');
  return server;
}

/** Takes every setting of ours back, and closes the server. */
export async function endServer(server: OllamaServer): Promise<void> {
  for (const key of changedSettings) await setting(key, undefined);
  await dismissEverything();
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await server.close();
}

const changedSettings = new Set<string>();

/** Changes one of the person's settings, and waits until every listener has heard of it. */
export async function setting(key: string, value: unknown): Promise<void> {
  const config = vscode.workspace.getConfiguration();
  if (JSON.stringify(config.inspect(key)?.globalValue) === JSON.stringify(value)) return;
  changedSettings.add(key);
  const heard = changeOf(key);
  await config.update(key, value, vscode.ConfigurationTarget.Global);
  await heard;
}

/** Resolves when the setting is another one. */
export function changeOf(key: string): Promise<void> {
  return new Promise((resolve) => {
    const subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(key)) return;
      subscription.dispose();
      resolve();
    });
  });
}

/**
 * Writes a file of the workspace, but not what is there already: VS Code would read an open file again
 * at another time, and finds it empty while it is written.
 */
export async function writeFile(path: string, content: string): Promise<vscode.Uri> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (!folder) throw new Error('The tests need a workspace folder.');
  const uri = vscode.Uri.joinPath(folder.uri, path);
  if (!(await holds(uri, content))) {
    await vscode.workspace.fs.writeFile(uri, Buffer.from(content));
  }
  return uri;
}

async function holds(uri: vscode.Uri, content: string): Promise<boolean> {
  try {
    return Buffer.from(await vscode.workspace.fs.readFile(uri)).equals(Buffer.from(content));
  } catch (error) {
    if (error instanceof vscode.FileSystemError) return false;
    throw error;
  }
}

/** Opens a new file with this content, and selects these lines of it (from 0, both included). */
export async function openSelected(
  name: string,
  content: string,
  [first, last]: readonly [number, number],
): Promise<vscode.TextEditor> {
  const editor = await openFile(name, content);
  editor.selection = new vscode.Selection(
    new vscode.Position(first, 0),
    editor.document.lineAt(last).range.end,
  );
  return editor;
}

/** Opens a new file with this content and selects nothing. */
export async function openFile(name: string, content: string): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument(await writeFile(name, content));
  await hasText(document, content);
  return vscode.window.showTextDocument(document);
}

/** VS Code reads a file that was open already again, some time after it was written. */
function hasText(document: vscode.TextDocument, text: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (document.getText() !== text) return;
      subscription.dispose();
      resolve();
    };
    const subscription = vscode.workspace.onDidChangeTextDocument(look);
    look();
  });
}

/** Waits for a command that may ask or tell something, and dismisses whatever it shows. */
export async function runAndDismiss(command: string, ...args: readonly unknown[]): Promise<void> {
  const running = Promise.resolve(vscode.commands.executeCommand(command, ...args));
  const ended = running.then(() => true);
  const dismissed = (): Promise<boolean> => dismissEverything().then(() => false);
  while (!(await Promise.race([ended, dismissed()])));
}

async function dismissEverything(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
  await vscode.commands.executeCommand('notifications.clearAll');
}

/** Closes the open list until `done` resolves: one that is not shown yet cannot be closed. */
export async function closeListsUntil(done: Promise<unknown>): Promise<void> {
  let isDone = false;
  void done.then(() => (isDone = true));
  await eventually(async () => {
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    assert.ok(isDone);
  });
}
