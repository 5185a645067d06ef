import { displayOrigin, parseEndpoint } from '../http/endpoint';

/** What is wrong with an address, in a sentence; undefined when it is a good one. */
export function findAddressProblem(address: string): string | undefined {
  try {
    parseEndpoint(address, {});
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** An address that holds a name and a password, and what is left without them; undefined for others. */
export function splitAddress(
  address: string,
): { address: string; origin: string; authorization: string } | undefined {
  if (address === '') return undefined;
  const { authorization, ...endpoint } = parseEndpoint(address, {});
  if (authorization === undefined) return undefined;
  const rest = address.replace(/^([a-z][a-z\d+.-]*:\/\/)?[^/?#]*@/iu, '$1');
  return { address: rest, origin: displayOrigin(endpoint), authorization };
}

/** The server at an address, as it may be shown; an empty one means what the environment says. */
export function getDisplayOrigin(address: string): string {
  return displayOrigin(parseEndpoint(address, process.env));
}
