/** Long texts of one atom, also behind another one, and of two by turns, with an end that matches nothing. */
function hostileTexts(atoms: readonly string[], length: number): readonly string[] {
  const repeated = (atom: string): string => atom.repeat(Math.ceil(length / atom.length));
  const firsts = atoms.slice(0, 4);
  return [
    ...atoms.map((atom) => `${repeated(atom)}\0`),
    ...firsts.flatMap((first) => atoms.map((atom) => `${first}${repeated(atom)}\0`)),
    ...firsts.flatMap((first) => atoms.map((atom) => `${repeated(first + atom)}\0`)),
  ];
}

/** Of {@link getSlowness}, in milliseconds, on the machine for which the limits were chosen. */
const usualSpeed = 25;

/** How many times slower this machine is now, with what else runs on it; 1 where it is faster. */
function getSlowness(): number {
  const text = 'a b '.repeat(100_000);
  const work = (): string =>
    text
      .split(' ')
      .map((word) => `${word}.`)
      .join('');
  return Math.max(1, spend(work, 0) / usualSpeed);
}

/** The processor time in milliseconds, the least of several tries where it is long. */
function spend(task: () => unknown, limit: number): number {
  let least = Infinity;
  for (let tries = 0; tries < 4 && least > limit; tries += 1) {
    const before = process.cpuUsage();
    task();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
}

/** Lengths in UTF-16 code units, and milliseconds: one that grows exponentially shows before it never ends. */
const steps = [
  [24, 10],
  [200, 30],
  [2_000, 50],
] as const;
/** Of so many of the texts that took longest before, longer ones are tried. */
const mostOfLong = 20;
const longLength = 10_000;
const mostOfLongest = 3;
const longestLength = 100_000;

/** The first text that takes too long, and the longest time of all. */
interface Slowest {
  readonly ms: number;
  readonly text?: string;
}

/** Tries 100,000 characters of these atoms, for which `limit` are the most milliseconds. */
export function findSlow(
  atoms: readonly string[],
  run: (text: string) => unknown,
  limit = 50,
): Slowest {
  let last: readonly number[] = [];
  for (const [length, most] of steps) {
    const found = findLongest(run, hostileTexts(atoms, length), most);
    if (found.text !== undefined) return found;
    last = found.times;
  }
  const slow = takeSlowest(last, mostOfLong);
  const long = findLongest(run, pick(hostileTexts(atoms, longLength), slow), limit);
  if (long.text !== undefined) return long;
  const slowest = takeSlowest(long.times, mostOfLongest).map((index) => slow[index] ?? 0);
  return findLongest(run, pick(hostileTexts(atoms, longestLength), slowest), limit);
}

/** The indexes of the longest times. */
function takeSlowest(times: readonly number[], count: number): readonly number[] {
  const indexes = [...times.keys()];
  return indexes.sort((one, other) => (times[other] ?? 0) - (times[one] ?? 0)).slice(0, count);
}

function pick(texts: readonly string[], indexes: readonly number[]): readonly string[] {
  return indexes.map((index) => texts[index] ?? '');
}

function findLongest(
  run: (text: string) => unknown,
  texts: readonly string[],
  limit: number,
): Slowest & { times: readonly number[] } {
  const times: number[] = [];
  for (const text of texts) {
    const ms = spend(() => run(text), limit);
    times.push(ms);
    if (ms > limit && ms > limit * getSlowness()) {
      const start = JSON.stringify(text.slice(0, 20));
      return { ms, times, text: `${ms} ms: ${text.length} of ${start}` };
    }
  }
  return { ms: Math.max(0, ...times), times };
}
