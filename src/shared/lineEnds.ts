/** `text` as CommonMark reads it: its line ends as LF, NUL as the replacement character. */
export function toLf(text: string): string {
  return text.replace(/\r\n?/gu, '\n').replaceAll('\0', '\uFFFD');
}
