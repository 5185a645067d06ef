import samples from './markdownSamples.json';

/** GitHub's additions, and what models write. */
export const extendedSamples: readonly string[] = samples.extended;

/** What models write besides CommonMark, in several languages. */
export const dialectSamples: readonly string[] = [
  ...samples.dialect,
  // More rows than are laid out together.
  `| a | b |\n|---|---|\n${'| 1 | `x` |\n'.repeat(70)}\nafter`,
  `| a | b |\n|---|---|\n${'| 1 | 2 |\n'.repeat(32)}# after`,
];

/** `count` texts of random lines, the same for the same `random`. */
export function lineFuzz(random: () => number, count: number): string[] {
  return Array.from({ length: count }, () =>
    randomText(random, [...samples.dialectLines, ...samples.lines], 2, 12),
  );
}

/** Like `lineFuzz`, but each text has only a few different lines: long lists, quotes and tables. */
export function containerFuzz(random: () => number, count: number): string[] {
  return Array.from({ length: count }, () => {
    const few = randomText(
      random,
      [...samples.dialectLines, ...samples.containerLines],
      2,
      6,
    ).split('\n');
    return randomText(random, few, 3, 14);
  });
}

function randomText(
  random: () => number,
  from: readonly string[],
  least: number,
  more: number,
): string {
  const pick = (): string => from[Math.floor(random() * from.length)] ?? '';
  const length = least + Math.floor(random() * more);
  const end = random() < 0.5 ? '\n' : '';
  return Array.from({ length }, pick).join('\n') + end;
}
