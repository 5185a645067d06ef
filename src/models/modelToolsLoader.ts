import type * as vscode from 'vscode';
import type { Parts } from '../app';
import type { RequestProfile } from '../conversation/ports';
import type { ModelTools } from './modelCommands';
import { addressProblem } from '../server/serverAddress';
import type { Fixes } from '../ui/recoveryActions';

/** Everything that is done with models by hand: a bundle of its own. */
export async function loadModelTools(
  parts: Parts & { readonly fixes: () => Fixes },
  { globalState: memento, logUri }: vscode.ExtensionContext,
): Promise<ModelTools> {
  const { createModelTools } = await import('./modelToolsEntry');
  const profileOf = (model: string): RequestProfile => parts.chat(model).profile;
  const tree = parts.modelsView;
  const own = { tree, memento, logFolder: logUri.fsPath, addressProblem, profileOf };
  return createModelTools({ ...parts, ...own }, parts.backend);
}
