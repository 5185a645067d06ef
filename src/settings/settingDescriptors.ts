import * as v from 'valibot';
import type { ChatSettings, RequestProfile } from '../conversation/ports';
import { sameModel } from '../ollama/modelName';
import { defined } from '../shared/defined';

interface SettingDescriptor<S extends v.GenericSchema> {
  /** What a value must be to be used. */
  readonly schema: S;
  /** Shown when a value does not match the schema; `l10n/` has the translations. */
  readonly invalid: string;
  /**
   * Whose value counts. `user`: only the user's own, never a workspace's. `trusted`: also that of a trusted
   * workspace. `any`: also that of an untrusted one, as the setting only changes what is shown.
   */
  readonly from: 'user' | 'trusted' | 'any';
  /** The JSON schema for VS Code's settings editor, with the default. */
  readonly manifest: { readonly default: unknown; readonly [keyword: string]: unknown };
  /** What every request to a model says because of this value. */
  readonly request?: (value: v.InferOutput<S>) => RequestProfile;
}

/** Infers the type of `request` from the schema. */
function setting<S extends v.GenericSchema>(descriptor: SettingDescriptor<S>): typeof descriptor {
  return descriptor;
}

/** A Go duration (`10m`, `1h30m`), as Ollama parses `keep_alive` (api/types.go `Duration`). */
const goDuration = /^-?(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/u;
const bareNumber = /^-?\d+(?:\.\d+)?$/u;
const duration = v.pipe(v.string(), v.maxLength(64), v.trim());
const keepAlive = v.nullable(
  v.union([
    v.pipe(v.number(), v.finite()),
    // Ollama rejects "300" because it has no unit, although it can only mean seconds.
    v.pipe(duration, v.regex(bareNumber), v.transform(Number)),
    v.pipe(duration, v.regex(goDuration)),
    // Who empties the setting wants what the server has.
    v.pipe(
      duration,
      v.literal(''),
      v.transform(() => null),
    ),
  ]),
);
const maxModelNameLength = 512;
const modelName = v.pipe(v.string(), v.trim(), v.maxLength(maxModelNameLength));
const contextRange = { minimum: 256, maximum: 10_485_760 };
const automaticContext = ['auto', 'ask'] as const;
const contextLength = v.nullable(
  v.union([
    v.picklist(automaticContext),
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(contextRange.minimum),
      v.maxValue(contextRange.maximum),
    ),
  ]),
);
const temperatureRange = { minimum: 0, maximum: 2 };
const temperature = v.nullable(
  v.pipe(v.number(), v.minValue(temperatureRange.minimum), v.maxValue(temperatureRange.maximum)),
);
const thinkingLevels = ['auto', 'on', 'off', 'low', 'medium', 'high'] as const;
const thinking = v.picklist(thinkingLevels);
const requestedThinking = {
  auto: undefined,
  on: true,
  off: false,
  low: 'low',
  medium: 'medium',
  high: 'high',
} as const;

/** The JSON schemas of the settings that `cria.models` can override for one model. */
const manifestOf = {
  contextLength: {
    anyOf: [{ enum: [...automaticContext, null] }, { type: 'integer', ...contextRange }],
  },
  temperature: { type: ['number', 'null'], ...temperatureRange },
  thinking: { type: 'string', enum: thinkingLevels },
  keepAlive: { type: ['string', 'number', 'null'] },
};
const modelOverrides = v.strictObject({
  contextLength: v.exactOptional(contextLength),
  temperature: v.exactOptional(temperature),
  thinking: v.exactOptional(thinking),
  keepAlive: v.exactOptional(keepAlive),
});
export type ModelOverrides = v.InferOutput<typeof modelOverrides>;

/** Ollama ignores options it does not know, so only the type is checked here. */
const option = v.union([
  v.pipe(v.number(), v.finite()),
  v.boolean(),
  v.string(),
  v.array(v.string()),
]);

const maxPromptLength = 8192;
const prompt = v.exactOptional(v.pipe(v.string(), v.maxLength(maxPromptLength)));
const defaultPrompts = {
  explain:
    'Explain step by step what this code does. Point out what is not obvious. Keep it short.',
  fix: 'Find and fix the bug in this code. Show only the changed code, then explain the fix in one sentence.',
  tests: 'Write tests for this code in the style and framework of the project. Cover edge cases.',
  document:
    'Write a documentation comment for this code: what it does, its parameters, return value, and errors. Do not change the code.',
};
const maxSystemPromptLength = 32_768;
const maxLanguageLength = 64;

