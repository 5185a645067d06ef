import { displayOrigin, type Endpoint, parseEndpoint } from '../http/endpoint';
import { isOwnNetwork } from '../shared/urlPolicy';
import { redactCredentials } from '../http/serverError';

/** What is wrong with an address, in a sentence; undefined if it is valid. */
export function findAddressProblem(address: string): string | undefined {
  return resolveAddress(address, {}).problem;
}

/** An address that contains a name and a password, without them; undefined for other addresses. */
export function splitAddress(
  address: string,
): { address: string; origin: string; authorization: string } | undefined {
  if (address === '') return undefined;
  const { endpoint } = resolveAddress(address, {});
  if (endpoint?.authorization === undefined) return undefined;
  const { authorization } = endpoint;
  const rest = address.replace(/^([a-z][a-z\d+.-]*:\/\/)?[^/?#]*@/iu, '$1');
  return { address: rest, origin: displayOrigin(endpoint), authorization };
}

/** What an address means: an endpoint, or the sentence that says what is wrong with it. */
export type ResolvedAddress =
  | { readonly origin: string; readonly endpoint: Endpoint; readonly problem?: undefined }
  | { readonly origin: string; readonly endpoint?: undefined; readonly problem: string };

/**
 * Resolves an address; an empty one means `OLLAMA_HOST`, else this machine. Never throws. `origin` is what
 * is displayed, without credentials; of an invalid address it is the start of the address itself.
 */
export function resolveAddress(
  address: string,
  env: { readonly OLLAMA_HOST?: string | undefined } = process.env,
): ResolvedAddress {
  try {
    const endpoint = parseEndpoint(address, env);
    return { origin: displayOrigin(endpoint), endpoint };
  } catch (error) {
    const written = address.trim() === '' ? (env.OLLAMA_HOST ?? '') : address;
    const origin = redactCredentials(written.trim()).slice(0, maxShownLength);
    return { origin, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Whether a server is on the internet, and not on this machine or in a network of the user's own. */
export function isPublicServer({ hostname }: Endpoint): boolean {
  if (!hostname.includes(':')) return !isOwnNetwork(hostname);
  // The URL parser writes an IPv4 address in IPv6 form as two numbers of 16 bits.
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/iu.exec(hostname) ?? [];
  // Loopback, link-local, and unique local addresses.
  if (high === undefined || low === undefined) return !/^(?:::1?$|fe[89ab]|f[cd])/iu.test(hostname);
  const bytes = [high, low].map((part) => parseInt(part, 16)).flatMap((n) => [n >> 8, n & 255]);
  return !isOwnNetwork(bytes.join('.'));
}

const maxShownLength = 100;
