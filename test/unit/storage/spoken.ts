/** What turn `id` says when it has `length` characters: known to whoever checks it. */
export function spoken(id: string, length: number): string {
  return `${id} sagt „ähm“ \u{1F999} `.repeat(Math.ceil(length / 14)).slice(0, length);
}
