import * as v from 'valibot';
import { type Clock, Throttle } from '../shared/clock';
import { emptyPendingState, type PendingState, pendingStateSchema } from '../shared/composerState';
import { Emitter } from '../shared/emitter';
import { readStable, replaceFile } from './fileSystem';
import type { LivingWindows } from './presence';
import { quarantine, type QuarantineDependencies } from './checkpoint';

export interface DraftFilesDependencies extends QuarantineDependencies {
  readonly clock: Clock;
  /** This window's id, which is the name of its file. */
  readonly writer: string;
  /** Awaited before the file is created: other windows must be able to see that its window lives. */
  readonly announce: () => Promise<void>;
  /** The other windows that live: their files are not taken over. */
  readonly findLivingWindows: () => Promise<LivingWindows>;
  /** Messages queued for a deleted conversation are dropped. */
  readonly isDeleted: (conversationId: string) => boolean;
}

/** What was not sent yet when a window closed. */
export interface UnsentState {
  readonly draft: string;
  /** When the draft was last changed, by the clock of the page that wrote it. */
  readonly draftAt: number;
  readonly pending: PendingState;
}

/** The draft in the checkpoint. */
interface CheckpointDraft {
  readonly draft: string;
  readonly draftAt: number;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
}

interface AbandonedFile {
  readonly file: string;
  /** Undefined if it could not be parsed and was copied to the quarantine. */
  readonly content: Content | undefined;
  readonly isEmpty: boolean;
}

interface WindowFile {
  readonly file: string;
  /** Undefined for the file that all windows shared. */
  readonly writer?: string;
}

interface FoundFiles {
  /** Files of windows that are gone. */
  readonly abandoned: readonly AbandonedFile[];
  /** Whether there are others, of windows that live or that cannot be read now. */
  readonly hasOthers: boolean;
}

const fileSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    v: v.literal(1),
    /** Milliseconds since 1970. */
    savedAt: v.optional(v.number(), 0),
    /** Absent in files from before each window had its own. */
    draft: v.exactOptional(v.string()),
    draftAt: v.optional(v.number(), 0),
    ...pendingStateSchema.entries,
  }),
);
type Content = v.InferOutput<typeof fileSchema>;

/** The least time between two writes of a draft that is being typed. */
const intervalMs = 1_000;
/** A window that is closing or reloading may look alive for some seconds. */
const retryMs = 2_000;
const maxLooks = 15;

/**
 * Stores the draft, the attachments and the queued messages of each window in a separate file, so that two
 * windows on one storage never overwrite each other's, and neither sends what the other is about to send. A
 * window that starts takes over the files of windows that are gone.
 */
export class DraftFiles {
  readonly #deps: DraftFilesDependencies;
  readonly #throttle: Throttle;
  readonly #late: Emitter<PendingState>;
  #unsent: UnsentState = { draft: '', draftAt: 0, pending: emptyPendingState };
  #restoredDraft = '';
  /** There was something to save; from then on an empty state is saved, too. */
  #hadContent = false;
  #changed = false;
  #writing: Promise<void> | undefined;
  #cancelLook: (() => void) | undefined;

