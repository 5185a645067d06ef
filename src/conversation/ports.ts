import type { PendingState } from '../shared/composerState';
import type { ConversationEvent } from '../shared/conversationEvents';
import type { Failure, Metrics, TurnStart } from '../shared/turn';
import type { Continuation, StoredExplanation } from './explanation';

/**
 * What the domain needs of the world. `composition.ts` joins these to the Ollama client and to
 * what VS Code keeps; tests join them to a scripted server and to memory.
 */

/** Load options and lifetime: the same for every request to a model, or the server reloads it. */
export interface RequestProfile {
  /** Tokens of context to allocate (`num_ctx`); absent: the server's own choice. */
  readonly contextLength?: number;
  /** How long the model stays loaded, in Ollama's words (`"10m"`, seconds, -1 for ever). */
  readonly keepAlive?: string | number;
  /** Sampling temperature; absent: the model's own. */
  readonly temperature?: number;
  /** Whether, or how hard, it thinks first; absent: the model's own way. */
  readonly think?: Thinking;
  /** Further sampling options, in the server's words. */
  readonly options?: Readonly<Record<string, unknown>>;
}

export type Thinking = boolean | 'low' | 'medium' | 'high';

export interface PromptMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface ChatPrompt {
  readonly model: string;
  readonly messages: readonly PromptMessage[];
  readonly profile: RequestProfile;
  /** False keeps a model from thinking before it goes on; absent: as the profile says. */
  readonly think?: boolean;
}

export interface ExplainPrompt {
  readonly model: string;
  readonly prompt: string;
  readonly system?: string;
  /** The token ids the last answer ended with; the server goes on from them. */
  readonly context?: readonly number[];
  readonly profile: RequestProfile;
}

/** What the model is doing before and between texts. */
export type ModelPhase = 'connecting' | 'queued' | 'loading' | 'prompting' | 'stalled';

export type ModelEvent =
  | {
      readonly type: 'phase';
      readonly phase: ModelPhase;
      /** Bytes of the model, while it is loading. */
      readonly sizeBytes?: number;
      /** While stalled: whether the server still answers. */
      readonly probe?: 'alive' | 'dead' | 'unknown';
    }
  | { readonly type: 'delta'; readonly answer: string; readonly thinking: string }
  | { readonly type: 'end'; readonly end: ModelEnd };

/** Every stream gives exactly one of these, last; nothing is thrown for what the wire did. */
export type ModelEnd =
  | {
      readonly kind: 'done';
      readonly reason: 'stop' | 'length';
      readonly metrics: Metrics;
      readonly context?: readonly number[];
    }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'truncated'; readonly failure: Failure }
  | { readonly kind: 'cancelled' };

export interface ChatModel {
  /** Streams an answer. Aborting the signal closes the connection. */
  chat(prompt: ChatPrompt, signal: AbortSignal): AsyncIterable<ModelEvent>;
}

export interface ExplainModel {
  generate(prompt: ExplainPrompt, signal: AbortSignal): AsyncIterable<ModelEvent>;
}

export interface InstalledModel {
  readonly name: string;
  /** Bytes on disk. */
  readonly size: number;
  /** Such as `8.2B`, as the server says it. */
  readonly parameterSize?: string;
  /** Such as `Q4_K_M`. */
  readonly quantization?: string;
  /** Tokens the model was trained for. */
  readonly contextLength?: number;
  /** Absent on servers that do not say. */
  readonly capabilities?: readonly string[];
  /** True when the answer is computed elsewhere, on the server's behalf. */
  readonly cloud: boolean;
  /** Another one when the model was changed. */
  readonly digest?: string;
  /** The model of the same server that it was created from. */
  readonly createdFrom?: string;
}

/** The models the server has. Rejects with a `ModelFailure`. */
export interface ModelLibrary {
  installed(signal?: AbortSignal): Promise<readonly InstalledModel[]>;
}

/** A failure that is thrown, where there is no stream to carry it as its end. */
export class ModelFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, cause?: unknown) {
    super(failure.message, { cause });
    this.name = 'ModelFailure';
    this.failure = failure;
  }
}

