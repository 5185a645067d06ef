/** So much of a file tells whether it is text. */
const looked = 8_192;

/** The text of a file's bytes; `binary` when it is none, `unknown` when its encoding is not known. */
export type Decoded =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary' }
  | { readonly kind: 'unknown' };

/** By its byte order mark, else as UTF-8. Line breaks become `\n`. */
export function decodeText(bytes: Uint8Array): Decoded {
  const encoding = markedEncoding(bytes);
  if (encoding === undefined && bytes.subarray(0, looked).includes(0)) return { kind: 'binary' };
  try {
    const text = new TextDecoder(encoding ?? 'utf-8', { fatal: true }).decode(bytes);
    return { kind: 'text', text: withPlainBreaks(text) };
  } catch {
    return { kind: 'unknown' };
  }
}

export function withPlainBreaks(text: string): string {
  return text.replace(/\r\n?/gu, '\n');
}

function markedEncoding([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return undefined;
}
