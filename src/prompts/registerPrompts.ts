import * as vscode from 'vscode';
import type { Logger } from '../conversation/ports';
import type { PromptView } from '../shared/composerState';
import { registerCommand } from '../ui/commands';
import { DisposableStore, type Disposable } from '../ui/disposables';
import type { SettingsReader } from '../settings/settingsReader';
import { loadPromptLibrary } from './promptLibraryLoader';

/** What is offered behind the slash. */
export interface Prompts extends Disposable {
  all(): Promise<readonly PromptView[]>;
}

export function registerPrompts(
  { settings, logger }: { readonly settings: SettingsReader; readonly logger: Logger },
  globalStorageUri: vscode.Uri,
): Prompts {
  const owned = new DisposableStore();
  const ofSetting = (): SettingsReader['current']['prompts'] => settings.current.prompts;
  const isTrusted = (): boolean => vscode.workspace.isTrusted;
  const library = loadPromptLibrary({ globalStorageUri, logger, ofSetting, isTrusted });
  owned.add(registerCommand('cria.openPrompts', logger, async () => (await library()).open()));
  return {
    all: async () => (await library()).all(),
    dispose: () => owned.dispose(),
  };
}
