import type { Metrics } from '../shared/turn';
import type { ServerError } from './serverError';

/** What a stream of an answer gives, whichever API it comes from. */

/** What the model is doing while no text comes. */
export type Phase =
  /** The connection is being made, or nothing is known yet. */
  | 'connecting'
  /** Another request of this client to the same model is running. */
  | 'queued'
  /** The model is not in memory yet. */
  | 'loading'
  /** The model reads the prompt. */
  | 'prompting'
  /** No byte for 15 s after the first one, or the server does not answer a probe. */
  | 'stalled'
  /** Bytes arrive again after `stalled`. */
  | 'resumed';

export interface PhaseEvent {
  readonly type: 'phase';
  readonly phase: Phase;
  /** Monotonic milliseconds. */
  readonly atMs: number;
  /** While stalled: milliseconds since the last byte, or since the request. */
  readonly silentMs?: number;
  /** While stalled: whether the server still answers a probe. */
  readonly probe?: 'alive' | 'dead' | 'unknown';
  /** While prompting: how much of the prompt was read, where the server reports it. Tokens. */
  readonly read?: PromptProgress;
}

export interface PromptProgress {
  readonly done: number;
  readonly total: number;
}

/** The request is sent again. The user sees why and can stop it. */
export interface RetryEvent {
  readonly type: 'retry';
  readonly reason: 'busy' | 'staleConnection' | 'connectionLost';
  /** 1 for the first repetition. */
  readonly attempt: number;
  readonly waitMs: number;
}

/** The server refused an optional field of the request, which is repeated without it. */
export interface DowngradedEvent {
  readonly type: 'downgraded';
  readonly field: string;
}

/** The server says that another server computes the answer. Comes once, before the text it is about. */
export interface RemoteEvent {
  readonly type: 'remote';
  readonly host: string;
}

/** A function that the model wants called. */
export interface ToolCall {
  /** Unique within an answer; the client makes one up where the server gives none. */
  readonly id: string;
  readonly function: {
    readonly name: string;
    readonly arguments: Readonly<Record<string, unknown>>;
    readonly index?: number;
  };
}

/** New text. Absent text is `''`; at least one field is not empty. */
export interface DeltaEvent {
  readonly type: 'delta';
  readonly content: string;
  readonly thinking: string;
  /** Whole calls, never parts of one. */
  readonly toolCalls?: readonly ToolCall[];
}

/** The last event of every stream. */
export interface EndEvent {
  readonly type: 'end';
  readonly end: StreamEnd;
}

export type ChatEvent =
  PhaseEvent | RetryEvent | DowngradedEvent | RemoteEvent | DeltaEvent | EndEvent;

/** How a stream ended. All but `done` leave the text that was delivered before them incomplete. */
export type StreamEnd =
  | {
      readonly kind: 'done';
      /** `stop`, `length`, `filter`, `load`, `unload`, or a newer value that the server sent. */
      readonly reason: string;
      readonly metrics: Metrics;
      /** Of Ollama's generate: sent back, the server continues from here. */
      readonly context?: readonly number[];
    }
  /** The server reported it: by its status, by an error line, or by sending what cannot be read. */
  | FailedEnd<'serverError'>
  /** The response ended cleanly but without its last line. */
  | FailedEnd<'truncated'>
  /** The connection could not be made, or broke. */
  | FailedEnd<'transportError'>
  | FailedEnd<'cancelled'>;

interface FailedEnd<Kind extends string> {
  readonly kind: Kind;
  readonly error: ServerError;
}

/** The end that an error makes: the server is to blame for what cannot be read, the connection for the rest. */
export function toFailedEnd(error: ServerError): StreamEnd {
  if (error.kind === 'cancelled') return { kind: 'cancelled', error };
  return { kind: error.kind === 'protocol' ? 'serverError' : 'transportError', error };
}
