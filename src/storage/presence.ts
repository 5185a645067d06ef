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
  /** This window's id. */
  readonly writer: string;
}

/** The conversation that each other living window shows, by the window's id. */
export type LivingWindows = ReadonlyMap<string, string | null>;

const beatMs = 5_000;
/** While this window waits for what another one writes. */
const fastBeatMs = 1_000;
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
type PresenceFile = v.InferOutput<typeof fileSchema>;

interface Sighting {
  readonly modifiedMs: number;
  /** When `modifiedMs` was first seen, by this window's monotonic clock. */
  readonly sinceMs: number;
  /** Undefined if it could not be read or parsed. */
  readonly content: PresenceFile | undefined;
}

/**
 * Shows other windows on the same workspace that this one lives and which conversation it shows, and watches
 * theirs. Each window has a file that it touches every 5 s. A window is gone if its file does not exist, if its
 * process does not (and ran on this machine), or if its file did not change while this window watched it for
 * 15 s. So no two clocks are compared, and after a machine wakes from sleep its windows do not look dead to each
 * other. A file that cannot be read counts as a living window.
 */
export class Presence {
  readonly #deps: PresenceDependencies;
  readonly #sightings = new Map<string, Sighting>();
  readonly #beat: Emitter<LivingWindows>;
  #shownId: string | null = null;
  #announcing: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  #beating: Promise<void> = Promise.resolve();
  #intervalMs = beatMs;

  constructor(deps: PresenceDependencies) {
    this.#deps = deps;
    this.#beat = new Emitter(deps.logger);
  }

  /** Called at each beat with the other living windows; the returned function unsubscribes. */
  onBeat(listener: (others: LivingWindows) => void): () => void {
    return this.#beat.on(listener);
  }

  /** Resolves when other windows can see this one; it stays visible from then on. */
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

  /** Shows the other windows which conversation is shown here, and looks for theirs at once. */
  async setShownConversation(conversationId: string | null): Promise<void> {
    if (conversationId === this.#shownId) return;
    this.#shownId = conversationId;
    const before = this.#announcing;
    // A window that shows nothing need not be visible.
    if (!before && conversationId === null) return;
    const write = (): Promise<void> => this.#write();
    if (before) this.#announcing = before.then(write, write);
    await this.announce();
    this.beatNow();
  }

  /** Beats every second instead of every five. */
  setFastBeat(isFast: boolean): void {
    const interval = isFast ? fastBeatMs : beatMs;
    if (interval === this.#intervalMs) return;
    this.#intervalMs = interval;
    if (this.#cancelTimer) this.beatNow();
  }

  beatNow(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#beating = this.#beating.then(() => this.#runBeat());
  }

  /** Rejects if the presence files cannot be listed: then every window must be assumed to live. */
  async findLivingWindows(): Promise<LivingWindows> {
    const { fileSystem, writer } = this.#deps;
    const living = new Map<string, string | null>();
    const names = await fileSystem.names(this.#folder);
    for (const name of names.filter((other) => other !== writer)) {
      const sighting = await this.#inspect(name);
      if (sighting === 'removed') continue;
      if (sighting && this.#hasEnded(sighting)) await this.#remove(name);
      else if (!name.endsWith(temporarySuffix)) living.set(name, sighting?.content?.shows ?? null);
    }
    for (const name of this.#sightings.keys()) {
      if (!names.includes(name)) this.#sightings.delete(name);
    }
    return living;
  }

  /** Removes this window's own file. */
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

  /** Undefined if the file cannot be read now, so that its window counts as living. */
  async #inspect(name: string): Promise<Sighting | 'removed' | undefined> {
    const { fileSystem, clock, logger } = this.#deps;
    const file = `${this.#folder}/${name}`;
    try {
      const stat = await fileSystem.stat(file);
      if (!stat) return 'removed';
      const before = this.#sightings.get(name);
      if (before?.modifiedMs === stat.modifiedMs) return before;
      const bytes = await fileSystem.read(file);
      const parsed = v.safeParse(fileSchema, bytes && Buffer.from(bytes).toString());
      const sighting: Sighting = {
        modifiedMs: stat.modifiedMs,
        sinceMs: clock.monotonicMs(),
        content: parsed.success ? parsed.output : undefined,
      };
      this.#sightings.set(name, sighting);
      return sighting;
    } catch (error) {
      logger.warn(`${file} could not be read; its window is assumed to live: ${String(error)}`);
      return undefined;
    }
  }

  #hasEnded({ content, sinceMs }: Sighting): boolean {
    const { ownProcess, clock } = this.#deps;
    if (clock.monotonicMs() - sinceMs >= staleMs) return true;
    return content?.host === ownProcess.host && !ownProcess.isRunning(content.pid);
  }

  async #write(): Promise<void> {
    const { fileSystem, newId, ownProcess } = this.#deps;
    await fileSystem.makeDirectory(this.#folder);
    const content: PresenceFile = {
      pid: ownProcess.pid,
      host: ownProcess.host,
      shows: this.#shownId,
    };
    await replaceFile(fileSystem, newId, this.#file, Buffer.from(JSON.stringify(content)));
  }

  #startTimer(): void {
    this.#cancelTimer ??= this.#deps.clock.after(this.#intervalMs, () => this.beatNow());
  }

  async #runBeat(): Promise<void> {
    // `leave` was called meanwhile.
    if (!this.#isAnnounced()) return;
    try {
      await this.#touch();
      this.#beat.emit(await this.findLivingWindows());
    } catch (error) {
      this.#deps.logger.warn(`Other windows cannot see this one, or it them: ${String(error)}`);
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
      // Another window took this one for gone, for example while the machine slept.
      await this.#write();
    }
  }

  async #remove(name: string): Promise<void> {
    try {
      await this.#deps.fileSystem.remove(`${this.#folder}/${name}`);
    } catch (error) {
      this.#deps.logger.warn(`A stale presence file was not removed: ${String(error)}`);
    }
  }

  get #folder(): string {
    return `${this.#deps.directory}/windows`;
  }

  get #file(): string {
    return `${this.#folder}/${this.#deps.writer}`;
  }
}

/** How other windows on the same storage identify this process. */
export interface OwnProcess {
  readonly pid: number;
  /** Two machines, or containers, may share a storage; a process can be checked only on its own. */
  readonly host: string;
  isRunning(pid: number): boolean;
}

export const nodeProcess: OwnProcess = {
  pid: process.pid,
  host: hostname(),
  isRunning(pid) {
    try {
      // Signal 0 only checks.
      return process.kill(pid, 0);
    } catch (error) {
      return errorCode(error) !== 'ESRCH';
    }
  },
};
