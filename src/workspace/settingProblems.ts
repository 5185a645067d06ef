import * as vscode from 'vscode';
import type { Logger } from '../conversation/ports';
import type { CostlyValue, SettingProblem, SettingsReader } from './settings';
import { showWarning } from './notifications';

const { t } = vscode.l10n;

/** Says what is wrong with a setting, with a button to it; the last good value stays in force. */
export function reportSettingProblems(settings: SettingsReader, logger: Logger): vscode.Disposable {
  return settings.onProblem((problem) => {
    report(problem).then(undefined, (error: unknown) => logger.error(String(error)));
  });
}

async function report({ key, sentence }: SettingProblem): Promise<void> {
  const open = t('Open Setting');
  const kept = t('The value before it stays in force.');
  const chosen = await showWarning(`${sentence} ${kept}`, open);
  if (chosen !== open) return;
  await vscode.commands.executeCommand('workbench.action.openSettings', `cria.${key}`);
}

const answersKey = 'cria.costlyValues';

/**
 * What the person has said to values of this workspace that take more of their memory: each value is
 * asked about once. The answers are VS Code's to keep; no file of the workspace can give them.
 */
export class CostlyValues {
  readonly #memento: vscode.Memento;
  readonly #logger: Logger;

  constructor(memento: vscode.Memento, logger: Logger) {
    this.#memento = memento;
    this.#logger = logger;
  }

  isAllowed(costly: CostlyValue): boolean {
    return this.#answer(costly) === true;
  }

  ask(settings: SettingsReader): vscode.Disposable {
    return settings.onCostly((costly) => {
      if (this.#answer(costly) === false) return;
      this.#ask(costly).then(
        (isAllowed) => {
          if (isAllowed) settings.refresh();
        },
        (error: unknown) => this.#logger.error(String(error)),
      );
    });
  }

  async #ask(costly: CostlyValue): Promise<boolean> {
    const use = t('Use It Here');
    const keep = t('Keep Mine');
    const chosen = await showWarning(sentenceOf(costly), use, keep);
    if (chosen === undefined) return false;
    const answers = this.#memento.get<Readonly<Record<string, boolean>>>(answersKey, {});
    await this.#memento.update(answersKey, { ...answers, [nameOf(costly)]: chosen === use });
    return chosen === use;
  }

  #answer(costly: CostlyValue): boolean | undefined {
    return this.#memento.get<Readonly<Record<string, boolean>>>(answersKey, {})[nameOf(costly)];
  }
}

function nameOf({ key, value, own }: CostlyValue): string {
  return JSON.stringify([key, value, own]);
}

function sentenceOf({ key, value, own }: CostlyValue): string {
  const mine = own === null ? t('left to the server') : JSON.stringify(own);
  return t(
    'The settings of this folder ask for a value of cria.{0} that takes more memory: {1}. Yours is {2}, and stays in force until you choose.',
    key,
    JSON.stringify(value),
    mine,
  );
}
