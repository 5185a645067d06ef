const longest = 60;

/** A conversation's title: the first line of its first message, cut at a word. */
export function titleOf(firstMessage: string): string {
  const line = firstMessage.trim().split('\n', 1)[0]?.replace(/\s+/gu, ' ').trim() ?? '';
  if (line.length <= longest) return line;
  const cut = line.slice(0, longest);
  const word = cut.lastIndexOf(' ');
  return `${cut.slice(0, word > longest / 2 ? word : longest).trimEnd()}…`;
}
