/**
 * The one rule for characters that show nothing or change how others are shown. The editor, the terminal,
 * names, labels, titles, and notifications all use it.
 */

/** Scripts in which a joiner between two letters changes how they are written. */
const joining = String.raw`[\p{scx=Arab}\p{scx=Syrc}\p{scx=Nkoo}\p{scx=Mong}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}\p{scx=Mymr}\p{scx=Khmr}]`;
const emoji = String.raw`\p{Extended_Pictographic}(?:[\uFE0E\uFE0F]|\p{Emoji_Modifier})?`;

/** Characters that are hidden elsewhere, where emoji and scripts need them: one each, in its place. */
const needed = [
  // Keycaps, and the flags of England, Scotland, and Wales, the only ones that Unicode recommends.
  String.raw`[#*0-9]\uFE0F\u20E3`,
  String.raw`\u{1F3F4}\u{E0067}\u{E0062}(?:\u{E0065}\u{E006E}\u{E0067}|\u{E0073}\u{E0063}\u{E0074}|\u{E0077}\u{E006C}\u{E0073})\u{E007F}`,
  String.raw`${emoji}(?:\u200D${emoji})*`,
  String.raw`(?<=${joining})[\u200C\u200D](?=${joining})`,
  String.raw`(?<=[\u1820-\u18AA])[\u180B-\u180D\u180F]`,
].join('|');

/**
 * Controls other than tab and line feed, format characters, unassigned and private characters, lone surrogates,
 * line separators, everything that Unicode lets a font ignore, and three more characters without a shape.
 */
const hidden = String.raw`(?:(?![\t\n])[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800]|\u{1D159}|\u{16FE4})`;

/** Blanks that look like a space to a reader, but not to a compiler or a shell. */
const blank = String.raw`(?! )\p{Zs}`;

/** U+3000 is the ordinary space of texts in Chinese and Japanese. */
const cjk = String.raw`[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\uFF00-\uFF60]`;
const neededBlank = String.raw`(?<=${cjk})\u3000|\u3000(?=${cjk})`;

// The only group is what is needed; it has no name, as that takes most of the time.
const inText = new RegExp(`(${needed})|${hidden}`, 'gu');
const inCode = new RegExp(`(${needed}|${neededBlank})|${hidden}|${blank}`, 'gu');

/** The hidden characters and odd blanks of code, each once, in the order in which they occur. */
export function findHidden(code: string): readonly string[] {
  const found = new Set<string>();
  replaceMatches(toLineFeeds(code), inCode, (character) => {
    found.add(character);
    return character;
  });
  return [...found];
}

/** Code with each hidden character and odd blank written out, as in `⟨U+202E⟩`. */
export function showHidden(code: string): string {
  return replaceMatches(toLineFeeds(code), inCode, formatCodePoint);
}

/** Code without hidden characters, and with ordinary spaces for odd blanks. */
export function removeHidden(code: string): string {
  return replaceMatches(toLineFeeds(code), inCode, (character) =>
    /^\p{Zs}$/u.test(character) ? ' ' : '',
  );
}

/** Text in any language as it is, with each hidden character written out, as in `⟨U+202E⟩`. */
export function escapeHidden(text: string): string {
  return replaceMatches(text, inText, formatCodePoint);
}

/** By character: a hostile text is made of many. */
const formatted = new Map<string, string>();
const maxFormatted = 1_000;

/** As in `⟨U+202E⟩`. */
export function formatCodePoint(character: string): string {
  const known = formatted.get(character);
  if (known !== undefined) return known;
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  if (formatted.size >= maxFormatted) formatted.clear();
  formatted.set(character, `⟨U+${code}⟩`);
  return `⟨U+${code}⟩`;
}

/** The most of an untrusted text that a label shows, in UTF-16 code units. */
const maxLabelLength = 200;

/**
 * An untrusted text (a name, a title, a server's words) as a label, tooltip, title, or sentence in a notification
 * can show it: one line of limited length, with hidden characters written out, and without the form that VS Code
 * turns into a link.
 */
export function asLabel(text: string, maxLength = maxLabelLength): string {
  const line = escapeHidden(text.slice(0, 2 * maxLength).replaceAll(/\s+/gu, ' '))
    .trim()
    .replaceAll('](', '] (');
  const isCut = line.length > maxLength || text.length > 2 * maxLength;
  return isCut ? `${takeStart(line, maxLength)}…` : line;
}

/** The same where VS Code also draws `$(name)` as an icon: rows of lists, and the status bar. */
export function asIconLabel(text: string, maxLength = maxLabelLength): string {
  return asLabel(text, maxLength).replaceAll('$(', String.raw`\$(`);
}

const rightToLeft = /[\p{sc=Hebr}\p{sc=Arab}\p{sc=Syrc}\p{sc=Thaa}\p{sc=Nkoo}]/u;

/**
 * A label in the direction of its text where VS Code writes from left to right: in rows of lists, the text of
 * other scripts is set apart by characters that show nothing.
 */
export function isolateDirection(label: string): string {
  return rightToLeft.test(label) ? `\u2068${label}\u2069` : label;
}

/** At most `length` code units, without half of a surrogate pair at the end. */
export function takeStart(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

function toLineFeeds(code: string): string {
  return code.replaceAll('\r\n', '\n');
}

/** Most texts, and nearly all lines of code. */
const plainAscii = /^[\t\n -~]*$/u;

function replaceMatches(text: string, pattern: RegExp, change: (found: string) => string): string {
  if (plainAscii.test(text)) return text;
  let result = '';
  let copied = 0;
  for (const { 0: found, 1: kept, index } of text.matchAll(pattern)) {
    if (kept !== undefined) continue;
    result += text.slice(copied, index) + change(found);
    copied = index + found.length;
  }
  return result + text.slice(copied);
}
