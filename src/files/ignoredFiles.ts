import ignore from 'ignore';
import picomatch from 'picomatch/posix.js';

/** One `.gitignore`, and the folder that holds it, relative to the workspace folder; empty at its top. */
export interface IgnoreFile {
  readonly folder: string;
  readonly text: string;
}

interface Pattern {
  readonly pattern: string;
  /** The folder of the `.gitignore` it is from. */
  readonly mark: string;
  readonly cost: PatternCost;
}

/** The `.gitignore` files that apply to a folder, as one set of patterns (gitignore(5)). */
export class IgnoreRules {
  readonly #patterns: readonly Pattern[];
  readonly #matcher: ReturnType<typeof ignore>;

  /** @param files from the top down: a file further down overrides those above it */
  constructor(files: readonly IgnoreFile[]) {
    this.#patterns = files.flatMap(({ folder, text }) =>
      text.split(/\r?\n/u).flatMap((line) => {
        const pattern = toRootPattern(folder, line);
        return pattern === undefined
          ? []
          : [{ pattern, mark: folder, cost: measurePattern(pattern) }];
      }),
    );
    this.#matcher = createMatcher(this.#patterns);
  }

  /** The folder of the `.gitignore` that ignores `path`, or undefined if none does. */
  findIgnoringFolder(path: string, isFolder: boolean): string | undefined {
    const tested = isFolder ? `${path}/` : path;
    if (!ignore.isPathValid(tested)) return undefined;
    const cheap = this.#patterns.filter(({ cost }) => isCheap(cost, path));
    const matcher = cheap.length === this.#patterns.length ? this.#matcher : createMatcher(cheap);
    return matcher.test(tested).rule?.mark;
  }
}

function createMatcher(patterns: readonly Pattern[]): ReturnType<typeof ignore> {
  return ignore({ ignorecase: false }).add(patterns);
}

/** A line of the `.gitignore` in `folder` as a pattern of the top; undefined: it is none. */
function toRootPattern(folder: string, line: string): string | undefined {
  if (line.trim() === '' || line.startsWith('#')) return undefined;
  if (folder === '') return line;
  const isNegated = line.startsWith('!');
  const pattern = trimPattern(isNegated ? line.slice(1) : line);
  // A slash anywhere but at the end ties a pattern to the folder of its file.
  const isAnchored = /\/./u.test(pattern);
  const below = isAnchored ? pattern.replace(/^\//u, '') : `**/${pattern}`;
  return `${isNegated ? '!' : ''}/${escapePattern(folder)}/${below}`;
}

/** Without blanks at its end, but for one after a backslash. */
function trimPattern(line: string): string {
  const trimmed = line.trimEnd();
  return trimmed.endsWith('\\') ? line.slice(0, trimmed.length + 1) : trimmed;
}

function escapePattern(path: string): string {
  return path.replaceAll(/[\\*?[\]! #]/gu, String.raw`\$&`);
}

/** Patterns of `files.exclude` or `search.exclude`. */
export class ExcludeRules {
  readonly #patterns: readonly {
    readonly cost: PatternCost;
    readonly matches: picomatch.Matcher;
  }[];

  constructor(globs: readonly string[]) {
    this.#patterns = globs.flatMap((glob) => {
      const matches = compileGlob(glob);
      return matches ? [{ cost: measurePattern(glob), matches }] : [];
    });
  }

  /** Whether a pattern hides this path, or a folder above it. */
  isExcluded(path: string): boolean {
    return getPathsTo(path).some((each) =>
      this.#patterns.some(({ cost, matches }) => isCheap(cost, each) && matches(each)),
    );
  }
}

/** As VS Code reads a glob: only `*`, `?`, `[…]` and `{…}` are special, and names may begin with a dot. */
function compileGlob(glob: string): picomatch.Matcher | undefined {
  try {
    return picomatch(glob.replaceAll(/[()|+]/gu, String.raw`\$&`), {
      dot: true,
      nonegate: true,
      noextglob: true,
    });
  } catch {
    // An empty or an overlong pattern hides nothing.
    return undefined;
  }
}

/** The paths of the folders that lead to `path`, from the top, and `path` itself. */
function getPathsTo(path: string): string[] {
  const segments = path.split('/');
  return segments.map((_segment, index) => segments.slice(0, index + 1).join('/'));
}

/** Steps of a regular expression: some milliseconds. */
const maxSteps = 1_000_000;

/** What makes a pattern slow to match. */
interface PatternCost {
  readonly doubleStars: number;
  /** In the segment that has the most. */
  readonly wildcards: number;
  /** In how many ways its braces can be read. */
  readonly readings: number;
}

function measurePattern(pattern: string): PatternCost {
  const wildcards = pattern.split('/').map((segment) => count(segment, /\*+|\[/gu));
  return {
    doubleStars: count(pattern, /\*\*/gu),
    wildcards: Math.max(...wildcards),
    readings: (count(pattern, /,/gu) + 1) ** count(pattern, /\{/gu),
  };
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/**
 * Patterns and names come from the workspace, which may be hostile, and both libraries compile patterns to
 * regular expressions that backtrack: each `**` multiplies the time by the depth of the path, each other
 * wildcard by the length of a segment. A pattern that could take too long is not applied.
 */
function isCheap({ doubleStars, wildcards, readings }: PatternCost, path: string): boolean {
  const segments = path.split('/');
  const longest = Math.max(...segments.map(({ length }) => length));
  return segments.length ** doubleStars * longest ** wildcards * readings <= maxSteps;
}
