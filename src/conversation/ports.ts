import type { PullStep } from './pullSteps';
import type { PendingState } from '../shared/composerState';
import type { ConversationEvent, Failure, Metrics, TurnStart } from '../shared/turn';
import type { ModelContext } from './contextLength';
import type { Continuation, StoredExplanation } from './explanation';

/**
 * What the domain needs from outside. `app.ts` connects these ports to model servers and to storage; the
 * domain's tests connect them to fakes in memory.
 */

/** Load options and lifetime. The same for every request to a model, or the server reloads it. */
export interface RequestProfile {
  /** Tokens of context to allocate (`num_ctx`); absent: the server's default. */
  readonly contextLength?: number;
  /** Cria chooses the context length, and raises it without asking or after asking. Never sent. */
  readonly automatic?: 'raise' | 'ask';
  /** How long the model stays loaded: a duration such as `"10m"`, or seconds; -1: forever. */
  readonly keepAlive?: string | number;
  /** Sampling temperature; absent: the model's default. */
  readonly temperature?: number;
  /** Whether, or how hard, the model reasons first; absent: its default. */
  readonly think?: Thinking;
  /** More sampling options, by the server's names. */
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
  /** Overrides the profile. False: continue without reasoning first. */
  readonly think?: boolean;
}

export interface ExplainPrompt {
  readonly model: string;
  readonly prompt: string;
  readonly system?: string;
  /** Token ids of the conversation so far, as the last answer returned them. */
  readonly context?: readonly number[];
  readonly profile: RequestProfile;
}

/** What the model does while no text arrives; `resumed`: after `stalled`, the server says that it is alive. */
type ModelPhase = 'connecting' | 'queued' | 'loading' | 'prompting' | 'stalled' | 'resumed';

export type ModelEvent =
  | {
      readonly type: 'phase';
      readonly phase: ModelPhase;
      /** Bytes of the model, while it is loading. */
      readonly sizeBytes?: number;
      /** While stalled: whether the server still answers. */
      readonly probe?: 'alive' | 'dead' | 'unknown';
      /** While queued: the request is sent again after this time, in milliseconds. */
      readonly retryMs?: number;
      /** While prompting: the part of the prompt that was read, from 0 to 1. */
      readonly readPart?: number;
    }
  | { readonly type: 'delta'; readonly answer: string; readonly thinking: string }
  | { readonly type: 'end'; readonly end: ModelEnd };

/** Every stream yields exactly one of these, last. Errors of the server and the network never throw. */
export type ModelEnd =
  | {
      readonly kind: 'done';
      /** `filter`: a content filter of the server ended the answer. */
      readonly reason: 'stop' | 'length' | 'filter';
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

/** What a server can be asked for. Whether it has `generate` can change with its address. */
export interface ServedModels extends ChatModel {
  readonly generate?: ExplainModel['generate'] | undefined;
}

export interface InstalledModel {
  readonly name: string;
  /** Bytes on disk. */
  readonly size: number;
  /** Such as `8.2B`. */
  readonly parameterSize?: string;
  /** Such as `Q4_K_M`. */
  readonly quantization?: string;
  /** Tokens the model was trained for. */
  readonly contextLength?: number;
  /** Absent on servers that do not report them. */
  readonly capabilities?: readonly string[];
  /** Whether the model runs on ollama.com rather than on the server. */
  readonly cloud: boolean;
  /** Changes with the model's content. */
  readonly digest?: string;
  /** The model of the same server that it was created from. */
  readonly createdFrom?: string;
  /** Tokens of context that each request has, where the server decides. */
  readonly servedContext?: number;
  /** Where the server tells it with the list. */
  readonly status?: 'loaded' | 'loading' | 'unloaded' | 'failed';
}

export interface ModelList extends ReadonlyArray<InstalledModel> {
  /** How many models of the server are left out: beyond `maxListedModels`, or with names that are too long. */
  readonly notListed?: number;
}

/** The models that are installed on the server. Rejects with a `ModelFailure`. */
export interface ModelLibrary {
  installed(signal?: AbortSignal): Promise<ModelList>;
}

/** A failure that is thrown where there is no stream that could end with it. */
export class ModelFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, cause?: unknown) {
    super(failure.message, { cause });
    this.name = 'ModelFailure';
    this.failure = failure;
  }
}

/** The failure that was thrown; undefined for any other error. */
export function getFailure(error: unknown): Failure | undefined {
  return error instanceof ModelFailure ? error.failure : undefined;
}

/** Returns a new identifier, globally unique (a random UUID). */
export type NewId = () => string;

