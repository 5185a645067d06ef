import { Console } from 'node:console';

/** One measurement: numbers by name. */
export type Sample = Readonly<Record<string, number>>;

/** A line of the table: a number, and what it is compared with in the same sample. */
export interface BenchRow {
  readonly what: string;
  /** The name of the number in the sample. */
  readonly value: string;
  readonly unit: string;
  /** The name of the reference in the sample; without one, the number is only reported. */
  readonly reference?: string;
  /** The ratio of value and reference must not exceed this. */
  readonly most?: number;
}

/** What is measured together, so that every ratio compares numbers of the same moments. */
export interface BenchGroup {
  readonly name: string;
  readonly rows: readonly BenchRow[];
  /** Takes one sample. */
  readonly measure: () => Promise<Sample>;
  /** How many samples make a run; default: 5. */
  readonly samples?: number;
}

/** What a module `*.bench.ts` exports as `bench`. */
export interface Bench {
  readonly groups: readonly BenchGroup[];
  /** Called once, before the first sample; what it returns is called after the last. */
  readonly start?: () => Promise<() => void | Promise<void>>;
}

export interface RowResult extends BenchRow {
  /** Medians of the last run. */
  readonly measured: number;
  readonly referenceMeasured: number;
  /** The ratio of each run; NaN where there is no reference. */
  readonly ratios: readonly number[];
  readonly failed: boolean;
}

export interface GroupResult {
  readonly name: string;
  readonly rows: readonly RowResult[];
}

/** A smoke run only proves that a bench runs: the smallest sizes, one sample, no ratio judged. */
const isSmoke = process.env['CRIA_BENCH_SMOKE'] === '1';

/** A size of a bench, and what it is in a smoke run. */
export function sized(usual: number, smoke: number): number {
  return isSmoke ? smoke : usual;
}

const MOST_RUNS = 3;

/**
 * Measures a group. A run is the median of its samples. When a ratio breaks its goal, the group is measured
 * again; a row fails when its goal is broken in two of three runs.
 */
export async function runGroup(group: BenchGroup): Promise<GroupResult> {
  const runs: (readonly Sample[])[] = [];
  do runs.push(await takeSamples(group));
  while (
    !isSmoke &&
    runs.length < MOST_RUNS &&
    group.rows.some((row) => brokenRuns(row, runs) === 1)
  );
  const rows = group.rows.map((row) => ({
    ...row,
    measured: median(runs.at(-1), (sample) => read(sample, row.value)),
    referenceMeasured: median(runs.at(-1), (sample) => read(sample, row.reference)),
    ratios: runs.map((run) => ratioIn(row, run)),
    failed: !isSmoke && brokenRuns(row, runs) >= 2,
  }));
  const empty = rows.find(({ measured }) => Number.isNaN(measured));
  if (empty) throw new Error(`${group.name}: nothing was measured for "${empty.what}".`);
  return { name: group.name, rows };
}

async function takeSamples({ measure, samples = 5 }: BenchGroup): Promise<Sample[]> {
  const taken: Sample[] = [];
  while (taken.length < (isSmoke ? 1 : samples)) taken.push(await measure());
  return taken;
}

function read(sample: Sample, name = ''): number {
  return sample[name] ?? Number.NaN;
}

function median(run: readonly Sample[] = [], value: (sample: Sample) => number): number {
  const sorted = run.map(value).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function ratioIn({ value, reference }: BenchRow, run: readonly Sample[]): number {
  return median(run, (sample) => read(sample, value) / read(sample, reference));
}

/** A ratio that cannot be computed breaks its goal. */
function brokenRuns(row: BenchRow, runs: readonly (readonly Sample[])[]): number {
  const { most } = row;
  return most === undefined ? 0 : runs.filter((run) => !(ratioIn(row, run) <= most)).length;
}

/** Prints the results as a table. */
export function printBench({ name, rows }: GroupResult): void {
  process.stdout.write(`\n${name}\n`);
  new Console(process.stdout).table(Object.fromEntries(rows.map((row) => [row.what, cells(row)])));
}

function cells(row: RowResult): Readonly<Record<string, string>> {
  const { unit, reference, most, ratios, failed } = row;
  const runs = ratios.map((ratio) => (ratio < 0.1 ? ratio.toPrecision(2) : ratio.toFixed(2)));
  return {
    measured: `${short(row.measured)} ${unit}`,
    reference: reference === undefined ? '' : `${short(row.referenceMeasured)} ${unit}`,
    ratio: reference === undefined ? '' : runs.join(', '),
    goal: most === undefined ? '' : `≤ ${most}`,
    result: most === undefined || isSmoke ? '' : failed ? 'FAILED' : 'ok',
  };
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
