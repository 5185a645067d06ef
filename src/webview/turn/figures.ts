import type { AssistantTurnView } from '../../shared/protocol';
import type { Metrics } from '../../shared/turn';
import { rate, seconds } from '../formatFigures';
import { texts } from '../texts/texts';

const words = texts.figures;

/** The figures of an answer in one line, as far as they are known. */
export function figuresLine(metrics: Metrics): string {
  const speed = rate(metrics.evalCount, metrics.evalDurationNs);
  const parts = [
    speed === undefined ? undefined : words.rate(speed),
    metrics.evalCount === undefined ? undefined : words.tokens(metrics.evalCount),
    metrics.firstTokenMs === undefined ? undefined : words.firstToken(metrics.firstTokenMs),
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** All figures, each with its name. */
export function figuresTable({ model, metrics = {} }: AssistantTurnView): [string, string][] {
  const { promptEvalCount, evalCount } = metrics;
  const rows: [string, string | undefined][] = [
    [words.rows.model, model],
    [words.rows.speed, perSecond(evalCount, metrics.evalDurationNs)],
    [words.rows.tokens, mapped(evalCount, words.tokens)],
    [words.rows.firstToken, mapped(metrics.firstTokenMs, seconds)],
    [words.rows.thought, mapped(metrics.thoughtMs, seconds)],
    [words.rows.load, mapped(metrics.loadDurationNs, nanoseconds)],
    [words.rows.prompt, mapped(promptEvalCount, words.tokens)],
    [words.rows.promptSpeed, perSecond(promptEvalCount, metrics.promptEvalDurationNs)],
    [words.rows.context, mapped(sum(promptEvalCount, evalCount), words.tokens)],
    [words.rows.total, mapped(metrics.totalDurationNs, nanoseconds)],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== undefined);
}

function perSecond(tokens?: number, durationNs?: number): string | undefined {
  return mapped(rate(tokens, durationNs), words.rate);
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
