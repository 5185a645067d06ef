import type { Clock, Logger } from '../../conversation/ports';
import { errorCode, type FileSystem } from './fileSystem';

export interface PresenceDependencies {
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The workspace's storage; the presence files are in `windows/`. */
  readonly directory: string;
  /** This window's own id. */
  readonly writer: string;
}

const beatMs = 5_000;
const staleMs = 15_000;

interface Sighting {
  /** The file's time as it was last seen to be another one. */
  readonly modifiedMs: number;
  /** Since when it has been that, by our own monotonic clock. */
  readonly sinceMs: number;
}

/**
 * Shows other windows on the same workspace that this one lives, and watches theirs. Each window
 * has a file that it touches every 5 s. A window is gone when its file is not there, or did not
 * change while we watched it for 15 s: no two clocks are compared, and a laptop that slept does not
 * make everybody look dead at once.
 */
export class Presence {
  readonly #deps: PresenceDependencies;
  readonly #seen = new Map<string, Sighting>();
  #announcing: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  #beating: Promise<void> = Promise.resolve();

  constructor(deps: PresenceDependencies) {
    this.#deps = deps;
  }

  /** Resolves when others can see this window; it keeps itself seen from then on. */
  async announce(): Promise<void> {
    this.#announcing ??= this.#create();
    try {
      await this.#announcing;
    } catch (error) {
      this.#announcing = undefined;
      throw error;
    }
    this.#cancelTimer ??= this.#deps.clock.after(beatMs, () => this.#onBeat());
  }

  /** Looks at the other windows; returns the ids of those that are not gone. */
  async look(): Promise<ReadonlySet<string>> {
    const { fileSystem, clock, writer } = this.#deps;
    const now = clock.monotonicMs();
    const living = new Set<string>();
    const names = await fileSystem.names(this.#folder);
    for (const name of names.filter((other) => other !== writer)) {
      const stat = await fileSystem.stat(`${this.#folder}/${name}`);
      if (!stat) continue;
      const before = this.#seen.get(name);
      const changed = before?.modifiedMs !== stat.modifiedMs;
      const sinceMs = changed ? now : before.sinceMs;
      this.#seen.set(name, { modifiedMs: stat.modifiedMs, sinceMs });
      if (now - sinceMs < staleMs) living.add(name);
      else await this.#clearAway(name);
    }
    for (const name of this.#seen.keys()) if (!names.includes(name)) this.#seen.delete(name);
    return living;
  }

  /** Takes this window's own file away. */
  async leave(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const announced = this.#announcing;
    this.#announcing = undefined;
    await this.#beating;
    if (announced) await this.#deps.fileSystem.remove(this.#file);
  }

  async #create(): Promise<void> {
    const { fileSystem } = this.#deps;
    await fileSystem.makeDirectory(this.#folder);
    try {
      await (await fileSystem.create(this.#file)).close();
    } catch (error) {
      // Our id is ours alone: an earlier attempt got that far.
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }

  #onBeat(): void {
    this.#cancelTimer = undefined;
    this.#beating = this.#beat();
  }

  async #beat(): Promise<void> {
    try {
      await this.#touch();
      await this.look();
    } catch (error) {
      this.#deps.logger.warn(`This window cannot be seen by others: ${String(error)}`);
    }
    // Unless `leave` came in the meantime.
    if (this.#announcing) {
      this.#cancelTimer ??= this.#deps.clock.after(beatMs, () => this.#onBeat());
    }
  }

  async #touch(): Promise<void> {
    try {
      await this.#deps.fileSystem.touch(this.#file);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      // We were taken for gone, say while the machine slept.
      await this.#create();
    }
  }

  async #clearAway(name: string): Promise<void> {
    try {
      await this.#deps.fileSystem.remove(`${this.#folder}/${name}`);
    } catch (error) {
      this.#deps.logger.warn(`A stale presence file stays: ${String(error)}`);
    }
  }

  get #folder(): string {
    return `${this.#deps.directory}/windows`;
  }

  get #file(): string {
    return `${this.#folder}/${this.#deps.writer}`;
  }
}
