import * as v from 'valibot';
import { isJsonObject, type JsonObject, toJsonText } from '../http/jsonValues';
import { maxDetailLength, maxListedModels, maxNameLength } from '../http/limits';
import { protocolError } from '../http/serverError';
import { defined } from '../shared/defined';
import { takeStart } from '../shared/hiddenCharacters';

/**
 * The answers of Ollama's API that are not streamed, and the lines of a download (ollama/ollama,
 * api/types.go). The schemas are strict about names and lenient about everything else: a field of a wrong
 * type counts as missing, unknown fields are dropped. Sizes are bytes, context lengths are tokens.
 */

/** More than what is listed about any model. */
const maxEntries = 1_000;
/** Licenses and templates have tens of kilobytes. */
const maxLongTextLength = 256 * 1024;

const boundedText = (maxLength: number) =>
  v.fallback(
    v.optional(
      v.pipe(
        v.string(),
        v.transform((written) => takeStart(written, maxLength)),
      ),
    ),
    undefined,
  );
const text = boundedText(maxDetailLength);
const longText = boundedText(maxLongTextLength);
/** Empty and null name no other server; a value of a wrong type names one in an unknown way. */
const remote = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((named) => {
      if (named === '' || named === null || named === undefined) return undefined;
      return typeof named === 'string' ? takeStart(named, maxDetailLength) : 'unknown';
    }),
  ),
);
const positive = v.pipe(v.number(), v.finite(), v.minValue(0));
const count = v.fallback(v.optional(positive), undefined);
const size = v.fallback(v.optional(positive, 0), 0);
const name = v.pipe(v.string(), v.minLength(1));
const status = v.pipe(
  name,
  v.transform((written) => takeStart(written, maxDetailLength)),
);
const jsonObject = v.custom<JsonObject>(isJsonObject);
/** Entries of another type are dropped. Absent on old servers, which is not the same as an empty list. */
const texts = v.fallback(
  v.optional(
    v.pipe(
      v.array(v.unknown()),
      v.transform((entries) =>
        entries
          .slice(0, maxEntries)
          .flatMap((entry) => (typeof entry === 'string' ? takeStart(entry, maxDetailLength) : [])),
      ),
    ),
  ),
  undefined,
);

/** An object of these fields; what is undefined is left out. */
const jsonObjectWith = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.pipe(
    v.object(entries),
    v.transform((fields: v.InferOutput<v.ObjectSchema<Entries, undefined>>) => defined(fields)),
  );

const detailsSchema = jsonObjectWith({
  format: text,
  family: text,
  /** The model of the same server that this one was created from. */
  parent_model: text,
  /** Such as `134.52M`. */
  parameter_size: text,
  /** Such as `Q4_K_M`. */
  quantization_level: text,
  /** The trained context (since 0.30). */
  context_length: count,
});
const details = v.fallback(v.optional(detailsSchema, {}), {});

/** `name` and `model` are the same; some gateways send only one of them. */
const named = v.pipe(
  jsonObject,
  v.transform((model): JsonObject => ({ ...model, name: model['name'] ?? model['model'] })),
);

const tagsModelSchema = v.pipe(
  named,
  jsonObjectWith({
    name,
    modified_at: text,
    /** On disk; a few hundred bytes for a cloud model. */
    size,
    digest: text,
    details,
    /** Since 0.30. */
    capabilities: texts,
    remote_model: remote,
    remote_host: remote,
  }),
);
export type TagsModel = v.InferOutput<typeof tagsModelSchema>;

const psModelSchema = v.pipe(
  named,
  jsonObjectWith({
    name,
    /** In memory, and the part of it on a GPU. */
    size,
    size_vram: size,
    digest: text,
    details,
    /** RFC 3339. */
    expires_at: text,
    /** What is really allocated (since 0.10). */
    context_length: count,
  }),
);
export type PsModel = v.InferOutput<typeof psModelSchema>;

