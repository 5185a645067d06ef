import {
  type Budget,
  compileWildcards,
  matchesWildcards,
  toBytes,
  type Wildcards,
} from './wildcards';

interface Rule {
  readonly wildcards: Wildcards;
  readonly isNegated: boolean;
  readonly isForFolders: boolean;
  /** Compared with the last segment, in whatever folder. */
  readonly isName: boolean;
}

/** Longer patterns match no path, or only to be slow. */
const maxPatternLength = 4_096;
/** Far above what people write. */
const maxRules = 5_000;

/** The rules of a `.gitignore` or `info/exclude` (gitignore(5)), read as Git reads them. */
export class IgnorePatterns {
  readonly #rules: readonly Rule[];
  readonly #ignoresCase: boolean;
  /** Whether there are more rules than are applied. */
  readonly isCut: boolean;

  constructor(text: string, ignoresCase: boolean) {
    const lines = toBytes(text.replace(/^\uFEFF/u, '')).split('\n');
    const patterns = lines.map(trimLine).filter((line) => line !== '' && !line.startsWith('#'));
    this.isCut = patterns.length > maxRules;
    this.#ignoresCase = ignoresCase;
    this.#rules = patterns
      .slice(0, maxRules)
      .flatMap((line) => readRule(line, ignoresCase))
      .reverse();
  }

  /**
   * Whether a rule ignores a path or keeps it; undefined: none is about it.
   * @param path relative to the folder of the rules
   */
  find(path: string, isFolder: boolean, budget: Budget): 'ignored' | 'kept' | undefined {
    const bytes = toBytes(path);
    // Only the letters of ASCII, as Git does it.
    const compared = this.#ignoresCase ? bytes.replaceAll(/[A-Z]+/gu, lower) : bytes;
    const segments = compared.split('/');
    const name = segments.slice(-1);
    const rule = this.#rules.find(
      ({ wildcards, isForFolders, isName }) =>
        (isFolder || !isForFolders) &&
        matchesWildcards(wildcards, isName ? name : segments, budget),
    );
    return rule && (rule.isNegated ? 'kept' : 'ignored');
  }
}

function lower(text: string): string {
  return text.toLowerCase();
}

/** Without the carriage return and the blanks at its end, but for those after a backslash. */
function trimLine(line: string): string {
  const written = line.endsWith('\r') ? line.slice(0, -1) : line;
  let end = written.length;
  while (end > 0 && written[end - 1] === ' ') end -= 1;
  let backslashes = 0;
  while (written[end - 1 - backslashes] === '\\') backslashes += 1;
  return written.slice(0, end + (backslashes % 2 === 1 && end < written.length ? 1 : 0));
}

function readRule(line: string, ignoresCase: boolean): Rule[] {
  const isNegated = line.startsWith('!');
  let pattern = isNegated ? line.slice(1) : line;
  const isForFolders = pattern.endsWith('/');
  if (isForFolders) pattern = pattern.slice(0, -1);
  const isName = !pattern.includes('/');
  if (pattern === '' || pattern.length > maxPatternLength) return [];
  const bare = pattern.startsWith('/') ? pattern.slice(1) : pattern;
  const written = isName ? [bare.replaceAll(/\*+/gu, '*')] : expandReadings(bare);
  return written.flatMap((each) => {
    const wildcards = compileWildcards(each, { hasEscapes: true, ignoresCase });
    return wildcards ? [{ wildcards, isNegated, isForFolders, isName }] : [];
  });
}

/**
 * Git compares the text before the first wildcard separately. So, other than its manual says, a double star that is
 * the first wildcard matches slashes also where it follows a letter, as in `lib**`.
 */
function expandReadings(pattern: string): readonly string[] {
  const first = pattern.search(/[*?[\\]/u);
  const before = pattern.slice(0, Math.max(0, first));
  const stars = /^\*{2,}(?=\\?\/|$)/u.exec(pattern.slice(before.length))?.[0] ?? '';
  if (stars === '' || before === '' || before.endsWith('/')) return [pattern];
  const after = pattern.slice(before.length + stars.length);
  const isShort = after.startsWith('/');
  return [
    `${before}*${after}`,
    `${before}*/**${after}`,
    ...(isShort ? [before + after.slice(1)] : []),
  ];
}
