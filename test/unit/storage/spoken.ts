/** The text of turn `id` with `length` characters, which a test can compute. */
export function spoken(id: string, length: number): string {
  return `${id} sagt „ähm“ \u{1F999} `.repeat(Math.ceil(length / 14)).slice(0, length);
}