export interface Logger {
  /** The only level that may contain text of prompts and answers. */
  trace(message: string, ...details: readonly unknown[]): void;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface ConversationSummary {
  readonly id: string;
  readonly title: string;
  /** Milliseconds since 1970 of the last message. */
  readonly updatedAt: number;
  readonly pinned: boolean;
  /** Size on disk; grows whenever something is added. */
  readonly bytes: number;
}

/** A place in a conversation: a message, and the text to find in it. */
export interface ConversationPlace {
  readonly turnId: string;
  readonly text: string;
}

/** A conversation as it was read: its events, in the order in which they are applied. */
export interface StoredConversation {
  readonly id: string;
  readonly events: readonly ConversationEvent[];
  /** Number of lines that could not be read; they are left in the file. */
  readonly unreadable: number;
  /** Number of turns missing before the first event, if it was restored from the checkpoint. */
  readonly missingEarlier: number;
  /** Ids of answers that another open window is still writing. */
  readonly writtenInOtherWindow: readonly string[];
}

/** What another window on the same workspace does with the conversation that this one shows. */
export type OtherWindowEvent =
  /** Whether another window also shows it. */
  | { readonly kind: 'open'; readonly isOpen: boolean }
  /** Another window has written to it, or was closed: it must be read again. */
  | { readonly kind: 'changed'; readonly conversationId: string };

/** The newest whole turns of the active conversation that fit in the checkpoint. */
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
  /** Nothing can be written: the chat is kept in memory. */
  | { readonly kind: 'notSaved'; readonly message: string; readonly code?: string }
  /** Everything that could not be written is written now. */
  | { readonly kind: 'savedAgain' }
  /** Records or a checkpoint could not be read and were moved aside. */
  | { readonly kind: 'unreadable'; readonly count: number }
  /** The log is missing; only the turns of the checkpoint were restored. */
  | { readonly kind: 'restoredFromCheckpoint'; readonly missingEarlier: number };

export interface RestoredWorkspace {
  readonly active?: StoredConversation;
  readonly draft: string;
  /** When the draft was changed, by the page's clock; 0: unknown. */
  readonly draftAt: number;
  /** Attachments and messages that were not sent. */
  readonly pending: PendingState;
  readonly notices: readonly StoreNotice[];
}

/** Stores one workspace's conversations: append-only logs, and a bounded checkpoint. */
export interface ConversationStore {
  /** Reads what was active when the window was last open. Never rejects: problems become notices. */
  restore(): Promise<RestoredWorkspace>;
  /** Most recently used first. */
  summaries(): Promise<readonly ConversationSummary[]>;
  open(conversationId: string): Promise<StoredConversation | undefined>;
  /**
   * Adds one event. Resolves when it is written (and synced, if it is a user's turn or the end of an answer);
   * rejects when it could not be written, with the event kept in memory. Events keep their order.
   */
  append(conversationId: string, event: ConversationEvent): Promise<void>;
  /**
   * Adds events of the past, such as those of an imported conversation: each is dated as the turn it belongs to.
   * Resolves when all are written and synced; rejects when they could not be, with the events kept in memory.
   */
  appendPast(conversationId: string, events: readonly ConversationEvent[]): Promise<void>;
  /** Sets what the next start shows; written at most once a second. */
  checkpoint(context: CheckpointContext | undefined): void;
  saveDraft(draft: string, draftAt: number): void;
  savePending(pending: PendingState): void;
  /** Called with what a window left unsent that was found to be closed only after `restore`. */
  onLatePending(listener: (pending: PendingState) => void): void;
  /** Called with what the user should know; the returned function unsubscribes. */
  onNotice(listener: (notice: StoreNotice) => void): () => void;
  /** Called with what other windows do with the conversation of the last `checkpoint` call. */
  onOtherWindow(listener: (elsewhere: OtherWindowEvent) => void): () => void;
}

/** Stores one workspace's explanations. Nothing rejects: problems are logged, and memory is used instead. */
export interface ExplanationStore {
  /** Oldest first; files that cannot be parsed are skipped and left alone. */
  all(): Promise<readonly StoredExplanation[]>;
  /** Written at once, but at most once a second per explanation. */
  save(explanation: StoredExplanation): void;
  /** Resolves when it is deleted, with its continuation. */
  remove(id: string): Promise<void>;
  continuation(id: string): Promise<Continuation | undefined>;
  /** Undefined deletes it. */
  saveContinuation(id: string, continuation: Continuation | undefined): Promise<void>;
  /** Writes everything that is pending. */
  flush(): Promise<void>;
}

/** Whether the server responds, and its models. */
export type ConnectionState =
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'connected';
      readonly models: ModelList;
      readonly server?: ServerIdentity;
    }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface ConnectionProbe {
  readonly state: ConnectionState;
  /** The server's address, for display: without credentials. */
  readonly origin: string;
  /** Asks the server now. Never rejects: the result is the state. */
  check(): Promise<ConnectionState>;
  /** While someone watches, a server that did not respond is asked again, less and less often. */
  watch(): () => void;
  onChanged(listener: (state: ConnectionState) => void): () => void;
}

