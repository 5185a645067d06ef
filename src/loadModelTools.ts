import type * as vscode from 'vscode';
import type { Parts } from './composition';
import type { RequestProfile } from './conversation/ports';
import type { ModelTools } from './models/modelTools';
import { addressProblem } from './serverAddress';
import type { Fixes } from './workspace/fixes';

/** Everything that is done with models by hand: a bundle of its own. */
export async function loadModelTools(
  parts: Parts & { readonly fixes: () => Fixes },
  { globalState: memento, logUri }: vscode.ExtensionContext,
): Promise<ModelTools> {
  const { createModelTools } = await import('./modelTools.js');
  const profileOf = (model: string): RequestProfile => parts.chat(model).profile;
  const tree = parts.modelsView;
  const own = { tree, memento, logFolder: logUri.fsPath, addressProblem, profileOf };
  return createModelTools({ ...parts, ...own }, parts.backend);
}
