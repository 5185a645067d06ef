import * as vscode from 'vscode';
import type { FixAction } from '../shared/protocol';
import type { Finding } from './diagnosisFindings';

const { t } = vscode.l10n;

export interface Report {
  readonly text: string;
  /** Buttons above lines, counted from 0. */
  readonly buttons: readonly { readonly line: number; readonly action: FixAction }[];
}

const marks = { good: '✓', warning: '⚠', bad: '✗', skipped: '–' } as const;

/** The findings as Markdown that reads well as plain text too, with the first thing wrong at its head. */
export function reportOf(origin: string, findings: readonly Finding[]): Report {
  const lines = [`# ${t('Connection to {0}', origin)}`, '', headline(findings), ''];
  const buttons: { line: number; action: FixAction }[] = [];
  for (const { title, state, sentence, advice = [], fixes = [] } of findings) {
    for (const action of fixes) buttons.push({ line: lines.length, action });
    lines.push(`- ${marks[state]} **${title}**: ${oneLine(sentence)}`);
    for (const one of advice) lines.push(`  - ${one}`);
  }
  return { text: `${lines.join('\n')}\n`, buttons };
}

function headline(findings: readonly Finding[]): string {
  const worst = findings.find(({ state }) => state === 'bad');
  if (worst) return t('**Not working.** What stands in the way: {0}.', worst.title);
  const isWarned = findings.some(({ state }) => state === 'warning');
  return isWarned
    ? t('**Working**, with something to know.')
    : t('**Working.** Nothing stands in the way.');
}

/** What a server said may be anything: it is shown, and not drawn. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 500);
}
