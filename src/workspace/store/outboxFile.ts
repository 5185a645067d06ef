import * as v from 'valibot';
import { emptyOutbox, outboxSchema, type OutboxState } from '../../shared/outbox';
import { replaceFile } from './replaceFile';
import { setAside, type SetAsideDependencies } from './setAside';

interface ReadOutbox {
  readonly outbox: OutboxState;
  /** 1 when the file could not be understood. */
  readonly setAside: number;
}

const fileSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ v: v.literal(1), ...outboxSchema.entries }),
);

/**
 * Keeps what is attached and not sent yet in a file of its own: attached files are too much for the
 * checkpoint, which is rewritten at each key.
 */
export class OutboxFile {
  readonly #deps: SetAsideDependencies;
  #waiting: OutboxState | undefined;
  #writing: Promise<void> | undefined;

  constructor(deps: SetAsideDependencies) {
    this.#deps = deps;
  }

  /** Never rejects: what cannot be understood is set aside. */
  async read(): Promise<ReadOutbox> {
    const text = await this.#readText();
    if (text === undefined) return { outbox: emptyOutbox, setAside: 0 };
    const parsed = v.safeParse(fileSchema, text);
    if (parsed.success) {
      const { attachments, queue } = parsed.output;
      return { outbox: { attachments, queue }, setAside: 0 };
    }
    await setAside(this.#deps, 'outbox', text);
    return { outbox: emptyOutbox, setAside: 1 };
  }

  /** The newest state is written, one write at a time. */
  save(state: OutboxState): void {
    this.#waiting = state;
    this.#writing ??= this.#write();
  }

  /** Resolves when all that was saved is written, or could not be. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #readText(): Promise<string | undefined> {
    try {
      const bytes = await this.#deps.fileSystem.read(this.#file);
      return bytes && Buffer.from(bytes).toString();
    } catch (error) {
      this.#deps.logger.warn(`What was not sent could not be read: ${String(error)}`);
      return undefined;
    }
  }

  async #write(): Promise<void> {
    for (let state = this.#waiting; state; state = this.#waiting) {
      this.#waiting = undefined;
      try {
        await this.#put(state);
      } catch (error) {
        this.#deps.logger.warn(`What is not sent yet was not saved: ${String(error)}`);
      }
    }
    this.#writing = undefined;
  }

  async #put(state: OutboxState): Promise<void> {
    const { fileSystem, newId, directory } = this.#deps;
    if (state.attachments.length + state.queue.length === 0) {
      await fileSystem.remove(this.#file);
      return;
    }
    await fileSystem.makeDirectory(directory);
    const bytes = Buffer.from(JSON.stringify({ v: 1, ...state }));
    await replaceFile(fileSystem, newId, this.#file, bytes);
  }

  get #file(): string {
    return `${this.#deps.directory}/outbox.json`;
  }
}
