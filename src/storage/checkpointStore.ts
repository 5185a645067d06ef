import * as v from 'valibot';
import type { CheckpointContext, Logger, NewId } from '../conversation/ports';
import { type Clock, Throttle } from '../shared/clock';
import {
  type Checkpoint,
  checkpointKey,
  checkpointSchema,
  fitCheckpoint,
  type KeyValueStore,
  quarantine,
  type ShortSummary,
} from './checkpoint';
import type { IndexEntry } from './conversationIndex';
import { type FileSystem, readStable, replaceFile, type StableText } from './fileSystem';

export interface CheckpointStoreDependencies {
  readonly memento: KeyValueStore;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
  /** The workspace's storage. */
  readonly directory: string;
  /** The conversations, newest first. */
  readonly index: () => readonly ShortSummary[];
}

export interface ReadCheckpoint {
  readonly checkpoint?: Checkpoint;
  /** How many checkpoints could not be parsed and were copied to the quarantine. */
  readonly quarantined: number;
}

const intervalMs = 1000;

const fileSchema = v.pipe(v.string(), v.parseJson(), checkpointSchema);
const draftSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ v: v.literal(1), draft: v.string() }),
);

/**
 * Keeps the checkpoint in `workspaceState`, written at most once a second. During `deactivate` VS Code accepts
 * no more updates, so the last second goes into a file that the next start reads.
 */
export class CheckpointStore {
  readonly #deps: CheckpointStoreDependencies;
  readonly #throttle: Throttle;
  #context: CheckpointContext | undefined;
  #draft = '';
  #draftAt = 0;
  /** Something changed that is not in `workspaceState` yet. */
  #changed = false;
  /** The stored value could be neither parsed nor copied, so it is not overwritten. */
  #locked = false;
  #writing = false;
  #mayHaveDraftFile = true;
  /** The file of the last deactivation was read; it is removed once `workspaceState` has its content. */
  #hasReadFile = false;

  constructor(deps: CheckpointStoreDependencies) {
    this.#deps = deps;
    this.#throttle = new Throttle({
      clock: deps.clock,
      intervalMs,
      // What changes together, such as the draft and the shown conversation, goes into one write.
      edge: 'trailing',
      run: () => void this.#write(),
    });
  }

  /** Reads what the last window stored. Never rejects. */
  async read(): Promise<ReadCheckpoint> {
    const state = await this.#readState();
    const file = await this.#readFile();
    const quarantined = state.quarantined + file.quarantined;
    this.#hasReadFile = file.checkpoint !== undefined || file.quarantined > 0;
    // A quarantined value is replaced, and the file's content moves into `workspaceState`.
    if (quarantined > 0 || this.#hasReadFile) this.touch();
    const checkpoint = getNewerCheckpoint(state.checkpoint, file.checkpoint);
    if (!checkpoint) return { quarantined };
    const draft = await this.#readWholeDraft(checkpoint);
    this.#draft = draft;
    this.#draftAt = checkpoint.draftAt;
    this.#context = checkpoint.context ?? undefined;
    return { checkpoint: { ...checkpoint, draft }, quarantined };
  }

  /** The id of the shown conversation; undefined if that is empty. */
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
   * Removes deleted conversations, and the draft if one of them is shown. Resolves with whether
   * `workspaceState` was updated.
   */
  async forget(conversationIds: ReadonlySet<string>): Promise<boolean> {
    if (this.#context && conversationIds.has(this.#context.conversationId)) {
      this.#context = undefined;
      this.#draft = '';
    }
    return !this.#locked && (await this.#update());
  }

  /** Schedules a write, because something in the checkpoint has changed. */
  touch(): void {
    this.#changed = true;
    if (!this.#writing) this.#throttle.request();
  }

  /** Writes what is not in `workspaceState` yet to the file. Does not use VS Code. */
  async flushToFile(): Promise<void> {
    this.#throttle.cancel();
    // An update of `workspaceState` that is under way may be lost.
    if (!this.#changed && !this.#writing) return;
    const checkpoint = this.#createCheckpoint();
    await this.#saveLongDraft(checkpoint);
    await this.#replace(this.#file, checkpoint);
  }

  async #write(): Promise<void> {
    if (this.#locked) return;
    this.#changed = false;
    this.#writing = true;
    this.#onWritten(await this.#update());
  }

  #onWritten(isSaved: boolean): void {
    this.#writing = false;
    if (this.#changed) this.touch();
    // Retried at the next change or by `flushToFile`; until then the logs have the content.
    else this.#changed = !isSaved;
  }

  /** Resolves with whether `workspaceState` was updated. Never rejects. */
  async #update(): Promise<boolean> {
    const checkpoint = this.#createCheckpoint();
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

  #createCheckpoint(): Checkpoint {
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
    if (value === undefined) return { quarantined: 0 };
    const parsed = v.safeParse(checkpointSchema, value);
    if (parsed.success) return { checkpoint: parsed.output, quarantined: 0 };
    this.#locked = !(await quarantine(this.#deps, 'workspaceState', JSON.stringify(value)));
    return { quarantined: 1 };
  }

  async #readFile(): Promise<ReadCheckpoint> {
    const read = await this.#tryRead(this.#file, fileSchema);
    if (read?.text === undefined) return { quarantined: 0 };
    const { text, parsed } = read;
    if (parsed.success) return { checkpoint: parsed.output, quarantined: 0 };
    return { quarantined: (await quarantine(this.#deps, 'checkpoint', text)) ? 1 : 0 };
  }

  /** The checkpoint holds the beginning of a long draft; its file is used only if it begins with that. */
  async #readWholeDraft({ draft, draftCut }: Checkpoint): Promise<string> {
    if (!draftCut) return draft;
    const parsed = (await this.#tryRead(this.#draftFile, draftSchema))?.parsed;
    return parsed?.success && parsed.output.draft.startsWith(draft) ? parsed.output.draft : draft;
  }

  async #tryRead<S extends v.GenericSchema>(
    file: string,
    schema: S,
  ): Promise<StableText<S> | undefined> {
    try {
      return await readStable(this.#deps.fileSystem, file, schema);
    } catch (error) {
      this.#deps.logger.warn(`${file} could not be read: ${String(error)}`);
      return undefined;
    }
  }

  async #saveLongDraft({ draftCut }: Checkpoint): Promise<void> {
    if (draftCut) await this.#replace(this.#draftFile, { v: 1, draft: this.#draft });
  }

  /** Removes files whose content is in `workspaceState` now. */
  async #removeOldFiles({ draftCut }: Checkpoint): Promise<void> {
    const { fileSystem } = this.#deps;
    if (this.#hasReadFile) await fileSystem.remove(this.#file);
    this.#hasReadFile = false;
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

function getNewerCheckpoint(
  a: Checkpoint | undefined,
  b: Checkpoint | undefined,
): Checkpoint | undefined {
  if (!a || !b) return a ?? b;
  return b.savedAt >= a.savedAt ? b : a;
}

/** The conversation that was shown last, unless a message was sent in another one after the checkpoint was saved. */
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
