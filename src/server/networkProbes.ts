import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { connect as connectTls, type PeerCertificate } from 'node:tls';
import { systemClock } from '../shared/clock';
import { isThisMachine } from '../shared/urlPolicy';

/** How one address of a server behaves. */
export interface AddressProbe {
  readonly address: string;
  readonly outcome: 'open' | 'refused' | 'silent' | 'failed';
  /** The system's code, such as `EHOSTUNREACH`. */
  readonly code?: string;
}

export type HostLookup =
  | { readonly kind: 'found'; readonly addresses: readonly string[]; readonly isName: boolean }
  | { readonly kind: 'failed'; readonly code: string };

export interface Certificate {
  /** Why this machine does not trust it, in the system's words; absent: it does. */
  readonly problem?: string;
  readonly subject: string;
  readonly issuer: string;
  readonly validUntil: string;
}

/** How long a connection is waited for, in milliseconds. */
const patienceMs = 3_000;

/**
 * Every address of a name, both families. The system's resolver has no time limit that could be
 * set: after `limitMs` the name counts as not resolved.
 */
export async function resolveHost(
  hostname: string,
  limitMs = patienceMs,
  resolve: (hostname: string) => Promise<readonly { readonly address: string }[]> = lookUpAll,
): Promise<HostLookup> {
  if (isIP(hostname) !== 0) return { kind: 'found', addresses: [hostname], isName: false };
  let cancelLimit: () => void = () => undefined;
  const late = new Promise<HostLookup>((settle) => {
    cancelLimit = systemClock.after(limitMs, () => settle({ kind: 'failed', code: 'ETIMEDOUT' }));
  });
  const found = resolve(hostname).then(
    (all): HostLookup => ({
      kind: 'found',
      addresses: all.map(({ address }) => address),
      isName: true,
    }),
    (error: unknown): HostLookup => ({ kind: 'failed', code: getErrorCode(error) }),
  );
  return Promise.race([found, late]).finally(cancelLimit);
}

function lookUpAll(hostname: string): Promise<readonly { readonly address: string }[]> {
  return lookup(hostname, { all: true });
}

/** Connects and hangs up again. */
export function probeAddress(address: string, port: number): Promise<AddressProbe> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (reached: Omit<AddressProbe, 'address'>): void => {
      socket.destroy();
      resolve({ address, ...reached });
    };
    socket.setTimeout(patienceMs, () => end({ outcome: 'silent' }));
    socket.once('connect', () => end({ outcome: 'open' }));
    socket.once('error', (error) => {
      const code = getErrorCode(error);
      end({ outcome: code === 'ECONNREFUSED' ? 'refused' : 'failed', code });
    });
  });
}

/** The certificate that a server shows, trusted or not; undefined where there is no TLS. */
export function readCertificate(hostname: string, port: number): Promise<Certificate | undefined> {
  return new Promise((resolve) => {
    // Only looked at: nothing is sent over this connection.
    const socket = connectTls({
      host: hostname,
      port,
      rejectUnauthorized: false,
      ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
    });
    const end = (certificate: Certificate | undefined): void => {
      socket.destroy();
      resolve(certificate);
    };
    socket.setTimeout(patienceMs, () => end(undefined));
    socket.once('error', () => end(undefined));
    socket.once('secureConnect', () => {
      const { authorizationError } = socket as { authorizationError?: Error | string | null };
      end(described(socket.getPeerCertificate(), authorizationError));
    });
  });
}

function described(
  { subject, issuer, valid_to: validUntil }: PeerCertificate,
  problem: Error | string | null | undefined,
): Certificate {
  const why = problem instanceof Error ? problem.message : problem;
  return {
    subject: getPartyName(subject),
    issuer: getPartyName(issuer),
    validUntil: validUntil.replaceAll(/ +/gu, ' '),
    ...(why ? { problem: why } : {}),
  };
}

function getPartyName(party: PeerCertificate['subject'] | undefined): string {
  const name = party?.CN ?? party?.O ?? '?';
  return [name].flat().join(', ');
}

function getErrorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

export interface ProxySettings {
  /** VS Code's `http.proxy`, `http.proxySupport` and `http.noProxy`. */
  readonly proxy: string;
  readonly support: string;
  readonly noProxy: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The proxy that a request to this address goes through, as VS Code chooses it; empty: none that is set
 * here. Its password is removed.
 */
export function findProxy(origin: string, { proxy, support, noProxy, env }: ProxySettings): string {
  if (support === 'off' || !URL.canParse(origin) || isThisMachine(origin)) return '';
  const first = (...names: readonly string[]): string =>
    names.map((name) => env[name] ?? '').find((value) => value !== '') ?? '';
  // As in VS Code: its own list replaces the environment's.
  const except = noProxy.length > 0 ? noProxy : first('no_proxy', 'NO_PROXY').split(',');
  if (except.some((entry) => matchesEntry(entry, origin))) return '';
  const found = proxy || first('https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY');
  return withoutUser(found);
}

/** People write passwords with `@` and `/` as they are, and addresses without a scheme. */
function withoutUser(address: string): string {
  const [scheme = ''] = /^[a-z][\w+.-]{0,20}:\/\//iu.exec(address) ?? [];
  const user = address.lastIndexOf('@');
  return user < 0 ? address : scheme + address.slice(user + 1);
}

/** Whether an entry such as `.example.com`, `10.0.0.7:11434` or `*` means this address. */
function matchesEntry(entry: string, origin: string): boolean {
  const { hostname, port, protocol } = new URL(origin);
  const usual = protocol === 'https:' ? '443' : '80';
  const [, name = '', wanted] = /^\*?\.?(.*?)(?::(\d+))?$/u.exec(entry.trim().toLowerCase()) ?? [];
  if (wanted !== undefined && wanted !== (port || usual)) return false;
  if (name === '') return entry.trim() === '*';
  return hostname === name || hostname.endsWith(`.${name}`);
}
