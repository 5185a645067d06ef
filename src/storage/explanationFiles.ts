import * as v from 'valibot';
import {
  type Continuation,
  continuationSchema,
  type StoredExplanation,
  storedExplanationSchema,
} from '../conversation/explanation';
import type { ExplanationStore, Logger, NewId } from '../conversation/ports';
import type { Clock } from '../shared/clock';
import { type FileSystem, nodeFileSystem, replaceFile } from './fileSystem';

export interface ExplanationStoreDependencies {
  /** The workspace's own folder; the explanations are in `explain/` of it. */
  readonly directory: string;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
  /** For tests; otherwise Node's. */
  readonly fileSystem?: FileSystem;
}

/** While an answer streams, its file is written anew at most this often. */
const intervalMs = 1000;

/** Bytes of a file that is read; more was not written by us. */
const maxFileBytes = 4 * 1024 * 1024;

const suffix = '.json';
const contextSuffix = '.context.json';
const explanationFile = v.pipe(v.string(), v.parseJson(), storedExplanationSchema);
const continuationFile = v.pipe(v.string(), v.parseJson(), continuationSchema);

/**
 * The explanations of one workspace, a small file each, and beside it the `context` to go on from,
 * which may be lost. One file each, and not a common one, because one thread changes at a time and
 * a dismissed one must be gone.
 */
export function createExplanationStore(deps: ExplanationStoreDependencies): ExplanationStore {
  return new FileExplanationStore({ fileSystem: nodeFileSystem, ...deps });
}

interface PendingWrite {
  explanation: StoredExplanation;
  cancelTimer: () => void;
}

class FileExplanationStore implements ExplanationStore {
  readonly #deps: Required<ExplanationStoreDependencies>;
  readonly #waiting = new Map<string, PendingWrite>();
  readonly #lastWriteMs = new Map<string, number>();
  /** One write after another: the last one asked for is the last one done. */
  #writing: Promise<void> = Promise.resolve();

  constructor(deps: Required<ExplanationStoreDependencies>) {
    this.#deps = deps;
  }

  async all(): Promise<readonly StoredExplanation[]> {
    const names = await this.#try('The explanations could not be listed', () =>
      this.#deps.fileSystem.names(this.#folder),
    );
    const found: StoredExplanation[] = [];
    for (const name of names ?? []) {
      if (!name.endsWith(suffix) || name.endsWith(contextSuffix)) continue;
      const stored = await this.#read(name, explanationFile);
      if (stored) found.push(stored);
    }
    return found.sort((a, b) => a.createdAt - b.createdAt);
  }

  save(explanation: StoredExplanation): void {
    const { id } = explanation;
    const waiting = this.#waiting.get(id);
    if (waiting) {
      waiting.explanation = explanation;
      return;
    }
    const { clock } = this.#deps;
    const since = clock.monotonicMs() - (this.#lastWriteMs.get(id) ?? -Infinity);
    const cancelTimer = clock.after(Math.max(0, intervalMs - since), () => void this.#write(id));
    this.#waiting.set(id, { explanation, cancelTimer });
  }

  async flush(): Promise<void> {
    await Promise.all([...this.#waiting.keys()].map((id) => this.#write(id)));
    await this.#writing;
  }

  async remove(id: string): Promise<void> {
    this.#take(id);
    this.#lastWriteMs.delete(id);
    await this.#inTurn('An explanation could not be removed', async () => {
      await this.#deps.fileSystem.remove(this.#file(id, suffix));
      await this.#deps.fileSystem.remove(this.#file(id, contextSuffix));
    });
  }

  async continuation(id: string): Promise<Continuation | undefined> {
    return this.#read(id + contextSuffix, continuationFile);
  }

  async saveContinuation(id: string, continuation: Continuation | undefined): Promise<void> {
    const file = this.#file(id, contextSuffix);
    await this.#inTurn('The context of an explanation was not saved', () =>
      continuation ? this.#replace(file, continuation) : this.#deps.fileSystem.remove(file),
    );
  }

  async #write(id: string): Promise<void> {
    const explanation = this.#take(id);
    if (!explanation) return;
    this.#lastWriteMs.set(id, this.#deps.clock.monotonicMs());
    await this.#inTurn('An explanation was not saved', () =>
      this.#replace(this.#file(id, suffix), explanation),
    );
  }

  /** What waits to be written, which waits no more. */
  #take(id: string): StoredExplanation | undefined {
    const waiting = this.#waiting.get(id);
    waiting?.cancelTimer();
    this.#waiting.delete(id);
    return waiting?.explanation;
  }

  async #replace(file: string, value: unknown): Promise<void> {
    const { fileSystem, newId } = this.#deps;
    await fileSystem.makeDirectory(this.#folder);
    await replaceFile(fileSystem, newId, file, Buffer.from(JSON.stringify(value)));
  }

  #inTurn(trouble: string, run: () => Promise<void>): Promise<void> {
    this.#writing = this.#writing.then(() => this.#try(trouble, run));
    return this.#writing;
  }

  /** What cannot be understood stays where it is: a newer version may have written it. */
  async #read<T>(name: string, schema: v.GenericSchema<unknown, T>): Promise<T | undefined> {
    const { fileSystem, logger } = this.#deps;
    const file = `${this.#folder}/${name}`;
    const bytes = await this.#try(`${file} could not be read`, async () => {
      const stat = await fileSystem.stat(file);
      return stat && stat.size <= maxFileBytes ? fileSystem.read(file) : undefined;
    });
    if (!bytes) return undefined;
    const parsed = v.safeParse(schema, Buffer.from(bytes).toString());
    if (!parsed.success) logger.warn(`${file} could not be understood and is left alone.`);
    return parsed.success ? parsed.output : undefined;
  }

  /** The thread goes on in memory whatever the disk does; the log says what happened. */
  async #try<T>(trouble: string, run: () => Promise<T>): Promise<T | undefined> {
    try {
      return await run();
    } catch (error) {
      this.#deps.logger.warn(`${trouble}: ${String(error)}`);
      return undefined;
    }
  }

  #file(id: string, ending: string): string {
    return `${this.#folder}/${id}${ending}`;
  }

  get #folder(): string {
    return `${this.#deps.directory}/explain`;
  }
}
