import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ExcludeRules } from '../../../src/files/excludedFiles';
import { IgnoredFiles } from '../../../src/files/ignoredFiles';

/** A workspace folder whose only files are these `.gitignore`. */
function withRules(rules: Readonly<Record<string, string>>): IgnoredFiles {
  const files = new Map(
    Object.entries(rules).map(([folder, text]) => [`/w/${folder}.gitignore`, text]),
  );
  return new IgnoredFiles(
    {
      kindOf: (path) => Promise.resolve(files.has(path) ? 'file' : 'missing'),
      read: (path) => Promise.resolve(files.get(path) ?? ''),
    },
    undefined,
  );
}

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
    it(`.gitignore ${JSON.stringify(text)}`, async () => {
      const rules = withRules({ '': text });
      const find = (path: string) => rules.find('/w', path, false);
      for (const path of ignored) {
        assert.deepEqual(await find(path), { by: '/w/.gitignore', isUnknown: false }, path);
      }
      for (const path of kept) assert.equal(await find(path), undefined, path);
    });
  }

  it('lets the nearest .gitignore decide, and names the one that ignores', async () => {
    const rules = withRules({
      '': '*.gen.ts\nout',
      'src/': '!a.gen.ts\n*.tmp\n/top\nlib/*.js\n!out',
      'src/[odd] !name/': 'x',
    });
    const find = async (path: string) =>
      (await rules.find('/w', path, false))?.by.slice('/w/'.length, -'/.gitignore'.length);
    assert.equal(await find('src/a.gen.ts'), undefined);
    assert.equal(await find('src/b.gen.ts'), '');
    assert.equal(await find('src/x.tmp'), 'src');
    assert.equal(await find('src/deep/x.tmp'), 'src');
    assert.equal(await find('x.tmp'), undefined);
    assert.equal(await find('src/top'), 'src');
    assert.equal(await find('src/deep/top'), undefined);
    assert.equal(await find('src/lib/a.js'), 'src');
    assert.equal(await find('lib/a.js'), undefined);
    assert.equal(await find('out/a'), '');
    assert.equal(await find('src/out/a'), undefined);
    assert.equal(await find('src/[odd] !name/x'), 'src/[odd] !name');
    assert.equal(await find('src/o !name/x'), undefined);
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

  it('is not held up by patterns and names of a hostile workspace', async () => {
    const hostile = [
      '**/a/**/b/**/c/**/d',
      '**/a/**/a/**/a/**/a/**/a/**/b',
      '*a*a*a*a*a*a*a*a*b',
      '**/*a*a*a*b/**/*a*a*a*b',
      '{a,aa}'.repeat(40),
      '**/'.repeat(100),
      `${'[ab]*'.repeat(500)}c`,
    ];
    const names = ['a/'.repeat(500) + 'x', 'a'.repeat(255), `${'a'.repeat(255)}/`.repeat(10)];
    for (const pattern of hostile) {
      for (const name of names) {
        const before = process.cpuUsage();
        await withRules({ '': pattern }).find('/w', name, false);
        new ExcludeRules([pattern]).isExcluded(name);
        const { user, system } = process.cpuUsage(before);
        assert.ok((user + system) / 1_000 < 250, `${pattern.slice(0, 50)} ${name.slice(0, 20)}`);
      }
    }
  });

  it('applies patterns that are slow elsewhere, such as those for the reports of Node', async () => {
    const rules = withRules({
      '': 'report.[0-9]*.[0-9]*.[0-9]*.[0-9]*.json\nbackup-[0-9][0-9][0-9][0-9]*.sql',
    });
    const paths = [
      'report.20260101.120000.4711.0.001.json',
      'backup-2026-customers-and-orders.sql',
    ];
    for (const path of paths) assert.ok(await rules.find('/w', path, false), path);
  });

  it('asks about every file where there are more rules than can be compared', async () => {
    const long = '*a*a*a*a*b\n'.repeat(4_999);
    const rules = withRules({ '': long });
    const before = process.cpuUsage();
    for (let at = 0; at < 1_000; at += 1) await rules.find('/w', `${'a'.repeat(250)}${at}`, false);
    const { user, system } = process.cpuUsage(before);
    assert.ok((user + system) / 1_000 < 10_000);
    const unknown = { by: '/w/.gitignore', isUnknown: true };
    assert.deepEqual(await rules.find('/w', 'x', false), unknown);
    const many = withRules({ '': 'x\n'.repeat(5_001) });
    assert.deepEqual(await many.find('/w', 'y', false), unknown);
    assert.deepEqual(await many.find('/w', 'x', false), { ...unknown, isUnknown: false });
    const braces = new ExcludeRules(['{a,b}'.repeat(20)]);
    assert.ok(braces.isExcluded('x'));
  });

  it('accepts any text as a pattern and as a path', async () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from('*?[]{}()!#\\/.,-^a b')) });
    await fc.assert(
      fc.asyncProperty(text, text, async (pattern, path) => {
        await withRules({ 'a/': pattern }).find('/w', path, false);
        await withRules({ '': pattern }).find('/w', path, true);
        new ExcludeRules([pattern]).isExcluded(path);
      }),
      { numRuns: 500 },
    );
  });
});
