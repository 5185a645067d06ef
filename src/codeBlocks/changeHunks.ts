import { structuredPatch } from 'diff';
import { applyPatch, type Hunk } from './placing/patches';

/** Lines that differ between two texts; counted from 0, ends are exclusive. */
export interface ChangeHunk {
  readonly before: { readonly start: number; readonly end: number };
  readonly after: { readonly start: number; readonly end: number };
  readonly lines: readonly string[];
}

/** A comparison that needs more steps counts as one change of everything. */
const maxSteps = 5000;

function compare(before: string, after: string, context: number): readonly Hunk[] | undefined {
  const patch = structuredPatch('', '', toLf(before), toLf(after), undefined, undefined, {
    context,
    maxEditLength: maxSteps,
  });
  return patch?.hunks.map(({ oldStart, oldLines, lines }) => {
    const rows = lines.filter((row) => !row.startsWith('\\'));
    const changed = rows.map((row) => !row.startsWith(' '));
    return {
      // A hunk that removes nothing names the line above.
      line: oldLines === 0 ? oldStart : oldStart - 1,
      before: rows.filter((row) => !row.startsWith('+')).map((row) => row.slice(1)),
      after: rows.filter((row) => !row.startsWith('-')).map((row) => row.slice(1)),
      context: {
        start: changed.indexOf(true),
        end: changed.length - 1 - changed.lastIndexOf(true),
      },
    };
  });
}

/** The changes that lead from one text to the other, from the top down. Line ends do not count. */
export function findChanges(before: string, after: string): readonly ChangeHunk[] {
  const found = compare(before, after, 0);
  if (!found) {
    const [own, lines] = [toLf(before).split('\n'), toLf(after).split('\n')];
    return [
      { before: { start: 0, end: own.length }, after: { start: 0, end: lines.length }, lines },
    ];
  }
  let shift = 0;
  return found.map(({ line = 0, before: removed, after: lines }) => {
    const start = line + shift;
    shift += lines.length - removed.length;
    return {
      before: { start: line, end: line + removed.length },
      after: { start, end: start + lines.length },
      lines,
    };
  });
}

/**
 * Makes the changes from `before` to `after` in a text that has become another in the meantime. Undefined
 * when one of them has no certain place any more.
 */
export function carryOver(before: string, after: string, now: string): string | undefined {
  const hunks = compare(before, after, 3);
  return hunks && applyPatch(toLf(now).split('\n'), hunks)?.join('\n');
}

function toLf(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
