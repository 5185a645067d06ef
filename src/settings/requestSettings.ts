import type { RequestProfile } from '../conversation/ports';
import type { ChatSettings } from '../conversation/session';
import { sameModel } from '../ollama/modelName';
import type { ModelOverrides, Settings } from './settingSchemas';

/**
 * What every request to `model` says of how it is loaded and how it answers: chat, explain and continue
 * all take it from here, or the server would load the model again at each change between them.
 */
export function requestProfile(settings: Settings, model: string): RequestProfile {
  const { contextLength, temperature, keepAlive, thinking } = {
    ...settings,
    ...overridesOf(settings, model),
  };
  const { options } = settings;
  return {
    ...(contextLength === null ? {} : { contextLength }),
    ...(temperature === null ? {} : { temperature }),
    ...(keepAlive === null ? {} : { keepAlive }),
    ...(thinking === 'auto' ? {} : { think: thinks[thinking] }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

const thinks = { on: true, off: false, low: 'low', medium: 'medium', high: 'high' } as const;

/** What `cria.models` says of a model, however its name is written. */
export function overridesOf({ models }: Settings, model: string): ModelOverrides {
  return Object.entries(models).find(([name]) => sameModel(name, model))?.[1] ?? {};
}

/** For an answer of `model`; absent: of the one that is set. */
export function chatSettings(settings: Settings, model = settings.model): ChatSettings {
  const { systemPrompt, answerLanguage } = settings;
  const inLanguage = answerLanguage === '' ? '' : `Answer in ${answerLanguage}.`;
  return {
    model,
    systemPrompt: [systemPrompt.trim(), inLanguage].filter((part) => part !== '').join('\n'),
    profile: requestProfile(settings, model),
  };
}
