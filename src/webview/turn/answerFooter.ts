import type { AssistantTurnView, BranchView } from '../../shared/protocol';
import type { Activity, Metrics } from '../../shared/turn';
import { createElement, createIconButton } from '../dom';
import { rate, seconds, wholeSeconds } from '../formatFigures';
import { texts } from '../texts/texts';
import type { TurnActions } from './turnElement';

/** The line below a finished answer: figures, which expand to a table, and buttons. */
export function createFooter(
  turn: AssistantTurnView,
  actions: TurnActions,
  startEdit: () => void,
): HTMLElement {
  const line = listFigures(turn.metrics ?? {});
  const table = createFiguresTable(turn);
  const summary = createElement(
    'button',
    {
      type: 'button',
      class: 'figures-toggle',
      'aria-expanded': 'false',
      title: texts.answer.figures,
      on: { click: () => toggleFigures(summary, table) },
    },
    // Of a narrow line, the last figures are left out whole.
    ...line.flatMap((figure, index) =>
      index === 0
        ? [createElement('span', {}, figure)]
        : [' ', createElement('span', {}, `· ${figure}`)],
    ),
  );
  const buttons = createElement(
    'div',
    { class: 'footer-actions' },
    ...createFooterButtons(turn, actions, startEdit),
  );
  const left = line.length === 0 ? createElement('span') : summary;
  return createElement(
    'footer',
    {},
    createElement('div', { class: 'footer-line' }, left, buttons),
    table,
  );
}

function createFooterButtons(
  turn: AssistantTurnView,
  actions: TurnActions,
  startEdit: () => void,
): (Node | undefined)[] {
  const { id: turnId, text, branch, notice } = turn;
  const { post, onCopy } = actions;
  const isOffered = notice?.buttons.some(({ action }) => action === 'retry') === true;
  const retry = createIconButton('refresh', texts.answer.retry, () =>
    post({ type: 'regenerate', turnId }),
  );
  const other = createIconButton('arrow-swap', texts.answer.askWithModel, () =>
    post({ type: 'askWithModel', turnId }),
  );
  const edit = createIconButton('edit', texts.answer.editSummary, startEdit);
  edit.classList.add('edit-summary');
  const again = isOffered ? [other] : [retry, other];
  return [
    text === '' ? undefined : createIconButton('copy', texts.answer.copy, () => onCopy(text)),
    createElement(
      'div',
      { class: 'again needs-idle' },
      ...(turn.isSummary && text !== '' ? [edit] : []),
      ...again,
    ),
    createBranchSwitch(branch, (step) => post({ type: 'selectBranch', turnId, step })),
  ];
}

function createFiguresTable(turn: AssistantTurnView): HTMLElement {
  const rows = getFigures(turn).map(([name, value]) =>
    createElement('div', {}, createElement('dt', {}, name), createElement('dd', {}, value)),
  );
  return createElement('dl', { class: 'figures', hidden: true }, ...rows);
}

function toggleFigures(button: HTMLElement, table: HTMLElement): void {
  table.hidden = !table.hidden;
  button.setAttribute('aria-expanded', String(!table.hidden));
  if (!table.hidden) table.scrollIntoView({ block: 'nearest' });
}

const figureTexts = texts.figures;

/** The known figures of an answer, the most important first. */
export function listFigures(metrics: Metrics): readonly string[] {
  const speed = rate(metrics.evalCount, metrics.evalDurationNs);
  const parts = [
    speed === undefined ? undefined : figureTexts.rate(speed),
    metrics.evalCount === undefined ? undefined : figureTexts.tokens(metrics.evalCount),
    metrics.firstTokenMs === undefined ? undefined : figureTexts.firstToken(metrics.firstTokenMs),
  ];
  return parts.filter((part) => part !== undefined);
}

/** All known figures, each with its name. */
export function getFigures({ model, metrics = {} }: AssistantTurnView): [string, string][] {
  const { promptEvalCount, evalCount, cachedTokens } = metrics;
  // A server that does not count what it had in the cache would seem to read thousands of tokens in no time.
  const readTokens = addIfKnown(
    promptEvalCount,
    cachedTokens === undefined ? undefined : -cachedTokens,
  );
  const rows: [string, string | undefined][] = [
    [figureTexts.rows.model, model],
    [figureTexts.rows.speed, formatSpeed(evalCount, metrics.evalDurationNs)],
    [figureTexts.rows.tokens, formatIfKnown(evalCount, figureTexts.tokens)],
    [figureTexts.rows.firstToken, formatIfKnown(metrics.firstTokenMs, seconds)],
    [figureTexts.rows.thought, formatIfKnown(metrics.thoughtMs, seconds)],
    [figureTexts.rows.load, formatIfKnown(metrics.loadDurationNs, formatNanoseconds)],
    [figureTexts.rows.prompt, formatIfKnown(promptEvalCount, figureTexts.tokens)],
    [figureTexts.rows.cached, formatIfKnown(cachedTokens, figureTexts.tokens)],
    [
      figureTexts.rows.fresh,
      formatIfKnown(cachedTokens === undefined ? undefined : readTokens, figureTexts.tokens),
    ],
    [figureTexts.rows.leftOut, formatIfKnown(metrics.tokensLeftOut, figureTexts.aboutTokens)],
    [figureTexts.rows.reading, formatIfKnown(metrics.promptEvalDurationNs, formatNanoseconds)],
    [figureTexts.rows.promptSpeed, formatSpeed(readTokens, metrics.promptEvalDurationNs)],
    [
      figureTexts.rows.context,
      formatIfKnown(addIfKnown(promptEvalCount, evalCount), figureTexts.tokens),
    ],
    [figureTexts.rows.total, formatIfKnown(metrics.totalDurationNs, formatNanoseconds)],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== undefined);
}

