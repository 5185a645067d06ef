import { Emitter } from '../conversation/emitter';
import { emptyOutbox, type OutboxState } from '../shared/composerState';
import type { Checkpoint } from './checkpoint';
import { messageOf } from './logWriter';
import type { UnsentDependencies, UnsentFiles } from './draftFiles';

/**
 * What is not sent. A bundle of its own keeps it, read when there is something to keep or to bring back: a
 * start that shows no panel has neither.
 */
export class Unsent {
  readonly #deps: UnsentDependencies;
  readonly #late = new Emitter<OutboxState>();
  #files: UnsentFiles | undefined;
  #loading: Promise<UnsentFiles> | undefined;

  constructor(deps: UnsentDependencies) {
    this.#deps = deps;
  }

  /** Never rejects. */
  async takeOver(
    checkpoint: Pick<Checkpoint, 'draft' | 'draftAt' | 'savedAt'>,
  ): ReturnType<UnsentFiles['takeOver']> {
    try {
      return await (await this.#load()).takeOver(checkpoint);
    } catch (error) {
      this.#warn(error);
      const { draft, draftAt } = checkpoint;
      return { draft, draftAt, outbox: emptyOutbox, setAside: 0 };
    }
  }

  keep(keep: (files: UnsentFiles) => void): void {
    if (this.#files) keep(this.#files);
    else this.#load().then(keep, (error: unknown) => this.#warn(error));
  }

  onLate(listener: (outbox: OutboxState) => void): void {
    this.#late.on(listener);
  }

  async forgetDraft(): Promise<void> {
    await this.#files?.forgetDraft();
  }

  async flush(): Promise<void> {
    const files = await this.#loading;
    await files?.flush();
  }

  #load(): Promise<UnsentFiles> {
    this.#loading ??= import('./draftFiles').then((module) => {
      const files = new module.UnsentFiles(this.#deps);
      files.onLate((outbox) => this.#late.emit(outbox));
      this.#files = files;
      return files;
    });
    return this.#loading;
  }

  #warn(error: unknown): void {
    this.#deps.logger.warn(`What is not sent yet is kept in memory only: ${messageOf(error)}`);
  }
}
