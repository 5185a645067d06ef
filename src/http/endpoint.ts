import { isIPv6 } from 'node:net';

/** Where Ollama listens, and how to get in. */
export interface Endpoint {
  readonly protocol: 'http:' | 'https:';
  /** A name or an address that can be connected to; IPv6 without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Put before every route; `''`, or `/` and a path without a slash at its end. */
  readonly basePath: string;
  /** The value of an `Authorization` header, where the address held a name and a password. */
  readonly authorization?: string;
}

const ollamaPort = 11434;
const fallback = `http://127.0.0.1:${ollamaPort}`;
/** What it means; most have no other, and it is wanted at the start of every window. */
const usual: Endpoint = {
  protocol: 'http:',
  hostname: '127.0.0.1',
  port: ollamaPort,
  basePath: '',
};

/**
 * Reads an address in any form that Ollama takes for `OLLAMA_HOST` (envconfig/config.go `Host`): with or
 * without scheme, port, path and brackets; without a scheme the port is 11434, with one it is the
 * scheme's. An empty `text` means `OLLAMA_HOST`, and without that `http://127.0.0.1:11434`. Addresses
 * that can only be listened on (`0.0.0.0`, `::`, none) become the loopback address.
 *
 * Throws a `TypeError` with one sentence for an address that has no such form. A port that is none is an
 * error in `text`; in `OLLAMA_HOST` the usual port takes its place, as in Ollama itself.
 */
export function parseEndpoint(
  text: string | undefined,
  env: { readonly OLLAMA_HOST?: string | undefined },
): Endpoint {
  const asked = unquote(text);
  if (asked !== '') return parse(asked, 'strict');
  const host = unquote(env.OLLAMA_HOST);
  return host === '' ? usual : parse(host, 'lenient');
}

/** The address as it may be shown and logged: no credentials, no port that goes without saying. */
export function displayOrigin(endpoint: Endpoint): string {
  const { protocol, hostname, port, basePath } = endpoint;
  const host = hostname.includes(':') ? `[${hostname}]` : hostname;
  const usual = port === schemePorts[protocol];
  return `${protocol}//${host}${usual ? '' : `:${port}`}${basePath}`;
}

const schemePorts = { 'http:': 80, 'https:': 443 } as const;

/** A longer address is refused, in UTF-16 code units. */
const maxAddressLength = 4_096;
const maxShownLength = 200;

function unquote(text: string | undefined): string {
  const trimmed = (text ?? '').trim();
  const isQuote = (character: string): boolean => character === '"' || character === "'";
  let start = 0;
  let end = trimmed.length;
  while (isQuote(trimmed.charAt(start))) start += 1;
  while (end > start && isQuote(trimmed.charAt(end - 1))) end -= 1;
  return trimmed.slice(start, end).trim();
}

function parse(text: string, ports: 'strict' | 'lenient'): Endpoint {
  if (text.length > maxAddressLength) throw wrongForm(text, 'it is too long');
  const { protocol, defaultPort, rest } = splitScheme(text);
  const [, authority = '', path = ''] = /^([^/?#]*)((?:[/?#].*)?)$/su.exec(rest) ?? [];
  if (/[?#]/u.test(path)) throw wrongForm(text, 'it cannot have a query or fragment');
  const at = authority.lastIndexOf('@');
  const { hostname, portText } = splitHost(authority.slice(at + 1));
  const port = readPort(portText, ports === 'lenient' ? defaultPort : undefined, defaultPort);
  if (port === undefined) throw wrongForm(text, 'the port must be a number from 1 to 65535');
  return {
    protocol,
    hostname: connectable(normalHost(hostname, text)),
    port,
    basePath: normalPath(path),
    ...(at < 0 ? {} : { authorization: basic(authority.slice(0, at), text) }),
  };
}

function splitScheme(text: string): {
  protocol: Endpoint['protocol'];
  defaultPort: number;
  rest: string;
} {
  const [, scheme, rest = ''] = /^([a-z][a-z\d+.-]*):\/\/(.*)$/isu.exec(text) ?? [];
  if (scheme === undefined) {
    const isCloud = text.toLowerCase() === 'ollama.com';
    return isCloud
      ? { protocol: 'https:', defaultPort: schemePorts['https:'], rest: text }
      : { protocol: 'http:', defaultPort: ollamaPort, rest: text };
  }
  const protocol = `${scheme.toLowerCase()}:`;
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw wrongForm(text, 'only http and https are supported');
  }
  return { protocol, defaultPort: schemePorts[protocol], rest };
}

/** `host`, `host:port`, `[v6]`, `[v6]:port`, a bare `v6`, `:port` or nothing. */
function splitHost(authority: string): { hostname: string; portText: string | undefined } {
  // The address of most is none, and what tells so by itself takes some milliseconds the first time.
  const hasColons = authority.indexOf(':') !== authority.lastIndexOf(':');
  if (hasColons && isIPv6(authority)) return { hostname: authority, portText: undefined };
  const [, v6, name = '', portText] =
    /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/su.exec(authority) ?? [];
  return { hostname: v6 ?? name, portText };
}

function readPort(
  text: string | undefined,
  invalid: number | undefined,
  absent: number,
): number | undefined {
  if (text === undefined) return absent;
  const port = /^\d{1,5}$/u.test(text) ? Number(text) : 0;
  return port > 0 && port <= 65_535 ? port : invalid;
}

/** Lets the URL parser judge the name, and write it in its usual form (`127.1` is `127.0.0.1`). */
function normalHost(hostname: string, text: string): string {
  if (hostname === '') return '';
  const written = hostname.includes(':') ? `[${hostname}]` : hostname;
  if (!URL.canParse(`http://${written}/`)) throw wrongForm(text, 'the host name is invalid');
  return new URL(`http://${written}/`).hostname.replaceAll(/^\[|\]$/gu, '');
}

/** As it is sent: what a request line cannot contain is escaped. */
function normalPath(path: string): string {
  if (path === '') return '';
  const { pathname } = new URL(`http://host${path}`);
  let end = pathname.length;
  while (pathname.charAt(end - 1) === '/') end -= 1;
  return pathname.slice(0, end);
}

function connectable(hostname: string): string {
  if (hostname === '' || hostname === '0.0.0.0') return '127.0.0.1';
  return hostname === '::' ? '::1' : hostname;
}

function basic(userinfo: string, text: string): string {
  try {
    return `Basic ${Buffer.from(decodeURIComponent(userinfo)).toString('base64')}`;
  } catch (error) {
    throw wrongForm(text, 'the user name or password has an invalid % escape', error);
  }
}

function wrongForm(text: string, reason: string, cause?: unknown): TypeError {
  const shown = text.replace(/^([a-z][a-z\d+.-]*:\/\/)?.*@/isu, '$1');
  return new TypeError(
    `"${shown.slice(0, maxShownLength)}" is not a valid server address: ${reason}. Example: ${fallback}`,
    cause === undefined ? {} : { cause },
  );
}
