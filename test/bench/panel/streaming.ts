import type { PageHarness } from '../../support/page/pageHarness';
import { activity, assistant } from '../../support/page/states';

/** How often a piece comes, in milliseconds. */
const everyMs = 16;
let answers = 0;

export interface Streamed {
  /** Milliseconds of processor time that the page's thread took. */
  readonly busy: number;
  /** Milliseconds of processor time of its longest task. */
  readonly longest: number;
  /** Milliseconds that its longest task took by the clock, on a machine that may do other things too. */
  readonly longestByClock: number;
}

/** Streams `text` into the page as an answer, `perPost` characters at a time, and measures it. */
export async function streamInto(
  { page }: PageHarness,
  text: string,
  perPost: number,
): Promise<Streamed> {
  const turnId = `bench-${answers++}`;
  const browser = page.context().browser();
  if (!browser) throw new Error('The page is in no browser.');
  await browser.startTracing(page, { categories: ['toplevel'] });
  await page.evaluate(streamHere, {
    ...{ text, perPost, everyMs, turn: assistant(turnId, { activity: activity('answering') }) },
    end: activity('done'),
  });
  return tasksIn((await browser.stopTracing()).toString());
}

/** An event of Chromium's own trace; times are microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** By the clock, and of processor time. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

function tasksIn(trace: string): Streamed {
  const { traceEvents } = JSON.parse(trace) as { traceEvents: readonly TraceEvent[] };
  const thread = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const pages = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(thread),
  );
  const tasks = traceEvents.filter(
    (event) => event.name === 'ThreadControllerImpl::RunTask' && pages.has(thread(event)),
  );
  const cpu = tasks.map(({ tdur = 0 }) => tdur / 1000);
  return {
    busy: cpu.reduce((sum, each) => sum + each, 0),
    longest: Math.max(...cpu),
    longestByClock: Math.max(...tasks.map(({ dur = 0 }) => dur / 1000)),
  };
}

interface Task {
  readonly text: string;
  readonly perPost: number;
  readonly everyMs: number;
  readonly turn: ReturnType<typeof assistant>;
  readonly end: ReturnType<typeof activity>;
}

/** Runs in the page. */
async function streamHere({ text, perPost, everyMs, turn, end }: Task): Promise<void> {
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
}