/** The failure that was thrown; undefined for any other error. Each bundle has the class for itself. */
export function getFailure(error: unknown): Failure | undefined {
  const isOne = error instanceof Error && error.name === 'ModelFailure' && 'failure' in error;
  return isOne ? (error as ModelFailure).failure : undefined;
}

/** A fresh identifier, unique for ever (a random UUID). */
export type NewId = () => string;

export interface Logger {
  /** The one level that may have words of prompts and answers; details are written out only there. */
  trace(message: string, ...details: readonly unknown[]): void;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface ConversationSummary {
  readonly id: string;
  readonly title: string;
  /** Milliseconds since 1970 of the last thing that was said. */
  readonly updatedAt: number;
  readonly pinned: boolean;
  /** What it takes on disk; another number when something was added. */
  readonly bytes: number;
}

/** A place in a conversation: a message, and words of it. */
export interface ConversationPlace {
  readonly turnId: string;
  readonly text: string;
}

/** A conversation as it was read back: its events in order, ready to be folded. */
export interface StoredConversation {
  readonly id: string;
  readonly events: readonly ConversationEvent[];
  /** Lines that could not be read; they stay where they are. */
  readonly unreadable: number;
  /** Turns that are known to be missing before the first event (restored from the checkpoint). */
  readonly missingEarlier: number;
  /** Ids of answers that another window, which lives, is still writing. */
  readonly writtenInOtherWindow: readonly string[];
}

/** What another window on the same workspace does with the conversation that is shown here. */
export type OtherWindowEvent =
  /** Whether another window shows it, too. */
  | { readonly kind: 'open'; readonly isOpen: boolean }
  /** Another window has written to it, or has gone: reading it anew gives more. */
  | { readonly kind: 'changed'; readonly conversationId: string };

/** The newest whole turns of the active conversation, as far as the checkpoint holds them. */
export interface CheckpointContext {
  readonly conversationId: string;
  readonly title: string;
  /** Oldest first; an answer carries its text. */
  readonly turns: readonly CheckpointTurn[];
  /** How many earlier turns are left out. */
  readonly leftOut: number;
}

export interface CheckpointTurn {
  readonly start: TurnStart;
  /** Of an answer. */
  readonly text?: string;
  readonly end?: Extract<ConversationEvent, { kind: 'turnEnded' }>['end'];
}

export type StoreNotice =
  /** Nothing can be written: the chat goes on in memory. */
  | { readonly kind: 'notSaved'; readonly message: string; readonly code?: string }
  /** What could not be written is written now. */
  | { readonly kind: 'savedAgain' }
  /** Records or a checkpoint could not be read and were set aside. */
  | { readonly kind: 'unreadable'; readonly count: number }
  /** The log is gone; only what the checkpoint held came back. */
  | { readonly kind: 'restoredFromCheckpoint'; readonly missingEarlier: number };

export interface RestoredWorkspace {
  readonly active?: StoredConversation;
  readonly draft: string;
  /** When the draft became this, by the page that wrote it; 0: unknown. */
  readonly draftAt: number;
  /** What was written and attached, and not sent. */
  readonly pending: PendingState;
  readonly notices: readonly StoreNotice[];
}

/** Keeps one workspace's conversations: an append-only log, and a bounded checkpoint beside it. */
export interface ConversationStore {
  /** Reads what was active when the window was last open. Never rejects: trouble is a notice. */
  restore(): Promise<RestoredWorkspace>;
  /** Last used first. */
  summaries(): Promise<readonly ConversationSummary[]>;
  open(conversationId: string): Promise<StoredConversation | undefined>;
  /**
   * Adds one event. Resolves when all its bytes are written (and synced, for a person's turn and
   * for the end of an answer); rejects when they could not be, with the event kept in memory.
   */
  append(conversationId: string, event: ConversationEvent): Promise<void>;
  /** Remembers what the next start begins with; written at most once a second. */
  checkpoint(context: CheckpointContext | undefined): void;
  saveDraft(draft: string, draftAt: number): void;
  savePending(outbox: PendingState): void;
  /** Called with what a window had left unsent that was seen to be gone only after `restore`. */
  onLatePending(listener: (outbox: PendingState) => void): void;
  /** Called with whatever the person should know; the returned function unsubscribes. */
  onNotice(listener: (notice: StoreNotice) => void): () => void;
  /** Called with what other windows do with the conversation of the last `checkpoint`. */
  onOtherWindow(listener: (elsewhere: OtherWindowEvent) => void): () => void;
}

/** Keeps one workspace's explanations. Nothing rejects: trouble is logged, and they go on in memory. */
export interface ExplanationStore {
  /** Oldest first; what cannot be understood is left alone. */
  all(): Promise<readonly StoredExplanation[]>;
  /** Written soon: at once, or after the second since the last write of this explanation. */
  save(explanation: StoredExplanation): void;
  /** Resolves when it is gone, with its continuation. */
  remove(id: string): Promise<void>;
  continuation(id: string): Promise<Continuation | undefined>;
  /** Undefined: there is nothing to go on from any more. */
  saveContinuation(id: string, continuation: Continuation | undefined): Promise<void>;
  /** Writes everything that waits. */
  flush(): Promise<void>;
}

/** Whether the server answers, and what it has. */
export type ConnectionState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'connected'; readonly models: readonly InstalledModel[] }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface ConnectionProbe {
  readonly state: ConnectionState;
  /** The address that is asked, as it may be shown. */
  readonly origin: string;
  /** Asks the server now. Never rejects: the outcome is the state. */
  check(): Promise<ConnectionState>;
  /** While anyone watches, a server that did not answer is asked again, ever less often. */
  watch(): () => void;
  onChanged(listener: (state: ConnectionState) => void): () => void;
}

