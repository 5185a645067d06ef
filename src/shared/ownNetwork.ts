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
  return !host.includes('.') || /\.(?:localhost|local|internal)$/u.test(host);
}

function isOwnIpv4(host: string): boolean {
  const [a = 0, b = 0] = host.split('.').map(Number);
  if (a === 172) return b >= 16 && b <= 31;
  if (a === 192) return b === 168;
  if (a === 169) return b === 254;
  if (a === 100) return b >= 64 && b <= 127;
  return a === 0 || a === 10 || a === 127 || a >= 224;
}
