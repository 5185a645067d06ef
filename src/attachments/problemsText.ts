import * as vscode from 'vscode';

const severities: Readonly<Record<vscode.DiagnosticSeverity, string>> = {
  [vscode.DiagnosticSeverity.Error]: 'error',
  [vscode.DiagnosticSeverity.Warning]: 'warning',
  [vscode.DiagnosticSeverity.Information]: 'information',
  [vscode.DiagnosticSeverity.Hint]: 'hint',
};

/** What is reported of a file, each with the line of code it is about, as much as fits `room`. */
export function problemsText(
  problems: readonly vscode.Diagnostic[],
  lineAt: (line: number) => string,
  room: number,
): { readonly text: string; readonly shown: number } {
  const sorted = problems.toSorted(
    (a, b) => a.severity - b.severity || a.range.start.compareTo(b.range.start),
  );
  let length = 0;
  const fitting = sorted
    .map((problem) => problemText(problem, lineAt))
    .filter((text) => (length += text.length + 1) <= room);
  return { text: fitting.join('\n'), shown: fitting.length };
}

function problemText(
  { range: { start }, severity, source, code, message }: vscode.Diagnostic,
  lineAt: (line: number) => string,
): string {
  const number = typeof code === 'object' ? code.value : code;
  const who = [source, number === undefined ? undefined : `(${number})`]
    .filter((part) => part !== undefined)
    .join('');
  const place = `${start.line + 1}:${start.character + 1}`;
  const says = [place, severities[severity], who === '' ? undefined : `${who}:`, message]
    .filter((part) => part !== undefined)
    .join(' ');
  return `${says}\n> ${lineAt(start.line).trim()}`;
}
