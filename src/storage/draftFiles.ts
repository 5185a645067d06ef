import * as v from 'valibot';
import type { Clock } from '../shared/clock';
import { emptyPendingState, pendingStateSchema, type PendingState } from '../shared/composerState';
import { Emitter } from '../shared/emitter';
import { replaceFile, quarantine, type QuarantineDependencies } from './fileSystem';
import type { OtherWindows } from './presence';

export interface DraftFilesDependencies extends QuarantineDependencies {
  readonly clock: Clock;
  /** This window's id, which becomes the file's name. */
  readonly writer: string;
  /** Awaited before a file is made: others must be able to see that its window lives. */
  readonly announce: () => Promise<void>;
  /** The other windows that live: their files are theirs. */
  readonly look: () => Promise<OtherWindows>;
  /** Nothing waits to be said in a conversation that was deleted. */
  readonly isDeleted: (conversationId: string) => boolean;
}

/** What was not sent when a window went away. */
export interface UnsentState {
  readonly draft: string;
  /** When it became this, by the page that wrote it. */
  readonly draftAt: number;
  readonly outbox: PendingState;
}

/** What the checkpoint says of the draft. */
interface LastDraft {
  readonly draft: string;
  readonly draftAt: number;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
}

interface LeftFile {
  readonly file: string;
  /** Undefined when it could not be understood, and was set aside. */
  readonly content: Content | undefined;
  /** It has no text of anybody. */
  readonly isEmpty: boolean;
}

interface LeftFiles {
  /** Of windows that are gone. */
  readonly left: readonly LeftFile[];
  /** Whether there are any of windows that live. */
  readonly hasOthers: boolean;
}

const fileSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    v: v.literal(1),
    /** Milliseconds since 1970. */
    savedAt: v.optional(v.number(), 0),
    /** Files of before there was one for each window say nothing of it. */
    draft: v.exactOptional(v.string()),
    draftAt: v.optional(v.number(), 0),
    ...pendingStateSchema.entries,
  }),
);
type Content = v.InferOutput<typeof fileSchema>;

/** A text that grows is written at most this often. */
const intervalMs = 1_000;
/** A window that is being closed or reloaded may look alive for some seconds. */
const lookAgainMs = 2_000;
const maxLooks = 15;

/**
 * Keeps what is typed, attached or waiting in a file for each window: two windows on one storage never
 * overwrite each other's, and none sends what another one is about to. A window that starts takes over
 * what those have left that are gone.
 */
export class DraftFiles {
  readonly #deps: DraftFilesDependencies;
  readonly #late = new Emitter<PendingState>();
  #unsent: UnsentState = { draft: '', draftAt: 0, outbox: emptyPendingState };
  #restoredDraft = '';
  /** Something was there to be kept: that nothing is left is kept then, too. */
  #hadSomething = false;
  #changed = false;
  #writing: Promise<void> | undefined;
  #lastWriteMs = -Infinity;
  #cancelWrite: (() => void) | undefined;
  #cancelLook: (() => void) | undefined;

  constructor(deps: DraftFilesDependencies) {
    this.#deps = deps;
  }

  /** Called with what a window had left that was seen to be gone only after the start. */
  onLate(listener: (outbox: PendingState) => void): void {
    this.#late.on(listener);
  }

