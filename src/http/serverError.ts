import type { FailureKind } from '../shared/turn';

/** What went wrong, by the domain's names for what a server can cause; or the caller gave up. */
export type ServerErrorKind =
  Exclude<FailureKind, 'noModel' | 'cloudConsent' | 'notSaved' | 'sourceMissing'> | 'cancelled';

export interface ErrorDetails {
  /** The HTTP status, where an answer came. */
  readonly status?: number | undefined;
  /** Node's error code, such as `ECONNREFUSED`. */
  readonly code?: string | undefined;
  /** contextOverflow: tokens of the refused prompt, and of the context it had to fit. */
  readonly promptTokens?: number | undefined;
  readonly contextLength?: number | undefined;
  /** cloudSignIn: where a person signs in; cloudPlan and cloudQuota: where the plan is changed. */
  readonly signinUrl?: string | undefined;
  /** busy, loading: how long the server asks to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** redirect: where the server pointed to. */
  readonly location?: string | undefined;
  /** protocol: the start of what could not be read. */
  readonly excerpt?: string | undefined;
  readonly cause?: unknown;
}

/** The only error of this client. Its message is from the server or the system and has no credentials. */
export class ServerError extends Error {
  readonly kind: ServerErrorKind;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly promptTokens: number | undefined;
  readonly contextLength: number | undefined;
  readonly signinUrl: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly location: string | undefined;
  readonly excerpt: string | undefined;

  constructor(kind: ServerErrorKind, message: string, details: ErrorDetails = {}) {
    super(redactCredentials(message), details.cause === undefined ? {} : { cause: details.cause });
    this.name = 'ServerError';
    this.kind = kind;
    this.status = details.status;
    this.code = details.code;
    this.promptTokens = details.promptTokens;
    this.contextLength = details.contextLength;
    this.signinUrl = details.signinUrl;
    this.retryAfterMs = details.retryAfterMs;
    this.location =
      details.location === undefined ? undefined : redactCredentials(details.location);
    this.excerpt = details.excerpt === undefined ? undefined : redactCredentials(details.excerpt);
  }
}

/** The same error with its texts changed by `change`, which masks secrets. */
export function mapErrorTexts(error: ServerError, change: (text: string) => string): ServerError {
  const { kind, message, status, code, promptTokens, contextLength, location, excerpt } = error;
  const details = { status, code, promptTokens, contextLength, cause: error.cause };
  return new ServerError(kind, change(message), {
    ...details,
    signinUrl: error.signinUrl,
    location: location === undefined ? undefined : change(location),
    excerpt: excerpt === undefined ? undefined : change(excerpt),
  });
}

/** An unexpected exception: a bug of ours, which is not to be mistaken for a problem of the network. */
export function toInternalError(error: unknown): ServerError {
  if (error instanceof ServerError) return error;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new ServerError('internal', message, { cause: error });
}

export function cancelledError(): ServerError {
  return new ServerError('cancelled', 'The request was canceled.');
}

/** An error for an answer that is not in the server's form, with the start of what came instead. */
export function protocolError(message: string, seen = '', details: ErrorDetails = {}): ServerError {
  return new ServerError('protocol', message, { ...details, excerpt: toExcerpt(seen) });
}

/** Redirects are not followed: they could lead the prompt and the credentials elsewhere. */
export function redirectError(status: number, location = ''): ServerError {
  const target = location === '' ? 'an unknown address' : location;
  return new ServerError('redirect', `The server redirects to ${target}.`, { status, location });
}

const excerptLength = 200;

/** The first characters of `text`, on one line, without control characters. */
export function toExcerpt(text: string): string {
  const start = text
    .slice(0, excerptLength)
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim();
  return text.length > excerptLength ? `${start}…` : start;
}

/** The title of an error page, and `''` for a page without one; undefined for text that is not HTML. */
export function getPageTitle(text: string): string | undefined {
  if (!/^\s*<(?:!doctype|!--|html|head|body|title|h1|center)\b/iu.test(text.slice(0, 200)))
    return undefined;
  const [, title = ''] = /<(?:title|h1)\b[^<>]{0,200}>([^<]{0,1000})</iu.exec(text) ?? [];
  return toExcerpt(title.replaceAll(/\s+/gu, ' '));
}

/** Takes out `user:pass@` of addresses, and tokens of the forms that `Authorization` takes. */
export function redactCredentials(text: string): string {
  return dropNamesAndPasswords(text.replaceAll(/(\w:\/\/)[^\s/"']*@/gu, '$1')).replaceAll(
    /\b(Bearer|Basic)\s+[\w.~+/=-]+/giu,
    '$1 …',
  );
}

/** Takes out each `user:pass@`, in one pass: a pattern would start over at every character. */
function dropNamesAndPasswords(text: string): string {
  const pieces = text.split('@');
  const last = pieces.pop() ?? '';
  const kept = pieces.map((piece) => {
    let start = piece.length;
    while (start > 0 && !' \t\r\n\f\v\u00A0/"\''.includes(piece.charAt(start - 1))) start -= 1;
    const colon = piece.indexOf(':', start + 1);
    if (colon < 0 || colon === piece.length - 1) return `${piece}@`;
    const parenthesis = piece.lastIndexOf('(', colon);
    return piece.slice(0, Math.max(start, parenthesis + 1));
  });
  return kept.join('') + last;
}
