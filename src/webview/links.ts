/** Which addresses of a model's answer may become links, and how they are shown. Pure. */

/** Invisible or direction-changing characters that make one address look like another. */
const deceptive = /(?![\t\n])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** `text` with every invisible or direction-changing character written out, as in `⟨U+202E⟩`. */
export function visible(text: string): string {
  return text.replace(deceptive, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `⟨U+${code}⟩`;
  });
}

/**
 * Whether `href` may be a link: http and https to a public host without a user name, and mailto
 * without a query (a query can write the whole mail). Everything else stays text.
 */
export function isLinkable(href: string): boolean {
  if (!/^(?:https?:\/\/|mailto:)/iu.test(href) || !URL.canParse(href)) return false;
  const url = new URL(href);
  if (url.protocol === 'mailto:') return url.search === '' && url.pathname.includes('@');
  return url.username === '' && url.password === '' && !isLocalHost(url.hostname);
}

/** This computer and private networks: a link there could reach what only the reader can reach. */
function isLocalHost(hostname: string): boolean {
  const host = hostname.replace(/\.$/u, '');
  if (host.startsWith('[')) return isLocalIpv6(host.slice(1, -1));
  if (/^\d+\.\d+\.\d+\.\d+$/u.test(host)) return isLocalIpv4(host);
  return host === '' || !host.includes('.') || /\.(?:localhost|local|internal)$/u.test(host);
}

function isLocalIpv4(host: string): boolean {
  const [a = 0, b = 0] = host.split('.').map(Number);
  if (a === 172) return b >= 16 && b <= 31;
  if (a === 192) return b === 168;
  if (a === 169) return b === 254;
  if (a === 100) return b >= 64 && b <= 127;
  return a === 0 || a === 10 || a === 127 || a >= 224;
}

/** The URL parser has brought the address into its shortest form. */
function isLocalIpv6(host: string): boolean {
  return host === '::' || host === '::1' || /^(?:f[cdef]|::ffff:)/u.test(host);
}
