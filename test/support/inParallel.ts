/** Runs all jobs, `width` at a time, each begun in its order; rejects as soon as one rejects. */
export async function inParallel(
  width: number,
  jobs: readonly (() => Promise<void>)[],
): Promise<void> {
  const waiting = [...jobs];
  const work = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await job();
  };
  await Promise.all(Array.from({ length: width }, work));
}
