/**
 * Requests and answers of Ollama's HTTP API in its own words (ollama/ollama, api/types.go). Durations on
 * the wire are nanoseconds, sizes are bytes.
 */

export interface ToolCall {
  /** Servers before 0.12.10 send none; the client then makes one up. */
  readonly id: string;
  readonly function: {
    readonly name: string;
    readonly arguments: Readonly<Record<string, unknown>>;
    readonly index?: number;
  };
}

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

/** Seconds, or a Go duration such as `"5m"`; negative: for ever; 0: unload after the request. */
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
  /** The token ids of an earlier answer's last line; the server goes on from them. */
  readonly context?: readonly number[];
}

export interface LoadRequest {
  readonly keepAlive?: KeepAlive;
  /** The same as in every other request to the model, or it is loaded again. */
  readonly options?: ModelOptions;
}

export interface ModelDetails {
  readonly format?: string;
  readonly family?: string;
  /** Such as `134.52M`. */
  readonly parameter_size?: string;
  /** Such as `Q4_K_M`. */
  readonly quantization_level?: string;
  /** The trained context in tokens (since 0.30). */
  readonly context_length?: number;
}

/** An entry of `GET /api/tags`. */
export interface TagsModel {
  readonly name: string;
  readonly modified_at?: string;
  /** Bytes on disk; a few hundred for a cloud model. */
  readonly size: number;
  readonly digest?: string;
  readonly details: ModelDetails;
  /** Absent on servers before 0.30, which is not the same as none. */
  readonly capabilities?: readonly string[];
  readonly remote_model?: string;
  readonly remote_host?: string;
}

export interface TagsResponse {
  readonly models: readonly TagsModel[];
}

/** An entry of `GET /api/ps`. */
export interface PsModel {
  readonly name: string;
  /** Bytes in memory, and those of them on a GPU. */
  readonly size: number;
  readonly size_vram: number;
  readonly digest?: string;
  readonly details: ModelDetails;
  readonly expires_at?: string;
  /** The context that is really allocated, in tokens (since 0.10). */
  readonly context_length?: number;
}

export interface PsResponse {
  readonly models: readonly PsModel[];
}

/** `POST /api/show`, without its tensors. */
export interface ShowResponse {
  /** Tens of kilobytes for some models. */
  readonly license?: string;
  /** A Go template, or (since 0.30) Jinja. */
  readonly template?: string;
  /** Text, one `key value` a line. */
  readonly parameters?: string;
  readonly system?: string;
  readonly details: ModelDetails;
  readonly model_info: Readonly<Record<string, unknown>>;
  /** Absent on servers before 0.6.4, which is not the same as none. */
  readonly capabilities?: readonly string[];
  readonly remote_model?: string;
  readonly remote_host?: string;
  readonly modified_at?: string;
}

/** A line of `POST /api/pull`. */
export interface PullLine {
  readonly status: string;
  readonly digest?: string;
  /** Bytes of the layer; left out when 0. */
  readonly total?: number;
  readonly completed?: number;
}
