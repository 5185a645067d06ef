import type { ModelLibrary, RequestProfile } from './ports';
import type { Failure } from '../shared/turn';

/** What can be done with the models of a server beside asking them. */

/** A model in memory. */
export interface LoadedModel {
  readonly name: string;
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
export interface ModelKeeper extends ModelLibrary {
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