  constructor(deps: DraftFilesDependencies) {
    this.#deps = deps;
    this.#late = new Emitter(deps.logger);
    this.#throttle = new Throttle({
      clock: deps.clock,
      intervalMs,
      run: () => {
        this.#writing ??= this.#write();
      },
    });
  }

  /** Called with the messages of a window that was found to be gone only after `takeOver`. */
  onLate(listener: (pending: PendingState) => void): void {
    this.#late.on(listener);
  }

  /**
   * Takes over the files of windows that are gone; the checkpoint's draft is used if no file has one. Resolves
   * also with the number of files that were quarantined. Never rejects.
   */
  async takeOver(
    checkpoint: CheckpointDraft,
  ): Promise<UnsentState & { readonly quarantined: number }> {
    const { abandoned, hasOthers } = await this.#find();
    const contents = abandoned.flatMap(({ content }) => content ?? []);
    const { draft, draftAt } = mergeDrafts(contents, checkpoint);
    const pending = mergePending(contents);
    const isTyping = this.#unsent.draft !== '';
    if (contents.length > 0 || checkpoint.draft !== '') this.#hadContent = true;
    if (!isTyping) {
      this.#restoredDraft = draft;
      this.#unsent = { ...this.#unsent, draft, draftAt };
    }
    this.#unsent = { ...this.#unsent, pending: mergePending([pending, this.#unsent.pending]) };
    await this.#removeTakenOver(abandoned, isTyping);
    if (hasOthers) this.#lookLater(maxLooks);
    return { draft, draftAt, pending, quarantined: abandoned.length - contents.length };
  }

  /** Written at once, or when a second has passed since the last write. */
  saveDraft(draft: string, draftAt: number): void {
    if (draft === this.#unsent.draft) return;
    this.#unsent = { ...this.#unsent, draft, draftAt };
    this.#hadContent = true;
    this.#changed = true;
    this.#throttle.request();
  }

  savePending(pending: PendingState): void {
    this.#unsent = { ...this.#unsent, pending };
    this.#hadContent = true;
    this.#changed = true;
    this.#throttle.runNow();
  }

  /** Removes the draft, because its conversation was deleted. */
  async forgetDraft(): Promise<void> {
    this.#unsent = { ...this.#unsent, draft: '', draftAt: this.#unsent.draftAt + 1 };
    await this.#saveNow();
  }

  /** For a window that closes. Resolves when everything is written, or could not be. */
  async flush(): Promise<void> {
    this.#cancelLook?.();
    this.#throttle.runNow();
    await this.#writing;
  }

  /** Resolves with whether everything is written. */
  async #saveNow(): Promise<boolean> {
    this.#changed = true;
    this.#throttle.runNow();
    await this.#writing;
    return !this.#changed;
  }

  async #write(): Promise<void> {
    // `#writing` is set by then, so that it can be cleared below.
    await Promise.resolve();
    while (this.#changed) {
      this.#changed = false;
      const isSaved = await this.#try('Unsent messages were not saved', () => this.#save());
      if (isSaved) continue;
      // Retried at the next change or by `flush`.
      this.#changed = true;
      break;
    }
    // In the same step as the last check: a later change starts the next write.
    this.#writing = undefined;
  }

  /**
   * An empty state is saved, too: VS Code writes `workspaceState` only now and then, so without a file a draft
   * that was removed would be restored from there after a crash.
   */
  async #save(): Promise<void> {
    const { fileSystem, announce } = this.#deps;
    if (!this.#hadContent) return;
    await announce();
    await fileSystem.makeDirectory(this.#folder);
    await this.#replace(this.#file, this.#unsent, this.#deps.clock.wallMs());
  }

  #replace(file: string, { pending, ...draft }: UnsentState, savedAt: number): Promise<void> {
    const { fileSystem, newId } = this.#deps;
    const content = { v: 1, savedAt, ...draft, ...pending } satisfies Content;
    return replaceFile(fileSystem, newId, file, Buffer.from(JSON.stringify(content)));
  }

  #lookLater(times: number): void {
    if (times === 0) return;
    this.#cancelLook = this.#deps.clock.after(retryMs, () => void this.#takeOverLate(times));
  }

  async #takeOverLate(times: number): Promise<void> {
    const { abandoned, hasOthers } = await this.#find();
    const pending = mergePending(abandoned.flatMap(({ content }) => content ?? []));
    if (pending.attachments.length + pending.queue.length > 0) {
      this.#unsent = { ...this.#unsent, pending: mergePending([pending, this.#unsent.pending]) };
      this.#late.emit(pending);
    }
    await this.#removeTakenOver(abandoned, true);
    if (hasOthers) this.#lookLater(times - 1);
  }

  /**
   * Saves this window's file with what was taken over first: a crash in between leaves it in both.
   * @param isTyping another draft is being written here, so theirs is left for the next start
   */
  async #removeTakenOver(abandoned: readonly AbandonedFile[], isTyping: boolean): Promise<void> {
    if (abandoned.length === 0 || this.#isAllEmpty(abandoned)) return;
    if (!(await this.#saveNow())) return;
    for (const { file, content } of abandoned) {
      const { draft = '', draftAt = 0, savedAt = 0 } = isTyping ? (content ?? {}) : {};
      const isTakenOver = draft === '' || draft === this.#restoredDraft;
      await this.#try(`${file} was taken over but not removed`, () =>
        isTakenOver
          ? this.#deps.fileSystem.remove(file)
          : this.#replace(file, { draft, draftAt, pending: emptyPendingState }, savedAt),
      );
    }
  }

  /** A single empty file is left as it is, so that most starts write nothing. */
  #isAllEmpty([first, ...others]: readonly AbandonedFile[]): boolean {
    return others.length === 0 && first?.isEmpty === true && isEmptyState(this.#unsent);
  }

  async #find(): Promise<FoundFiles> {
    try {
      const files = await this.#list();
      if (files.length === 0) return { abandoned: [], hasOthers: false };
      // After listing: every window announces itself before it creates its file.
      return await this.#readAbandoned(files, await this.#deps.findLivingWindows());
    } catch (error) {
      this.#deps.logger.warn(`Unsent messages could not be listed: ${String(error)}`);
      return { abandoned: [], hasOthers: true };
    }
  }

  async #readAbandoned(files: readonly WindowFile[], living: LivingWindows): Promise<FoundFiles> {
    const abandoned: AbandonedFile[] = [];
    let hasOthers = false;
    for (const { file, writer } of files) {
      const isLiving = writer !== undefined && living.has(writer);
      const isRead =
        !isLiving &&
        (await this.#try('Unsent messages could not be read', async () => {
          abandoned.push(...(await this.#read(file)));
        }));
      if (!isRead) hasOthers = true;
    }
    return { abandoned, hasOthers };
  }

  async #list(): Promise<readonly WindowFile[]> {
    const { fileSystem, directory } = this.#deps;
    const names = (await fileSystem.names(this.#folder)).filter((name) => name.endsWith(suffix));
    const files = names
      .map((name) => ({ file: `${this.#folder}/${name}`, writer: name.slice(0, -suffix.length) }))
      .filter(({ writer }) => writer !== this.#deps.writer);
    // All windows shared this file before each had its own.
    const shared = `${directory}/outbox.json`;
    return (await fileSystem.stat(shared)) ? [{ file: shared }, ...files] : files;
  }

  /** Empty if the file was removed meanwhile, or could be neither parsed nor copied. */
  async #read(file: string): Promise<readonly AbandonedFile[]> {
    const { text, parsed } = await readStable(this.#deps.fileSystem, file, fileSchema);
    if (text === undefined) return [];
    if (parsed.success) {
      const { draft = '', ...pending } = parsed.output;
      const queue = pending.queue.filter(
        ({ conversationId }) => !this.#deps.isDeleted(conversationId),
      );
      const isEmpty = isEmptyState({ draft, pending });
      return [{ file, content: { ...parsed.output, queue }, isEmpty }];
    }
    const isCopied = await quarantine(this.#deps, 'unsent', text);
    return isCopied ? [{ file, content: undefined, isEmpty: false }] : [];
  }

  /** Resolves with whether `run` succeeded; a failure is logged, and the window continues in memory. */
  async #try(trouble: string, run: () => Promise<void>): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (error) {
      this.#deps.logger.warn(`${trouble}: ${String(error)}`);
      return false;
    }
  }

  get #folder(): string {
    return `${this.#deps.directory}/unsent`;
  }

  get #file(): string {
    return `${this.#folder}/${this.#deps.writer}${suffix}`;
  }
}

