/** What Git printed as the diff of one file. */
export type DiffText =
  /** The changes of one file, and of no other. */
  | { readonly kind: 'one'; readonly text: string }
  /** It can hold changes of other files. */
  | { readonly kind: 'unclear'; readonly text: string }
  | { readonly kind: 'none' };

/** Colors, which `color.ui=always` adds. Lines of files begin with a mark, so that they cannot become headers. */
const colors = /(?!\n)\p{Cc}\[[\d;]*m/gu;

const header = /^diff --(?:git|cc|combined) /u;

/**
 * Reads the diff of one file. Lines end at a line feed only: a carriage return or U+2028 is text of a file.
 * Nothing is taken from the names in the text, which depend on settings and can be forged.
 */
export function readDiffText(printed: string): DiffText {
  const lines = printed.replace(colors, '').split('\n');
  const [first = ''] = lines;
  if (printed.trim() === '') return { kind: 'none' };
  // `diff.submodule=log` lists commits, and `diff.submodule=diff` continues with the files of the submodule.
  if (first.startsWith('Submodule ')) return { kind: 'one', text: first };
  const start = lines.findIndex((line) => header.test(line));
  const isConflict = lines.slice(0, start).every((line) => line.startsWith('* Unmerged path '));
  const sections = lines.filter((line) => header.test(line)).length;
  const text = lines.slice(Math.max(0, start)).join('\n').trimEnd();
  if (start < 0 && isUnmergedOnly(lines)) return { kind: 'one', text: text || printed.trimEnd() };
  return { kind: sections === 1 && isConflict ? 'one' : 'unclear', text };
}

function isUnmergedOnly(lines: readonly string[]): boolean {
  const written = lines.filter((line) => line !== '');
  return written.length === 1 && written.every((line) => line.startsWith('* Unmerged path '));
}

/** Whether Git could take a name for a pattern that also means other files. */
export function isPathPattern(path: string): boolean {
  return /[*?[\\]/u.test(path) || path.startsWith(':');
}

/** The diff of a file that Git does not know yet, in Git's form. */
export function newFileDiff(path: string, text: string): string {
  const name = /["\\\p{Cc}]/u.test(path) ? JSON.stringify(path) : path;
  const lines = text.split('\n');
  const endsWithBreak = lines.at(-1) === '';
  if (endsWithBreak) lines.pop();
  return [
    `diff --git a/${name} b/${name}`,
    'new file',
    ...(lines.length === 0
      ? []
      : ['--- /dev/null', `+++ b/${name}`, `@@ -0,0 +1,${lines.length} @@`]),
    ...lines.map((line) => `+${line}`),
    ...(endsWithBreak || lines.length === 0 ? [] : ['\\ No newline at end of file']),
  ].join('\n');
}

/** The diff of one file. */
export interface FileDiff {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

/** Takes as many whole files as fit into `maxLength`; if none does, the first lines of the first one. */
export function fitDiff(
  files: readonly FileDiff[],
  maxLength: number,
): { readonly text: string; readonly shown: readonly FileDiff[]; readonly isCut: boolean } {
  let length = 0;
  const shown = files.filter(({ text }) => (length += text.length + 1) <= maxLength);
  const [first] = files;
  if (shown.length > 0 || !first) {
    return { text: shown.map(({ text }) => text).join('\n'), shown, isCut: false };
  }
  const lines = first.text.slice(0, maxLength);
  return { text: lines.slice(0, lines.lastIndexOf('\n')), shown: [first], isCut: true };
}
