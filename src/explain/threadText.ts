import type { ExplainTurn } from '../conversation/explanation';

/** An explanation with its questions, as Markdown; the questions are quoted. */
export function threadText(turns: readonly ExplainTurn[]): string {
  return turns
    .flatMap(({ question, answer }) => [
      ...(question === undefined ? [] : [question.replaceAll(/^/gmu, '> ')]),
      ...(answer === '' ? [] : [answer.trim()]),
    ])
    .join('\n\n');
}
