/** The seed of everything random in these tests: a failure is the same failure every time. */
export const seed = 20_261_122;

/** `count` numbers from 0 to `below`, always the same for the same name. */
export function seededNumbers(name: string, count: number, below: number): number[] {
  let state = seed;
  for (const byte of Buffer.from(name)) state = Math.imul(state ^ byte, 0x01000193);
  return Array.from({ length: count }, () => {
    // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  });
}
