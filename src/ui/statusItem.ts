import * as vscode from 'vscode';
import type { CommandId } from './commandIds';
import { asIconLabel, asLabel } from '../shared/hiddenCharacters';
import { isUnencrypted } from '../shared/urlPolicy';

const { t } = vscode.l10n;

/** The part of VS Code's item that is used, so that tests can pass their own. */
export type StatusItem = Pick<
  vscode.StatusBarItem,
  'text' | 'tooltip' | 'backgroundColor' | 'accessibilityInformation' | 'show' | 'hide'
>;

export interface Status {
  readonly model: string;
  readonly origin: string;
  /** The server, as `serverPlace` names it; absent: Ollama. */
  readonly place?: string | undefined;
  /** Why the server is not available, as a sentence. */
  readonly problem?: string | undefined;
}

export function createStatusItem(): vscode.StatusBarItem {
  const { Right } = vscode.StatusBarAlignment;
  const item = vscode.window.createStatusBarItem('cria.status', Right, 100);
  item.name = 'Cria';
  item.command = 'cria.showMenu' satisfies CommandId;
  return item;
}

/** Draws the item; without a status it is hidden. */
export function drawStatus(item: StatusItem, status: Status | undefined): void {
  if (!status) {
    item.hide();
    return;
  }
  const origin = asLabel(status.origin);
  const model = asLabel(status.model);
  const problem = status.problem === undefined ? undefined : asLabel(status.problem, 500);
  const place = status.place === undefined ? undefined : asLabel(status.place);
  const icon = problem === undefined ? 'hubot' : 'debug-disconnect';
  const lock = isUnencrypted(status.origin) ? ' $(unlock)' : '';
  const name = model || t('Select Model');
  item.text = `$(${icon}) ${asIconLabel(name)}${lock}`;
  const words = [
    name,
    problem ?? place ?? t('Ollama at {0}', origin),
    ...(lock === '' ? [] : [t('Unencrypted connection')]),
  ];
  item.tooltip = `Cria: ${words.join('\n')}`;
  item.accessibilityInformation = { label: `Cria: ${words.join(', ')}` };
  item.backgroundColor =
    problem === undefined ? undefined : new vscode.ThemeColor('statusBarItem.warningBackground');
  item.show();
}
