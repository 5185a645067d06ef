import { isThisMachine } from './origins';

export interface ProxySettings {
  /** VS Code's `http.proxy`, `http.proxySupport` and `http.noProxy`. */
  readonly proxy: string;
  readonly support: string;
  readonly noProxy: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The proxy that a request to this address goes through, as VS Code chooses it; empty: none that is set
 * here. Its password is nobody's business.
 */
export function proxyFor(origin: string, { proxy, support, noProxy, env }: ProxySettings): string {
  if (support === 'off' || isThisMachine(origin)) return '';
  const first = (...names: readonly string[]): string =>
    names.map((name) => env[name] ?? '').find((value) => value !== '') ?? '';
  // As VS Code has it: its own list takes the place of the environment's.
  const except = noProxy.length > 0 ? noProxy : first('no_proxy', 'NO_PROXY').split(',');
  if (except.some((entry) => covers(entry, origin))) return '';
  const found = proxy || first('https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY');
  return found.replace(/\/\/[^/@]*@/u, '//');
}

/** Whether an entry such as `.example.com`, `10.0.0.7:11434` or `*` means this address. */
function covers(entry: string, origin: string): boolean {
  const { hostname, port, protocol } = new URL(origin);
  const usual = protocol === 'https:' ? '443' : '80';
  const [, name = '', wanted] = /^\*?\.?(.*?)(?::(\d+))?$/u.exec(entry.trim().toLowerCase()) ?? [];
  if (wanted !== undefined && wanted !== (port || usual)) return false;
  if (name === '') return entry.trim() === '*';
  return hostname === name || hostname.endsWith(`.${name}`);
}
