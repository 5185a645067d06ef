import * as vscode from 'vscode';
import type { SettingKey } from './settingSchemas';
import type { SettingProblem } from './settingsReader';
import { translated } from '../ui/translated';

const { t } = vscode.l10n;

/** What is wrong with a value, in a sentence. */
export function problemSentence(problem: SettingProblem): string {
  switch (problem.kind) {
    case 'shape':
      return shapeProblem(problem.key);
    case 'address':
      return translated(problem.sentence);
    case 'option':
      return optionProblem(problem.option);
  }
}

/** What a setting must be, said when it is not. */
function shapeProblem(key: SettingKey): string {
  const sentences: Record<SettingKey, string> = {
    endpoint: t('The setting cria.endpoint must be an address, such as http://127.0.0.1:11434.'),
    model: t('The setting cria.model must be the name of a model, such as qwen3:8b.'),
    'explain.model': t(
      'The setting cria.explain.model must be the name of a model, such as qwen3:4b, or empty.',
    ),
    contextLength: t(
      'The setting cria.contextLength must be null or a whole number of tokens from 256 on.',
    ),
    keepAlive: t(
      'The setting cria.keepAlive must be null, a number of seconds, or a duration such as 10m.',
    ),
    temperature: t('The setting cria.temperature must be null or a number from 0 to 2.'),
    thinking: t('The setting cria.thinking must be auto, on, off, low, medium or high.'),
    options: t(
      'The setting cria.options must be an object of numbers, texts and true or false, such as {"top_p": 0.9}.',
    ),
    models: t(
      'The setting cria.models must give each model only contextLength, temperature, thinking and keepAlive, each as in the setting of that name.',
    ),
    systemPrompt: t('The setting cria.systemPrompt must be text of at most 32,768 characters.'),
    answerLanguage: t(
      'The setting cria.answerLanguage must be the name of a language, such as Deutsch.',
    ),
    prompts: t(
      'The setting cria.prompts must give explain, fix, tests and document texts of at most 8,192 characters.',
    ),
    'explain.showIn': t('The setting cria.explain.showIn must be editor or chat.'),
    'codeActions.enabled': t('The setting cria.codeActions.enabled must be true or false.'),
    'statusBar.visible': t('The setting cria.statusBar.visible must be true or false.'),
  };
  return sentences[key];
}

/** Settings of their own, so that every request to a model says the same of them. */
const ownSettings: Readonly<Record<string, string>> = {
  num_ctx: 'cria.contextLength',
  temperature: 'cria.temperature',
  keep_alive: 'cria.keepAlive',
  think: 'cria.thinking',
};

/** Why an option is refused. */
function optionProblem(option: string): string {
  const setting = ownSettings[option];
  if (setting !== undefined) {
    return t('The option {0} has a setting of its own: {1}.', option, setting);
  }
  return t(
    'The option {0} is about how a model is loaded and cannot vary with a request: it belongs into the model (PARAMETER {0} in a Modelfile).',
    option,
  );
}