  /**
   * Takes over what was left; the draft of `checkpoint` stands where no file tells of one. Resolves with
   * how many files were set aside, too. Never rejects.
   */
  async takeOver(checkpoint: LastDraft): Promise<UnsentState & { readonly setAside: number }> {
    const { left, hasOthers } = await this.#look();
    const contents = left.flatMap(({ content }) => content ?? []);
    const { draft, draftAt } = mergeDrafts(contents, checkpoint);
    const outbox = mergeOutboxes(contents);
    const isTyping = this.#unsent.draft !== '';
    if (contents.length > 0 || checkpoint.draft !== '') this.#hadSomething = true;
    if (!isTyping) this.#restoredDraft = draft;
    this.#unsent = {
      ...(isTyping ? this.#unsent : { draft, draftAt }),
      outbox: mergeOutboxes([outbox, this.#own]),
    };
    await this.#clearAway(left, isTyping);
    if (hasOthers) this.#lookAgain(maxLooks);
    return { draft, draftAt, outbox, setAside: left.length - contents.length };
  }

  /** Written soon: at once, or after the second since the last write. */
  saveDraft(draft: string, draftAt: number): void {
    if (draft === this.#unsent.draft) return;
    this.#unsent = { ...this.#unsent, draft, draftAt };
    this.#hadSomething = true;
    this.#changed = true;
    const wait = this.#lastWriteMs + intervalMs - this.#deps.clock.monotonicMs();
    this.#cancelWrite ??= this.#deps.clock.after(Math.max(0, wait), () => this.#startWriting());
  }

  saveOutbox(outbox: PendingState): void {
    this.#unsent = { ...this.#unsent, outbox };
    this.#hadSomething = true;
    this.#changed = true;
    this.#startWriting();
  }

  /** The draft was written in a conversation that is gone. */
  async forgetDraft(): Promise<void> {
    this.#unsent = { ...this.#unsent, draft: '', draftAt: this.#unsent.draftAt + 1 };
    await this.#isSaved();
  }

  /** Resolves when all that was saved is written, or could not be. The window goes away. */
  async flush(): Promise<void> {
    this.#cancelLook?.();
    this.#startWriting();
    await this.#writing;
  }

  get #own(): PendingState {
    return this.#unsent.outbox;
  }

  #startWriting(): void {
    this.#cancelWrite?.();
    this.#cancelWrite = undefined;
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
  }

  async #write(): Promise<void> {
    while (this.#changed) {
      this.#changed = false;
      this.#lastWriteMs = this.#deps.clock.monotonicMs();
      const isSaved = await this.#try('What is not sent yet was not saved', () => this.#put());
      // The next change tries again, or `flush` does.
      if (!isSaved) {
        this.#changed = true;
        return;
      }
    }
  }

