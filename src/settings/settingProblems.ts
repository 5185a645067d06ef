import type * as vscode from 'vscode';
import type { Logger } from '../conversation/ports';
import type { CostlyValue, SettingProblem, SettingsReader } from './settingsReader';

/**
 * Says what is wrong with a setting, with a button to it; the last good value stays in force. What says
 * it is a bundle of its own, read when something is wrong.
 */
export function reportSettingProblems(settings: SettingsReader, logger: Logger): vscode.Disposable {
  const report = async (problem: SettingProblem): Promise<void> => {
    const { reportProblem } = await import('./settingNotices');
    await reportProblem(problem);
  };
  return settings.onProblem((problem) => {
    report(problem).then(undefined, (error: unknown) => logger.error(String(error)));
  });
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
    const { askCostly } = await import('./settingNotices');
    const isAllowed = await askCostly(costly);
    if (isAllowed === undefined) return false;
    const answers = this.#memento.get<Readonly<Record<string, boolean>>>(answersKey, {});
    await this.#memento.update(answersKey, { ...answers, [nameOf(costly)]: isAllowed });
    return isAllowed;
  }

  #answer(costly: CostlyValue): boolean | undefined {
    return this.#memento.get<Readonly<Record<string, boolean>>>(answersKey, {})[nameOf(costly)];
  }
}

function nameOf({ key, value, own }: CostlyValue): string {
  return JSON.stringify([key, value, own]);
}
