import type { GroupResult, RowResult } from './bench';

const headings = ['what', 'measured', 'reference', 'ratio', 'goal', ''];

/** The results as a table for a terminal. */
export function benchTable({ name, rows }: GroupResult): string {
  const lines = [headings, ...rows.map(cells)];
  const widths = headings.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const print = (line: readonly string[]) =>
    line
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return `\n${name}\n${lines.map((line) => `  ${print(line)}`.trimEnd()).join('\n')}\n`;
}

function cells(row: RowResult): readonly string[] {
  return [
    row.what,
    `${short(row.measured)} ${row.unit}`,
    row.referenceMeasured === undefined ? '' : `${short(row.referenceMeasured)} ${row.unit}`,
    row.ratio === undefined ? '' : ratioText(row.ratio),
    row.most === undefined ? '' : `≤ ${row.most}`,
    verdict(row),
  ];
}

function verdict({ most, failed, ratios }: RowResult): string {
  if (most === undefined) return '';
  const runs = ratios.length > 1 ? ` (${ratios.map(ratioText).join(', ')})` : '';
  return (failed ? 'FAILED' : 'ok') + runs;
}

function ratioText(ratio: number): string {
  return ratio < 0.1 ? ratio.toPrecision(2) : ratio.toFixed(2);
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
