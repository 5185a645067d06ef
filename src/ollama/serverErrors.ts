import type { IncomingHttpHeaders } from 'node:http';
import { excerptOf, OllamaError, type ErrorDetails, type OllamaErrorKind } from './errors';
import {
  isObject,
  optionalCount,
  optionalString,
  parseJson,
  writtenJson,
  type JsonObject,
} from './json';

/**
 * Recognises the sentences with which Ollama, its runners and its cloud refuse a request. They are matched
 * loosely: their wording changes from version to version (server/routes.go, llm/llama_server.go,
 * llm/status.go, x/mlxrunner/pipeline.go).
 */
const sentences: readonly (readonly [OllamaErrorKind, RegExp])[] = [
  [
    'contextOverflow',
    /exceed_context_size_error|exceeds? the (?:available |model's maximum )?context|longer than the context length|exceeded max context length/iu,
  ],
  [
    'outOfMemory',
    /out of memory|cudaMalloc failed|failed to allocate|not enough memory|unable to load full model on GPU|requires more system memory/iu,
  ],
  [
    'unsupportedThink',
    /does not support thinking|invalid think value|cannot unmarshal .*\bthink\b/iu,
  ],
  ['unsupportedTools', /does not support tools/iu],
  [
    'unsupportedImages',
    /does not support (?:multimodal|vision|image)|image input is not supported/iu,
  ],
  ['unsupportedChat', /does not support (?:chat|generate)\b/iu],
  ['modelMissing', /model .*not found|pull model manifest: file does not exist/iu],
  ['busy', /server busy/iu],
];

const statuses: Readonly<Record<number, OllamaErrorKind>> = {
  401: 'unauthorized',
  403: 'forbidden',
  407: 'proxy',
  408: 'gatewayTimeout',
  429: 'busy',
  502: 'gatewayTimeout',
  503: 'busy',
  504: 'gatewayTimeout',
};

/** The error of an answer with a status other than 200. */
export function errorOfAnswer(
  status: number,
  headers: IncomingHttpHeaders,
  body: string,
): OllamaError {
  if (status >= 300 && status < 400) return redirect(status, headers.location);
  const said = unpack(body);
  const kind =
    kindOfSentence(said.message) ?? statuses[status] ?? kindOfStatus(status, said.isJson);
  const message =
    said.message === '' ? `The server responded with status ${status}.` : said.message;
  const excerpt = kind === 'protocol' ? excerptOf(body) : undefined;
  return new OllamaError(kind, message, { ...said.details, status, excerpt });
}

/** The error of a line `{"error": …}` within an answer that began well. */
export function errorOfLine(line: JsonObject): OllamaError {
  const said = unpackObject(line);
  return new OllamaError(kindOfSentence(said.message) ?? 'server', said.message, said.details);
}

function redirect(status: number, location = ''): OllamaError {
  return new OllamaError(
    'redirect',
    `The server redirects to ${location || 'an unknown address'}.`,
    {
      status,
      location,
    },
  );
}

function kindOfSentence(message: string): OllamaErrorKind | undefined {
  return sentences.find(([, pattern]) => pattern.test(message))?.[0];
}

/** Ollama has every route that is asked for: a 404 or 405 without its form comes from something else. */
function kindOfStatus(status: number, isJson: boolean): OllamaErrorKind {
  return !isJson && (status < 400 || status === 404 || status === 405) ? 'protocol' : 'server';
}

interface Said {
  readonly message: string;
  readonly isJson: boolean;
  readonly details: ErrorDetails;
}

function unpack(body: string): Said {
  const value = parseJson(body);
  return isObject(value)
    ? unpackObject(value)
    : { message: textOf(body), isJson: false, details: {} };
}

/** A page of a proxy is not for people: its title is all that helps. */
function textOf(body: string): string {
  return excerptOf(/<title>([^<]*)<\/title>/iu.exec(body)?.[1] ?? body);
}

/**
 * Takes the sentence out of `{"error": "…"}`, `{"error": {"message": "…"}}`, and either of them written
 * as JSON into the string of the other, as Ollama passes on what its runner said.
 */
function unpackObject(body: JsonObject, depth = 0): Said {
  const { error } = body;
  const inner = typeof error === 'string' ? parseJson(error) : error;
  if (isObject(inner) && depth < 4) {
    const said = unpackObject(
      'error' in inner ? inner : { ...inner, error: inner['message'] },
      depth + 1,
    );
    return { ...said, details: { ...detailsOf(body), ...said.details } };
  }
  const sentence = [error, body['message']].find((text) => typeof text === 'string' && text !== '');
  const message = shortened(optionalString(sentence) ?? writtenJson(body));
  return { message, isJson: true, details: { ...countsIn(message), ...detailsOf(body) } };
}

function detailsOf(body: JsonObject): ErrorDetails {
  return withoutUndefined({
    signinUrl: optionalString(body['signin_url']),
    promptTokens: optionalCount(body['n_prompt_tokens']),
    contextLength: optionalCount(body['n_ctx']),
  });
}

/** Both counts as the sentences themselves give them: `request (N tokens) exceeds … (M tokens)`. */
function countsIn(message: string): ErrorDetails {
  const [prompt, context] = [...message.matchAll(/\((\d+) tokens\)/gu)].map((match) =>
    Number(match[1]),
  );
  return withoutUndefined({ promptTokens: prompt, contextLength: context });
}

function withoutUndefined(details: ErrorDetails): ErrorDetails {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
}

const longestMessage = 2000;

function shortened(message: string): string {
  return message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message;
}
