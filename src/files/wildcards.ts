/**
 * Wildcards of names and paths, matched without regular expressions: patterns and names come from the workspace,
 * which may be hostile, and an expression made of `*a*a*a*b` can take minutes. Here the time grows with the
 * length of the name times that of the pattern.
 */

/** One byte, any one byte, any number of bytes, or one byte of a set. */
type Atom = number | 'one' | 'any' | ReadonlySet<number>;
type Segment = readonly Atom[] | 'anyDepth';
type Part = Atom | 'slash' | 'escapedSlash';

export interface Wildcards {
  readonly segments: readonly Segment[];
}

export interface Syntax {
  /** Whether a backslash takes the meaning from the next character. */
  readonly hasEscapes: boolean;
  readonly ignoresCase: boolean;
}

/** Git compares bytes, so that `?` is a part of a letter that is none of ASCII. */
export function toBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** @param pattern in bytes; undefined if it matches nothing */
export function compileWildcards(pattern: string, syntax: Syntax): Wildcards | undefined {
  const parts: Part[] = [];
  let at = 0;
  while (at < pattern.length) {
    const part = readPart(pattern, at, syntax);
    if (!part) return undefined;
    parts.push(part.part);
    at = part.end;
  }
  return { segments: toSegments(parts) };
}

interface Read<Value> {
  readonly part: Value;
  readonly end: number;
}

const specials: ReadonlyMap<string, Part> = new Map([
  ['/', 'slash'],
  ['*', 'any'],
  ['?', 'one'],
]);

function readPart(pattern: string, at: number, syntax: Syntax): Read<Part> | undefined {
  const end = at + 1;
  const letter = pattern.charAt(at);
  const special = specials.get(letter);
  if (special) return { part: special, end };
  if (letter === '[') return readSet(pattern, end, syntax);
  if (letter !== '\\' || !syntax.hasEscapes) {
    return { part: fold(pattern.charCodeAt(at), syntax), end };
  }
  if (end >= pattern.length) return undefined;
  const isSlash = pattern[end] === '/';
  const part = isSlash ? 'escapedSlash' : fold(pattern.charCodeAt(end), syntax);
  return { part, end: end + 1 };
}

function toSegments(parts: readonly Part[]): Segment[] {
  const segments: Segment[] = [];
  let atoms: Atom[] = [];
  const close = (isEscaped: boolean): void => {
    const isAnyDepth = atoms.length > 1 && atoms.every((atom) => atom === 'any');
    // Git takes `**\/` for one folder or more, and a `**` at the end for something in the folder.
    if (isAnyDepth && isEscaped) segments.push(['any'], 'anyDepth');
    else segments.push(isAnyDepth ? 'anyDepth' : atoms);
    atoms = [];
  };
  for (const part of parts) {
    if (part === 'slash' || part === 'escapedSlash') close(part === 'escapedSlash');
    else atoms.push(part);
  }
  close(false);
  if (segments.at(-1) === 'anyDepth') segments.push(['any']);
  return segments;
}

function fold(byte: number, { ignoresCase }: Syntax): number {
  return ignoresCase && byte >= 65 && byte <= 90 ? byte + 32 : byte;
}

/** The named sets of POSIX, for ASCII. */
const namedSets: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  blank: ' -  \t-\t',
  cntrl: '\0-\x1f\x7f-\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-/:-@[-`{-~',
  space: ' -  \t-\n\r-\r',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
};

/** Reads `[…]` from behind the bracket, as `wildmatch.c` of Git does. */
function readSet(pattern: string, start: number, syntax: Syntax): Read<Part> | undefined {
  let at = start;
  const isNegated = pattern[at] === '!' || pattern[at] === '^';
  if (isNegated) at += 1;
  const set = new Set<number>();
  let isFirst = true;
  let before: number | undefined;
  while (isFirst || pattern[at] !== ']') {
    isFirst = false;
    const member = readMember(pattern, at, before, syntax);
    if (!member) return undefined;
    for (let byte = member.from; byte <= member.to; byte += 1) set.add(fold(byte, syntax));
    for (const byte of member.named ?? []) set.add(fold(byte, syntax));
    before = member.before;
    at = member.end;
  }
  const accepted = new Set<number>();
  for (let byte = 0; byte < 256; byte += 1) {
    if (byte !== 47 && set.has(fold(byte, syntax)) !== isNegated) accepted.add(fold(byte, syntax));
  }
  return { part: accepted, end: at + 1 };
}

