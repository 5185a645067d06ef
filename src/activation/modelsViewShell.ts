import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../ui/disposables';
import type { ShownTree } from '../models/modelsTree';

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
    say: (message) => (view.message = message),
    dispose: () => owned.dispose(),
  };
}
