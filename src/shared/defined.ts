type OptionalKey<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** `T` with every property that may be undefined made optional. */
export type Defined<T> = T extends unknown
  ? Omit<T, OptionalKey<T>> & { readonly [K in OptionalKey<T>]?: Exclude<T[K], undefined> }
  : never;

/**
 * A copy of `fields` without the properties that are undefined: what `exactOptionalPropertyTypes` asks for
 * where a value that may be missing fills an optional property.
 */
export function defined<const T extends object>(fields: T): Defined<T>;
export function defined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
