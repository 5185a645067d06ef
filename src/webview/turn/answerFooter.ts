import type { AssistantTurnView, BranchView } from '../../shared/protocol';
import type { Activity, Metrics } from '../../shared/turn';
import { h, iconButton } from '../dom';
import { rate, seconds, wholeSeconds } from '../formatFigures';
import { texts } from '../texts/texts';
import type { TurnActions } from './turnElement';

/** The line under a finished answer: its figures, which open, and what can be done with it. */
export function footer(turn: AssistantTurnView, actions: TurnActions): HTMLElement {
  const line = figuresLine(turn.metrics ?? {});
  const table = figures(turn);
  const summary = h(
    'button',
    {
      ...{ type: 'button', class: 'figures-toggle', 'aria-expanded': 'false' },
      ...{ title: texts.answer.figures, on: { click: () => toggle(summary, table) } },
    },
    line,
  );
  const buttons = h('div', { class: 'footer-actions' }, ...footerButtons(turn, actions));
  const left = line === '' ? h('span') : summary;
  return h('footer', {}, h('div', { class: 'footer-line' }, left, buttons), table);
}

function footerButtons(turn: AssistantTurnView, actions: TurnActions): (Node | undefined)[] {
  const { id: turnId, text, branch, notice } = turn;
  const { onRequest, onCopy } = actions;
  const isOffered = notice?.buttons.some(({ action }) => action === 'retry') === true;
  const retry = iconButton('refresh', texts.answer.retry, () =>
    onRequest({ type: 'regenerate', turnId }),
  );
  const other = iconButton('arrow-swap', texts.answer.askWithModel, () =>
    onRequest({ type: 'askWithModel', turnId }),
  );
  return [
    text === '' ? undefined : iconButton('copy', texts.answer.copy, () => onCopy(text)),
    h('div', { class: 'again needs-idle' }, ...(isOffered ? [other] : [retry, other])),
    branchSwitch(branch, (step) => onRequest({ type: 'selectBranch', turnId, step })),
  ];
}

function figures(turn: AssistantTurnView): HTMLElement {
  const rows = figuresTable(turn).map(([name, value]) =>
    h('div', {}, h('dt', {}, name), h('dd', {}, value)),
  );
  return h('dl', { class: 'figures', hidden: true }, ...rows);
}

function toggle(button: HTMLElement, table: HTMLElement): void {
  table.hidden = !table.hidden;
  button.setAttribute('aria-expanded', String(!table.hidden));
  if (!table.hidden) table.scrollIntoView({ block: 'nearest' });
}

const figureTexts = texts.figures;

/** The figures of an answer in one line, as far as they are known. */
export function figuresLine(metrics: Metrics): string {
  const speed = rate(metrics.evalCount, metrics.evalDurationNs);
  const parts = [
    speed === undefined ? undefined : figureTexts.rate(speed),
    metrics.evalCount === undefined ? undefined : figureTexts.tokens(metrics.evalCount),
    metrics.firstTokenMs === undefined ? undefined : figureTexts.firstToken(metrics.firstTokenMs),
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** All figures, each with its name. */
export function figuresTable({ model, metrics = {} }: AssistantTurnView): [string, string][] {
  const { promptEvalCount, evalCount } = metrics;
  const rows: [string, string | undefined][] = [
    [figureTexts.rows.model, model],
    [figureTexts.rows.speed, perSecond(evalCount, metrics.evalDurationNs)],
    [figureTexts.rows.tokens, mapped(evalCount, figureTexts.tokens)],
    [figureTexts.rows.firstToken, mapped(metrics.firstTokenMs, seconds)],
    [figureTexts.rows.thought, mapped(metrics.thoughtMs, seconds)],
    [figureTexts.rows.load, mapped(metrics.loadDurationNs, nanoseconds)],
    [figureTexts.rows.prompt, mapped(promptEvalCount, figureTexts.tokens)],
    [figureTexts.rows.promptSpeed, perSecond(promptEvalCount, metrics.promptEvalDurationNs)],
    [figureTexts.rows.context, mapped(sum(promptEvalCount, evalCount), figureTexts.tokens)],
    [figureTexts.rows.total, mapped(metrics.totalDurationNs, nanoseconds)],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== undefined);
}

function perSecond(tokens?: number, durationNs?: number): string | undefined {
  return mapped(rate(tokens, durationNs), figureTexts.rate);
}

function nanoseconds(ns: number): string {
  return seconds(ns / 1e6);
}

function sum(a?: number, b?: number): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

function mapped<T>(value: T | undefined, format: (value: T) => string): string | undefined {
  return value === undefined ? undefined : format(value);
}

/** Steps between the versions of a turn, where there are several: `‹ 2/3 ›`. */
export function branchSwitch(
  branch: BranchView | undefined,
  onStep: (step: 1 | -1) => void,
): HTMLElement | undefined {
  if (!branch) return undefined;
  const { index, count } = branch;
  const previous = iconButton('chevron-left', texts.branch.previous, () => onStep(-1));
  const next = iconButton('chevron-right', texts.branch.next, () => onStep(1));
  previous.disabled = index === 0;
  next.disabled = index === count - 1;
  const position = h('span', {}, texts.branch.position(index, count));
  return h('div', { class: 'branches needs-idle' }, previous, position, next);
}

const activityTexts = texts.activity;
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
      return counted(activityTexts.connecting, elapsed);
    case 'queued':
      return counted(activityTexts.queued, elapsed);
    case 'loading':
      return loadingText(activity, elapsed);
    case 'prompting':
      return counted(activityTexts.prompting, elapsed);
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
  return elapsed < worthCounting ? what : activityTexts.elapsed(what, elapsed);
}

function loadingText({ sizeBytes, lastLoadMs }: Activity, elapsed: number): string {
  const what =
    sizeBytes === undefined ? activityTexts.loading : activityTexts.loadingSize(sizeBytes);
  const line = activityTexts.elapsed(what, elapsed);
  return lastLoadMs === undefined
    ? line
    : `${line}, ${activityTexts.lastTime(wholeSeconds(lastLoadMs))}`;
}

function stalledText({ probe }: Activity, silence: number): string {
  const line = activityTexts.stalled(silence);
  if (probe === 'alive') return `${line}; ${activityTexts.alive}`;
  if (probe === 'dead') return `${line}; ${activityTexts.dead}`;
  return line;
}