const suffix = '.json';

function isEmptyState({
  draft,
  pending: { attachments, queue },
}: Pick<UnsentState, 'draft' | 'pending'>): boolean {
  return draft === '' && attachments.length + queue.length === 0;
}

/** A message that is in several of them (after a crash between copying and removing) is kept once. */
function mergePending(states: readonly PendingState[]): PendingState {
  return {
    attachments: uniqueById(states.flatMap(({ attachments }) => attachments)),
    queue: uniqueById(states.flatMap(({ queue }) => queue)),
  };
}

function uniqueById<T extends { readonly id: string }>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}

/** The newest draft, followed by the drafts of other windows. */
function mergeDrafts(
  contents: readonly Content[],
  checkpoint: CheckpointDraft,
): Pick<UnsentState, 'draft' | 'draftAt'> {
  const withDraft = contents.filter(({ draft }) => draft !== undefined);
  if (withDraft.length === 0) return checkpoint;
  let merged = '';
  let mergedAt = 0;
  const newestFirst = withDraft.toSorted((a, b) => b.savedAt - a.savedAt);
  for (const { draft = '', draftAt, savedAt } of newestFirst) {
    // The checkpoint has more of the same draft if, for example, the disk was full.
    const isContinued =
      savedAt < checkpoint.savedAt && draft !== '' && checkpoint.draft.startsWith(draft);
    const whole = isContinued ? checkpoint.draft : draft;
    mergedAt = Math.max(mergedAt, isContinued ? checkpoint.draftAt : draftAt);
    if (whole !== '' && !includesDraft(merged, whole)) {
      merged += merged === '' ? whole : `${separator}${whole}`;
    }
  }
  return { draft: merged, draftAt: mergedAt };
}

const separator = '\n\n';

/** A draft is in the merged text already if a crash came between copying it and removing its file. */
function includesDraft(merged: string, draft: string): boolean {
  return `${separator}${merged}${separator}`.includes(`${separator}${draft}${separator}`);
}
