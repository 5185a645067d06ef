import type { Metrics } from '../shared/turn';
import type { OllamaError } from './errors';
import type { ToolCall } from './wire';

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
  /** Bytes come again after `stalled`. */
  | 'resumed';

export interface PhaseEvent {
  readonly type: 'phase';
  readonly phase: Phase;
  /** Monotonic milliseconds. */
  readonly atMs: number;
  /** While stalled: milliseconds since the last byte, or since the request. */
  readonly silentMs?: number;
  /** While stalled: whether the server still answers `/api/ps`. */
  readonly probe?: 'alive' | 'dead' | 'unknown';
}

/** The request is sent again: the person sees why, and may stop it. */
export interface RetryEvent {
  readonly type: 'retry';
  readonly reason: 'busy' | 'staleConnection' | 'connectionLost';
  /** 1 for the first repetition. */
  readonly attempt: number;
  readonly waitMs: number;
}

/** The model cannot do it: the request is repeated without the field. */
export interface DowngradedEvent {
  readonly type: 'downgraded';
  readonly field: 'think' | 'tools';
}

/** New text, of chat and of generate alike. Absent text is `''`; at least one field has something. */
export interface DeltaEvent {
  readonly type: 'delta';
  readonly content: string;
  readonly thinking: string;
  /** Whole calls, never pieces of one. */
  readonly toolCalls?: readonly ToolCall[];
}

/** The last event of every stream. */
export interface EndEvent {
  readonly type: 'end';
  readonly end: StreamEnd;
}

export type ChatEvent = PhaseEvent | RetryEvent | DowngradedEvent | DeltaEvent | EndEvent;
export type GenerateEvent = ChatEvent;

/** How a stream ended. All but `done` leave the text that was delivered before them incomplete. */
export type StreamEnd =
  | {
      readonly kind: 'done';
      /** `stop`, `length`, `load`, `unload`, or what a server says that is newer than this. */
      readonly reason: string;
      readonly metrics: Metrics;
      /** Of generate: send it back to go on from here. */
      readonly context?: readonly number[];
    }
  /** The server said so: by its status, by an error line, or by sending what cannot be read. */
  | FailedEnd<'serverError'>
  /** The answer ended in good order but without its last line. */
  | FailedEnd<'truncated'>
  /** The connection could not be made, or broke. */
  | FailedEnd<'transportError'>
  | FailedEnd<'cancelled'>;

/** The end that an error makes: what cannot be read is the server's doing, the rest the connection's. */
export function endOf(error: OllamaError): StreamEnd {
  if (error.kind === 'cancelled') return { kind: 'cancelled', error };
  return { kind: error.kind === 'protocol' ? 'serverError' : 'transportError', error };
}

interface FailedEnd<Kind extends string> {
  readonly kind: Kind;
  readonly error: OllamaError;
}

/** A line of a download. */
export interface PullProgressEvent {
  readonly type: 'progress';
  /** In the server's words, such as `verifying sha256 digest`. */
  readonly status: string;
  /** The layer that is being loaded. Bytes. */
  readonly layer?: {
    readonly digest: string;
    readonly totalBytes: number;
    readonly completedBytes: number;
  };
  /** Over the layers that were named so far: the server does not tell them in advance. Bytes. */
  readonly overall: { readonly totalBytes: number; readonly completedBytes: number };
}

export type PullEvent = PullProgressEvent | RetryEvent | EndEvent;
