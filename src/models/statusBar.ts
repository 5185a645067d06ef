import * as vscode from 'vscode';
import type { ConnectionProbe } from '../conversation/ports';
import type { Disposable } from '../workspace/disposables';
import { failureNotice } from '../workspace/failures';
import { isUnencrypted } from '../workspace/origins';
import type { SettingsReader } from '../workspace/settings';

const { t } = vscode.l10n;

/** What is used of VS Code's item; nobody can look at a real one. */
export type StatusItem = Pick<
  vscode.StatusBarItem,
  'text' | 'tooltip' | 'backgroundColor' | 'accessibilityInformation' | 'show' | 'hide'
>;

/** Shows the model and whether its server answers, as far as it is known: it asks nothing itself. */
export function keepStatusBar(
  item: StatusItem,
  settings: Pick<SettingsReader, 'current' | 'onChanged'>,
  connection: ConnectionProbe,
): Disposable {
  const draw = (): void => {
    if (!settings.current['statusBar.visible']) {
      item.hide();
      return;
    }
    const { model } = settings.current;
    const { state, origin } = connection;
    const isDown = state.kind === 'failed';
    const lock = isUnencrypted(origin) ? ' $(unlock)' : '';
    const icon = isDown ? 'debug-disconnect' : 'hubot';
    const name = model || t('Choose a Model');
    item.text = `$(${icon}) ${name}${lock}`;
    const words = [
      name,
      state.kind === 'failed'
        ? failureNotice(state.failure, model, origin).sentence
        : t('Ollama at {0}', origin),
      ...(lock === '' ? [] : [t('not encrypted: what you ask can be read on its way')]),
    ];
    item.tooltip = `Cria: ${words.join('\n')}`;
    item.accessibilityInformation = { label: `Cria: ${words.join(', ')}` };
    item.backgroundColor = isDown
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    item.show();
  };
  const unsubscribe = connection.onChanged(draw);
  const subscription = settings.onChanged(draw);
  draw();
  return {
    dispose() {
      unsubscribe();
      subscription.dispose();
    },
  };
}
