const longest = 60;

/** Characters that a list would obey instead of showing: controls, and those that turn directions. */
const unseen = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A conversation's title: the first line of its first message, cut at a word. */
export function titleOf(firstMessage: string): string {
  const first = firstMessage.trim().split('\n', 1)[0] ?? '';
  const line = first.replace(/\s+/gu, ' ').replace(unseen, '').trim();
  if (line.length <= longest) return line;
  const cut = line.slice(0, longest);
  const word = cut.lastIndexOf(' ');
  return `${cut.slice(0, word > longest / 2 ? word : longest).trimEnd()}…`;
}