function formatSpeed(tokens?: number, durationNs?: number): string | undefined {
  return formatIfKnown(rate(tokens, durationNs), figureTexts.rate);
}

function formatNanoseconds(ns: number): string {
  return seconds(ns / 1e6);
}

function addIfKnown(a?: number, b?: number): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

function formatIfKnown<T>(value: T | undefined, format: (value: T) => string): string | undefined {
  return value === undefined ? undefined : format(value);
}

/** Switches between the versions of a turn: `‹ 2/3 ›`. Undefined if there is only one. */
export function createBranchSwitch(
  branch: BranchView | undefined,
  onStep: (step: 1 | -1) => void,
): HTMLElement | undefined {
  if (!branch) return undefined;
  const { index, count } = branch;
  const previous = createIconButton('chevron-left', texts.branch.previous, () => onStep(-1));
  const next = createIconButton('chevron-right', texts.branch.next, () => onStep(1));
  previous.disabled = index === 0;
  next.disabled = index === count - 1;
  const position = createElement('span', {}, texts.branch.position(index, count));
  return createElement('div', { class: 'branches needs-idle' }, previous, position, next);
}

const activityTexts = texts.activity;
/** A server that has begun to answer counts as stalled after this silence, in milliseconds. */
const stallThresholdMs = 15_000;
/** Shorter waits are shown without a number, in milliseconds. */
const minShownElapsedMs = 2000;

/**
 * What an answer is doing, in one line; undefined if the text itself shows it.
 * @param elapsedMs how long it has been in its state
 * @param hasBegun whether any text has arrived
 */
export function describeActivity(
  activity: Activity,
  elapsedMs: number,
  hasBegun: boolean,
): string | undefined {
  const elapsed = wholeSeconds(elapsedMs);
  switch (activity.state) {
    case 'connecting':
      return withElapsed(activityTexts.connecting, elapsed);
    case 'queued':
      return describeQueue(activity, elapsedMs);
    case 'loading':
      return describeLoading(activity, elapsed);
    case 'prompting': {
      const isLate = elapsedMs > (activity.readingLimitMs ?? Infinity);
      return withElapsed(isLate ? activityTexts.waiting : activityTexts.prompting, elapsed);
    }
    case 'stalled':
      return describeStall(activity, elapsed + (hasBegun ? stallThresholdMs : 0));
    case 'thinking':
    case 'answering':
      return activity.isRepeating === true ? activityTexts.repeating : undefined;
    default:
      return undefined;
  }
}

/** Progress of loading the model, from 0 to 1, estimated from its last load time; undefined if unknown. */
export function getLoadingProgress(activity: Activity, elapsedMs: number): number | undefined {
  const { state, lastLoadMs } = activity;
  if (state !== 'loading' || lastLoadMs === undefined || lastLoadMs <= 0) return undefined;
  return Math.min(elapsedMs / lastLoadMs, 1);
}

function withElapsed(what: string, elapsed: number): string {
  return elapsed < minShownElapsedMs ? what : activityTexts.elapsed(what, elapsed);
}

function describeQueue({ retryMs }: Activity, elapsedMs: number): string {
  return retryMs === undefined
    ? withElapsed(activityTexts.queued, wholeSeconds(elapsedMs))
    : activityTexts.busy(Math.max(0, Math.ceil((retryMs - elapsedMs) / 1000) * 1000));
}

function describeLoading({ sizeBytes, lastLoadMs }: Activity, elapsed: number): string {
  const what =
    sizeBytes === undefined ? activityTexts.loading : activityTexts.loadingSize(sizeBytes);
  const line = activityTexts.elapsed(what, elapsed);
  return lastLoadMs === undefined
    ? line
    : `${line}, ${activityTexts.lastTime(wholeSeconds(lastLoadMs))}`;
}

function describeStall({ probe }: Activity, silence: number): string {
  const line = activityTexts.stalled(silence);
  if (probe === 'alive') return `${line}; ${activityTexts.alive}`;
  if (probe === 'dead') return `${line}; ${activityTexts.dead}`;
  return line;
}
