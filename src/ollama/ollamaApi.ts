import type { ToolCall } from '../http/streamEvents';

/** The requests of Ollama's HTTP API in its own words (ollama/ollama, api/types.go). */

export interface Message {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  readonly thinking?: string;
  /** Bare base64, no `data:` URI. */
  readonly images?: readonly string[];
  readonly tool_calls?: readonly ToolCall[];
  readonly tool_name?: string;
  readonly tool_call_id?: string;
}

export interface Tool {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description?: string;
    /** A JSON schema of type `object`. */
    readonly parameters: Readonly<Record<string, unknown>>;
  };
}

/** Seconds, or a Go duration such as `"5m"`; negative: forever; 0: unload after the request. */
export type KeepAlive = number | string;

/** On a thinking model, leaving it out means on (since 0.12.4). */
export type Think = boolean | 'low' | 'medium' | 'high' | 'max';

/** Sampling options vary freely; another value of a load option (`num_ctx`, …) reloads the model. */
export interface ModelOptions {
  readonly num_ctx?: number;
  readonly num_predict?: number;
  readonly temperature?: number;
  readonly seed?: number;
  readonly top_k?: number;
  readonly top_p?: number;
  readonly stop?: readonly string[];
  readonly [option: string]: unknown;
}

/** What chat and generate have in common. `stream`, `truncate` and `shift` are the client's own. */
interface CommonRequest {
  readonly model: string;
  readonly think?: Think;
  /** `"json"`, or a JSON schema. */
  readonly format?: 'json' | Readonly<Record<string, unknown>>;
  readonly keep_alive?: KeepAlive;
  readonly options?: ModelOptions;
}

/** `POST /api/chat`. */
export interface ChatRequest extends CommonRequest {
  readonly messages: readonly Message[];
  readonly tools?: readonly Tool[];
}

/** `POST /api/generate`. */
export interface GenerateRequest extends CommonRequest {
  readonly prompt: string;
  readonly suffix?: string;
  readonly system?: string;
  readonly template?: string;
  readonly raw?: boolean;
  /** Bare base64, no `data:` URI. */
  readonly images?: readonly string[];
  /** The token ids of an earlier answer's last line; the server continues from them. */
  readonly context?: readonly number[];
}

export interface LoadRequest {
  readonly keepAlive?: KeepAlive;
  /** The same as in every other request to the model, or it is loaded again. */
  readonly options?: ModelOptions;
}
