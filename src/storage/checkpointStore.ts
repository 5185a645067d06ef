import * as v from 'valibot';
import type { CheckpointContext, Logger, NewId } from '../conversation/ports';
import type { Clock } from '../shared/clock';
import {
  type Checkpoint,
  checkpointKey,
  checkpointSchema,
  fitCheckpoint,
  type ShortSummary,
} from './checkpoint';
import type { IndexEntry } from './conversationIndex';
import { type FileSystem, replaceFile, quarantine } from './fileSystem';

/** The part of `vscode.Memento` that is used. */
export interface KeyValueStore {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
  keys(): readonly string[];
}

export interface CheckpointStoreDependencies {
  readonly memento: KeyValueStore;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
  /** Where the logs are. */
  readonly directory: string;
  /** Newest first. */
  readonly index: () => readonly ShortSummary[];
}

export interface ReadCheckpoint {
  readonly checkpoint?: Checkpoint;
  /** How many could not be understood and were set aside. */
  readonly setAside: number;
}

const intervalMs = 1000;

function getNewerCheckpoint(
  a: Checkpoint | undefined,
  b: Checkpoint | undefined,
): Checkpoint | undefined {
  if (!a || !b) return a ?? b;
  return b.savedAt >= a.savedAt ? b : a;
}

const fileSchema = v.pipe(v.string(), v.parseJson(), checkpointSchema);
const draftSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ v: v.literal(1), draft: v.string() }),
);

/**
 * Keeps the checkpoint in `workspaceState`, written at most once a second. `deactivate` may write
 * only files, so the last second goes into a file that the next start takes up.
 */
export class CheckpointStore {
  readonly #deps: CheckpointStoreDependencies;
  #context: CheckpointContext | undefined;
  #draft = '';
  #draftAt = 0;
  /** Something changed that is not in `workspaceState` yet. */
  #changed = false;
  /** What is there could not be understood nor copied away, so it is left alone. */
  #locked = false;
  #cancelTimer: (() => void) | undefined;
  #writing = false;
  #lastWriteMs = -Infinity;
  #mayHaveDraftFile = true;
  /** A file of the last deactivation, to be removed once `workspaceState` has what it said. */
  #fileTakenUp = false;

  constructor(deps: CheckpointStoreDependencies) {
    this.#deps = deps;
  }

  /** Reads what the last window left. Never rejects. */
  async read(): Promise<ReadCheckpoint> {
    const state = await this.#readState();
    const file = await this.#readFile();
    const aside = state.setAside + file.setAside;
    this.#fileTakenUp = file.checkpoint !== undefined || file.setAside > 0;
    // What was set aside is replaced, and what a file said moves into `workspaceState`.
    if (aside > 0 || this.#fileTakenUp) this.touch();
    const checkpoint = getNewerCheckpoint(state.checkpoint, file.checkpoint);
    if (!checkpoint) return { setAside: aside };
    const draft = await this.#wholeDraft(checkpoint);
    this.#draft = draft;
    this.#draftAt = checkpoint.draftAt;
    this.#context = checkpoint.context ?? undefined;
    return { checkpoint: { ...checkpoint, draft }, setAside: aside };
  }

  /** The conversation that is shown, unless it is empty. */
  get shownId(): string | undefined {
    return this.#context?.conversationId;
  }

  setContext(context: CheckpointContext | undefined): void {
    this.#context = context;
    this.touch();
  }

  setDraft(draft: string, draftAt: number): void {
    this.#draft = draft;
    this.#draftAt = draftAt;
    this.touch();
  }

  /**
   * Forgets deleted conversations, with the draft if one of them is shown. Resolves with whether
   * `workspaceState` took it.
   */
  async forget(conversationIds: ReadonlySet<string>): Promise<boolean> {
    if (this.#context && conversationIds.has(this.#context.conversationId)) {
      this.#context = undefined;
      this.#draft = '';
    }
    return !this.#locked && (await this.#update());
  }

  /** Something that goes into the checkpoint has changed. */
  touch(): void {
    this.#changed = true;
    if (this.#cancelTimer || this.#writing) return;
    const wait = this.#lastWriteMs + intervalMs - this.#deps.clock.monotonicMs();
    this.#cancelTimer = this.#deps.clock.after(Math.max(0, wait), () => {
      this.#cancelTimer = undefined;
      this.#write();
    });
  }

