import {
  type Budget,
  compileWildcards,
  matchesWildcards,
  toBytes,
  type Wildcards,
} from './wildcards';

const maxPatterns = 2_000;
const maxPatternLength = 4_096;
/** Each folder of a path is compared with each pattern. */
const maxSegments = 256;
/** Comparisons for all paths together. */
const maxSteps = 50_000_000;

/** Patterns of `files.exclude` or `search.exclude`, read as VS Code reads them. */
export class ExcludeRules {
  readonly #patterns: readonly Wildcards[];
  /** By path: whether it is hidden. */
  readonly #folders = new Map<string, boolean>();
  readonly #budget: Budget = { steps: maxSteps };
  readonly #isCut: boolean;

  constructor(globs: readonly string[]) {
    const readings = globs.map(expandBraces);
    const all = readings.flatMap((glob) => glob ?? []);
    this.#isCut = readings.includes(undefined) || all.length > maxPatterns;
    const syntax = { hasEscapes: false, ignoresCase: false };
    this.#patterns = (this.#isCut ? [] : all).flatMap((glob) => {
      const wildcards = glob === '' ? undefined : compileWildcards(toBytes(glob), syntax);
      return wildcards ? [wildcards] : [];
    });
  }

  /** Whether a pattern hides this path, or a folder above it. Where there are too many patterns or folders, it is hidden. */
  isExcluded(path: string): boolean {
    const segments = toBytes(path).split('/');
    if (this.#isCut || segments.length > maxSegments) return true;
    return segments.some((_segment, index) => {
      const isLast = index === segments.length - 1;
      const above = segments.slice(0, index + 1);
      return isLast ? this.#isHidden(above) : this.#isFolderHidden(above);
    });
  }

  #isFolderHidden(segments: readonly string[]): boolean {
    const key = segments.join('/');
    const known = this.#folders.get(key) ?? this.#isHidden(segments);
    this.#folders.set(key, known);
    return known;
  }

  #isHidden(segments: readonly string[]): boolean {
    const isHidden = this.#patterns.some((each) => matchesWildcards(each, segments, this.#budget));
    return isHidden || this.#budget.steps < 0;
  }
}

/** Expands `{a,b}` into one pattern each; undefined if there are too many. An unclosed brace matches itself. */
function expandBraces(glob: string): readonly string[] | undefined {
  if (glob.length > maxPatternLength) return undefined;
  let open = [glob];
  const done: string[] = [];
  while (open.length > 0) {
    if (open.length + done.length > maxPatterns) return undefined;
    const next: string[] = [];
    for (const each of open) {
      const group = findGroup(each);
      if (!group) done.push(each);
      else next.push(...group.choices.map((choice) => group.before + choice + group.after));
      if (next.length > maxPatterns) return undefined;
    }
    open = next;
  }
  return done;
}

interface Group {
  readonly before: string;
  readonly choices: readonly string[];
  readonly after: string;
}

/** The first group of braces that holds no other. */
function findGroup(glob: string): Group | undefined {
  const group = /\{[^{}]*\}/u.exec(glob);
  if (!group) return undefined;
  const open = group.index;
  const close = open + group[0].length - 1;
  return {
    before: glob.slice(0, open),
    choices: glob.slice(open + 1, close).split(','),
    after: glob.slice(close + 1),
  };
}
