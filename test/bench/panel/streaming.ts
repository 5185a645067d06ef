import type { PageHarness } from '../../support/page/pageHarness';
import { activity, assistant } from '../../support/page/states';

/** How often a piece comes, in milliseconds. */
const everyMs = 16;
let answers = 0;

export interface Streamed {
  /** Milliseconds that the page's thread was busy. */
  readonly busy: number;
  /** Milliseconds of the longest task over 50 ms; 0 if there was none. */
  readonly longest: number;
}

/** Streams `text` into the page as an answer, `perPost` characters at a time, and measures it. */
export async function streamInto(
  { page }: PageHarness,
  text: string,
  perPost: number,
): Promise<Streamed> {
  const turnId = `bench-${answers++}`;
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const busy = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
  };
  const before = await busy();
  const longest = await page.evaluate(streamHere, {
    ...{ text, perPost, everyMs, turn: assistant(turnId, { activity: activity('answering') }) },
    end: activity('done'),
  });
  const after = await busy();
  await session.detach();
  return { busy: after - before, longest };
}

interface Task {
  readonly text: string;
  readonly perPost: number;
  readonly everyMs: number;
  readonly turn: ReturnType<typeof assistant>;
  readonly end: ReturnType<typeof activity>;
}

/** Runs in the page. */
async function streamHere({ text, perPost, everyMs, turn, end }: Task): Promise<number> {
  const tasks: number[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  });
  observer.observe({ type: 'longtask' });
  window.postMessage({ type: 'turnStarted', turn });
  const turnId = turn.id;
  for (let at = 0; at < text.length; at += perPost) {
    const piece = text.slice(at, at + perPost);
    window.postMessage({ type: 'delta', turnId, channel: 'answer', at, text: piece });
    await new Promise((done) => setTimeout(done, everyMs));
  }
  const lengths = { answer: text.length, thinking: 0 };
  window.postMessage({ type: 'turnEnded', turnId, activity: end, lengths, metrics: {} });
  await new Promise((done) => setTimeout(done, everyMs));
  const harness = window.criaHarness;
  do await new Promise((done) => harness.nextFrame(done));
  while (harness.pendingFrames > 0);
  await new Promise((done) => setTimeout(done, 100));
  observer.disconnect();
  return Math.max(0, ...tasks);
}
