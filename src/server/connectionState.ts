import {
  ModelFailure,
  type ConnectionProbe,
  type ConnectionState,
  type ModelLibrary,
  type ServerIdentity,
} from '../conversation/ports';
import type { Clock } from '../shared/clock';
import { defined } from '../shared/defined';
import { Emitter } from '../shared/emitter';

const firstWaitMs = 2_000;
const longestWaitMs = 30_000;

export interface ConnectionMonitorOptions {
  readonly library: () => ModelLibrary;
  /** Which server it is, asked once it has listed its models; undefined: nothing to tell. */
  readonly identify?: () => Promise<ServerIdentity | undefined>;
  readonly origin: () => string;
  readonly clock: Clock;
}

/**
 * Whether the server answers. It is asked when someone wants to know, and, while someone watches a
 * server that does not answer or has no model, again and again at growing distances, so that a banner
 * clears itself; one that answers is looked at now and then, so that its end is not a surprise.
 */
export class ConnectionMonitor implements ConnectionProbe {
  readonly #options: ConnectionMonitorOptions;
  readonly #changed = new Emitter<ConnectionState>();
  #state: ConnectionState = { kind: 'unknown' };
  #watchers = 0;
  /** Before the next look at what is missing; 0: nothing was. */
  #waitMs = 0;
  #cancelTimer: (() => void) | undefined;
  #focusReturn: Promise<ConnectionState> | undefined;
  /** Another address makes an answer that is under way worthless. */
  #generation = 0;

  constructor(options: ConnectionMonitorOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get origin(): string {
    return this.#options.origin();
  }

  onChanged(listener: (state: ConnectionState) => void): () => void {
    return this.#changed.on(listener);
  }

  check(): Promise<ConnectionState> {
    this.#focusReturn ??= this.#ask(this.#generation);
    return this.#focusReturn;
  }

  /** The address is another one: nothing is known any more. */
  forget(): void {
    this.#generation++;
    this.#focusReturn = undefined;
    this.#waitMs = 0;
    this.#set({ kind: 'unknown' });
    if (this.#watchers > 0) void this.check();
  }

  watch(): () => void {
    this.#watchers++;
    this.#scheduleNext();
    let watching = true;
    return () => {
      if (!watching) return;
      watching = false;
      this.#watchers--;
      if (this.#watchers === 0) this.#stopTimer();
    };
  }

  dispose(): void {
    this.#watchers = 0;
    this.#stopTimer();
  }

  async #ask(generation: number): Promise<ConnectionState> {
    const state = await this.#outcome();
    if (generation !== this.#generation) return this.#state;
    this.#focusReturn = undefined;
    this.#waitMs = isMissing(state) ? longer(this.#waitMs) : 0;
    this.#set(state);
    this.#scheduleNext();
    return state;
  }

  async #outcome(): Promise<ConnectionState> {
    try {
      const models = await this.#options.library().installed();
      const server = await this.#options.identify?.();
      return defined({ kind: 'connected', models, server });
    } catch (error) {
      if (error instanceof ModelFailure) return { kind: 'failed', failure: error.failure };
      return { kind: 'failed', failure: { kind: 'internal', message: String(error) } };
    }
  }

  #set(state: ConnectionState): void {
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    this.#changed.emit(state);
  }

  #scheduleNext(): void {
    this.#stopTimer();
    if (this.#watchers === 0 || this.#state.kind === 'unknown') return;
    const waitMs = this.#waitMs || longestWaitMs;
    this.#cancelTimer = this.#options.clock.after(waitMs, () => void this.check());
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}

/** Whether something must still come before one can ask. */
function isMissing(state: ConnectionState): boolean {
  return state.kind === 'failed' || (state.kind === 'connected' && state.models.length === 0);
}

function longer(waitMs: number): number {
  return Math.min(Math.max(waitMs * 2, firstWaitMs), longestWaitMs);
}
