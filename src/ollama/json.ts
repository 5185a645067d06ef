import { protocolError } from './errors';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `text` read as JSON; `undefined` (which JSON cannot say) when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** `value` as JSON again, to be shown; what goes too deep for that is not. */
export function writtenJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // The parser goes as deep as a line is long; the writer only as deep as the stack.
    if (error instanceof RangeError) return '';
    throw error;
  }
}

/** `value` where it is a string; for fields that may be missing. */
export function optionalString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** `value` where it is a finite number that is not negative; for counts, sizes and durations. */
export function optionalCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

export function optionalStrings(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.filter((item): item is string => typeof item === 'string');
}

/** Throws a protocol error unless `value` is an object. */
export function requireObject(value: unknown, what: string): JsonObject {
  if (isObject(value)) return value;
  throw protocolError(`${what} is not an object.`, writtenJson(value));
}

/** Throws a protocol error unless `value` is a string that is not empty. */
export function requireString(value: unknown, what: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw protocolError(`${what} is missing.`, writtenJson(value));
}

/** Throws a protocol error unless `value` is an array; reads each entry with `read`. */
export function requireArray<T>(
  value: unknown,
  what: string,
  read: (entry: unknown) => T,
): readonly T[] {
  if (Array.isArray(value)) return value.map(read);
  throw protocolError(`${what} is not a list.`, writtenJson(value));
}
