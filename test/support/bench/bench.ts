/** One measurement: numbers by name. */
export type Sample = Readonly<Record<string, number>>;

/** A line of the table: a number, and what it is held against in the same sample. */
export interface BenchRow {
  readonly what: string;
  /** The name of the number in the sample. */
  readonly value: string;
  readonly unit: string;
  /** The name of the reference in the sample; absent: the value is reported and held against nothing. */
  readonly reference?: string;
  /** The ratio of value and reference must not be more. */
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
  /** Called once, before the first sample; what it gives back is called after the last. */
  readonly start?: () => Promise<() => void | Promise<void>>;
}

export interface RowResult extends BenchRow {
  /** Medians of the last run. */
  readonly measured: number;
  readonly referenceMeasured?: number;
  readonly ratio?: number;
  /** One ratio for each run that was made. */
  readonly ratios: readonly number[];
  readonly failed: boolean;
}

export interface GroupResult {
  readonly name: string;
  readonly rows: readonly RowResult[];
}

const samplesPerRun = 5;
const mostRuns = 3;

/**
 * Measures a group. A run is the median of its samples; when a ratio breaks its goal, the group is measured
 * again, and a row has failed when its goal was broken in two of three runs.
 */
export async function runGroup(group: BenchGroup): Promise<GroupResult> {
  const runs: RunRow[][] = [];
  do runs.push(await measureRun(group));
  while (runs.length < mostRuns && group.rows.some((row, index) => isUndecided(row, index, runs)));
  const rows = group.rows.map((row, index) => resultOf(row, index, runs));
  return { name: group.name, rows };
}

interface RunRow {
  readonly measured: number;
  readonly referenceMeasured: number | undefined;
  readonly ratio: number | undefined;
}

async function measureRun(group: BenchGroup): Promise<RunRow[]> {
  const samples: Sample[] = [];
  const wanted = group.samples ?? samplesPerRun;
  while (samples.length < wanted) samples.push(await group.measure());
  return group.rows.map(({ value, reference }) => {
    const ratio = (sample: Sample) => numberIn(sample, value) / numberIn(sample, reference ?? '');
    return {
      measured: median(samples.map((sample) => numberIn(sample, value))),
      referenceMeasured:
        reference === undefined
          ? undefined
          : median(samples.map((sample) => numberIn(sample, reference))),
      ratio: reference === undefined ? undefined : median(samples.map(ratio)),
    };
  });
}

function numberIn(sample: Sample, name: string): number {
  return sample[name] ?? Number.NaN;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** A ratio that cannot be computed has broken its goal. */
function breaks({ most }: BenchRow, run: RunRow | undefined): boolean {
  return most !== undefined && !((run?.ratio ?? Number.NaN) <= most);
}

function brokenRuns(row: BenchRow, index: number, runs: readonly RunRow[][]): number {
  return runs.filter((run) => breaks(row, run[index])).length;
}

/** Broken once in one or two runs: the next run decides. */
function isUndecided(row: BenchRow, index: number, runs: readonly RunRow[][]): boolean {
  return brokenRuns(row, index, runs) === 1;
}

function resultOf(row: BenchRow, index: number, runs: readonly RunRow[][]): RowResult {
  const last = runs.at(-1)?.[index];
  const ratios = runs.map((run) => run[index]?.ratio).filter((ratio) => ratio !== undefined);
  return {
    ...row,
    measured: last?.measured ?? Number.NaN,
    ...(last?.referenceMeasured === undefined ? {} : { referenceMeasured: last.referenceMeasured }),
    ...(last?.ratio === undefined ? {} : { ratio: last.ratio }),
    ratios,
    failed: brokenRuns(row, index, runs) >= 2,
  };
}
