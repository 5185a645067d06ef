/** Numbers in [0, 1) that a seed gives again (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** What turn `id` says when it has `length` characters: known to whoever checks it. */
export function spoken(id: string, length: number): string {
  return `${id} sagt „ähm“ \u{1F999} `.repeat(Math.ceil(length / 14)).slice(0, length);
}
