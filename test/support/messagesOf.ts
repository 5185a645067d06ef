import * as fc from 'fast-check';

/** What a schema of valibot shows of itself, as far as it is needed to make values for it. */
interface Shape {
  readonly type: string;
  readonly literal?: unknown;
  readonly options?: readonly unknown[];
  readonly item?: Shape;
  readonly wrapped?: Shape;
  readonly entries?: Readonly<Record<string, Shape>>;
}

/** Strings that a page has no reason to say. */
const words: readonly string[] = [
  ...['', '__proto__', 'constructor', 'hasOwnProperty', '../../x', 'javascript:alert(1)'],
  ...['command:workbench.action.quit', 'file:///etc/passwd', '\0', '\ud800', '\u202ex', 'x'],
];

/** Messages that a schema takes. Takes new members of the protocol by itself. */
export function messagesOf(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.type) {
    case 'variant':
      return fc.oneof(...(shape.options ?? []).map((option) => messagesOf(option as Shape)));
    case 'object':
      return fc.record(mapped(shape.entries ?? {}));
    case 'literal':
      return fc.constant(shape.literal);
    case 'picklist':
      return fc.constantFrom(...(shape.options ?? []));
    case 'string':
      return fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 32 }));
    case 'number':
      return fc.nat(100);
    case 'array':
      return shape.item
        ? fc.array(messagesOf(shape.item), { minLength: 1, maxLength: 4 })
        : fc.constant([]);
    case 'optional':
      return shape.wrapped
        ? fc.option(messagesOf(shape.wrapped), { nil: undefined })
        : fc.anything();
    default:
      return fc.anything();
  }
}

/** The same with something wrong: a field lost, exchanged, nested or added, or no message at all. */
export function mutated(messages: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const field = fc.record({ message: messages, at: fc.nat(4), value: fc.anything() });
  return fc.oneof(
    fc.anything({ withNullPrototype: true, withMap: true, withTypedArray: true, withBigInt: true }),
    field.map(({ message, at, value }) => changed(message, at, () => value)),
    field.map(({ message, at }) => changed(message, at, () => undefined)),
    field.map(({ message, at }) => changed(message, at, (old) => [old])),
    field.map(({ message, value }) => ({ ...(message as object), extra: value })),
    messages.map((message) => JSON.stringify(message)),
    messages.map((message) => [message]),
  );
}

function changed(message: unknown, at: number, change: (old: unknown) => unknown): unknown {
  const entries = Object.entries(message ?? {});
  const chosen = at % Math.max(1, entries.length);
  return Object.fromEntries(
    entries.map(([key, value], index) => [key, index === chosen ? change(value) : value]),
  );
}

function mapped(entries: Readonly<Record<string, Shape>>): Record<string, fc.Arbitrary<unknown>> {
  return Object.fromEntries(
    Object.entries(entries).map(([key, entry]) => [key, messagesOf(entry)]),
  );
}