/** What can be done with the models of a server beside asking them. */

/** A model in memory. */
export interface LoadedModel {
  /** The name that loaded it; copies of it have the same digest. */
  readonly name: string;
  readonly digest?: string;
  /** Bytes in memory, and those of them on a graphics card. */
  readonly sizeBytes: number;
  readonly gpuBytes: number;
  /** When it is unloaded, as the server writes it (RFC 3339). */
  readonly expiresAt?: string;
  /** Tokens of context that were really allocated. */
  readonly contextLength?: number;
}

/** What the server tells of one model when it is asked for that one. */
export interface ModelCard {
  readonly capabilities?: readonly string[];
  /** Tokens the model was trained for, and those that its own file asks for. */
  readonly trainedContext?: number;
  readonly configuredContext?: number;
  readonly family?: string;
  readonly format?: string;
  /** Text, one `key value` a line. */
  readonly parameters?: string;
  readonly template?: string;
  readonly system?: string;
  readonly licence?: string;
  /** Bytes that one token of context takes in memory, where the model's shape is known. */
  readonly bytesPerToken?: number;
}

export type PullStep =
  | {
      readonly type: 'progress';
      /** In the server's words, such as `verifying sha256 digest`. */
      readonly status: string;
      /** Over what was named so far: the server does not tell the whole in advance. */
      readonly completedBytes: number;
      readonly totalBytes: number;
    }
  /** The connection was lost; it goes on by itself from what is there. */
  | { readonly type: 'retry' }
  | { readonly type: 'end'; readonly end: PullEnd };

export type PullEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Promises reject with a `ModelFailure`. */
export interface ModelAdmin extends ModelLibrary {
  loaded(): Promise<readonly LoadedModel[]>;
  card(model: string): Promise<ModelCard>;
  /** Downloads. Stopping keeps what is there: the next pull goes on from it. */
  pull(model: string, signal: AbortSignal): AsyncIterable<PullStep>;
  remove(model: string): Promise<void>;
  /** Loads with the profile that every other request to the model has. */
  load(model: string, profile: RequestProfile): Promise<void>;
  unload(model: string): Promise<void>;
  /** Such as `0.32.15`. */
  version(): Promise<string>;
}
