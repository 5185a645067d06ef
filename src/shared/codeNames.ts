import { parseFileTarget } from './markdown/linkTargets';

/** The most that is taken for the name of a file, in UTF-16 code units. */
const maxPathLength = 256;

/** What of an info string is read, in UTF-16 code units. */
const maxInfoLength = 1_000;

/** The kinds of comment in a first line that can contain the name, by how they start and end. */
const comments: readonly (readonly [start: string, end: string])[] = [
  ...([
    ['//', ''],
    ['#', ''],
    ['--', ''],
    [';', ''],
    ['%', ''],
  ] as const),
  ...([
    ['/*', '*/'],
    ['<!--', '-->'],
  ] as const),
];

/** As models write it: `src/cart.ts`, `File: src/cart.ts`, `src/cart.ts (new)`; with blanks in quotes. */
const labelled =
  /^(?:(?:file ?name|file|path)\s*[:=]\s*)?(?:[`"'](?<quoted>[^`"':]+)[`"']|(?<path>[^\s`"':]+))(?:\s+\([^()]*\))?$/iu;

const infoAttribute =
  /(?:^|[\s{])(?:title|file ?name|file|path)\s*[=:]\s*(?:"(?<double>[^"]+)"|'(?<single>[^']+)'|(?<path>[^\s"'{}]+))/iu;

/** Without quotes a path with blanks begins in a folder, and only its last word has an ending. */
const withBlanks =
  /^(?:file:?\s+)?(?<path>[^\s/.]*\/[^\s.]*(?: [^\s.]+){0,5} [^\s.][^\s]*\.[A-Za-z]\w{0,15})$/iu;

/**
 * The file that a code block says it is: in the info string of its fence (`ts src/cart.ts`,
 * `ts:src/cart.ts`, `ts title="src/cart.ts"`), or in a comment that is its first line.
 *
 * The result is model output. It only looks like a relative path; the caller
 * checks it.
 */
export function findNamedFile(info: string, code: string): string | undefined {
  const own = findInInfo(info.slice(0, maxInfoLength).trim());
  return own ?? findInPatch(code) ?? findInFirstLine(code);
}

/** `code` without a first line that only names `file`, unless that line belongs into the file. */
export function withoutNameLine(code: string, file: string, keeps: boolean): string {
  if (keeps || findInFirstLine(code) !== file) return code;
  return code.slice(code.indexOf('\n') + 1).replace(/^\n/u, '');
}

function findInInfo(info: string): string | undefined {
  const attribute = infoAttribute.exec(info)?.groups;
  if (attribute) {
    return toPath(attribute['double'] ?? attribute['single'] ?? attribute['path'] ?? '');
  }
  const [first = '', second = '', ...others] = info.split(/\s+/u);
  const words = others.length > 0 ? info.slice(first.length).trim() : '';
  const odd = withBlanks.exec(words)?.groups?.['path'];
  return odd === undefined ? findInWords(first, second) : toPath(odd);
}

