/** What was changed in one file. */
export interface FileDiff {
  /** Relative to the repository; of a renamed file the new one. */
  readonly path: string;
  readonly text: string;
}

/** The files of a `git diff`, in its order. */
export function splitDiff(diff: string): FileDiff[] {
  return diff
    .split(/^(?=diff --git )/mu)
    .filter((section) => section.startsWith('diff --git '))
    .map((section) => ({ path: pathOf(section), text: section.trimEnd() }));
}

/** Whole files, in their order, as many as fit `room`; a single one that is larger is cut at its end. */
export function fittingDiff(
  files: readonly FileDiff[],
  room: number,
): { readonly text: string; readonly shown: readonly FileDiff[]; readonly isCut: boolean } {
  let length = 0;
  const shown = files.filter(({ text }) => (length += text.length + 1) <= room);
  const [first] = files;
  if (shown.length > 0 || !first) {
    return { text: shown.map(({ text }) => text).join('\n'), shown, isCut: false };
  }
  const lines = first.text.slice(0, room);
  return { text: lines.slice(0, lines.lastIndexOf('\n')), shown: [first], isCut: true };
}

function pathOf(section: string): string {
  const renamed = /^rename to (.+)$/mu.exec(section)?.[1];
  const after = /^\+\+\+ (?:"?b\/)?(.+?)"?$/mu.exec(section)?.[1];
  const header = /^diff --git .*? "?b\/(.+?)"?$/mu.exec(section)?.[1];
  return renamed ?? (after === undefined || after === '/dev/null' ? (header ?? '') : after);
}
