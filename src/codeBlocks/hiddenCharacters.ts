/**
 * Characters that show nothing, or change the order in which others are shown: all controls but tab
 * and line ends, all format characters, the line separators of Unicode, and letters without a look.
 */
const hidden =
  /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\u034F|\u115F|\u1160|\u17B4|\u17B5|\u3164|\uFFA0|[\u{E0100}-\u{E01EF}]/gu;

/** The joiners within one picture; there they hide nothing. */
const joinedPictures =
  /\p{Extended_Pictographic}\uFE0F?(?:\u200D\p{Extended_Pictographic}\uFE0F?)+/gu;

/** The hidden characters of `text`, each once, in the order in which they come. */
export function hiddenCharacters(text: string): readonly string[] {
  const plain = withLf(text).replace(joinedPictures, '');
  return [...new Set(plain.match(hidden) ?? [])];
}

/** `text` with each hidden character written out, as in `⟨U+202E⟩`. */
export function showHidden(text: string): string {
  return outsidePictures(text, (part) => part.replace(hidden, numberOf));
}

export function withoutHidden(text: string): string {
  return outsidePictures(text, (part) => part.replace(hidden, ''));
}

export function numberOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `⟨U+${code}⟩`;
}

function withLf(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

function outsidePictures(text: string, change: (part: string) => string): string {
  let at = 0;
  let result = '';
  const plain = withLf(text);
  for (const { 0: picture, index } of plain.matchAll(joinedPictures)) {
    result += change(plain.slice(at, index)) + picture;
    at = index + picture.length;
  }
  return result + change(plain.slice(at));
}
