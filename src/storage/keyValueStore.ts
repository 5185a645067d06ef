import * as v from 'valibot';

/** The part of `vscode.Memento` that is used. */
export interface KeyValueStore {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
  keys(): readonly string[];
}

/**
 * The stored value if it matches `schema`, otherwise undefined: values may come from another version of the
 * extension.
 */
export function readValue<T>(
  store: Pick<KeyValueStore, 'get'>,
  key: string,
  schema: v.GenericSchema<unknown, T>,
): T | undefined {
  const parsed = v.safeParse(schema, store.get(key));
  return parsed.success ? parsed.output : undefined;
}
