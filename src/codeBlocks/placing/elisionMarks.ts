import { trimEndOf } from '../../shared/text';

/** How whole-line comments begin and end, where they have an end. */
const comments: readonly (readonly [start: string, end: string])[] = [
  ['/*', '*/'],
  ['<!--', '-->'],
  ['(*', '*)'],
  ['{-', '-}'],
];
const lineComment = /^(?:\/\/+|#+|--+|;+|%+|'''|'|REM\s|"{3})/iu;

/** What a comment that fills a line says, in all languages; undefined: it is none. */
function getCommentWords(line: string): string | undefined {
  // JSX puts comments in braces.
  const inBraces = line.startsWith('{') && line.endsWith('}') ? line.slice(1, -1).trim() : '';
  const text = inBraces.startsWith('/*') ? inBraces : line;
  const [start, end] = comments.find((pair) => isEnclosed(text, pair)) ?? [];
  if (start !== undefined && end !== undefined) {
    const words = text.slice(start.length, -end.length);
    return trimEndOf(words.replace(/^\*+/u, ''), /\*/u).trim();
  }
  const [mark] = lineComment.exec(line) ?? [];
  if (mark !== undefined)
    return line
      .slice(mark.length)
      .replace(/(?:"{3}|'{3})$/u, '')
      .trim();
  return /^(?:\.{3}|…)/u.test(line) ? line : undefined;
}

function isEnclosed(text: string, [start, end]: readonly [string, string]): boolean {
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}

/** What models write in place of code that they leave out. */
const leftOut =
  /\b(?:existing|previous|original|unchanged|omitted|remaining|remains?|rest of|same as (?:before|above)|other (?:code|methods?|functions?|imports?|members?|fields?|props|properties|rules|styles|tests?|routes?|handlers?|cases)|no changes?|keep (?:the|your|all|everything)|your (?:code|existing|other)|code here|implementation here|bestehende|unverändert|restlicher?)|(?:existing|same|保持|不变|其余|现有|原有|省略|既存|変更なし|省略|기존)/iu;

/**
 * Whether a line marks omitted code: a comment such as `// ... existing code ...`.
 *
 * @param isInFile whether the file has the same line: then it is a comment like any other
 */
export function isElision(line: string, isInFile: (line: string) => boolean): boolean {
  const trimmed = line.trim();
  if (trimmed === '' || trimmed.length > 200 || isInFile(trimmed)) return false;
  const words = getCommentWords(trimmed);
  if (words === undefined) return false;
  const hasDots = /^(?:\.{2,}|…)|(?:\.{3}|…)$/u.test(words);
  if (/^(?:\.{3,}|…)$/u.test(words)) return true;
  return hasDots ? /^(?:\.{2,}|…)/u.test(words) || leftOut.test(words) : isPlainMark(words);
}

/** Without dots only a phrase that can mean nothing else counts. */
function isPlainMark(words: string): boolean {
  return /^\(?(?:(?:the )?(?:existing|previous|other|remaining|rest of (?:the|your)|unchanged) [\w ]{0,40}|(?:rest|remainder) of .{0,60}|.{0,40}\b(?:remains?|stays?) (?:the same|unchanged|as (?:is|before))|same as (?:before|above)|unchanged|no changes?(?: here)?|其余代码.{0,20}|保持不变)\)?\.?$/iu.test(
    words,
  );
}

/** Whether a body was left out within a line, as in `total() { ... }`. */
export function hasElidedBody(mask: string): boolean {
  const flat = mask.trim().replaceAll(/\s+/gu, ' ');
  return /[{(:] ?(?:\.{3}|…) ?[})]?$/u.test(flat) || /\{ ?(?:\.{3}|…) ?\}/u.test(flat);
}
