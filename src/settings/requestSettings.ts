import type { RequestProfile } from '../conversation/ports';
import type { ChatSettings } from '../conversation/ports';
import { sameModel } from '../ollama/modelName';
import {
  type ModelOverrides,
  settingDescriptors,
  type SettingKey,
  settingKeys,
  type Settings,
} from './settingDescriptors';

/**
 * How every request to `model` loads and runs it. Chat, explanations and Continue share this profile: a
 * request with another `num_ctx` would make Ollama reload the model.
 */
export function requestProfile(settings: Settings, model: string): RequestProfile {
  const values: Settings = { ...settings, ...getOverrides(settings, model) };
  return settingKeys
    .map((key) => requestPart(key, values))
    .reduce((profile, part) => ({
      ...profile,
      ...part,
      ...(part.options && { options: { ...profile.options, ...part.options } }),
    }));
}

function requestPart<K extends SettingKey>(key: K, values: Pick<Settings, K>): RequestProfile {
  return settingDescriptors[key].request?.(values[key]) ?? {};
}

/** The values of `cria.models` for a model, however its name is written. */
export function getOverrides({ models }: Settings, model: string): ModelOverrides {
  return Object.entries(models).find(([name]) => sameModel(name, model))?.[1] ?? {};
}

/** What the settings say of an answer by `model`; by default the one that is set. */
export function chatSettings(settings: Settings, model = settings.model): ChatSettings {
  const { systemPrompt, answerLanguage } = settings;
  const inLanguage = answerLanguage === '' ? '' : `Answer in ${answerLanguage}.`;
  return {
    model,
    systemPrompt: [systemPrompt.trim(), inLanguage].filter((part) => part !== '').join('\n'),
    profile: requestProfile(settings, model),
  };
}
