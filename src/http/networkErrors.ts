import { displayOrigin, type Endpoint } from './endpoint';
import { isJsonObject } from './jsonValues';
import { ServerError, type ServerErrorKind, toInternalError } from './serverError';

const kinds: readonly (readonly [ServerErrorKind, RegExp])[] = [
  ['proxy', /socket connection to proxies|tunneling socket|proxy/iu],
  ['refused', /ECONNREFUSED/u],
  ['dns', /ENOTFOUND|EAI_/u],
  [
    'tls',
    /CERT|EPROTO|ERR_SSL|ERR_TLS|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|before secure TLS connection/u,
  ],
  ['protocol', /HPE_|Parse Error/u],
];

const sentences: Readonly<Partial<Record<ServerErrorKind, string>>> = {
  refused: 'refused the connection',
  dns: 'could not be resolved',
  tls: 'failed the TLS handshake',
  proxy: 'could not be reached through the proxy',
  protocol: 'sent an invalid HTTP response',
  unreachable: 'could not be reached',
};

/** The error of a request that got no response. */
export function toConnectionError(error: unknown, endpoint: Endpoint): ServerError {
  if (error instanceof ServerError) return error;
  const { code, message, port } = describe(error);
  const described = `${code ?? ''} ${message}`;
  const known = kinds.find(([, pattern]) => pattern.test(described))?.[0];
  if (known === undefined && isBug(error)) return toInternalError(error);
  // Another port than the endpoint's refused the connection: a proxy.
  const isProxy = known === 'refused' && port !== undefined && port !== endpoint.port;
  const kind = isProxy ? 'proxy' : (known ?? 'unreachable');
  const sentence = `${displayOrigin(endpoint)} ${sentences[kind] ?? 'could not be reached'}`;
  return new ServerError(kind, `${sentence} (${message}).`, {
    code,
    cause: error,
  });
}

/** The error of a response whose connection broke in the middle. */
export function toBrokenAnswerError(error: unknown): ServerError {
  if (error instanceof ServerError) return error;
  if (isBug(error)) return toInternalError(error);
  const { code, message } = describe(error);
  const kind =
    kinds.find(([of, pattern]) => of === 'protocol' && pattern.test(code ?? ''))?.[0] ??
    'truncated';
  return new ServerError(
    kind,
    `The connection was lost before the response was complete (${message}).`,
    {
      code,
      cause: error,
    },
  );
}

/** Whether this is what broken code throws, and not what a socket, TLS or a proxy agent reports. */
function isBug(error: unknown): boolean {
  return [TypeError, RangeError, ReferenceError, SyntaxError].some((type) => error instanceof type);
}

/** When all of several addresses fail, Node wraps their errors. */
function describe(error: unknown): {
  code: string | undefined;
  message: string;
  port: number | undefined;
} {
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const fields: { code?: unknown; port?: unknown } = isJsonObject(inner) ? inner : {};
  const code = typeof fields.code === 'string' ? fields.code : undefined;
  return {
    code,
    message:
      (inner instanceof Error ? inner.message : String(inner)) || (code ?? 'no reason given'),
    port: typeof fields.port === 'number' ? fields.port : undefined,
  };
}
