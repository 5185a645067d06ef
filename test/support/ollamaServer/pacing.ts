import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from './exchange';
import type { Gate } from './gate';

/**
 * How the pieces of an answer follow each other: at once (but each in a socket write of its own), some
 * milliseconds apart, at the pace they were recorded, or one for each step of a gate.
 */
export type Pacing = 'fast' | 'recorded' | { readonly everyMs: number } | { readonly gate: Gate };

/** Waits until the next piece may be written; returns early when the client is gone. */
export async function pace(exchange: Exchange, pacing: Pacing, recordedMs = 0): Promise<void> {
  if (pacing === 'fast') return;
  if (typeof pacing === 'object' && 'gate' in pacing) {
    await pacing.gate.pass(exchange.clientClosed);
    return;
  }
  const wait = pacing === 'recorded' ? recordedMs : pacing.everyMs;
  if (wait > 0) await exchange.until(sleep(wait, undefined, { ref: false }));
}
