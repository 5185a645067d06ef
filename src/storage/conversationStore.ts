import * as v from 'valibot';
import type {
  CheckpointContext,
  ConversationSummary,
  OtherWindowEvent,
  RestoredWorkspace,
  StoredConversation,
  StoreNotice,
} from '../conversation/ports';
import type { PendingState } from '../shared/composerState';
import { Emitter } from '../shared/emitter';
import type { ConversationEvent } from '../shared/turn';
import {
  type Checkpoint,
  conversationIdSchema,
  createRestoredRecords,
  purgeDeleted,
  restoreFromCheckpoint,
} from './checkpoint';
import { CheckpointStore, getActiveConversationId } from './checkpointStore';
import { compactConversation } from './compaction';
import { ConversationIndex } from './conversationIndex';
import { ConversationLog, dateEvents } from './conversationLog';
import { DraftFiles } from './draftFiles';
import { nodeFileSystem } from './fileSystem';
import { LogCache } from './logCache';
import { getLatestTime } from './logRecord';
import { getErrorMessage, toNotSavedNotice } from './logWriter';
import { OtherWindowsWatcher } from './otherWindowsWatcher';
import { nodeProcess, Presence } from './presence';
import { type ConversationRecords, orderEvents, readConversation } from './readConversation';
import type { ConversationStoreDependencies, WorkspaceStore } from './workspaceStore';

/** The conversations of one workspace, stored in append-only logs with a checkpoint in `workspaceState`. */
export function createConversationStore(deps: ConversationStoreDependencies): WorkspaceStore {
  return new FileConversationStore({
    fileSystem: nodeFileSystem,
    ownProcess: nodeProcess,
    ...deps,
  });
}

class FileConversationStore implements WorkspaceStore {
  readonly #deps: Required<ConversationStoreDependencies>;
  readonly #index: ConversationIndex;
  readonly #checkpoints: CheckpointStore;
  readonly #drafts: DraftFiles;
  readonly #presence: Presence;
  readonly #others: OtherWindowsWatcher;
  readonly #notices: Emitter<StoreNotice>;
  readonly #writer: string;
  readonly #logs = new Map<string, ConversationLog>();
  /** By conversation: events that only the checkpoint had, until they are in the log. */
  readonly #restoredEvents = new Map<string, readonly ConversationEvent[]>();
  /** By conversation: the time of the latest record that was read. */
  readonly #latest = new Map<string, number>();
  readonly #cache = new LogCache();
  /** Conversations with records that could not be written. */
  readonly #unsaved = new Set<string>();

