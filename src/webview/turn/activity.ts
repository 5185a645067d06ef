import type { Activity } from '../../shared/protocol';
import { wholeSeconds } from '../formatFigures';
import { texts } from '../texts/texts';

const words = texts.activity;
/** How long nothing has come when a server that had begun to answer counts as stalled. */
const silenceBeforeStall = 15_000;
/** A wait shorter than this needs no number, in milliseconds. */
const worthCounting = 2000;

/**
 * What an answer is doing, as one line, or nothing where the text itself shows it.
 * @param elapsedMs how long it has been in its state
 * @param hasBegun whether any text has come
 */
export function activityText(
  activity: Activity,
  elapsedMs: number,
  hasBegun: boolean,
): string | undefined {
  const elapsed = wholeSeconds(elapsedMs);
  switch (activity.state) {
    case 'connecting':
      return counted(words.connecting, elapsed);
    case 'queued':
      return counted(words.queued, elapsed);
    case 'loading':
      return loadingText(activity, elapsed);
    case 'prompting':
      return counted(words.prompting, elapsed);
    case 'stalled':
      return stalledText(activity, elapsed + (hasBegun ? silenceBeforeStall : 0));
    default:
      return undefined;
  }
}

/** How far loading is, from 0 to 1, judged by the last time; nothing where that is not known. */
export function loadingProgress(activity: Activity, elapsedMs: number): number | undefined {
  const { state, lastLoadMs } = activity;
  if (state !== 'loading' || lastLoadMs === undefined || lastLoadMs <= 0) return undefined;
  return Math.min(elapsedMs / lastLoadMs, 1);
}

function counted(what: string, elapsed: number): string {
  return elapsed < worthCounting ? what : words.elapsed(what, elapsed);
}

function loadingText({ sizeBytes, lastLoadMs }: Activity, elapsed: number): string {
  const what = sizeBytes === undefined ? words.loading : words.loadingSize(sizeBytes);
  const line = words.elapsed(what, elapsed);
  return lastLoadMs === undefined ? line : `${line}, ${words.lastTime(wholeSeconds(lastLoadMs))}`;
}

function stalledText({ probe }: Activity, silence: number): string {
  const line = words.stalled(silence);
  if (probe === 'alive') return `${line}; ${words.alive}`;
  if (probe === 'dead') return `${line}; ${words.dead}`;
  return line;
}