  async #isSaved(): Promise<boolean> {
    this.#changed = true;
    this.#startWriting();
    await this.#writing;
    return !this.#changed;
  }

  /**
   * Also when nothing is left any more: VS Code keeps `workspaceState` only now and then, so without a
   * file a draft that was deleted would come back from there after a crash.
   */
  async #put(): Promise<void> {
    const { fileSystem, announce } = this.#deps;
    if (!this.#hadSomething) return;
    await announce();
    await fileSystem.makeDirectory(this.#folder);
    await this.#replace(this.#file, this.#unsent, this.#deps.clock.wallMs());
  }

  #replace(file: string, { outbox, ...draft }: UnsentState, savedAt: number): Promise<void> {
    const { fileSystem, newId } = this.#deps;
    const content = { v: 1, savedAt, ...draft, ...outbox } satisfies Content;
    return replaceFile(fileSystem, newId, file, Buffer.from(JSON.stringify(content)));
  }

  #lookAgain(times: number): void {
    if (times === 0) return;
    this.#cancelLook = this.#deps.clock.after(lookAgainMs, () => void this.#takeLate(times));
  }

  async #takeLate(times: number): Promise<void> {
    const { left, hasOthers } = await this.#look();
    const outbox = mergeOutboxes(left.flatMap(({ content }) => content ?? []));
    if (outbox.attachments.length + outbox.queue.length > 0) {
      this.#unsent = { ...this.#unsent, outbox: mergeOutboxes([outbox, this.#own]) };
      this.#late.emit(outbox);
    }
    await this.#clearAway(left, true);
    if (hasOthers) this.#lookAgain(times - 1);
  }

  /**
   * What they said is in our own file before they go: after a crash in between it stands there twice.
   * @param isTyping another draft is being written here: theirs stays for the next start
   */
  async #clearAway(left: readonly LeftFile[], isTyping: boolean): Promise<void> {
    if (left.length === 0 || this.#saysNothing(left)) return;
    if (!(await this.#isSaved())) return;
    for (const { file, content } of left) {
      const { draft = '', draftAt = 0, savedAt = 0 } = isTyping ? (content ?? {}) : {};
      const isKnown = draft === '' || draft === this.#restoredDraft;
      await this.#try('What another window left stays there', () =>
        isKnown
          ? this.#deps.fileSystem.remove(file)
          : this.#replace(file, { draft, draftAt, outbox: emptyPendingState }, savedAt),
      );
    }
  }

  /** One file that nothing is left may stay as it is: most starts then have nothing to write. */
  #saysNothing([only, ...more]: readonly LeftFile[]): boolean {
    return more.length === 0 && only?.isEmpty === true && isEmptyState(this.#unsent);
  }

  async #look(): Promise<LeftFiles> {
    const left: LeftFile[] = [];
    let hasOthers = false;
    await this.#try('What was not sent could not be read', async () => {
      const files = await this.#files();
      if (files.length === 0) return;
      // After the listing: who has a file here announced itself before.
      const living = await this.#deps.look();
      for (const { file, writer } of files) {
        if (writer !== undefined && living.has(writer)) hasOthers = true;
        else left.push(...(await this.#read(file)));
      }
    });
    return { left, hasOthers };
  }

  async #files(): Promise<readonly { readonly file: string; readonly writer?: string }[]> {
    const { fileSystem, directory } = this.#deps;
    const names = (await fileSystem.names(this.#folder)).filter((name) => name.endsWith(ending));
    const files = names
      .map((name) => ({ file: `${this.#folder}/${name}`, writer: name.slice(0, -ending.length) }))
      .filter(({ writer }) => writer !== this.#deps.writer);
    // All windows shared this one before each had its own.
    const shared = `${directory}/outbox.json`;
    return (await fileSystem.stat(shared)) ? [{ file: shared }, ...files] : files;
  }

  /** Nothing, when it cannot be read now and must stay where it is. */
  async #read(file: string): Promise<readonly LeftFile[]> {
    const bytes = await this.#deps.fileSystem.read(file);
    if (!bytes) return [];
    const text = Buffer.from(bytes).toString();
    const parsed = v.safeParse(fileSchema, text);
    if (parsed.success) {
      const { draft = '', ...outbox } = parsed.output;
      const queue = outbox.queue.filter(
        ({ conversationId }) => !this.#deps.isDeleted(conversationId),
      );
      const isEmpty = isEmptyState({ draft, outbox });
      return [{ file, content: { ...parsed.output, queue }, isEmpty }];
    }
    const isSafe = await quarantine(this.#deps, 'unsent', text);
    return isSafe ? [{ file, content: undefined, isEmpty: false }] : [];
  }

  /** Resolves with whether it went well; the window goes on in memory whatever the disk does. */
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
    return `${this.#folder}/${this.#deps.writer}${ending}`;
  }
}

const ending = '.json';

function isEmptyState({
  draft,
  outbox: { attachments, queue },
}: Pick<UnsentState, 'draft' | 'outbox'>): boolean {
  return draft === '' && attachments.length + queue.length === 0;
}

/** A message that stands in two of them (a crash came between copying and removing) is one. */
function mergeOutboxes(states: readonly PendingState[]): PendingState {
  return {
    attachments: uniqueById(states.flatMap(({ attachments }) => attachments)),
    queue: uniqueById(states.flatMap(({ queue }) => queue)),
  };
}

function uniqueById<T extends { readonly id: string }>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}

/** The newest draft; below it what else was being written in other windows. */
function mergeDrafts(
  contents: readonly Content[],
  checkpoint: LastDraft,
): Pick<UnsentState, 'draft' | 'draftAt'> {
  const known = contents.filter(({ draft }) => draft !== undefined);
  if (known.length === 0) return checkpoint;
  let text = '';
  let at = 0;
  for (const { draft = '', draftAt, savedAt } of known.toSorted((a, b) => b.savedAt - a.savedAt)) {
    // The disk was full, say, and only `workspaceState` has the rest of it.
    const goesOn =
      savedAt < checkpoint.savedAt && draft !== '' && checkpoint.draft.startsWith(draft);
    const whole = goesOn ? checkpoint.draft : draft;
    at = Math.max(at, goesOn ? checkpoint.draftAt : draftAt);
    if (!text.includes(whole)) text += text === '' ? whole : `\n\n${whole}`;
  }
  return { draft: text, draftAt: at };
}
