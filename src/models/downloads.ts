import * as v from 'valibot';
import type { ModelServer } from '../conversation/ports';
import type { PullEnd } from '../conversation/pullSteps';
import { Emitter } from '../shared/emitter';
import type { Clock } from '../shared/clock';
import { type KeyValueStore, readValue } from '../storage/checkpoint';

export interface Download {
  /** The server that downloads. */
  readonly origin: string;
  readonly model: string;
  readonly state: 'running' | 'paused' | 'failed';
  /** In the server's words. */
  readonly status: string;
  readonly completedBytes: number;
  /** 0 while the server has not reported it. */
  readonly totalBytes: number;
}

const key = 'cria.downloads';
const speedKey = 'cria.downloadSpeed';

/** A speed is measured over at least this much: the start of a download is slower than the rest. */
const measured = { bytes: 50e6, ms: 5_000 };
const storedSchema = v.array(
  v.object({
    origin: v.string(),
    model: v.string(),
    completedBytes: v.number(),
    totalBytes: v.number(),
  }),
);

export interface DownloadsOptions {
  readonly server: Pick<ModelServer, 'admin'>;
  readonly memento: KeyValueStore;
  readonly origin: () => string;
  readonly clock: Clock;
}

/**
 * Downloads of models. One that was stopped, or that a window took with it, is remembered: the server
 * keeps what was downloaded, and the next pull of the model resumes there.
 */
export class Downloads {
  readonly #options: DownloadsOptions;
  /** By address and model: each server has its own. */
  readonly #all = new Map<string, Download>();
  readonly #running = new Map<
    string,
    { readonly abort: AbortController; readonly end: Promise<PullEnd> }
  >();
  /** The addresses whose unfinished ones were read; of the others storage knows more. */
  readonly #recalled = new Set<string>();
  readonly #changed = new Emitter<Download | undefined>();

  constructor(options: DownloadsOptions) {
    this.#options = options;
  }

  /** Those of the server that is asked now. */
  get all(): readonly Download[] {
    const origin = this.#options.origin();
    this.#recall(origin);
    return [...this.#all.values()].filter((download) => download.origin === origin);
  }

  /** Bytes per second of the last download that was long enough to tell. */
  get speed(): number | undefined {
    const speed = readValue(this.#options.memento, speedKey, v.pipe(v.number(), v.minValue(1)));
    return speed === undefined || !Number.isFinite(speed) ? undefined : speed;
  }

  /** Called with the download that moved on, or with nothing when there is one more or less. */
  onChanged(listener: (download: Download | undefined) => void): () => void {
    return this.#changed.on(listener);
  }

  /** Downloads, or joins the download that is running. Never rejects for what the server did. */
  start(model: string): Promise<PullEnd> {
    const origin = this.#options.origin();
    this.#recall(origin);
    const name = getDownloadKey({ origin, model });
    const running = this.#running.get(name);
    if (running) return running.end;
    const abort = new AbortController();
    const before = this.#all.get(name);
    const nothing = { completedBytes: 0, totalBytes: 0, status: '' };
    const download: Download = { ...nothing, ...before, origin, model, state: 'running' };
    this.#all.set(name, download);
    this.#changed.emit(undefined);
    const end = this.#run(download, abort.signal).finally(() => this.#running.delete(name));
    this.#running.set(name, { abort, end });
    return end;
  }

  /** Stops it; what came stays on the server. */
  pause(model: string): void {
    this.#running.get(this.#nameHere(model))?.abort.abort();
  }

  /** Takes one that is not running out of the list. */
  forget(model: string): void {
    const name = this.#nameHere(model);
    if (this.#running.has(name)) return;
    this.#all.delete(name);
    this.#changed.emit(undefined);
    void this.#store();
  }

  dispose(): void {
    for (const { abort } of this.#running.values()) abort.abort();
  }

  #nameHere(model: string): string {
    return getDownloadKey({ origin: this.#options.origin(), model });
  }

  /** Reads what was left unfinished at an address, by whichever window. */
  #recall(origin: string): void {
    if (this.#recalled.has(origin)) return;
    this.#recalled.add(origin);
    for (const kept of this.#stored()) {
      const name = getDownloadKey(kept);
      if (kept.origin !== origin || this.#all.has(name)) continue;
      this.#all.set(name, { ...kept, state: 'paused', status: '' });
    }
  }

  async #run(download: Download, signal: AbortSignal): Promise<PullEnd> {
    void this.#store();
    const end = await this.#follow(download, signal);
    if (end.kind === 'done') this.#all.delete(getDownloadKey(download));
    else this.#update(download, { state: end.kind === 'failed' ? 'failed' : 'paused' });
    this.#changed.emit(undefined);
    await this.#store();
    return end;
  }

  async #follow(download: Download, signal: AbortSignal): Promise<PullEnd> {
    const { server, clock, memento } = this.#options;
    const { pull } = server.admin;
    if (!pull) {
      const message = 'This server cannot pull models.';
      return { kind: 'failed', failure: { kind: 'server', message } };
    }
    const meter = new SpeedMeter(clock);
    try {
      for await (const step of pull(download.model, signal)) {
        if (step.type === 'end') return step.end;
        if (step.type === 'retry') this.#update(download, { status: 'connection lost' });
        else this.#update(download, step);
        const now = this.#all.get(getDownloadKey(download));
        if (now) meter.reached(now.completedBytes);
      }
      return { kind: 'cancelled' };
    } finally {
      if (meter.speed !== undefined) await memento.update(speedKey, meter.speed);
    }
  }

  #update(download: Download, change: Partial<Download>): void {
    const name = getDownloadKey(download);
    const before = this.#all.get(name);
    if (!before) return;
    const { origin, model } = download;
    const { state, status, completedBytes, totalBytes } = { ...before, ...change };
    const next = { origin, model, state, status, completedBytes, totalBytes };
    this.#all.set(name, next);
    this.#changed.emit(next);
  }

  #stored(): v.InferOutput<typeof storedSchema> {
    const stored = v.safeParse(storedSchema, this.#options.memento.get(key));
    return stored.success ? stored.output : [];
  }

  async #store(): Promise<void> {
    const elsewhere = this.#stored().filter(({ origin }) => !this.#recalled.has(origin));
    const known = [...this.#all.values()].map(({ origin, model, completedBytes, totalBytes }) => ({
      ...{ origin, model, completedBytes, totalBytes },
    }));
    await this.#options.memento.update(key, [...elsewhere, ...known]);
  }
}

/** Bytes per second since the first bytes were counted. */
class SpeedMeter {
  readonly #clock: Clock;
  #first: { readonly bytes: number; readonly ms: number } | undefined;
  speed: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  reached(bytes: number): void {
    if (bytes === 0) return;
    const now = { bytes, ms: this.#clock.monotonicMs() };
    this.#first ??= now;
    const came = now.bytes - this.#first.bytes;
    const took = now.ms - this.#first.ms;
    if (came >= measured.bytes && took >= measured.ms) this.speed = (came / took) * 1000;
  }
}

function getDownloadKey({ origin, model }: Pick<Download, 'origin' | 'model'>): string {
  return `${origin} ${model}`;
}
