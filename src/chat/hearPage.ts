import * as v from 'valibot';
import { dispatch, type Handlers } from '../shared/dispatch';
import { fromWebviewSchema, type FromWebview } from '../shared/protocol';

/**
 * Does what a page says, if it is a message of a known form; a page shows what a model wrote.
 * @returns what kind of message it was
 */
export function hearPage(
  handlers: Handlers<FromWebview>,
  message: unknown,
): FromWebview['type'] | undefined {
  const parsed = v.safeParse(fromWebviewSchema, message);
  if (!parsed.success) return undefined;
  dispatch(handlers, parsed.output);
  return parsed.output.type;
}
