import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { asLabel } from '../shared/hiddenCharacters';
import { pageHtml, pageLanguage, type PageLook } from '../chat/pageHtml';
import type { ShownTree } from '../models/modelsTree';
import { resolveAddress } from '../server/serverAddress';
import { ownValue } from '../settings/settingScope';
import { type Disposable, DisposableStore } from '../ui/disposables';
import type { Status } from '../ui/statusItem';

/** Sets the webview's HTML. Its messages are received once the chat is connected to it. */
export function showPage(webview: vscode.Webview, extensionUri: vscode.Uri): void {
  webview.options = {
    enableScripts: true,
    localResourceRoots: ['dist', 'media'].map((name) => vscode.Uri.joinPath(extensionUri, name)),
  };
  webview.html = renderPage(webview, extensionUri);
}

/** The chat view's document; all its files come from the extension's folders. */
function renderPage(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const uri = (...path: string[]): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, ...path)).toString();
  const { tag, bundle } = pageLanguage(vscode.env.language);
  return pageHtml({
    cspSource: webview.cspSource,
    nonce: randomBytes(18).toString('base64'),
    pageUri: uri('dist', 'page.js'),
    cssUri: uri('media', 'page.css'),
    codiconCssUri: uri('dist', 'codicon.css'),
    language: tag,
    look: readLook(),
    textsUri: bundle === undefined ? undefined : uri('dist', bundle),
  });
}

const lookSettings = ['cria.sendKey', 'chat.fontSize', 'chat.fontFamily', 'chat.editor.wordWrap'];

/** Whether a page that is open has to be rendered again. */
export function changesLook(event: vscode.ConfigurationChangeEvent): boolean {
  return lookSettings.some((setting) => event.affectsConfiguration(setting));
}

function readLook(): PageLook {
  const config = vscode.workspace.getConfiguration();
  const size = config.get<unknown>('chat.fontSize');
  const family = config.get<unknown>('chat.fontFamily');
  return {
    sendKey: config.get<unknown>('cria.sendKey') === 'ctrlEnter' ? 'ctrlEnter' : 'enter',
    fontSize: typeof size === 'number' && size >= 6 && size <= 100 ? size : undefined,
    // VS Code's word for the font of the workbench.
    fontFamily: typeof family === 'string' && family !== 'default' ? family : undefined,
    wrapsCode: config.get<unknown>('chat.editor.wordWrap') === 'on',
  };
}

export type ModelsViewShell = ShownTree & Disposable;

type Entries = (entry?: vscode.TreeItem) => Promise<readonly vscode.TreeItem[]>;

/** VS Code's side of the Models view; its entries are requested when it is first shown. */
export function openModelsView(entries: Entries): ModelsViewShell {
  const owned = new DisposableStore();
  const redrawn = owned.add(new vscode.EventEmitter<vscode.TreeItem | undefined>());
  const view = owned.add(
    vscode.window.createTreeView('cria.models', {
      treeDataProvider: {
        onDidChangeTreeData: redrawn.event,
        getTreeItem: (item: vscode.TreeItem) => item,
        getChildren: async (item?: vscode.TreeItem) => [...(await entries(item))],
      },
    }),
  );
  return {
    isVisible: () => view.visible,
    onVisibility: (listener) => view.onDidChangeVisibility(listener),
    redraw: (entry) => redrawn.fire(entry),
    say: (message) => (view.message = asLabel(message, 500)),
    dispose: () => owned.dispose(),
  };
}

/** The settings needed before the app is loaded. */
export interface InitialStatus {
  /** For the status bar; undefined if it is hidden. */
  readonly status: Status | undefined;
  /** The address may contain a name and a password, which must not stay in a file. */
  readonly holdsPassword: boolean;
}

export function readInitialStatus(): InitialStatus {
  const config = vscode.workspace.getConfiguration('cria');
  const own = ownValue(config.inspect<unknown>('endpoint'));
  const address = typeof own === 'string' ? own : '';
  const isVisible = config.get<unknown>('statusBar.visible') !== false;
  const model = config.get<unknown>('model');
  return {
    status: isVisible
      ? {
          model: typeof model === 'string' ? model.trim() : '',
          origin: resolveAddress(address).origin,
        }
      : undefined,
    holdsPassword: address.includes('@'),
  };
}
