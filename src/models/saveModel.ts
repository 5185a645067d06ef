import * as vscode from 'vscode';
import type { ModelSetting } from './pickFor';

/** Writes where the value in force was written, so that the change is seen. */
export async function saveModel(name: string, key: ModelSetting): Promise<void> {
  const config = vscode.workspace.getConfiguration('cria');
  const inspected = config.inspect(key);
  const target =
    inspected?.workspaceValue === undefined
      ? vscode.ConfigurationTarget.Global
      : vscode.ConfigurationTarget.Workspace;
  await config.update(key, name, target);
}
