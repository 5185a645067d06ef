import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ignoredBy, isExcluded, parseIgnoreFile } from '../../../src/attachments/ignoredFiles';
import { mayHoldSecrets } from '../../../src/attachments/pathRules';

describe('what is ignored, excluded or secret', () => {
  /** A pattern of a `.gitignore` at the top, with what it ignores and what it does not. */
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
      const files = [parseIgnoreFile('', text)];
      for (const path of ignored) assert.equal(ignoredBy(path, false, files), '', path);
      for (const path of kept) assert.equal(ignoredBy(path, false, files), undefined, path);
    });
  }

  it('hears the nearest .gitignore last, and names the one that ignores', () => {
    const files = [parseIgnoreFile('', '*.gen.ts'), parseIgnoreFile('src', '!a.gen.ts\n*.tmp')];
    assert.equal(ignoredBy('src/a.gen.ts', false, files), undefined);
    assert.equal(ignoredBy('src/b.gen.ts', false, files), '');
    assert.equal(ignoredBy('src/x.tmp', false, files), 'src');
    assert.equal(ignoredBy('x.tmp', false, files), undefined);
  });

  it('knows the patterns of VS Code’s own settings', () => {
    const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
      ['**/node_modules', ['node_modules', 'node_modules/a/b.js', 'x/node_modules/c'], ['modules']],
      ['**/*.{js,map}', ['a.js', 'x/y.map'], ['a.ts']],
      ['out', ['out', 'out/a.js'], ['src/out']],
      ['{a,b}/**', ['a/x', 'b/y/z'], ['c/x']],
      ['**/{open', ['open'], ['shut']],
    ];
    for (const [glob, hidden, shown] of cases) {
      for (const path of hidden) assert.ok(isExcluded(path, [glob]), `${glob} hides ${path}`);
      for (const path of shown) assert.ok(!isExcluded(path, [glob]), `${glob} shows ${path}`);
    }
  });

  it('takes any text for a pattern without failing', () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from('*?[]{}()!#\\/.,-^a b')) });
    fc.assert(
      fc.property(text, text, (pattern, path) => {
        ignoredBy(path, false, [parseIgnoreFile('', pattern)]);
        isExcluded(path, [pattern]);
      }),
      { numRuns: 500 },
    );
  });

  it('knows under which names secrets are kept', () => {
    const secret = ['.env', '.env.local', '.ENV', 'id_rsa', 'id_ed25519', 'server.pem', 'a.key'];
    const more = ['.npmrc', '.netrc', 'credentials', 'secrets.yaml', 'prod.tfvars', 'x.p12'];
    for (const name of [...secret, ...more]) assert.ok(mayHoldSecrets(name), name);
    const plain = ['.env.example', 'env.ts', 'keys.ts', 'id_rsa.pub', 'secretary.md', 'a.keys'];
    for (const name of plain) assert.ok(!mayHoldSecrets(name), name);
  });
});
