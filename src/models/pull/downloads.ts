import * as v from 'valibot';
import { Emitter } from '../../conversation/emitter';
import type { ModelKeeper, PullEnd } from '../../conversation/modelKeeper';
import type { KeyValueStore } from '../../workspace/store/checkpointKeeper';

export interface Download {
  readonly model: string;
  readonly state: 'running' | 'paused' | 'failed';
  /** In the server's words. */
  readonly status: string;
  readonly completedBytes: number;
  /** 0 while the server has not said. */
  readonly totalBytes: number;
}

const key = 'cria.downloads';
const storedSchema = v.array(
  v.object({
    origin: v.string(),
    model: v.string(),
    completedBytes: v.number(),
    totalBytes: v.number(),
  }),
);

export interface DownloadsOptions {
  readonly keeper: ModelKeeper;
  readonly memento: KeyValueStore;
  readonly origin: () => string;
}

/**
 * Downloads of models. One that was stopped, or that a window took with it, is remembered: the server
 * keeps what came, and the next pull of the model goes on from there.
 */
export class Downloads {
  readonly #options: DownloadsOptions;
  readonly #all = new Map<string, Download>();
  readonly #running = new Map<
    string,
    { readonly abort: AbortController; readonly end: Promise<PullEnd> }
  >();
  readonly #changed = new Emitter<Download | undefined>();

  constructor(options: DownloadsOptions) {
    this.#options = options;
    this.recall();
  }

  get all(): readonly Download[] {
    return [...this.#all.values()];
  }

  /** Called with the download that moved on, or with nothing when there is one more or less. */
  onChanged(listener: (download: Download | undefined) => void): () => void {
    return this.#changed.on(listener);
  }

  /** Downloads, or joins the download that is running. Never rejects for what the server did. */
  start(model: string): Promise<PullEnd> {
    const running = this.#running.get(model);
    if (running) return running.end;
    const abort = new AbortController();
    const before = this.#all.get(model);
    this.#set({ completedBytes: 0, totalBytes: 0, status: '', ...before, model, state: 'running' });
    const end = this.#run(model, abort.signal).finally(() => this.#running.delete(model));
    this.#running.set(model, { abort, end });
    return end;
  }

  /** Stops it; what came stays on the server. */
  pause(model: string): void {
    this.#running.get(model)?.abort.abort();
  }

  /** Takes one that is not running out of the list. */
  forget(model: string): void {
    if (this.#running.has(model)) return;
    this.#all.delete(model);
    this.#changed.emit(undefined);
    void this.#store();
  }

  /** Reads what was left unfinished at the address that is asked now. */
  recall(): void {
    const stored = v.safeParse(storedSchema, this.#options.memento.get(key));
    if (!stored.success) return;
    const here = stored.output.filter(({ origin }) => origin === this.#options.origin());
    for (const { model, completedBytes, totalBytes } of here) {
      if (this.#all.has(model)) continue;
      this.#all.set(model, { model, state: 'paused', status: '', completedBytes, totalBytes });
    }
  }

  dispose(): void {
    for (const { abort } of this.#running.values()) abort.abort();
  }

  async #run(model: string, signal: AbortSignal): Promise<PullEnd> {
    void this.#store();
    const end = await this.#follow(model, signal);
    if (end.kind === 'done') this.#all.delete(model);
    else this.#update(model, { state: end.kind === 'failed' ? 'failed' : 'paused' });
    this.#changed.emit(undefined);
    await this.#store();
    return end;
  }

  async #follow(model: string, signal: AbortSignal): Promise<PullEnd> {
    for await (const step of this.#options.keeper.pull(model, signal)) {
      if (step.type === 'end') return step.end;
      if (step.type === 'retry') this.#update(model, { status: 'connection lost' });
      else this.#update(model, step);
    }
    return { kind: 'cancelled' };
  }

  #update(model: string, change: Partial<Download>): void {
    const download = this.#all.get(model);
    if (!download) return;
    const { state, status, completedBytes, totalBytes } = { ...download, ...change };
    const next = { model, state, status, completedBytes, totalBytes };
    this.#all.set(model, next);
    this.#changed.emit(next);
  }

  #set(download: Download): void {
    this.#all.set(download.model, download);
    this.#changed.emit(undefined);
  }

  async #store(): Promise<void> {
    const stored = v.safeParse(storedSchema, this.#options.memento.get(key));
    const origin = this.#options.origin();
    const elsewhere = stored.success ? stored.output.filter((one) => one.origin !== origin) : [];
    const here = this.all.map(({ model, completedBytes, totalBytes }) => ({
      ...{ origin, model, completedBytes, totalBytes },
    }));
    await this.#options.memento.update(key, [...elsewhere, ...here]);
  }
}