interface Member {
  readonly from: number;
  readonly to: number;
  readonly named?: readonly number[];
  /** What a hyphen behind it would begin a range with. */
  readonly before: number | undefined;
  readonly end: number;
}

const none = { from: 1, to: 0, before: undefined };

function readMember(
  pattern: string,
  at: number,
  before: number | undefined,
  syntax: Syntax,
): Member | undefined {
  const next = pattern[at + 1];
  if (pattern[at] === '-' && before !== undefined && next !== undefined && next !== ']') {
    const last = readEscaped(pattern, at + 1, syntax);
    return last && { from: before, to: last.part, before: undefined, end: last.end };
  }
  if (pattern[at] === '[' && next === ':') {
    const close = pattern.indexOf(']', at + 2);
    if (close < 0) return undefined;
    if (close > at + 2 && pattern[close - 1] === ':') return readNamedSet(pattern, at, close);
  }
  const one = readEscaped(pattern, at, syntax);
  return one && { from: one.part, to: one.part, before: one.part, end: one.end };
}

function readNamedSet(pattern: string, at: number, close: number): Member | undefined {
  const ranges = namedSets[pattern.slice(at + 2, close - 1)];
  return ranges === undefined ? undefined : { ...none, named: expand(ranges), end: close + 1 };
}

function readEscaped(
  pattern: string,
  at: number,
  { hasEscapes }: Syntax,
): Read<number> | undefined {
  const place = hasEscapes && pattern[at] === '\\' ? at + 1 : at;
  if (place >= pattern.length) return undefined;
  return { part: pattern.charCodeAt(place), end: place + 1 };
}

/** `0-9A-F` as bytes. */
function expand(ranges: string): number[] {
  const bytes: number[] = [];
  for (let at = 0; at < ranges.length; at += 3) {
    const last = ranges.charCodeAt(at + 2);
    for (let byte = ranges.charCodeAt(at); byte <= last; byte += 1) bytes.push(byte);
  }
  return bytes;
}

/** How many comparisons may still be made. Below zero, nothing matches, and the answer is not known. */
export interface Budget {
  steps: number;
}

/** @param path its segments, in bytes, in lower case if the pattern ignores case */
export function matchesWildcards(
  { segments }: Wildcards,
  path: readonly string[],
  budget: Budget,
): boolean {
  return matchesRuns(segments, path.length, {
    isRun: (segment) => segment === 'anyDepth',
    accepts: (segment, at) =>
      segment !== 'anyDepth' && matchesName(segment, path[at] ?? '', budget),
    budget,
  });
}

function matchesName(atoms: readonly Atom[], name: string, budget: Budget): boolean {
  return matchesRuns(atoms, name.length, {
    isRun: (atom) => atom === 'any',
    accepts: (atom, at) => {
      const byte = name.charCodeAt(at);
      return atom === 'one' || atom === byte || (atom instanceof Set && atom.has(byte));
    },
    budget,
  });
}

interface Rules<Item> {
  readonly isRun: (item: Item) => boolean;
  readonly accepts: (item: Item, at: number) => boolean;
  readonly budget: Budget;
}

/**
 * Whether items, some of which stand for any number of places, match all of `length` places. Only the last run
 * ever has to grow: what comes before it has found its first match, and a later one would leave less.
 */
function matchesRuns<Item>(
  items: readonly Item[],
  length: number,
  { isRun, accepts, budget }: Rules<Item>,
): boolean {
  let item = 0;
  let at = 0;
  let run = -1;
  let runEnd = 0;
  while (at < length) {
    budget.steps -= 1;
    if (budget.steps < 0) return false;
    const current = items[item];
    if (current !== undefined && isRun(current)) {
      run = item;
      runEnd = at;
      item += 1;
    } else if (current !== undefined && accepts(current, at)) {
      item += 1;
      at += 1;
    } else if (run >= 0) {
      item = run + 1;
      runEnd += 1;
      at = runEnd;
    } else {
      return false;
    }
  }
  return items.slice(item).every(isRun);
}
