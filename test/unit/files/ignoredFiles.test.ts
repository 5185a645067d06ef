import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ExcludeRules, IgnoreRules } from '../../../src/files/ignoredFiles';

describe('ignored, excluded and secret files', () => {
  /** A pattern of a `.gitignore` at the top, with paths that it ignores and paths that it does not. */
  const patterns: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['*.log', ['a.log', 'src/deep/b.log'], ['a.logs', 'log']],
    ['/build', ['build', 'build/x.js'], ['src/build']],
    ['build/', ['build/x.js', 'src/build/y.js'], ['build']],
    ['doc/*.txt', ['doc/a.txt'], ['doc/sub/a.txt', 'x/doc/a.txt']],
    ['doc/**/*.txt', ['doc/a.txt', 'doc/x/y/a.txt'], ['a.txt']],
    ['**/foo', ['foo', 'a/foo', 'a/b/foo/c'], ['foot']],
    ['foo/**', ['foo/a', 'foo/a/b'], ['foo', 'a/foo/b']],
    ['a?c', ['abc', 'x/a-c'], ['ac', 'a/c']],
    ['[ab].ts', ['a.ts', 'x/b.ts'], ['c.ts']],
    ['[!ab].ts', ['c.ts'], ['a.ts']],
    ['\\#x', ['#x'], ['x']],
    ['\\!x', ['!x'], ['x']],
    ['# remark', [], ['# remark', 'remark']],
    ['*.ts\n!keep.ts', ['a.ts'], ['keep.ts', 'src/keep.ts']],
    ['dir/\n!dir/keep.ts', ['dir/keep.ts'], ['keep.ts']],
    ['x  ', ['x'], ['x  ']],
    ['(a+b)', ['(a+b)'], ['aab']],
    ['[z-a]', [], ['m']],
  ];
  for (const [text, ignored, kept] of patterns) {
    it(`.gitignore ${JSON.stringify(text)}`, () => {
      const rules = new IgnoreRules([{ folder: '', text }]);
      for (const path of ignored) assert.equal(rules.findIgnoringFolder(path, false), '', path);
      for (const path of kept) {
        assert.equal(rules.findIgnoringFolder(path, false), undefined, path);
      }
    });
  }

  it('lets the nearest .gitignore decide, and names the one that ignores', () => {
    const rules = new IgnoreRules([
      { folder: '', text: '*.gen.ts\nout' },
      { folder: 'src', text: '!a.gen.ts\n*.tmp\n/top\nlib/*.js\n!out' },
      { folder: 'src/[odd] !name', text: 'x' },
    ]);
    const find = (path: string): string | undefined => rules.findIgnoringFolder(path, false);
    assert.equal(find('src/a.gen.ts'), undefined);
    assert.equal(find('src/b.gen.ts'), '');
    assert.equal(find('src/x.tmp'), 'src');
    assert.equal(find('src/deep/x.tmp'), 'src');
    assert.equal(find('x.tmp'), undefined);
    assert.equal(find('src/top'), 'src');
    assert.equal(find('src/deep/top'), undefined);
    assert.equal(find('src/lib/a.js'), 'src');
    assert.equal(find('lib/a.js'), undefined);
    assert.equal(find('out/a'), '');
    assert.equal(find('src/out/a'), undefined);
    assert.equal(find('src/[odd] !name/x'), 'src/[odd] !name');
    assert.equal(find('src/o !name/x'), undefined);
  });

  it('reads the patterns of VS Code’s settings as VS Code does', () => {
    const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
      ['**/node_modules', ['node_modules', 'node_modules/a/b.js', 'x/node_modules/c'], ['modules']],
      ['**/*.{js,map}', ['a.js', 'x/y.map'], ['a.ts']],
      ['**/.git', ['.git', 'a/.git/config'], ['git']],
      ['out', ['out', 'out/a.js'], ['src/out']],
      ['{a,b}/**', ['a/x', 'b/y/z'], ['c/x']],
      ['(a)+', ['(a)+'], ['aa', 'a']],
      ['{a,b', ['{a,b'], ['a']],
      ['!a', ['!a'], ['b']],
      ['', [], ['a']],
    ];
    for (const [glob, hidden, shown] of cases) {
      const rules = new ExcludeRules([glob]);
      for (const path of hidden) assert.ok(rules.isExcluded(path), `${glob} hides ${path}`);
      for (const path of shown) assert.ok(!rules.isExcluded(path), `${glob} shows ${path}`);
    }
  });

  it('is not held up by patterns and names of a hostile workspace', () => {
    const hostile = [
      '**/a/**/b/**/c/**/d',
      '**/a/**/a/**/a/**/a/**/a/**/b',
      '*a*a*a*a*a*a*a*a*b',
      '**/*a*a*a*b/**/*a*a*a*b',
      '{a,aa}'.repeat(40),
      '**/'.repeat(100),
    ];
    const names = ['a/'.repeat(500) + 'x', 'a'.repeat(255), `${'a'.repeat(255)}/`.repeat(10)];
    const start = performance.now();
    for (const pattern of hostile) {
      for (const name of names) {
        new IgnoreRules([{ folder: '', text: pattern }]).findIgnoringFolder(name, false);
        new ExcludeRules([pattern]).isExcluded(name);
      }
    }
    // The patterns that backtrack take minutes, where they end at all.
    assert.ok(performance.now() - start < 10_000);
  });

  it('accepts any text as a pattern and as a path', () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from('*?[]{}()!#\\/.,-^a b')) });
    fc.assert(
      fc.property(text, text, (pattern, path) => {
        new IgnoreRules([{ folder: 'a', text: pattern }]).findIgnoringFolder(path, false);
        new IgnoreRules([{ folder: '', text: pattern }]).findIgnoringFolder(path, true);
        new ExcludeRules([pattern]).isExcluded(path);
      }),
      { numRuns: 500 },
    );
  });
});