/**
 * Every setting, in the order of the settings editor. The types, the manifest's configuration section and
 * `docs/settings.md` come from here (`npm run settings` writes the latter two), and so do the message for
 * an invalid value and what a request says. A setting that passes an option on to the model is one more
 * descriptor and its texts.
 */
const table = {
  endpoint: setting({
    schema: v.pipe(v.string(), v.trim(), v.maxLength(2048)),
    invalid: 'The setting cria.endpoint must be an address, such as http://127.0.0.1:11434.',
    from: 'user',
    manifest: {
      type: 'string',
      default: '',
      examples: ['http://127.0.0.1:11434', 'https://gpu.example.com/v1'],
    },
  }),
  server: setting({
    schema: v.picklist(['auto', 'ollama', 'openai']),
    invalid: 'The setting cria.server must be auto, ollama, or openai.',
    from: 'user',
    manifest: { type: 'string', enum: ['auto', 'ollama', 'openai'], default: 'auto' },
  }),
  model: setting({
    schema: modelName,
    invalid: 'The setting cria.model must be the name of a model, such as qwen3:8b.',
    from: 'trusted',
    manifest: {
      type: 'string',
      default: '',
      maxLength: maxModelNameLength,
      examples: ['qwen3:8b', 'llama3.2:3b'],
    },
  }),
  'explain.model': setting({
    schema: modelName,
    invalid:
      'The setting cria.explain.model must be empty or the name of a model, such as qwen3:4b.',
    from: 'trusted',
    manifest: {
      type: 'string',
      default: '',
      maxLength: maxModelNameLength,
      examples: ['qwen3:4b'],
    },
  }),
  contextLength: setting({
    schema: contextLength,
    invalid:
      'The setting cria.contextLength must be "auto", "ask", null, or a whole number of at least 256 tokens.',
    from: 'trusted',
    manifest: { ...manifestOf.contextLength, default: 'auto', examples: [8192, 16_384, 32_768] },
    request: (length) => {
      if (length === 'auto') return { automatic: 'raise' };
      if (length === 'ask') return { automatic: 'ask' };
      return defined({ contextLength: length ?? undefined });
    },
  }),
  keepAlive: setting({
    schema: keepAlive,
    invalid:
      'The setting cria.keepAlive must be null, a number of seconds, or a duration such as 10m.',
    from: 'trusted',
    manifest: { ...manifestOf.keepAlive, default: null, examples: ['30m', '1h30m', -1, 0] },
    request: (duration) => defined({ keepAlive: duration ?? undefined }),
  }),
  temperature: setting({
    schema: temperature,
    invalid: 'The setting cria.temperature must be null or a number from 0 to 2.',
    from: 'trusted',
    manifest: { ...manifestOf.temperature, default: null, examples: [0, 0.2, 0.8] },
    request: (value) => defined({ temperature: value ?? undefined }),
  }),
  thinking: setting({
    schema: thinking,
    invalid: 'The setting cria.thinking must be auto, on, off, low, medium, or high.',
    from: 'trusted',
    manifest: { ...manifestOf.thinking, default: 'auto' },
    request: (level) => defined({ think: requestedThinking[level] }),
  }),
  options: setting({
    schema: v.record(v.string(), option),
    invalid:
      'The setting cria.options must be an object of numbers, strings, and booleans, such as {"top_p": 0.9}.',
    from: 'trusted',
    manifest: {
      type: 'object',
      default: {},
      properties: {
        top_k: { type: 'integer', minimum: 0 },
        top_p: { type: 'number', minimum: 0, maximum: 1 },
        min_p: { type: 'number', minimum: 0, maximum: 1 },
        typical_p: { type: 'number', minimum: 0, maximum: 1 },
        seed: { type: 'integer' },
        num_predict: { type: 'integer' },
        num_keep: { type: 'integer' },
        repeat_last_n: { type: 'integer' },
        repeat_penalty: { type: 'number' },
        presence_penalty: { type: 'number' },
        frequency_penalty: { type: 'number' },
        stop: { type: 'array', items: { type: 'string' } },
      },
      additionalProperties: { type: ['number', 'boolean', 'string', 'array'] },
      examples: [{ top_p: 0.9, seed: 7 }],
    },
    request: (options) => (Object.keys(options).length === 0 ? {} : { options }),
  }),
  models: setting({
    schema: v.record(v.string(), modelOverrides),
    invalid:
      'The setting cria.models may contain only contextLength, temperature, thinking, and keepAlive for each model, with the values that those settings allow.',
    from: 'user',
    manifest: {
      type: 'object',
      default: {},
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: manifestOf,
      },
      examples: [{ 'qwen3:8b': { contextLength: 16_384, thinking: 'off', keepAlive: '1h' } }],
    },
  }),
  systemPrompt: setting({
    schema: v.pipe(v.string(), v.maxLength(maxSystemPromptLength)),
    invalid: 'The setting cria.systemPrompt must be text with at most 32,768 characters.',
    from: 'trusted',
    manifest: {
      type: 'string',
      editPresentation: 'multilineText',
      default:
        'You are a helpful programming assistant. Be brief and precise. Put code in fenced blocks and name the language.',
      maxLength: maxSystemPromptLength,
    },
  }),
  answerLanguage: setting({
    schema: v.pipe(v.string(), v.trim(), v.maxLength(maxLanguageLength), v.regex(/^[^\r\n]*$/u)),
    invalid: 'The setting cria.answerLanguage must be the name of a language, such as Deutsch.',
    from: 'trusted',
    manifest: {
      type: 'string',
      default: '',
      maxLength: maxLanguageLength,
      examples: ['Deutsch', 'português'],
    },
  }),
  prompts: setting({
    schema: v.strictObject({ explain: prompt, fix: prompt, tests: prompt, document: prompt }),
    invalid:
      'The setting cria.prompts may contain only explain, fix, tests, and document, each with at most 8,192 characters.',
    from: 'trusted',
    manifest: {
      type: 'object',
      default: defaultPrompts,
      additionalProperties: false,
      properties: Object.fromEntries(
        Object.entries(defaultPrompts).map(([name, text]) => [
          name,
          { type: 'string', maxLength: maxPromptLength, default: text },
        ]),
      ),
    },
  }),
  'explain.showIn': setting({
    schema: v.picklist(['editor', 'chat']),
    invalid: 'The setting cria.explain.showIn must be editor or chat.',
    from: 'any',
    manifest: { type: 'string', enum: ['editor', 'chat'], default: 'editor' },
  }),
  'explain.followUps': setting({
    schema: v.picklist(['messages', 'context']),
    invalid: 'The setting cria.explain.followUps must be messages or context.',
    from: 'trusted',
    manifest: { type: 'string', enum: ['messages', 'context'], default: 'messages' },
  }),
  sendKey: setting({
    schema: v.picklist(['enter', 'ctrlEnter']),
    invalid: 'The setting cria.sendKey must be enter or ctrlEnter.',
    from: 'any',
    manifest: { type: 'string', enum: ['enter', 'ctrlEnter'], default: 'enter' },
  }),
  'codeActions.enabled': setting({
    schema: v.boolean(),
    invalid: 'The setting cria.codeActions.enabled must be true or false.',
    from: 'any',
    manifest: { type: 'boolean', default: true },
  }),
  'statusBar.visible': setting({
    schema: v.boolean(),
    invalid: 'The setting cria.statusBar.visible must be true or false.',
    from: 'any',
    manifest: { type: 'boolean', default: true },
  }),
};

export type SettingKey = keyof typeof table;
export type Settings = {
  readonly [K in SettingKey]: v.InferOutput<(typeof table)[K]['schema']>;
};

/** By key, so that each `request` gets the value of its setting. */
type SettingDescriptors = {
  readonly [K in SettingKey]: Omit<(typeof table)[K], 'request'> & {
    readonly request?: (value: Settings[K]) => RequestProfile;
  };
};
export const settingDescriptors: SettingDescriptors = table;

export const settingKeys = Object.keys(table) as readonly SettingKey[];

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
