import type { Clock } from '../../../../src/shared/clock';
import { ManualClock } from '../../../support/clock';

/** A manual clock whose hands can be moved without its timers running, as in a machine that sleeps. */
export class SleepyClock extends ManualClock implements Clock {
  #sleptMs = 0;

  sleep(ms: number): void {
    this.#sleptMs += ms;
  }

  override monotonicMs(): number {
    return super.monotonicMs() + this.#sleptMs;
  }
}
