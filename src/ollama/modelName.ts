import * as v from 'valibot';

/**
 * Model names by Ollama's own rules (types/model/name.go, internal/modelref):
 * `[scheme://][host/][namespace/]model[:tag]`. Letter case does not count; the host `registry.ollama.ai`,
 * the namespace `library` and the tag `latest` can be left out, and white space around the tag is ignored.
 */

/** The name in the form that is equal for all names of the same model. */
export function fullName(name: string): string {
  const lower = name
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//u, '');
  const colon = lower.lastIndexOf(':');
  const hasTag = colon > lower.lastIndexOf('/');
  const path = (hasTag ? lower.slice(0, colon) : lower)
    .trim()
    .replace(/^registry\.ollama\.ai\//u, '')
    .replace(/^library\/(?=[^/]*$)/u, '');
  const tag = hasTag ? lower.slice(colon + 1).trim() : '';
  return `${path}:${tag === '' ? 'latest' : tag}`;
}

/** Whether two names mean the same model. */
export function sameModel(one: string, other: string): boolean {
  return fullName(one) === fullName(other);
}

/** Whether the name says that the answer is computed on ollama.com: `model:cloud`, `model:tag-cloud`. */
export function isCloudName(name: string): boolean {
  return /[:-]\s*cloud$/iu.test(name.trim());
}

const nameSchema = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(350),
  v.regex(/^[\w][\w.-]*(?::\d+)?(?:\/[\w][\w.-]*){0,3}(?::[\w][\w.-]*)?$/u),
);

/** A name, or an entry of the Models view. */
const argumentSchema = v.union([
  nameSchema,
  v.pipe(
    v.object({ model: nameSchema }),
    v.transform(({ model }) => model),
  ),
]);

/** The model that a command was called for; undefined for anything that is not a valid name. */
export function parseModelArgument(value: unknown): string | undefined {
  const parsed = v.safeParse(argumentSchema, value);
  return parsed.success ? parsed.output : undefined;
}
