import type { IncomingHttpHeaders } from 'node:http';
import {
  type ErrorDetails,
  protocolError,
  redirectError,
  getPageTitle,
  ServerError,
  type ServerErrorKind,
  toExcerpt,
} from '../http/serverError';
import {
  isJsonObject,
  optionalCount,
  optionalString,
  parseJson,
  toJsonText,
  type JsonObject,
} from '../http/jsonValues';
import { defined } from '../shared/defined';
import { trimEndOf } from '../shared/text';

/**
 * The sentences with which Ollama, its runners and its cloud refuse a request. They are matched loosely,
 * as their wording changes from version to version. The exact bodies are in the tests, with their sources:
 * Ollama's server/routes.go, server/images.go, server/sched.go, server/cloud_proxy.go, api/types.go,
 * llm/llama_server.go, llm/status.go and x/mlxrunner/pipeline.go; llama.cpp's llama-model.cpp,
 * llama-kv-cache.cpp, tools/server, and the backends of ggml for CUDA, ROCm, Vulkan, Metal and CPU.
 */
const sentences: readonly (readonly [ServerErrorKind, RegExp])[] = [
  [
    'contextOverflow',
    /exceed_context_size_error|exceeds? the (?:available |model's maximum )?context|longer than the context length|exceed(?:ed|s) (?:max|maximum) context length|exceeds maximum context length/iu,
  ],
  [
    'outdatedServer',
    /requires a newer version of Ollama|unknown (?:model )?architecture|(?:incompatible|no longer compatible) with your version of Ollama|unsupported model architecture/iu,
  ],
  [
    'outOfMemory',
    /out[ _-]of[ _-](?:(?:device|host)[ _-])?memory|OutOf(?:Device|Host)?Memory|cudaMalloc failed|hipMalloc failed|ALLOC_FAILED|failed to allocate|unable to allocate|allocation failed|memory allocation of size|memory layout cannot be allocated|not enough (?:memory|VRAM)|insufficient memory|std::bad_alloc|unable to load full model on GPU|requires more system memory/iu,
  ],
  [
    'unsupportedThink',
    /does not support thinking|invalid think value|think value .{0,80} is not supported|think must be a boolean|cannot unmarshal .*\bthink\b/iu,
  ],
  ['unsupportedTools', /does not support tools/iu],
  [
    'unsupportedImages',
    /does not support (?:multimodal|vision|image)|image input is not supported/iu,
  ],
  ['unsupportedChat', /does not support (?:chat|generate)\b/iu],
  ['modelMissing', /model \S{1,600} not found|pull model manifest: file does not exist/iu],
  ['cloudPlan', /requires? a (?:subscription|paid plan)|upgrade for access/iu],
  [
    'cloudQuota',
    /(?:usage|hourly|daily|weekly|monthly|session) (?:usage )?limit|upgrade for higher limits|quota exceeded/iu,
  ],
  ['busy', /server busy/iu],
  [
    'modelCrashed',
    /running the model: unexpected EOF|(?:llama-server|runner) process has terminated|runner process no longer running|runner has unexpectedly stopped|signal: killed/iu,
  ],
];

/** Without a sentence that is known. 520-527 and 530 are Cloudflare's, about the server behind it. */
const statuses: Readonly<Record<number, ServerErrorKind>> = {
  401: 'unauthorized',
  402: 'cloudPlan',
  403: 'forbidden',
  407: 'proxy',
  408: 'gatewayTimeout',
  429: 'busy',
  502: 'gatewayTimeout',
  503: 'busy',
  504: 'gatewayTimeout',
  520: 'gatewayTimeout',
  521: 'gatewayTimeout',
  522: 'gatewayTimeout',
  523: 'gatewayTimeout',
  524: 'gatewayTimeout',
  525: 'gatewayTimeout',
  526: 'gatewayTimeout',
  527: 'gatewayTimeout',
  530: 'gatewayTimeout',
};

/** The error of a response with a status other than 200, or of a web page in place of an answer. */
export function parseErrorResponse(
  status: number,
  headers: IncomingHttpHeaders,
  body: string,
): ServerError {
  if (status === 200) {
    return protocolError(
      'The response is a web page. This is not the address of an Ollama server.',
      body,
    );
  }
  if (status >= 300 && status < 400) return redirectError(status, headers.location);
  const parsed = parseBody(body, status);
  const isSignIn = status === 401 && parsed.details.signinUrl !== undefined;
  const kind = isSignIn
    ? 'cloudSignIn'
    : (findKind(parsed.message) ?? statuses[status] ?? getKindOfStatus(status, parsed.isJson));
  const message =
    parsed.message === '' ? `The server responded with status ${status}.` : parsed.message;
  const excerpt = kind === 'protocol' ? toExcerpt(body) : undefined;
  return new ServerError(kind, message, { ...parsed.details, status, excerpt });
}

/** The error of a line `{"error": …}` in the middle of an answer. */
export function parseErrorLine(line: JsonObject): ServerError {
  const { message, details } = parseObject(line);
  return new ServerError(findKind(message) ?? 'server', message, details);
}

function findKind(message: string): ServerErrorKind | undefined {
  return sentences.find(([, pattern]) => pattern.test(message))?.[0];
}

/** Ollama has all routes that the client uses: a 404 or 405 that is not JSON comes from another program. */
function getKindOfStatus(status: number, isJson: boolean): ServerErrorKind {
  return !isJson && (status < 400 || status === 404 || status === 405) ? 'protocol' : 'server';
}

interface ErrorBody {
  readonly message: string;
  readonly isJson: boolean;
  readonly details: ErrorDetails;
}

function parseBody(body: string, status: number): ErrorBody {
  const value = parseJson(body);
  return isJsonObject(value)
    ? parseObject(value)
    : { message: summarizeText(body, status), isJson: false, details: {} };
}

/** Of a proxy's error page only the status and the title are useful. */
function summarizeText(text: string, status?: number): string {
  const title = getPageTitle(text);
  if (title === undefined) return toExcerpt(text);
  if (title === '' || status === undefined || title.includes(String(status))) return title;
  return `${status} ${title}`;
}

/**
 * Finds the sentence in `{"error": "…"}`, `{"error": {"message": "…"}}`, and either of them written
 * as JSON in the string of the other, as Ollama passes on its runner's errors.
 */
function parseObject(body: JsonObject, depth = 0): ErrorBody {
  const { error } = body;
  const inner = typeof error === 'string' ? parseJson(error) : error;
  if (isJsonObject(inner) && depth < 4) {
    const parsed = parseObject(
      'error' in inner ? inner : { ...inner, error: inner['message'] },
      depth + 1,
    );
    return { ...parsed, details: { ...getDetails(body), ...parsed.details } };
  }
  const sentence = [error, body['message']].find((text) => typeof text === 'string' && text !== '');
  const words = optionalString(sentence) ?? toJsonText(body);
  // A gateway's page can be passed on inside of JSON.
  const message = shorten(getPageTitle(words) ?? words);
  return { message, isJson: true, details: { ...parseCounts(message), ...getDetails(body) } };
}

function getDetails(body: JsonObject): ErrorDetails {
  return defined({
    signinUrl: optionalString(body['signin_url']) ?? findAccountPage(body['error']),
    promptTokens: optionalCount(body['n_prompt_tokens']),
    contextLength: optionalCount(body['n_ctx']),
  });
}

const maxMessageLength = 2000;

/** The page about the account that a sentence names, such as the one that changes the plan. */
function findAccountPage(words: unknown): string | undefined {
  const text = typeof words === 'string' ? words.slice(0, maxMessageLength) : '';
  const [address] = /https:\/\/ollama\.com\/[\w/?=&%.~-]{0,200}/u.exec(text) ?? [];
  return address === undefined ? undefined : trimEndOf(address, /[.)]/u);
}

/** Both counts as the sentences give them: `request (N tokens) exceeds … (M tokens)`. */
function parseCounts(message: string): ErrorDetails {
  const [prompt, context] = [...message.matchAll(/\((\d+) tokens\)/gu)].map((match) =>
    Number(match[1]),
  );
  return defined({ promptTokens: prompt, contextLength: context });
}

function shorten(message: string): string {
  return message.length > maxMessageLength ? `${message.slice(0, maxMessageLength)}…` : message;
}
