/** `text` with every line end (CRLF, CR) as LF. */
export function toLf(text: string): string {
  return text.replace(/\r\n?/gu, '\n');
}

/** `text` as CommonMark reads it: line ends as LF, NUL as the replacement character. */
export function toCommonMark(text: string): string {
  return toLf(text).replaceAll('\0', '\uFFFD');
}

/** `text` as a pattern that matches exactly it. */
export function escapeRegExp(text: string): string {
  return text.replace(/[$()*+./?[\\\]^{|}]/gu, '\\$&');
}

/** Invisible or direction-changing characters that make one text look like another. */
const deceptive = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Those that turn the direction of what follows, or steer a terminal. No language is written with them. */
const steering = /(?![\t\n])[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** `text` with every invisible or direction-changing character written out, as in `⟨U+202E⟩`. */
export function escapeInvisible(text: string): string {
  return text.replace(deceptive, formatCodePoint);
}

/** Words of any language as they are, but what turns their direction written out. */
export function escapeBidi(text: string): string {
  return text.replace(steering, formatCodePoint);
}

/** As in `⟨U+202E⟩`. */
export function formatCodePoint(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `⟨U+${code}⟩`;
}

/**
 * Matches `words` against `form`, such as `A line of {0} bytes`. Returns the parts in their order, or
 * undefined if it does not match.
 */
export function matchTemplate(form: string, words: string): readonly string[] | undefined {
  const pattern = escapeRegExp(form).replaceAll(/\\\{\d\\\}/gu, '(.*)');
  return new RegExp(`^${pattern}$`, 'su').exec(words)?.slice(1);
}

/**
 * A sentence as a notification may show it. VS Code makes a link of `[words](address)` there, also of a
 * command, which a click would run; and names of models, files and conversations, and server messages,
 * are untrusted.
 */
export function escapeNotificationLinks(sentence: string): string {
  return escapeBidi(sentence).replaceAll('](', '] (');
}
