import type { Endpoint } from './endpoint';
import { displayOrigin } from './endpoint';
import { OllamaError, type OllamaErrorKind } from './errors';
import { isObject } from './json';

const kinds: readonly (readonly [OllamaErrorKind, RegExp])[] = [
  ['proxy', /socket connection to proxies|tunneling socket|proxy/iu],
  ['refused', /ECONNREFUSED/u],
  ['dns', /ENOTFOUND|EAI_/u],
  [
    'tls',
    /CERT|EPROTO|ERR_SSL|ERR_TLS|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|before secure TLS connection/u,
  ],
  ['protocol', /HPE_|Parse Error/u],
];

const sentences: Readonly<Partial<Record<OllamaErrorKind, string>>> = {
  refused: 'refused the connection',
  dns: 'could not be resolved',
  tls: 'failed the TLS handshake',
  proxy: 'could not be reached through the proxy',
  protocol: 'sent an invalid HTTP response',
  unreachable: 'could not be reached',
};

/** The error of a request that never got an answer. */
export function errorOfConnection(error: unknown, endpoint: Endpoint): OllamaError {
  if (error instanceof OllamaError) return error;
  const { code, message, port } = describe(error);
  const told = `${code ?? ''} ${message}`;
  const found = kinds.find(([, pattern]) => pattern.test(told))?.[0] ?? 'unreachable';
  // Something else than the endpoint refused: that is what stands between.
  const kind =
    found === 'refused' && port !== undefined && port !== endpoint.port ? 'proxy' : found;
  const sentence = `${displayOrigin(endpoint)} ${sentences[kind] ?? 'could not be reached'}`;
  return new OllamaError(kind, `${sentence} (${message || (code ?? 'no reason given')}).`, {
    code,
    cause: error,
  });
}

/** The error of an answer whose connection broke in the middle. */
export function errorOfBrokenAnswer(error: unknown): OllamaError {
  if (error instanceof OllamaError) return error;
  const { code, message } = describe(error);
  const kind =
    kinds.find(([of, pattern]) => of === 'protocol' && pattern.test(code ?? ''))?.[0] ??
    'truncated';
  return new OllamaError(
    kind,
    `The connection was lost before the response was complete (${message}).`,
    {
      code,
      cause: error,
    },
  );
}

/** A failure to connect to each of several addresses has its codes within. */
function describe(error: unknown): {
  code: string | undefined;
  message: string;
  port: number | undefined;
} {
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const fields: { code?: unknown; port?: unknown } = isObject(inner) ? inner : {};
  return {
    code: typeof fields.code === 'string' ? fields.code : undefined,
    message: inner instanceof Error ? inner.message : String(inner),
    port: typeof fields.port === 'number' ? fields.port : undefined,
  };
}
