import type { LanguageStyle } from './languageStyles';

/** One line of code, and what of it is code. */
export interface MaskedLine {
  readonly text: string;
  /** As long as `text`, with blanks for comments and `"` for each character of a string. */
  readonly mask: string;
  /** How many brackets are open where the line begins, and where it ends. */
  readonly depthBefore: number;
  readonly depthAfter: number;
  /** The line begins within a string or a comment, so its indentation means nothing. */
  readonly isInside: boolean;
}

interface Region {
  readonly length: number;
  readonly mask: ' ' | '"';
}

/** Splits code into lines. Linear in the length of `text`. */
export function maskCode(text: string, style: LanguageStyle | undefined): readonly MaskedLine[] {
  const masked = style ? maskText(text, style) : { mask: text, inside: new Set<number>() };
  let depth = 0;
  let at = 0;
  return text.split('\n').map((line) => {
    const mask = masked.mask.slice(at, at + line.length);
    const depthBefore = depth;
    if (style) depth += countBrackets(mask);
    const isInside = masked.inside.has(at);
    at += line.length + 1;
    return { text: line, mask, depthBefore, depthAfter: depth, isInside };
  });
}

/** Whether all brackets are closed, and none before it was opened. */
export function isBalanced(lines: readonly MaskedLine[]): boolean {
  const start = lines[0]?.depthBefore ?? 0;
  return (
    (lines.at(-1)?.depthAfter ?? start) === start &&
    lines.every(({ depthAfter }) => depthAfter >= start)
  );
}

function countBrackets(mask: string): number {
  let sum = 0;
  for (const character of mask) {
    if ('([{'.includes(character)) sum += 1;
    else if (')]}'.includes(character)) sum -= 1;
  }
  return sum;
}

function maskText(text: string, style: LanguageStyle): { mask: string; inside: Set<number> } {
  const inside = new Set<number>();
  const parts: string[] = [];
  let from = 0;
  let previous = '';
  const patterns: PatternSearch = { none: 0 };
  for (let at = 0; at < text.length;) {
    const region = findRegion(text, at, style, previous, patterns);
    if (!region) {
      const character = text.charAt(at);
      if (character.trim() !== '') previous = character;
      at += 1;
      continue;
    }
    const body = text.slice(at, at + region.length);
    parts.push(text.slice(from, at), body.replaceAll(/[^\n]/gu, region.mask));
    for (let line = body.indexOf('\n'); line >= 0; line = body.indexOf('\n', line + 1)) {
      inside.add(at + line + 1);
    }
    if (region.mask === '"') previous = '"';
    at += region.length;
    from = at;
  }
  return { mask: parts.join('') + text.slice(from), inside };
}

function findRegion(
  text: string,
  at: number,
  style: LanguageStyle,
  previous: string,
  patterns: PatternSearch,
): Region | undefined {
  const character = text.charAt(at);
  if (style.lineComments.some((mark) => text.startsWith(mark, at)) && isComment(text, at)) {
    return { length: endOfLine(text, at) - at, mask: ' ' };
  }
  const comment = style.blockComments.find(([start]) => text.startsWith(start, at));
  if (comment) return { length: findEnd(text, at + 2, comment[1]) - at, mask: ' ' };
  const long = style.longStrings.find(([start]) => text.startsWith(start, at));
  if (long) {
    const end =
      long[0] === '`' && style.hasRegularExpressions
        ? findTemplateEnd(text, at + 1)
        : findEnd(text, at + long[0].length, long[1]);
    return { length: end - at, mask: '"' };
  }
  if (style.quotes.includes(character)) {
    return { length: findQuoteEnd(text, at + 1, character) - at, mask: '"' };
  }
  if (style.hasCharacters && character === "'") return findCharacter(text, at);
  if (style.hasRegularExpressions && character === '/') {
    return findPattern(text, at, previous, patterns);
  }
  return undefined;
}

/** `#` also begins colors and attributes: only a shebang, a blank, or the start of a word makes a comment. */
function isComment(text: string, at: number): boolean {
  return text.charAt(at) !== '#' || !/[\w$&|{[]/u.test(text.charAt(at - 1));
}

function findCharacter(text: string, at: number): Region | undefined {
  const found = /^'(?:\\[^\n]{1,10}?|[^\\'\n]{1,2})'/u.exec(text.slice(at, at + 16))?.[0];
  return found === undefined ? undefined : { length: found.length, mask: '"' };
}

/** How long no regular expression ends, so that its end is not sought again at every slash. */
interface PatternSearch {
  none: number;
}

const maxPatternLength = 2_000;

/** A regular expression where a value is expected: behind an operator, an open bracket, or `return`. */
function findPattern(
  text: string,
  at: number,
  previous: string,
  search: PatternSearch,
): Region | undefined {
  const isValue =
    previous === '' ||
    '(,=:[!&|?{};+'.includes(previous) ||
    /\b(?:return|typeof|case)\s*$/u.test(text.slice(Math.max(0, at - 12), at));
  if (!isValue || at < search.none) return undefined;
  const [line = ''] = text.slice(at, at + maxPatternLength).split('\n', 1);
  const found = /^\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[])+\/[a-z]*/u.exec(line)?.[0];
  if (found === undefined) search.none = at + line.length;
  return found === undefined ? undefined : { length: found.length, mask: '"' };
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function findEnd(text: string, from: number, end: string): number {
  const at = text.indexOf(end, from);
  return at < 0 ? text.length : at + end.length;
}

function findQuoteEnd(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (character === quote) return at + 1;
    else if (character === '\n') return at;
  }
  return text.length;
}

/** Behind the backtick that ends a template, whose `${…}` may hold templates of their own. */
function findTemplateEnd(text: string, from: number): number {
  const open: ('template' | 'code')[] = ['template'];
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (character === '`') {
      if (open.at(-1) === 'template') open.pop();
      else open.push('template');
      if (open.length === 0) return at + 1;
    } else if (open.at(-1) === 'template') {
      if (!text.startsWith('${', at)) continue;
      open.push('code');
      at += 1;
    } else if (character === '{') open.push('code');
    else if (character === '}') open.pop();
  }
  return text.length;
}
