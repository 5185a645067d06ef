/** How whole-line comments begin and end, in all languages; the mark is what they hold. */
const comments = [
  /^\{\s*\/\*+\s*(?<words>.*?)\s*\*+\/\s*\}$/u,
  /^\/\*+\s*(?<words>.*?)\s*\*+\/$/u,
  /^<!--\s*(?<words>.*?)\s*-->$/u,
  /^\(\*\s*(?<words>.*?)\s*\*\)$/u,
  /^\{-\s*(?<words>.*?)\s*-\}$/u,
  /^(?:\/\/+|#+|--+|;+|%+|'|REM\s|"""|''')\s*(?<words>.*?)\s*(?:"""|''')?$/iu,
  /^(?<words>(?:\.{3}|…).*)$/u,
];

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
  for (const comment of comments) {
    const words = comment.exec(trimmed)?.groups?.['words'];
    if (words === undefined) continue;
    const hasDots = /^(?:\.{2,}|…)|(?:\.{3}|…)$/u.test(words);
    if (/^(?:\.{3,}|…)$/u.test(words)) return true;
    return hasDots ? /^(?:\.{2,}|…)/u.test(words) || leftOut.test(words) : isPlainMark(words);
  }
  return false;
}

/** Without dots only a phrase that can mean nothing else counts. */
function isPlainMark(words: string): boolean {
  return /^\(?(?:(?:the )?(?:existing|previous|other|remaining|rest of (?:the|your)|unchanged) [\w ]{0,40}|(?:rest|remainder) of .{0,60}|.{0,40}\b(?:remains?|stays?) (?:the same|unchanged|as (?:is|before))|same as (?:before|above)|unchanged|no changes?(?: here)?|其余代码.{0,20}|保持不变)\)?\.?$/iu.test(
    words,
  );
}

/** Whether a body was left out within a line, as in `total() { ... }`. */
export function hasElidedBody(mask: string): boolean {
  return (
    /[{(:]\s*(?:\.{3}|…)\s*[})]?\s*$/u.test(mask.trim()) || /\{\s*(?:\.{3}|…)\s*\}/u.test(mask)
  );
}