/** A model in memory. */
export interface LoadedModel {
  /** The name that loaded it; copies of it have the same digest. */
  readonly name: string;
  readonly digest?: string;
  /** Bytes in memory, and those of them on a graphics card. */
  readonly sizeBytes: number;
  readonly gpuBytes: number;
  /** When it will be unloaded (RFC 3339). */
  readonly expiresAt?: string;
  /** Tokens of context that are allocated. */
  readonly contextLength?: number;
}

/** Details of one model. */
export interface ModelCard {
  readonly capabilities?: readonly string[];
  /** Tokens of context that the model was trained for, and that its Modelfile sets. */
  readonly trainedContext?: number;
  readonly configuredContext?: number;
  readonly family?: string;
  readonly format?: string;
  /** Text, one `key value` per line. */
  readonly parameters?: string;
  readonly template?: string;
  readonly system?: string;
  readonly licence?: string;
  /** Bytes of memory per token of context, if the model's architecture is known. */
  readonly bytesPerToken?: number;
}

/**
 * What can be done with the models of a server. Each ability is absent where the server does not have it:
 * features ask for the ability, never for the server. Promises reject with a `ModelFailure`.
 */
export interface ModelAdmin {
  readonly loaded?: () => Promise<readonly LoadedModel[]>;
  readonly card?: (model: string) => Promise<ModelCard>;
  /** Downloads a model. After stopping, the next pull resumes from what was downloaded. */
  readonly pull?: (model: string, signal: AbortSignal) => AsyncIterable<PullStep>;
  readonly remove?: (model: string) => Promise<void>;
  /** Loads it with the profile of every other request to the model. */
  readonly load?: (model: string, profile: RequestProfile) => Promise<void>;
  readonly unload?: (model: string) => Promise<void>;
}

/** Which server it is, as far as it tells. */
export interface ServerIdentity {
  readonly api: 'ollama' | 'openai';
  /** The name of the program, such as `Ollama` or `vLLM`; undefined: it does not tell. */
  readonly name?: string;
  /** Such as `0.32.15`. */
  readonly version?: string;
}

/**
 * A server that runs models. Optional members are abilities that not every server has. A third kind of
 * server is one more implementation in `server/`.
 */
export interface ModelServer extends ServedModels, ModelLibrary {
  /** The address as it may be shown: without credentials. */
  readonly origin: string;
  /** Empty for a server whose models cannot be changed. */
  readonly admin: ModelAdmin;
  /** Whether a request decides the context length and how long the model stays loaded. */
  readonly takesLoadOptions: boolean;
  /** Asks the server what it is. Rejects with a `ModelFailure`. */
  identify(): Promise<ServerIdentity>;
  /** What is known of the model's context now. Loads nothing and never rejects. */
  contextOf(model: string): Promise<ModelContext>;
  /** The server as it is set now: what begins there is checked, asked and answered there. */
  bind(): BoundServer;
}

/**
 * Where a model runs: on the server that is asked, or elsewhere on its behalf; `publicServer`: on a server that is
 * not in the user's own network.
 */
export type ModelLocation = 'server' | 'cloud' | 'publicServer';

/** Called before the text of an answer from another server. */
export type OnRemote = (host: string) => void;

type BoundGenerate = (
  ...request: [...Parameters<ExplainModel['generate']>, onRemote?: OnRemote]
) => AsyncIterable<ModelEvent>;

/** One server for the whole of a request, also when another address is set meanwhile. */
export interface BoundServer {
  /** The address as it may be shown: without credentials. */
  readonly origin: string;
  /** Asks the server where a model runs. Where it rejects, with a `ModelFailure`, nothing may be sent to the model. */
  locate(model: string, signal: AbortSignal): Promise<ModelLocation>;
  chat(prompt: ChatPrompt, signal: AbortSignal, onRemote?: OnRemote): AsyncIterable<ModelEvent>;
  readonly generate?: BoundGenerate | undefined;
}

/** The settings of one answer, read when it starts; a running answer keeps what it started with. */
export interface ChatSettings {
  /** Empty while no model is selected. */
  readonly model: string;
  readonly systemPrompt: string;
  readonly profile: RequestProfile;
}
