/**
 * Whether a host, as the URL parser writes it, is this machine or in a network that only the person can
 * reach: a model's link does not lead there.
 */
export function isOwnNetwork(hostname: string): boolean {
  // A host may be written with the dot of the root at its end, and means the same.
  const host = hostname.replace(/\.$/u, '');
  // Addresses in brackets tell a reader nothing of where they lead.
  if (host.startsWith('[')) return true;
  // The URL parser has brought every way to write an IPv4 address into this one.
  if (/^\d+(?:\.\d+){3}$/u.test(host)) return isOwnIpv4(host);
  return !host.includes('.') || ownNames.test(host);
}

/** Names that are never public (RFC 6761, 6762, 8375 and the ICANN list of names in private use). */
const ownNames =
  /\.(?:localhost|local|localdomain|internal|intranet|private|corp|home|lan|home\.arpa|test|invalid|onion)$/u;

/** Networks of IPv4 that are not public: the first number, and the range of the second. */
const ownIpv4: readonly (readonly [number, number, number])[] = [
  [0, 0, 255],
  [10, 0, 255],
  [100, 64, 127],
  [127, 0, 255],
  [169, 254, 254],
  [172, 16, 31],
  [192, 168, 168],
  [198, 18, 19],
];

function isOwnIpv4(host: string): boolean {
  const [a = 0, b = 0] = host.split('.').map(Number);
  return a >= 224 || ownIpv4.some(([first, low, high]) => a === first && b >= low && b <= high);
}

/**
 * Whether `href` of a model's answer may be a link: http and https to a public host without a user name,
 * and mailto without a query (a query can write the whole mail). Everything else stays text. Pure.
 */
export function isLinkable(href: string): boolean {
  return /^(?:https?:\/\/|mailto:)/iu.test(href) && openableUrl(href) !== undefined;
}

/** A longer address could not be shown whole before it is opened. In UTF-16 code units. */
export const maxAddressLength = 2_048;

/**
 * The address a model's link may be opened at, or undefined when it stays text: http and https to
 * public hosts without credentials, and mail addresses without anything to fill in.
 */
export function openableUrl(href: string): URL | undefined {
  if (href.length > maxAddressLength || !URL.canParse(href)) return undefined;
  const url = new URL(href);
  if (url.href.length > maxAddressLength) return undefined;
  if (url.protocol === 'mailto:') return isPlainMail(url) ? url : undefined;
  const web = url.protocol === 'https:' || url.protocol === 'http:';
  if (!web || url.username !== '' || url.password !== '') return undefined;
  return isOwnNetwork(url.hostname) ? undefined : url;
}

/** A query could write the whole mail. */
function isPlainMail({ search, hash, pathname }: URL): boolean {
  return search === '' && hash === '' && pathname.includes('@');
}

/**
 * Whether `text` shows this address as words: not only as the target of a link or a definition, which a reader of
 * the answer does not see.
 */
export function showsAddress(text: string, address: string): boolean {
  if (address === '') return false;
  for (let at = text.indexOf(address); at >= 0; at = text.indexOf(address, at + address.length)) {
    const before = text.slice(Math.max(0, at - 20), at).trimEnd();
    const isTarget = /\](?:\(|:)\s{0,20}<?$/u.test(before);
    const after = text.charAt(at + address.length);
    if (!isTarget && (after === '' || !/[\w/?&=#%~-]/u.test(after))) return true;
  }
  return false;
}

/** Whether a displayed origin is this machine; an invalid address is not. */
export function isThisMachine(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { hostname } = new URL(origin);
  const host = hostname.replace(/\.$/u, '');
  if (host === 'localhost' || host === '[::1]' || host.endsWith('.localhost')) return true;
  // The URL parser has brought every way to write an IPv4 address into this one.
  return /^(?:\[::ffff:7f[\da-f]{2}:[\da-f]{1,4}\]|127(?:\.\d{1,3}){3})$/u.test(host);
}

/** Whether the network can read what is sent there: plain http to another machine. */
export function isUnencrypted(origin: string): boolean {
  return origin.startsWith('http://') && URL.canParse(origin) && !isThisMachine(origin);
}