  /** Puts what is not in `workspaceState` yet into the file. Touches nothing of VS Code. */
  async flushToFile(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    // What is on its way to `workspaceState` may not arrive any more.
    if (!this.#changed && !this.#writing) return;
    const checkpoint = this.#fit();
    await this.#saveLongDraft(checkpoint);
    await this.#replace(this.#file, checkpoint);
  }

  #write(): void {
    if (this.#locked) return;
    this.#changed = false;
    this.#lastWriteMs = this.#deps.clock.monotonicMs();
    this.#writing = true;
    void this.#update().then((saved) => {
      this.#writing = false;
      if (this.#changed) this.touch();
      // The next change tries again, or `flushToFile` does: the logs have the truth meanwhile.
      else this.#changed = !saved;
    });
  }

  /** Resolves with whether `workspaceState` took it. Never rejects. */
  async #update(): Promise<boolean> {
    const checkpoint = this.#fit();
    try {
      await this.#saveLongDraft(checkpoint);
      await this.#deps.memento.update(checkpointKey, checkpoint);
      await this.#removeOldFiles(checkpoint);
      return true;
    } catch (error) {
      this.#deps.logger.warn(`The checkpoint was not saved: ${String(error)}`);
      return false;
    }
  }

  #fit(): Checkpoint {
    const { clock, index } = this.#deps;
    return fitCheckpoint({
      savedAt: clock.wallMs(),
      draft: this.#draft,
      draftAt: this.#draftAt,
      index: index(),
      context: this.#context,
    });
  }

  async #readState(): Promise<ReadCheckpoint> {
    const value = this.#deps.memento.get(checkpointKey);
    if (value === undefined) return { setAside: 0 };
    const parsed = v.safeParse(checkpointSchema, value);
    if (parsed.success) return { checkpoint: parsed.output, setAside: 0 };
    this.#locked = !(await quarantine(this.#deps, 'workspaceState', JSON.stringify(value)));
    return { setAside: 1 };
  }

  async #readFile(): Promise<ReadCheckpoint> {
    const text = await this.#readText(this.#file);
    if (text === undefined) return { setAside: 0 };
    const parsed = v.safeParse(fileSchema, text);
    if (parsed.success) return { checkpoint: parsed.output, setAside: 0 };
    return { setAside: (await quarantine(this.#deps, 'checkpoint', text)) ? 1 : 0 };
  }

  /** A long draft is only cut in the checkpoint; its file may also be of another time. */
  async #wholeDraft({ draft, draftCut }: Checkpoint): Promise<string> {
    if (!draftCut) return draft;
    const parsed = v.safeParse(draftSchema, await this.#readText(this.#draftFile));
    return parsed.success && parsed.output.draft.startsWith(draft) ? parsed.output.draft : draft;
  }

  async #readText(file: string): Promise<string | undefined> {
    try {
      const bytes = await this.#deps.fileSystem.read(file);
      return bytes && Buffer.from(bytes).toString();
    } catch (error) {
      this.#deps.logger.warn(`${file} could not be read: ${String(error)}`);
      return undefined;
    }
  }

  async #saveLongDraft({ draftCut }: Checkpoint): Promise<void> {
    if (draftCut) await this.#replace(this.#draftFile, { v: 1, draft: this.#draft });
  }

  /** Files whose content is in `workspaceState` now. */
  async #removeOldFiles({ draftCut }: Checkpoint): Promise<void> {
    const { fileSystem } = this.#deps;
    if (this.#fileTakenUp) await fileSystem.remove(this.#file);
    this.#fileTakenUp = false;
    if (!draftCut && this.#mayHaveDraftFile) await fileSystem.remove(this.#draftFile);
    this.#mayHaveDraftFile = draftCut;
  }

  async #replace(file: string, value: unknown): Promise<void> {
    const { fileSystem, newId, directory } = this.#deps;
    await fileSystem.makeDirectory(directory);
    await replaceFile(fileSystem, newId, file, Buffer.from(JSON.stringify(value)));
  }

  get #file(): string {
    return `${this.#deps.directory}/checkpoint.json`;
  }

  get #draftFile(): string {
    return `${this.#deps.directory}/draft.json`;
  }
}

/** What was shown last, unless something was said elsewhere after that was written down. */
export function getActiveConversationId(
  checkpoint: Checkpoint | undefined,
  newestFirst: readonly IndexEntry[],
): string | undefined {
  if (!checkpoint) return newestFirst[0]?.id;
  const { savedAt, active } = checkpoint;
  const later = newestFirst.filter(({ lastSent }) => lastSent > savedAt);
  const last = later.toSorted((a, b) => b.lastSent - a.lastSent)[0];
  return last?.id ?? active ?? undefined;
}
