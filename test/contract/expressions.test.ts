import assert from 'node:assert/strict';
import ts from 'typescript';
import { findSlow } from './linearTime';
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

describe('the regular expressions of src', function () {
  this.timeout(120_000);

  it('M2: take less than 50 ms for 100,000 characters of their own atoms', () => {
    const all = expressions();
    assert.ok(all.length > 300, String(all.length));
    const slow: string[] = [];
    let worst = { ms: 0, place: '' };
    for (const expression of all) {
      const { place, source, flags } = expression;
      const pattern = new RegExp(source, flags);
      const found = findSlow(atomsOf(expression), (text) => text.replace(pattern, ''));
      if (found.ms > worst.ms) worst = { ms: found.ms, place };
      if (found.text !== undefined) slow.push(`${place} /${source}/ ${found.text}`);
    }
    assert.deepEqual(slow, []);
    process.stdout.write(`      ${all.length} expressions, worst ${worst.ms} ms, ${worst.place}\n`);
  });

  it('M2: would be found here if they were slow', () => {
    for (const source of [String.raw`\s+$`, '^(?:a|a)*b', 'a*a*a*c', String.raw`(?:\w+\s?)+!`]) {
      const pattern = new RegExp(source, 'u');
      const atoms = atomsOf({ place: '', source, flags: 'u' });
      const found = findSlow(atoms, (text) => text.replace(pattern, ''));
      assert.notEqual(found.text, undefined, source);
    }
  });
});
