import * as v from 'valibot';

/** Whether two names mean the same model: the tag `latest` may be left out, letter case does not count. */
export function sameModel(one: string, other: string): boolean {
  return fullName(one) === fullName(other);
}

/** Whether the answer is computed on ollama.com (`name:cloud`, `name:tag-cloud`; internal/modelref). */
export function isCloudName(name: string): boolean {
  return /(?::|-)cloud$/iu.test(name);
}

/** The name with its tag, in lower case, for comparing. */
export function fullName(name: string): string {
  const lower = name.trim().toLowerCase();
  return /:[^/]*$/u.test(lower) ? lower : `${lower}:latest`;
}

/** `[host/][namespace/]name[:tag]`, as Ollama takes it (types/model/name.go). */
const name = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(350),
  v.regex(/^[\w][\w.-]*(?::\d+)?(?:\/[\w][\w.-]*){0,3}(?::[\w][\w.-]*)?$/u),
);

/** A name, or an entry of the Models view. */
const argument = v.union([
  name,
  v.pipe(
    v.object({ model: name }),
    v.transform(({ model }) => model),
  ),
]);

/** The model that a command was called for, when it is a name that can be one. */
export function parseModelArgument(value: unknown): string | undefined {
  const parsed = v.safeParse(argument, value);
  return parsed.success ? parsed.output : undefined;
}