/** A server without models may send null, as Go does for an empty list. */
const listObject = v.pipe(
  jsonObject,
  v.transform(({ models }): { models: unknown; notListed: number } => {
    if (!Array.isArray(models)) return { models: models ?? [], notListed: 0 };
    const listed = takeFirst(models);
    return { models: listed, notListed: models.length - listed.length };
  }),
);

/** Without names that no request could use: a model that is not listed is asked about before anything is sent to it. */
function takeFirst(models: readonly unknown[]): readonly unknown[] {
  return models.slice(0, maxListedModels).filter((model) => {
    const listed = isJsonObject(model) ? (model['name'] ?? model['model']) : undefined;
    return typeof listed !== 'string' || listed.length <= maxNameLength;
  });
}

/** What `/api/show` says of a model's shape: numbers, words, and a number for each layer. */
const modelInfo = v.fallback(
  v.optional(
    v.pipe(
      jsonObject,
      v.transform((info): JsonObject =>
        Object.fromEntries(
          Object.entries(info)
            .slice(0, maxEntries)
            .filter(([, value]) => isSmall(value)),
        ),
      ),
    ),
    {},
  ),
  {},
);

function isSmall(value: unknown): boolean {
  if (Array.isArray(value)) return value.length <= maxEntries && value.every(isSmallScalar);
  return isSmallScalar(value);
}

function isSmallScalar(value: unknown): boolean {
  return typeof value === 'string' ? value.length <= maxDetailLength : typeof value !== 'object';
}

const tagsSchema = v.pipe(
  listObject,
  v.object({ models: v.array(tagsModelSchema), notListed: v.number() }),
);
export type TagsResponse = v.InferOutput<typeof tagsSchema>;

const psSchema = v.pipe(
  listObject,
  v.transform(({ models }) => ({ models })),
  v.object({ models: v.array(psModelSchema) }),
);
export type PsResponse = v.InferOutput<typeof psSchema>;

/** Without the list of tensors, which is long. */
const showSchema = v.pipe(
  jsonObject,
  jsonObjectWith({
    /** Tens of kilobytes for some models. */
    license: longText,
    /** A Go template, or (since 0.30) Jinja. */
    template: longText,
    /** One `key value` a line. */
    parameters: longText,
    system: longText,
    details,
    model_info: modelInfo,
    /** Since 0.6.4. */
    capabilities: texts,
    remote_model: remote,
    remote_host: remote,
    modified_at: text,
  }),
);
export type ShowResponse = v.InferOutput<typeof showSchema>;

const versionSchema = v.pipe(jsonObject, v.object({ version: status }));

const pullLineSchema = v.pipe(
  jsonObject,
  jsonObjectWith({
    status,
    digest: text,
    /** Of the layer; left out when 0. */
    total: count,
    completed: count,
  }),
);
export type PullLine = v.InferOutput<typeof pullLineSchema>;

export function readTags(value: unknown): TagsResponse {
  return parse(tagsSchema, value, 'The response of /api/tags');
}

export function readPs(value: unknown): PsResponse {
  return parse(psSchema, value, 'The response of /api/ps');
}

export function readShow(value: unknown): ShowResponse {
  return parse(showSchema, value, 'The response of /api/show');
}

export function readVersion(value: unknown): string {
  return parse(versionSchema, value, 'The response of /api/version').version;
}

export function readPullLine(value: unknown): PullLine {
  return parse(pullLineSchema, value, 'A line of the download');
}

/** Throws a `ServerError` of kind `protocol`. */
function parse<Output>(
  schema: v.GenericSchema<unknown, Output>,
  value: unknown,
  what: string,
): Output {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const field = v.getDotPath(issue) ?? what;
  throw protocolError(describeIssue(issue.type, field), toJsonText(value));
}

function describeIssue(failedSchema: string, field: string): string {
  if (failedSchema === 'custom') return `${field} is not an object.`;
  return failedSchema === 'array' ? `${field} is not a list.` : `${field} is missing.`;
}
