/** Some text of a file in a fence that nothing in it can close. */
export function fenced(text: string, language: string): string {
  const runs = text.match(/`{3,}/gu) ?? [];
  const fence = '`'.repeat(Math.max(3, ...runs.map(({ length }) => length + 1)));
  return `${fence}${language}\n${text}\n${fence}`;
}
