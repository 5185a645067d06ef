import assert from 'node:assert/strict';
import ts from 'typescript';
import { sourceFiles } from './sourceFiles';

interface Expression {
  readonly place: string;
  readonly source: string;
  readonly flags: string;
}

/** Every regular expression that is written in src. */
function expressions(): readonly Expression[] {
  return sourceFiles().flatMap(({ name, text }) => {
    const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
    const found: Expression[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
        const end = node.text.lastIndexOf('/');
        const [source, flags] = [node.text.slice(1, end), node.text.slice(end + 1)];
        found.push({ place: `${name}:${line}`, source, flags });
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
    return found;
  });
}

/** What the expression is made of: its words, its marks, and one of each kind of character that it may name. */
function atomsOf({ source }: Expression): readonly string[] {
  const words = source
    .replaceAll(/\\[pP]\{[^}]*\}|\\[bBdDsSwWnrtfvk]|\(\?(?:<?[=!]|:|<\w+>)/gu, ' ')
    .replaceAll(/\[\^?|[\])(|+*?^$]|\{[\d,]*\}/gu, ' ')
    .replaceAll(/\\(?<mark>[^\w\s])/gu, '$<mark>')
    .split(/\s+/u)
    .filter((word) => word !== '');
  const marks = words.flatMap((word) => Array.from(word)).filter((one) => !/[\p{L}\d]/u.test(one));
  return [...new Set([...words.slice(0, 12), ...marks, ' ', '\n', 'a', 'A', '1', 'é', '\u00a0'])];
}

/** Long texts of one atom, also behind another one, with an end that matches nothing. */
function hostileTexts(expression: Expression, length: number): readonly string[] {
  const atoms = atomsOf(expression);
  const repeated = (atom: string): string => atom.repeat(Math.ceil(length / atom.length));
  return [
    ...atoms.map((atom) => `${repeated(atom)}\0`),
    ...atoms.slice(0, 4).flatMap((first) => atoms.map((atom) => `${first}${repeated(atom)}\0`)),
    ...atoms.slice(0, 4).flatMap((first) => atoms.map((atom) => `${repeated(first + atom)}\0`)),
  ];
}

/** The processor time in milliseconds, the least of several tries where it is long. */
function spend(task: () => unknown, limit: number): number {
  let least = Infinity;
  for (let tries = 0; tries < 4 && least > limit; tries += 1) {
    const before = process.cpuUsage();
    task();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
}

/** Lengths in UTF-16 code units, and milliseconds: one that grows exponentially shows before it never ends. */
const steps = [
  [24, 5],
  [200, 10],
  [2_000, 20],
  [10_000, 30],
] as const;
/** Of so many of the texts that took longest before, also the longest is tried. */
const mostOfLongest = 8;
const [longestLength, longestLimit] = [100_000, 50] as const;

/** The first text that takes too long, and the longest time of all. */
function findSlow(expression: Expression, pattern: RegExp): { ms: number; text?: string } {
  let last: readonly number[] = [];
  for (const [length, limit] of steps) {
    const texts = hostileTexts(expression, length);
    const found = findLongest(pattern, texts, limit);
    if (found.text !== undefined) return found;
    last = found.times;
  }
  const slowest = [...last.keys()].sort((one, other) => (last[other] ?? 0) - (last[one] ?? 0));
  const texts = hostileTexts(expression, longestLength);
  const tried = slowest.slice(0, mostOfLongest).map((index) => texts[index] ?? '');
  return findLongest(pattern, tried, longestLimit);
}

function findLongest(
  pattern: RegExp,
  texts: readonly string[],
  limit: number,
): { ms: number; text?: string; times: readonly number[] } {
  const times: number[] = [];
  for (const text of texts) {
    const ms = spend(() => text.replace(pattern, ''), limit);
    times.push(ms);
    if (ms > limit) {
      return {
        ms,
        times,
        text: `${ms} ms: ${text.length} of ${JSON.stringify(text.slice(0, 20))}`,
      };
    }
  }
  return { ms: Math.max(0, ...times), times };
}

describe('the regular expressions of src', function () {
  this.timeout(120_000);

  it('M2: take less than 50 ms for 100,000 characters of their own atoms', () => {
    const all = expressions();
    assert.ok(all.length > 300, String(all.length));
    const slow: string[] = [];
    let worst = { ms: 0, place: '' };
    for (const expression of all) {
      const { place, source, flags } = expression;
      const found = findSlow(expression, new RegExp(source, flags));
      if (found.ms > worst.ms) worst = { ms: found.ms, place };
      if (found.text !== undefined) slow.push(`${place} /${source}/ ${found.text}`);
    }
    assert.deepEqual(slow, []);
    process.stdout.write(`      ${all.length} expressions, worst ${worst.ms} ms, ${worst.place}\n`);
  });

  it('M2: would be found here if they were slow', () => {
    for (const source of [String.raw`\s+$`, '^(?:a|a)*b', 'a*a*a*c', String.raw`(?:\w+\s?)+!`]) {
      const expression = { place: '', source, flags: 'u' };
      assert.notEqual(findSlow(expression, new RegExp(source, 'u')).text, undefined, source);
    }
  });
});
