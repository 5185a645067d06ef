import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Lets everything that is on its way through the sockets of this process arrive: a write on a loopback
 * socket is readable in the next turn of the event loop.
 */
export async function settle(turns = 4): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await nextTurn();
}
