/** Whether an address, as it may be shown, is this machine's own. */
export function isThisMachine(origin: string): boolean {
  const { hostname } = new URL(origin);
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}

/** Whether what is said there can be read on its way: plain http to another machine. */
export function isUnencrypted(origin: string): boolean {
  return origin.startsWith('http://') && !isThisMachine(origin);
}
