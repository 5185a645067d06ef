import { hostname } from 'node:os';
import * as v from 'valibot';
import type { Logger, NewId } from '../conversation/ports';
import type { Clock } from '../shared/clock';
import { Emitter } from '../shared/emitter';
import { conversationIdSchema } from './checkpoint';
import { errorCode, type FileSystem, replaceFile, temporarySuffix } from './fileSystem';

export interface PresenceDependencies {
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
  readonly ownProcess: OwnProcess;
  /** The workspace's storage; the presence files are in `windows/`. */
  readonly directory: string;
  /** This window's own id. */
  readonly writer: string;
}

/** By id of a living window: the conversation it shows. */
export type OtherWindows = ReadonlyMap<string, string | null>;

const beatMs = 5_000;
/** While someone waits for what another window does. */
const quickBeatMs = 1_000;
const staleMs = 15_000;

const fileSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    pid: v.number(),
    host: v.string(),
    shows: v.nullable(conversationIdSchema),
  }),
);
type Said = v.InferOutput<typeof fileSchema>;

interface Sighting {
  /** The file's time as it was last seen to be another one. */
  readonly modifiedMs: number;
  /** Since when it has been that, by our own monotonic clock. */
  readonly sinceMs: number;
  readonly said: Said | undefined;
}

/**
 * Shows other windows on the same workspace that this one lives and what it shows, and watches
 * theirs. Each window has a file that it touches every 5 s. A window is gone when its file is not
 * there, when its process is not (if that ran on this machine), or when the file did not change
 * while we watched it for 15 s: no two clocks are compared, and a laptop that slept does not make
 * everybody look dead at once.
 */
export class Presence {
  readonly #deps: PresenceDependencies;
  readonly #seen = new Map<string, Sighting>();
  readonly #beaten = new Emitter<OtherWindows>();
  #shows: string | null = null;
  #announcing: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  #beating: Promise<void> = Promise.resolve();
  #interval = beatMs;

  constructor(deps: PresenceDependencies) {
    this.#deps = deps;
  }

  /** Called at each beat with the other windows that live; the returned function unsubscribes. */
  onBeat(listener: (others: OtherWindows) => void): () => void {
    return this.#beaten.on(listener);
  }

  /** Resolves when others can see this window; it keeps itself seen from then on. */
  async announce(): Promise<void> {
    this.#announcing ??= this.#write();
    try {
      await this.#announcing;
    } catch (error) {
      this.#announcing = undefined;
      throw error;
    }
    this.#startTimer();
  }

  /** Tells the others which conversation is shown here, and looks at them at once. */
  async show(conversationId: string | null): Promise<void> {
    if (conversationId === this.#shows) return;
    this.#shows = conversationId;
    const before = this.#announcing;
    // Nobody asks for a window that has nothing to show.
    if (!before && conversationId === null) return;
    const write = (): Promise<void> => this.#write();
    if (before) this.#announcing = before.then(write, write);
    await this.announce();
    this.beatNow();
  }

  /** Beats every second instead of every five. */
  hurry(isHurried: boolean): void {
    const interval = isHurried ? quickBeatMs : beatMs;
    if (interval === this.#interval) return;
    this.#interval = interval;
    if (this.#cancelTimer) this.beatNow();
  }

  beatNow(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#beating = this.#beating.then(() => this.#beat());
  }

  /** Looks at the other windows; returns those that are not gone. */
  async look(): Promise<OtherWindows> {
    const { fileSystem, clock, writer } = this.#deps;
    const living = new Map<string, string | null>();
    const names = await fileSystem.names(this.#folder);
    for (const name of names.filter((other) => other !== writer)) {
      const sighting = await this.#sight(name);
      if (!sighting) continue;
      const isStale = clock.monotonicMs() - sighting.sinceMs >= staleMs;
      if (isStale || this.#hasEnded(sighting)) await this.#clearAway(name);
      else if (!name.endsWith(temporarySuffix)) living.set(name, sighting.said?.shows ?? null);
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
    if (!announced) return;
    await announced.catch(() => undefined);
    await this.#deps.fileSystem.remove(this.#file);
  }

  async #sight(name: string): Promise<Sighting | undefined> {
    const { fileSystem, clock } = this.#deps;
    const stat = await fileSystem.stat(`${this.#folder}/${name}`);
    if (!stat) return undefined;
    const before = this.#seen.get(name);
    if (before?.modifiedMs === stat.modifiedMs) return before;
    const bytes = await fileSystem.read(`${this.#folder}/${name}`);
    const parsed = v.safeParse(fileSchema, bytes && Buffer.from(bytes).toString());
    const sighting: Sighting = {
      modifiedMs: stat.modifiedMs,
      sinceMs: clock.monotonicMs(),
      said: parsed.success ? parsed.output : undefined,
    };
    this.#seen.set(name, sighting);
    return sighting;
  }

  #hasEnded({ said }: Sighting): boolean {
    const { ownProcess } = this.#deps;
    return said?.host === ownProcess.host && !ownProcess.isRunning(said.pid);
  }

  async #write(): Promise<void> {
    const { fileSystem, newId, ownProcess } = this.#deps;
    await fileSystem.makeDirectory(this.#folder);
    const said: Said = { pid: ownProcess.pid, host: ownProcess.host, shows: this.#shows };
    await replaceFile(fileSystem, newId, this.#file, Buffer.from(JSON.stringify(said)));
  }

  #startTimer(): void {
    this.#cancelTimer ??= this.#deps.clock.after(this.#interval, () => this.beatNow());
  }

  async #beat(): Promise<void> {
    // `leave` came in the meantime.
    if (!this.#announcing) return;
    try {
      await this.#touch();
      this.#beaten.emit(await this.look());
    } catch (error) {
      this.#deps.logger.warn(`This window cannot be seen by others: ${String(error)}`);
    }
    if (this.#isAnnounced()) this.#startTimer();
  }

  #isAnnounced(): boolean {
    return this.#announcing !== undefined;
  }

  async #touch(): Promise<void> {
    try {
      await this.#deps.fileSystem.touch(this.#file);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      // We were taken for gone, say while the machine slept.
      await this.#write();
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

/** This process, as other windows on the same storage can know it. */
export interface OwnProcess {
  readonly pid: number;
  /** Two machines, or containers, may share a storage; a process is looked for on its own only. */
  readonly host: string;
  isRunning(pid: number): boolean;
}

export const nodeProcess: OwnProcess = {
  pid: process.pid,
  host: hostname(),
  isRunning(pid) {
    try {
      // Signal 0 only asks.
      return process.kill(pid, 0);
    } catch (error) {
      return errorCode(error) !== 'ESRCH';
    }
  },
};
