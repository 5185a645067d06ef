interface Typed {
  readonly type: string;
}

/** One function for each message of `M`: a message without its handler does not compile. */
export type Handlers<M extends Typed> = {
  readonly [K in M['type']]: (message: Extract<M, { type: K }>) => void;
};

/** Calls the handler of `message`. */
export function dispatch<M extends Typed>(handlers: Handlers<M>, message: M): void {
  const type: M['type'] = message.type;
  // The mapped type pairs each name with its own message; TypeScript cannot follow that through an
  // index, so the pairing is said once, here.
  const handle = handlers[type] as (message: M) => void;
  handle(message);
}
