import * as v from 'valibot';
import {
  type Continuation,
  continuationSchema,
  type StoredExplanation,
  storedExplanationSchema,
} from '../conversation/explanation';
import type { ExplanationStore, Logger, NewId } from '../conversation/ports';
import { type Clock, Throttle } from '../shared/clock';
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

/** The least time between two writes of one explanation while its answer streams. */
const intervalMs = 1000;

/** In bytes; a larger file was not written by Cria. */
const maxFileBytes = 4 * 1024 * 1024;

const suffix = '.json';
const contextSuffix = '.context.json';
const explanationFile = v.pipe(v.string(), v.parseJson(), storedExplanationSchema);
const continuationFile = v.pipe(v.string(), v.parseJson(), continuationSchema);

/**
 * Stores each explanation of a workspace in a small file, and the `context` of its follow-ups in a second one,
 * which may be lost. Each has its own file because only one thread changes at a time, and a dismissed one must
 * be removed completely.
 */
export function createExplanationStore(deps: ExplanationStoreDependencies): ExplanationStore {
  return new FileExplanationStore({ fileSystem: nodeFileSystem, ...deps });
}

interface Writer {
  readonly throttle: Throttle;
  /** Not written yet. */
  pending: StoredExplanation | undefined;
}

class FileExplanationStore implements ExplanationStore {
  readonly #deps: Required<ExplanationStoreDependencies>;
  readonly #writers = new Map<string, Writer>();
  /** Writes run one after another, in the order in which they were requested. */
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
    const writer = this.#getWriter(explanation.id);
    writer.pending = explanation;
    writer.throttle.request();
  }

  async flush(): Promise<void> {
    for (const { throttle } of this.#writers.values()) throttle.flush();
    await this.#writing;
  }

  async remove(id: string): Promise<void> {
    this.#writers.get(id)?.throttle.cancel();
    this.#writers.delete(id);
    await this.#enqueue('An explanation could not be removed', async () => {
      await this.#deps.fileSystem.remove(this.#getFile(id, suffix));
      await this.#deps.fileSystem.remove(this.#getFile(id, contextSuffix));
    });
  }

  async continuation(id: string): Promise<Continuation | undefined> {
    return this.#read(id + contextSuffix, continuationFile);
  }

  async saveContinuation(id: string, continuation: Continuation | undefined): Promise<void> {
    const file = this.#getFile(id, contextSuffix);
    await this.#enqueue('The context of an explanation was not saved', () =>
      continuation ? this.#replace(file, continuation) : this.#deps.fileSystem.remove(file),
    );
  }

  #getWriter(id: string): Writer {
    const known = this.#writers.get(id);
    if (known) return known;
    const throttle = new Throttle({
      clock: this.#deps.clock,
      intervalMs,
      run: () => this.#write(id),
    });
    const writer: Writer = { throttle, pending: undefined };
    this.#writers.set(id, writer);
    return writer;
  }

  #write(id: string): void {
    const writer = this.#writers.get(id);
    const explanation = writer?.pending;
    if (!writer || !explanation) return;
    writer.pending = undefined;
    void this.#enqueue('An explanation was not saved', () =>
      this.#replace(this.#getFile(id, suffix), explanation),
    );
  }

  async #replace(file: string, value: unknown): Promise<void> {
    const { fileSystem, newId } = this.#deps;
    await fileSystem.makeDirectory(this.#folder);
    await replaceFile(fileSystem, newId, file, Buffer.from(JSON.stringify(value)));
  }

  #enqueue(trouble: string, run: () => Promise<void>): Promise<void> {
    this.#writing = this.#writing.then(() => this.#try(trouble, run));
    return this.#writing;
  }

  /** A file that cannot be parsed is left unchanged: a newer version may have written it. */
  async #read<T>(name: string, schema: v.GenericSchema<unknown, T>): Promise<T | undefined> {
    const { fileSystem, logger } = this.#deps;
    const file = `${this.#folder}/${name}`;
    const bytes = await this.#try(`${file} could not be read`, async () => {
      const stat = await fileSystem.stat(file);
      return stat && stat.size <= maxFileBytes ? fileSystem.read(file) : undefined;
    });
    if (!bytes) return undefined;
    const parsed = v.safeParse(schema, Buffer.from(bytes).toString());
    if (!parsed.success) logger.warn(`${file} could not be parsed and is left unchanged.`);
    return parsed.success ? parsed.output : undefined;
  }

  /** A failure is logged; the thread continues in memory. */
  async #try<T>(trouble: string, run: () => Promise<T>): Promise<T | undefined> {
    try {
      return await run();
    } catch (error) {
      this.#deps.logger.warn(`${trouble}: ${String(error)}`);
      return undefined;
    }
  }

  #getFile(id: string, ending: string): string {
    return `${this.#folder}/${id}${ending}`;
  }

  get #folder(): string {
    return `${this.#deps.directory}/explain`;
  }
}