function findInWords(first: string, second: string): string | undefined {
  const afterColon = /^[\w+#.-]+:(?<path>[^:]+)(?::\d.*)?$/u.exec(first)?.groups?.['path'];
  return (
    toPath(afterColon ?? '') ?? toPath(second) ?? (first.includes('/') ? toPath(first) : undefined)
  );
}

/** The file that a patch changes: the one before if it is deleted or renamed, the new one else. */
function findInPatch(code: string): string | undefined {
  const header = /^--- (?<before>[^\t\n]+)(?:\t[^\n]*)?\n\+\+\+ (?<after>[^\t\n]+)/mu.exec(
    code.slice(0, 4 * maxPathLength),
  )?.groups;
  const path = [header?.['after'], header?.['before']].find(
    (name) => name !== undefined && name.trim() !== '/dev/null',
  );
  return path === undefined ? undefined : toPath(path.trim().replace(/^[ab]\//u, ''));
}

function findInFirstLine(code: string): string | undefined {
  const line = code.slice(0, maxPathLength + 32).split('\n', 1)[0] ?? '';
  for (const [start, end] of comments) {
    const words = getComment(line, start, end);
    if (words === undefined) continue;
    const found = labelled.exec(words)?.groups ?? withBlanks.exec(words)?.groups;
    if (found) return toPath(found['quoted'] ?? found['path'] ?? '');
  }
  return undefined;
}

/** Marks whose last character may be repeated, as in `///` and `/**`. */
const repeated: ReadonlySet<string> = new Set(['//', ';', '%', '/*']);

/** What a comment of one line says. */
function getComment(line: string, start: string, end: string): string | undefined {
  const trimmed = line.trimEnd();
  if (!trimmed.startsWith(start) || trimmed.startsWith('#!') || !trimmed.endsWith(end)) {
    return undefined;
  }
  let from = start.length;
  while (repeated.has(start) && trimmed.charAt(from) === start.at(-1)) from += 1;
  const words = trimmed.slice(from, trimmed.length - end.length).trim();
  return words === '' ? undefined : words;
}

/** Something with a name's ending, or in a folder; a sentence's last word has neither. */
function toPath(words: string): string | undefined {
  const path = words.replaceAll('\\', '/');
  if (path === '' || path.length > maxPathLength) return undefined;
  if (/[\p{Cc}\p{Cf}<>"|?*;{}]|[^\S ]/u.test(path) || path.includes('://')) return undefined;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const hasEnding =
    /^[^.].*\.[A-Za-z][\w+-]{0,15}$/u.test(name) || /^\.[A-Za-z][\w.-]*$/u.test(name);
  const isInFolder = path.includes('/') && /^[\p{L}\p{M}\p{N}_@.+-]+$/u.test(name);
  return hasEnding || isInFolder ? path : undefined;
}

/** How many names the page asks about at a time, and how long one is at most. */
export const maxNamesPerLookUp = 48;
export const maxNameLength = 200;

/** A name in an answer that could be one of the workspace; a link's path, after `fileLinkPrefix`, is a `file`. */
export type NameKind = 'path' | 'file' | 'symbol';
export const fileLinkPrefix = 'file:';

const path =
  /^(?!.*\.\.(?:[/\\]|$))(?:\.\/)?[\p{L}\p{M}\p{N}_@.+$-]+(?:[/\\][\p{L}\p{M}\p{N}_@.+$-]+)*(?:(?::\d{1,7}){1,2}|#L\d{1,7}(?:-L?\d{1,7})?)?$/u;
const ending = /\.[A-Za-z][\w+-]{0,9}(?:[:#].*)?$/u;
const symbol =
  /^[\p{ID_Start}$_][\p{ID_Continue}$]*(?:(?:\.|#|::)[\p{ID_Start}$_][\p{ID_Continue}$]*)*(?:\(\))?$/u;

/** Route groups as in `app/(shop)/[id]/page.tsx`, and names with blanks: only in a folder, with an ending. */
function isOddPath(words: string): boolean {
  const segments = words
    .replace(/(?:(?::\d{1,7}){1,2}|#L\d{1,7}(?:-L?\d{1,7})?)$/u, '')
    .split(/[/\\]/u);
  const name = segments.at(-1) ?? '';
  return (
    segments.length > 1 &&
    /^\S.*\.[A-Za-z]\w{0,9}$/u.test(name) &&
    segments.every(
      (segment, index) =>
        (segment === '.' && index === 0) ||
        (!/^(?:\.{1,2}| .*|.* )?$/u.test(segment) &&
          /^[\p{L}\p{M}\p{N}_@.+$()[\], -]+$/u.test(segment)),
    )
  );
}

/**
 * What words in inline code look like: a path (`src/cart.ts`, `cart.ts:12`), an identifier (`total`,
 * `Cart.total()`), or neither, as most do. Nothing is asked about what looks like neither.
 */
export function getNameKind(words: string): NameKind | undefined {
  if (words.length < 3 || words.length > maxNameLength) return undefined;
  if (words.startsWith(fileLinkPrefix)) {
    return parseFileTarget(words.slice(fileLinkPrefix.length)) ? 'file' : undefined;
  }
  if (path.test(words) && (ending.test(words) || /[/\\]/u.test(words))) return 'path';
  if (/[()[\] ]/u.test(words) && isOddPath(words)) return 'path';
  return symbol.test(words) ? 'symbol' : undefined;
}
