import type { Clock } from '../shared/clock';
import type { Phase, PhaseEvent, PromptProgress } from './streamEvents';
import type { Timing } from './limits';

/**
 * What a probe found: the server does not answer, or it does and says whether the model is in memory;
 * `queued`: the model is in memory, and the server has not taken the request yet.
 */
export type ProbeResult = 'dead' | 'loaded' | 'notLoaded' | 'queued' | 'alive';

export interface ProgressWatchOptions {
  readonly clock: Clock;
  readonly timing: Timing;
  /** Asks the server how it is, within the limit of a probe. Never rejects. */
  readonly probe: () => Promise<ProbeResult>;
  /** Whether another request of ours to the same model comes first. */
  readonly isQueued: () => boolean;
  /** Whether we are not reading at the moment, because the reader of the events is behind. */
  readonly isPaused: () => boolean;
  readonly emit: (event: PhaseEvent) => void;
}

/**
 * Says what happens while no text comes, and never does anything about it: a slow load or a long thought
 * looks like a dead server from here, and only the person knows how long is too long.
 *
 * Ollama sends no header before the model is loaded and has read the prompt, so before the first byte
 * `/api/ps` is asked from time to time. After it, 15 s of silence are `stalled`.
 */
export class ProgressWatch {
  readonly #options: ProgressWatchOptions;
  readonly #startMs: number;
  #phase: Phase | undefined;
  #lastByteMs: number | undefined;
  #lastLookMs: number;
  #lastProbeMs = -Infinity;
  #looks = 0;
  #probing = false;
  #stopped = false;
  /** The server has shown that it works on the request. */
  #isTaken = false;
  #cancelLook: () => void = () => undefined;

  constructor(options: ProgressWatchOptions) {
    this.#options = options;
    this.#startMs = options.clock.monotonicMs();
    this.#lastLookMs = this.#startMs;
  }

  /** A request is about to be sent, for the first time or again. */
  connecting(): void {
    this.#cancelLook();
    this.#isTaken = false;
    this.#enter('connecting');
  }

  /** Nothing is on its way: the client waits before it tries again. */
  waiting(): void {
    this.#cancelLook();
    this.#phase = undefined;
  }

  /** The request is on its way: from now on its silence means something. */
  connected(): void {
    this.#looks = 0;
    this.#lookAgain();
  }

  /** Bytes of the answer came. Called for each piece: it must cost next to nothing. */
  bytes(): void {
    const isFirst = this.#lastByteMs === undefined;
    this.#lastByteMs = this.#options.clock.monotonicMs();
    if (this.#phase === 'stalled') this.#enter('resumed');
    if (isFirst) this.#lookAgain();
  }

  /** The server works on the request, and no text has come yet; `read`: how much of the prompt it has read. */
  taken(read?: PromptProgress): void {
    if (this.#lastByteMs !== undefined) this.bytes();
    else if (read) {
      this.#phase = 'prompting';
      const atMs = this.#options.clock.monotonicMs();
      this.#options.emit({ type: 'phase', phase: 'prompting', atMs, read });
    } else this.#enter('prompting');
    this.#isTaken = true;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelLook();
  }

  #lookAgain(): void {
    this.#cancelLook();
    if (this.#stopped) return;
    const { clock, timing } = this.#options;
    const { probeAfter, tick } = timing;
    const wait = probeAfter[Math.min(this.#looks, probeAfter.length - 1)] ?? tick;
    this.#lastLookMs = clock.monotonicMs();
    this.#cancelLook = clock.after(this.#lastByteMs === undefined ? wait : tick, () =>
      this.#look(),
    );
  }

  #look(): void {
    const { clock, timing } = this.#options;
    const now = clock.monotonicMs();
    const slept = now - this.#lastLookMs > timing.sleepGap;
    this.#looks++;
    if (this.#options.isPaused()) this.#lastByteMs = now;
    if (this.#lastByteMs === undefined) {
      if (!this.#isTaken && this.#options.isQueued() && !slept) this.#enter('queued');
      else this.#probe();
    } else if (slept) this.#probe();
    else if (now - this.#lastByteMs >= timing.stall && now - this.#lastProbeMs >= timing.stall) {
      if (this.#phase !== 'stalled') this.#stall('unknown');
      this.#probe();
    }
    this.#lookAgain();
  }

  #probe(): void {
    if (this.#probing) return;
    this.#probing = true;
    const askedMs = this.#options.clock.monotonicMs();
    this.#lastProbeMs = askedMs;
    void this.#options.probe().then((result) => {
      this.#probing = false;
      const heardSince = this.#lastByteMs !== undefined && this.#lastByteMs >= askedMs;
      if (!this.#stopped && !heardSince) this.#learn(result);
    });
  }

  #learn(result: ProbeResult): void {
    if (result === 'dead') this.#stall('dead');
    else if (this.#lastByteMs !== undefined) {
      if (this.#phase === 'stalled') this.#stall('alive');
    } else if (this.#isTaken) this.#enter('prompting');
    else if (result === 'queued' || this.#options.isQueued()) this.#enter('queued');
    else this.#enter(result === 'notLoaded' ? 'loading' : 'prompting');
  }

  #stall(probe: 'alive' | 'dead' | 'unknown'): void {
    const atMs = this.#options.clock.monotonicMs();
    this.#phase = 'stalled';
    const silentMs = atMs - (this.#lastByteMs ?? this.#startMs);
    this.#options.emit({ type: 'phase', phase: 'stalled', atMs, silentMs, probe });
  }

  #enter(phase: Phase): void {
    if (this.#phase === phase) return;
    this.#phase = phase;
    this.#options.emit({ type: 'phase', phase, atMs: this.#options.clock.monotonicMs() });
  }
}
