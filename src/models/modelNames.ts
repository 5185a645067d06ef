import * as v from 'valibot';

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
export function modelOf(value: unknown): string | undefined {
  const parsed = v.safeParse(argument, value);
  return parsed.success ? parsed.output : undefined;
}
