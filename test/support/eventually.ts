import { setTimeout as sleep } from 'node:timers/promises';

/** No measurement: a check that has not held by then never will. */
const patienceMs = 20_000;

/** Tries until `check` throws no more, and throws what it threw last when it takes too long. */
export async function eventually(check: () => Promise<void> | void): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(30);
    }
  }
}
