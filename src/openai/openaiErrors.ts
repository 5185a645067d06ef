import type { IncomingHttpHeaders } from 'node:http';
import {
  isJsonObject,
  type JsonObject,
  optionalCount,
  optionalString,
  parseJson,
  toJsonText,
} from '../http/jsonValues';
import {
  type ErrorDetails,
  getPageTitle,
  protocolError,
  redirectError,
  ServerError,
  type ServerErrorKind,
  toExcerpt,
} from '../http/serverError';
import { defined } from '../shared/defined';

/**
 * How the servers that speak OpenAI's API refuse, by their types, codes, and sentences. The first match
 * counts. Sources: vLLM, SGLang, llama.cpp, LiteLLM, LM Studio, TGI, LocalAI, llama-cpp-python, OpenAI.
 */
const sentences: readonly (readonly [ServerErrorKind, RegExp])[] = [
  [
    'contextOverflow',
    /exceed_context_size_error|context_length_exceeded|context_window_exceeded|ContextWindowExceeded|maximum context length|longer than the (?:model's )?context length|exceeds? the (?:available |model's maximum )?context|n_keep|keep the first \d+ tokens|tokens to keep from the initial prompt|`inputs` (?:tokens \+|must have less)|prompt is too long|context size has been exceeded|exceeds (?:the )?context budget/iu,
  ],
  ['filtered', /content_filter|content management policy/iu],
  [
    'noCredit',
    /insufficient_quota|budget_exceeded|exceeded your current quota|insufficient credits/iu,
  ],
  [
    'unsupportedImages',
    /not a multimodal model|image input is not supported|does not support (?:image|vision|multimodal)/iu,
  ],
  ['unsupportedTools', /tool-call-parser|tool choice requires|does not support tools/iu],
  [
    'unsupportedChat',
    /not a chat model|does not support chat|chat template is no longer allowed|no chat template|chat_template is not set/iu,
  ],
  ['loading', /\bloading model\b|model_loading|model is (?:currently )?loading/iu],
  [
    'modelMissing',
    /model_not_found|invalid model name|\bInvalidModel\b|model [`'"][^`'"]*[`'"] (?:does not exist|not found)|model is not loaded|the model .{1,300} does not exist/iu,
  ],
  ['unauthorized', /no_db_connection|invalid_api_key|invalid api key/iu],
  [
    'outOfMemory',
    /out of memory|cudaMalloc|insufficient memory|insufficient system resources|failed to allocate/iu,
  ],
  [
    'modelCrashed',
    /EngineCore|EngineDeadError|engine process failed|APIConnectionError|Connection error\.|model process has (?:exited|crashed)/iu,
  ],
  ['busy', /model is overloaded|RateLimitError|too many requests|rate_limit/iu],
];

const statuses: Readonly<Record<number, ServerErrorKind>> = {
  401: 'unauthorized',
  402: 'noCredit',
  403: 'forbidden',
  407: 'proxy',
  408: 'gatewayTimeout',
  413: 'contextOverflow',
  429: 'busy',
  502: 'gatewayTimeout',
  503: 'busy',
  504: 'gatewayTimeout',
  524: 'gatewayTimeout',
};

/** The error of a response with a status other than 200, or of a web page in place of an answer. */
export function parseErrorResponse(
  status: number,
  headers: IncomingHttpHeaders,
  body: string,
): ServerError {
  if (status === 200) {
    const message = 'The response is a web page. This is not the address of an API.';
    return protocolError(message, body);
  }
  if (status >= 300 && status < 400) return redirectError(status, headers.location);
  const value = parseJson(body);
  const found = isJsonObject(value) ? findMessage(value) : undefined;
  const words = found?.text ?? summarizePage(body, status);
  const retryAfterMs = parseRetryAfter(
    headers['retry-after'] ?? headers['llm_provider-retry-after'],
  );
  return createError(words, found?.codes ?? '', {
    ...found?.details,
    status,
    retryAfterMs,
    excerpt: found ? undefined : toExcerpt(body),
  });
}

/** The error of an event in the middle of a response with status 200. */
export function readStreamError(value: JsonObject): ServerError {
  const { text, codes, details } = findMessage(value);
  return createError(text, codes, details);
}

function createError(text: string, codes: string, details: ErrorDetails): ServerError {
  const { status } = details;
  const words = unwrap(text);
  const searched = `${codes}\n${text}`;
  const kind = findKind(searched, status) ?? getKindOfStatus(status, details.excerpt !== undefined);
  const message =
    words === '' ? `The server responded with status ${status ?? 'unknown'}.` : shorten(words);
  const counts = kind === 'contextOverflow' ? parseCounts(searched) : {};
  return new ServerError(kind, message, {
    ...details,
    ...counts,
    ...defined({ promptTokens: details.promptTokens, contextLength: details.contextLength }),
    excerpt: kind === 'protocol' ? details.excerpt : undefined,
  });
}

function findKind(searched: string, status = 400): ServerErrorKind | undefined {
  const kind = sentences.find(([, pattern]) => pattern.test(searched))?.[0];
  // A server error that only mentions the context is none of the request's, except behind LiteLLM.
  const isOverflow = kind === 'contextOverflow' && status >= 500;
  return isOverflow && !/litellm/iu.test(searched) ? undefined : kind;
}

function getKindOfStatus(status: number | undefined, isForeign: boolean): ServerErrorKind {
  if (status === undefined) return 'server';
  const known = statuses[status];
  if (known) return known;
  // No route of the API answers so: the path is wrong, or another program answers.
  return status === 404 || status === 405 || (isForeign && status < 400) ? 'protocol' : 'server';
}

interface FoundMessage {
  readonly text: string;
  /** Types and codes, for the table. */
  readonly codes: string;
  readonly details: ErrorDetails;
}

/**
 * Finds the message in `{"error": {"message"}}`, `{"error": "…"}`, `{"object": "error", "message"}`, and
 * `{"detail": "…" | [{"msg"}]}`.
 */
function findMessage(body: JsonObject): FoundMessage {
  const { error, detail } = body;
  const inner = isJsonObject(error) ? error : body;
  const [first] = Array.isArray(detail) ? (detail as readonly unknown[]) : [detail];
  const candidates = [
    isJsonObject(error) ? error['message'] : error,
    body['message'],
    isJsonObject(first) ? (first['msg'] ?? first['message']) : first,
    isJsonObject(error) ? error['error'] : undefined,
  ];
  const text = candidates.find((each) => typeof each === 'string' && each !== '');
  const codes = [inner['type'], inner['code'], inner['error_type'], body['error_type']];
  return {
    text: optionalString(text) ?? toJsonText(error ?? body),
    codes: codes.filter((each) => typeof each === 'string').join(' '),
    details: defined({
      status: toStatus(inner['code']) ?? toStatus(inner['http_status_code']),
      promptTokens: optionalCount(inner['n_prompt_tokens']),
      contextLength: optionalCount(inner['n_ctx']),
    }),
  };
}

/** `code` is a number, a number as text, a word, or null. */
function toStatus(code: unknown): number | undefined {
  // A list or an object may be too deep to be converted, or hide how it is converted.
  const status = typeof code === 'string' || typeof code === 'number' ? Number(code) : NaN;
  return Number.isInteger(status) && status >= 400 && status < 600 ? status : undefined;
}

/** The words of the server behind a gateway: its JSON unescaped, and the gateway's frame removed. */
function unwrap(text: string, depth = 0): string {
  const begin = text.indexOf('{"');
  const end = text.lastIndexOf('}');
  if (depth < 4 && begin >= 0 && end > begin) {
    const value = parseJson(text.slice(begin, end + 1));
    if (isJsonObject(value)) return unwrap(findMessage(value).text, depth + 1);
  }
  if (!text.startsWith('litellm.')) return text;
  const [frame = ''] = text.split(/\nmodel=|\n\nLiteLLM: /u);
  const last = frame.lastIndexOf('Exception - ');
  const words = last < 0 ? frame.replace(/^(?:litellm\.)?(?:\w+: )+/u, '') : frame.slice(last + 12);
  return words.trim();
}

/** Both counts of an overflow, as far as the sentences have them. */
function parseCounts(text: string): Pick<ErrorDetails, 'promptTokens' | 'contextLength'> {
  for (const pattern of bothCounts) {
    const { prompt, window } = pattern.exec(text)?.groups ?? {};
    if (prompt !== undefined && window !== undefined) {
      return { promptTokens: Number(prompt), contextLength: Number(window) };
    }
  }
  const window = /context (?:length|size|window)(?: of)?(?: is| of)?(?: only)? (\d{2,9})/iu.exec(
    text,
  )?.[1];
  // "At least" is a lower bound: it is no count.
  const prompt =
    /(\d{2,9}) (?:tokens )?(?:in|from) the (?:input )?messages/iu.exec(text)?.[1] ??
    /(?<!at least )(?<=contains |about )(\d{2,9}) (?:input )?tokens/iu.exec(text)?.[1];
  return defined({
    promptTokens: prompt === undefined ? undefined : Number(prompt),
    contextLength: window === undefined ? undefined : Number(window),
  });
}

const bothCounts = [
  /request \((?<prompt>\d+) tokens\) exceeds [^(]{0,80}\((?<window>\d+) tokens\)/iu,
  /input \((?<prompt>\d+) tokens\) is longer than [^(]{0,80}\((?<window>\d+) tokens\)/iu,
  /n_keep \((?<prompt>\d+)\) >= n_ctx \((?<window>\d+)\)/iu,
  /first (?<prompt>\d+) tokens when context .{0,120}context length of only (?<window>\d+) tokens/iu,
  /must be <= (?<window>\d+)\. Given: (?<prompt>\d+) `inputs`/iu,
  /`inputs` must have less than (?<window>\d+) tokens\. Given: (?<prompt>\d+)/iu,
];

/** Seconds, or a date; in milliseconds. Anything else is ignored. */
function parseRetryAfter(header: string | string[] | undefined): number | undefined {
  const [text = ''] = [header ?? ''].flat();
  if (/^\d{1,6}(?:\.\d+)?$/u.test(text.trim())) return Number(text) * 1000;
  const date = /\d{4}/u.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

function summarizePage(body: string, status: number): string {
  const title = getPageTitle(body);
  if (title === undefined) return toExcerpt(body);
  return title === '' || title.includes(String(status)) ? title : `${status} ${title}`;
}

const maxMessageLength = 2000;

function shorten(message: string): string {
  return message.length > maxMessageLength ? `${message.slice(0, maxMessageLength)}…` : message;
}