  constructor(deps: Required<ConversationStoreDependencies>) {
    const { directory, memento, fileSystem, ownProcess, clock, newId, logger } = deps;
    const writer = newId();
    this.#deps = deps;
    this.#notices = new Emitter(logger);
    this.#writer = writer;
    this.#index = new ConversationIndex({ directory, fileSystem, newId, logger });
    const presence = new Presence({
      directory,
      writer,
      ownProcess,
      fileSystem,
      clock,
      newId,
      logger,
    });
    this.#presence = presence;
    this.#others = new OtherWindowsWatcher({
      presence,
      writer,
      getDirectory: (id) => this.#getDirectory(id),
      fileSystem,
      logger,
    });
    this.#drafts = new DraftFiles({
      directory,
      writer,
      memento,
      fileSystem,
      clock,
      newId,
      logger,
      announce: () => presence.announce(),
      findLivingWindows: () => presence.findLivingWindows(),
      isDeleted: (id) => this.#index.isDeleted(id),
    });
    this.#checkpoints = new CheckpointStore({
      directory,
      index: () => this.#index.list(),
      memento,
      fileSystem,
      clock,
      newId,
      logger,
    });
  }

  async restore(): Promise<RestoredWorkspace> {
    const { checkpoint, quarantined } = await this.#checkpoints.read();
    const notices: StoreNotice[] = [];
    await this.#scan((error) => notices.push(toNotSavedNotice(error)));
    const id = getActiveConversationId(checkpoint, this.#index.list());
    const active =
      id === undefined ? undefined : await this.#tryRestoreActive(id, checkpoint, notices);
    const { draft = '', draftAt = 0, savedAt = 0 } = checkpoint ?? {};
    const unsent = await this.#drafts.takeOver({ draft, draftAt, savedAt });
    // The checkpoint must not keep an older draft until the user types again.
    if (unsent.draft !== draft) this.#checkpoints.setDraft(unsent.draft, unsent.draftAt);
    const unreadable = quarantined + unsent.quarantined + (active?.unreadable ?? 0);
    if (unreadable > 0) notices.push({ kind: 'unreadable', count: unreadable });
    const restored = {
      draft: unsent.draft,
      draftAt: unsent.draftAt,
      pending: unsent.pending,
      notices,
    };
    return active ? { active, ...restored } : restored;
  }

  async summaries(): Promise<readonly ConversationSummary[]> {
    await this.#scan((error) => this.#notices.emit(toNotSavedNotice(error)));
    return this.#index.list();
  }

  async open(conversationId: string): Promise<StoredConversation | undefined> {
    if (!v.is(conversationIdSchema, conversationId)) return undefined;
    return this.#conversation(conversationId, await this.#readRecords(conversationId), 0);
  }

  async isDeleted(conversationId: string): Promise<boolean> {
    if (!v.is(conversationIdSchema, conversationId)) return false;
    const { records, isComplete } = await this.#readRecords(conversationId);
    const isDeleted = records.some(({ k }) => k === 'deleted');
    if (!isDeleted && !isComplete) {
      throw new Error(`Conversation ${conversationId} cannot be read.`);
    }
    return isDeleted;
  }

  async append(conversationId: string, event: ConversationEvent): Promise<void> {
    const log = this.#getLog(conversationId);
    const saved = log.append(event);
    if (event.kind !== 'textAppended') {
      this.#index.addEvent(conversationId, event, this.#deps.clock.wallMs());
      this.#checkpoints.touch();
    }
    await saved;
  }

  async appendPast(conversationId: string, events: readonly ConversationEvent[]): Promise<void> {
    const log = this.#getLog(conversationId);
    const dated = dateEvents(events, this.#deps.clock.wallMs());
    const saved = log.appendPast(dated);
    for (const { event, t } of dated) {
      if (event.kind !== 'textAppended') this.#index.addEvent(conversationId, event, t);
    }
    this.#checkpoints.touch();
    await saved;
  }

  checkpoint(context: CheckpointContext | undefined): void {
    this.#checkpoints.setContext(context);
    this.#others.setShownConversation(context?.conversationId ?? null);
  }

  saveDraft(draft: string, draftAt: number): void {
    this.#checkpoints.setDraft(draft, draftAt);
    this.#drafts.saveDraft(draft, draftAt);
  }

  savePending(pending: PendingState): void {
    this.#drafts.savePending(pending);
  }

  onLatePending(listener: (pending: PendingState) => void): void {
    this.#drafts.onLate(listener);
  }

  onNotice(listener: (notice: StoreNotice) => void): () => void {
    return this.#notices.on(listener);
  }

  onOtherWindow(listener: (elsewhere: OtherWindowEvent) => void): () => void {
    return this.#others.on(listener);
  }

  async compact(undoMs: number): Promise<void> {
    await this.#scan((error) => this.#warn('Nothing can be compacted', error));
    const now = this.#deps.clock.wallMs();
    const purged: string[] = [];
    for (const { id, deleted, updatedAt } of this.#index.listNeedingCompaction()) {
      // A deletion dated in the future is not waited for: the clock was wrong, and the undo has its content in memory.
      if (deleted && updatedAt > now - undoMs && updatedAt <= now + undoMs) continue;
      try {
        purged.push(...(await this.#compactOne(id)));
      } catch (error) {
        this.#warn('A conversation could not be compacted', error);
      }
    }
    if (purged.length > 0) await this.#purge(purged);
  }

  async flush(): Promise<void> {
    const work = [
      ...[...this.#logs.values()].map((log) => log.flush()),
      this.#checkpoints.flushToFile(),
      this.#drafts.flush(),
    ];
    for (const result of await Promise.allSettled(work)) {
      if (result.status === 'rejected') this.#warn('Not everything was saved', result.reason);
    }
    try {
      await this.#index.save();
    } catch (error) {
      this.#warn('The index was not saved', error);
    }
    try {
      await this.#presence.leave();
    } catch (error) {
      this.#warn('Other windows may take this one for open', error);
    }
  }

  async close(): Promise<void> {
    await this.flush();
    for (const log of this.#logs.values()) await log.close();
    this.#logs.clear();
  }

  async #compactOne(id: string): Promise<readonly string[]> {
    const log = this.#logs.get(id);
    const { fileSystem, newId } = this.#deps;
    return compactConversation({
      fileSystem,
      newId,
      id,
      directory: this.#getDirectory(id),
      writer: this.#writer,
      seal: async () => (await log?.seal()) ?? [],
      findLivingWindows: () => this.#presence.findLivingWindows(),
    });
  }

  /** Removes deleted conversations and turns from everything but the logs. */
  async #purge(ids: readonly string[]): Promise<void> {
    const { fileSystem, memento, directory } = this.#deps;
    for (const id of ids) this.#restoredEvents.delete(id);
    try {
      const { shownId } = this.#checkpoints;
      if (shownId !== undefined && ids.includes(shownId)) await this.#drafts.forgetDraft();
      await this.#checkpoints.forget(new Set(ids));
      await purgeDeleted(fileSystem, memento, directory, ids);
      await this.#index.save();
    } catch (error) {
      this.#warn('Something deleted may still be stored', error);
    }
  }

  async #tryRestoreActive(
    id: string,
    checkpoint: Checkpoint | undefined,
    notices: StoreNotice[],
  ): Promise<StoredConversation | undefined> {
    try {
      return await this.#restoreActive(id, checkpoint, notices);
    } catch (error) {
      this.#warn('The conversation that was shown last could not be restored', error);
      notices.push({ kind: 'unreadable', count: 1 });
      return undefined;
    }
  }

  async #restoreActive(
    id: string,
    checkpoint: Checkpoint | undefined,
    notices: StoreNotice[],
  ): Promise<StoredConversation | undefined> {
    const stored = await this.#readRecords(id);
    const context = checkpoint?.context;
    if (context?.conversationId !== id) return this.#conversation(id, stored, 0);
    const { events, missingEarlier } = restoreFromCheckpoint(context, stored.records);
    if (events.length > 0) this.#restoredEvents.set(id, events);
    const active = await this.#conversation(id, stored, missingEarlier);
    if (active && stored.isComplete && (stored.records.length === 0 || missingEarlier > 0)) {
      notices.push({ kind: 'restoredFromCheckpoint', missingEarlier });
    }
    return active;
  }

  async #conversation(
    id: string,
    stored: ConversationRecords,
    missingEarlier: number,
  ): Promise<StoredConversation | undefined> {
    const { unreadable, isComplete } = stored;
    const restored = createRestoredRecords(this.#restoredEvents.get(id) ?? []);
    const all = [...stored.records, ...restored];
    if (all.some(({ k }) => k === 'deleted')) return undefined;
    if (all.length === 0) {
      // A conversation that was read before has vanished; that is not a deletion.
      if (!isComplete || this.#latest.has(id))
        throw new Error(`Conversation ${id} cannot be read.`);
      if (unreadable + missingEarlier === 0) return undefined;
    }
    const writtenInOtherWindow = await this.#others.findAnswersInProgress(id, all, isComplete);
    if (writtenInOtherWindow.length === 0) this.#cache.clear();
    return { id, events: orderEvents(all), unreadable, missingEarlier, writtenInOtherWindow };
  }

  /** Reads the files, and adds the records that are not written yet. */
  async #readRecords(id: string): Promise<ConversationRecords> {
    const log = this.#logs.get(id);
    try {
      await log?.flush();
    } catch (error) {
      this.#warn('A conversation is still not saved', error);
    }
    const stored = await this.#readFiles(id);
    if (stored.records.length > 0) this.#sawTime(id, getLatestTime(stored.records));
    return { ...stored, records: [...stored.records, ...(log?.unsaved ?? [])] };
  }

  async #readFiles(id: string): Promise<ConversationRecords> {
    const { fileSystem, logger } = this.#deps;
    await this.#others.beforeReading(id);
    try {
      return await readConversation(fileSystem, logger, this.#getDirectory(id), this.#cache);
    } catch (error) {
      this.#warn('A conversation could not be read', error);
      return { records: [], unreadable: 1, isComplete: false };
    }
  }

  async #scan(report: (error: unknown) => void): Promise<void> {
    try {
      await this.#index.scan();
    } catch (error) {
      this.#warn('The stored conversations could not be listed', error);
      report(error);
    }
  }

  #getLog(id: string): ConversationLog {
    const known = this.#logs.get(id);
    if (known) return known;
    v.assert(conversationIdSchema, id);
    const { fileSystem, clock, newId, logger } = this.#deps;
    const log = new ConversationLog({
      fileSystem,
      clock,
      newId,
      logger,
      directory: this.#getDirectory(id),
      writer: this.#writer,
      restoredEvents: this.#restoredEvents.get(id) ?? [],
      announce: () => this.#presence.announce(),
      onOutcome: (error) => this.#reportOutcome(id, error),
    });
    log.sawTime(this.#latest.get(id) ?? 0);
    this.#restoredEvents.delete(id);
    this.#logs.set(id, log);
    return log;
  }

  #sawTime(id: string, t: number): void {
    this.#latest.set(id, t);
    this.#logs.get(id)?.sawTime(t);
  }

  /** Emits one notice when saving starts to fail, and one when everything is saved again. */
  #reportOutcome(id: string, error: unknown): void {
    if (error !== undefined) {
      this.#warn('A record was not saved', error);
      if (this.#unsaved.size === 0) this.#notices.emit(toNotSavedNotice(error));
      this.#unsaved.add(id);
    } else if (this.#unsaved.delete(id) && this.#unsaved.size === 0) {
      this.#notices.emit({ kind: 'savedAgain' });
    }
  }

  #getDirectory(id: string): string {
    return `${this.#deps.directory}/conversations/${id}`;
  }

  #warn(sentence: string, error: unknown): void {
    this.#deps.logger.warn(`${sentence}: ${getErrorMessage(error)}`);
  }
}
