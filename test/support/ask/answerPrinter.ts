import type { ChatEvent, StreamEnd } from '../../../src/ollama/streamEvents';
import type { Metrics } from '../../../src/shared/turn';

export interface PrinterOptions {
  /** Takes the answer. */
  readonly out: (text: string) => void;
  /** Takes everything about the answer. */
  readonly note: (text: string) => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Prints a stream as it comes and gives its end. */
export async function printAnswer(
  stream: AsyncIterable<ChatEvent>,
  { out, note, now }: PrinterOptions,
): Promise<StreamEnd> {
  const startMs = now();
  let firstMs: number | undefined;
  let isThinking = false;
  for await (const event of stream) {
    if (event.type === 'delta') {
      firstMs ??= now() - startMs;
      if (event.thinking !== '') note(event.thinking);
      if (event.content !== '' && isThinking) note('\n\n');
      isThinking = event.thinking !== '' && event.content === '';
      out(event.content);
    } else if (event.type === 'end') {
      out('\n');
      if (event.end.kind === 'done') note(timings(event.end.metrics, firstMs, event.end.reason));
      return event.end;
    } else note(`[${happening(event)}]\n`);
  }
  throw new Error('The stream had no end.');
}

function happening(event: Exclude<ChatEvent, { type: 'delta' | 'end' }>): string {
  if (event.type === 'downgraded') return `the model cannot do ${event.field}: asking without`;
  if (event.type === 'retry') return `${event.reason}: asking again in ${event.waitMs} ms`;
  if (event.phase !== 'stalled') return event.phase;
  const seconds = Math.round((event.silentMs ?? 0) / 1000);
  return `stalled for ${seconds} s, the server is ${event.probe ?? 'unknown'}`;
}

function timings(metrics: Metrics, firstMs: number | undefined, reason: string): string {
  const seconds = (ns: number | undefined) => (ns === undefined ? undefined : ns / 1e9);
  const load = seconds(metrics.loadDurationNs);
  const total = seconds(metrics.totalDurationNs);
  const parts = [
    firstMs === undefined ? undefined : `first token ${(firstMs / 1000).toFixed(2)} s`,
    load === undefined ? undefined : `load ${load.toFixed(2)} s`,
    rate('prompt', metrics.promptEvalCount, seconds(metrics.promptEvalDurationNs)),
    rate('answer', metrics.evalCount, seconds(metrics.evalDurationNs)),
    total === undefined ? undefined : `total ${total.toFixed(2)} s`,
    reason === 'stop' ? undefined : `ended by ${reason}`,
  ];
  return `[${parts.filter((part) => part !== undefined).join(' · ')}]\n`;
}

function rate(
  name: string,
  tokens: number | undefined,
  seconds: number | undefined,
): string | undefined {
  if (tokens === undefined) return undefined;
  const speed =
    seconds === undefined || seconds === 0 ? '' : `, ${(tokens / seconds).toFixed(1)}/s`;
  return `${name} ${tokens} tokens${speed}`;
}
