import * as v from 'valibot';
import * as vscode from 'vscode';
import type { Logger } from '../conversation/ports';
import { showWarning, translated } from '../ui/dialogs';
import { settingDescriptors } from './settingDescriptors';
import type { CostlyValue, SettingProblem, SettingsReader } from './settingsReader';

/** Shows a notification for each invalid setting, with a button that opens it. */
export function reportSettingProblems(settings: SettingsReader, logger: Logger): vscode.Disposable {
  return settings.onProblem((problem) => {
    reportProblem(problem).then(undefined, (error: unknown) => logger.error(String(error)));
  });
}

const answersKey = 'cria.costlyValues';
/** By setting and values: whether the workspace's value may be used. */
const answersSchema = v.record(v.string(), v.boolean());

/**
 * The user's decisions about workspace values that use more memory; each value is asked about once. They are
 * kept in VS Code's storage, so that no file of the workspace can give them.
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
    const isAllowed = await askCostly(costly);
    if (isAllowed === undefined) return false;
    const answers = { ...this.#answers, [toAnswerKey(costly)]: isAllowed };
    await this.#memento.update(answersKey, answers);
    return isAllowed;
  }

  #answer(costly: CostlyValue): boolean | undefined {
    return this.#answers[toAnswerKey(costly)];
  }

  /** Anything but a list of answers counts as none: each value is then asked about again. */
  get #answers(): Readonly<Record<string, boolean>> {
    const parsed = v.safeParse(answersSchema, this.#memento.get(answersKey));
    return parsed.success ? parsed.output : {};
  }
}

function toAnswerKey({ key, value, own }: CostlyValue): string {
  return JSON.stringify([key, value, own]);
}

const { t } = vscode.l10n;

/** Shows what is wrong with a setting, with a button that opens it. */
export async function reportProblem(problem: SettingProblem): Promise<void> {
  const open = t('Open Setting');
  const kept = t('The previous value is still used.');
  const sentence = `${getProblemMessage(problem)} ${kept}`;
  const chosen = await showWarning(sentence, open);
  if (chosen !== open) return;
  await vscode.commands.executeCommand('workbench.action.openSettings', `cria.${problem.key}`);
}

/** Asks whether a workspace value may use more memory than the user's; undefined if there was no answer. */
export async function askCostly(costly: CostlyValue): Promise<boolean | undefined> {
  const use = t('Use Folder Value');
  const keep = t('Keep My Value');
  const chosen = await showWarning(getCostlyMessage(costly), use, keep);
  return chosen === undefined ? undefined : chosen === use;
}

function getCostlyMessage({ key, value, own }: CostlyValue): string {
  const mine = own === null ? t('the server’s default') : JSON.stringify(own);
  return t(
    'The folder or remote settings set cria.{0} to {1}, which uses more memory. Your value ({2}) is used until you choose.',
    key,
    JSON.stringify(value),
    mine,
  );
}

/** What is wrong with a value, in a sentence. */
export function getProblemMessage(problem: SettingProblem): string {
  switch (problem.kind) {
    case 'shape':
      return translated(settingDescriptors[problem.key].invalid);
    case 'address':
      return translated(problem.sentence);
    case 'option':
      return getOptionMessage(problem.option);
  }
}

/** Settings of their own, so that every request to a model says the same of them. */
const ownSettings: Readonly<Record<string, string>> = {
  num_ctx: 'cria.contextLength',
  temperature: 'cria.temperature',
  keep_alive: 'cria.keepAlive',
  think: 'cria.thinking',
};

/** Why an option is refused. */
function getOptionMessage(option: string): string {
  const setting = ownSettings[option];
  if (setting !== undefined) {
    return t('The option {0} has its own setting: {1}.', option, setting);
  }
  if (option === 'num_predict') {
    return t('The option num_predict cannot be 0. Remove it, or set the number of tokens.');
  }
  return t(
    'The option {0} affects model loading and cannot be set per request. Set it in the model instead (PARAMETER {0} in a Modelfile).',
    option,
  );
}
