import * as v from 'valibot';

/** A Go duration (`10m`, `1h30m`), as Ollama reads `keep_alive` (api/types.go `Duration`). */
const goDuration = /^-?(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/u;
const bareNumber = /^-?\d+(?:\.\d+)?$/u;

const keepAlive = v.union([
  v.pipe(v.number(), v.finite()),
  // Ollama refuses "300" for want of a unit, though everyone means seconds.
  v.pipe(v.string(), v.trim(), v.regex(bareNumber), v.transform(Number)),
  v.pipe(v.string(), v.trim(), v.regex(goDuration)),
]);

/** Every setting of the manifest under `cria.`, as it must be to be used. */
export const settingSchemas = {
  endpoint: v.pipe(v.string(), v.trim(), v.maxLength(2048)),
  model: v.pipe(v.string(), v.trim(), v.maxLength(512)),
  systemPrompt: v.pipe(v.string(), v.maxLength(32_768)),
  contextLength: v.nullable(
    v.pipe(v.number(), v.integer(), v.minValue(256), v.maxValue(10_485_760)),
  ),
  temperature: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(2))),
  keepAlive: v.nullable(keepAlive),
  answerLanguage: v.pipe(v.string(), v.trim(), v.maxLength(64), v.regex(/^[^\r\n]*$/u)),
  'explain.showIn': v.picklist(['editor', 'chat']),
  'codeActions.enabled': v.boolean(),
} as const;

export type SettingKey = keyof typeof settingSchemas;
export type Settings = { readonly [K in SettingKey]: v.InferOutput<(typeof settingSchemas)[K]> };

/** Where bytes go is the person's own choice: a workspace's value of these is never read. */
export const personOnly: ReadonlySet<SettingKey> = new Set<SettingKey>(['endpoint']);
