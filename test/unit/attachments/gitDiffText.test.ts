import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isPathPattern, newFileDiff, readDiffText } from '../../../src/attachments/gitDiffText';
import { type TemporaryFolder, temporaryFolder } from '../../support/folders';
import { seeded } from '../../support/seeded';

describe('the diff of one file, by real Git', () => {
  let folder: TemporaryFolder;
  let root: string;

  const git = (...args: readonly string[]): string =>
    execFileSync(
      'git',
      [
        '-c',
        'user.name=Ada',
        '-c',
        'user.email=a@example.com',
        '-c',
        'protocol.file.allow=always',
        ...args,
      ],
      { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    );
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  };
  const changes = (): readonly string[] =>
    git('status', '--porcelain', '-z', '-uall')
      .split('\0')
      .filter((entry) => /^[ A-Z?]{2} /u.test(entry))
      .map((entry) => entry.slice(3));
  const commit = (): string => git('commit', '--quiet', '--all', '--message', 'First');

  beforeEach(async () => {
    folder = await temporaryFolder('diff');
    root = path.join(folder.path, 'repo');
    mkdirSync(root);
    git('init', '--quiet');
  });
  afterEach(() => folder.remove());

  /** Each file holds a marker that no other has, so that text of another file shows. */
  const settings: readonly (readonly string[])[] = [
    [],
    ['diff.mnemonicPrefix', 'true'],
    ['diff.noprefix', 'true'],
    ['color.ui', 'always'],
    ['core.quotePath', 'false'],
    ['diff.renames', 'copies'],
    ['diff.submodule', 'diff'],
  ];
  for (const setting of settings) {
    it(`H3: holds that file alone: ${setting.join(' ') || 'usual settings'} (case 21)`, () => {
      const names = [
        'a.ts',
        'my server.pem',
        'schlüssel.pem',
        'x"y.ts',
        '.env',
        'deep/.env',
        'tab\there',
        '模型.ts',
      ];
      for (const name of names) write(name, `old marker-${name}-\n`);
      write('gone.env', 'old marker-gone.env-\n');
      write('moved.env', `old marker-moved.env-\n${'same\n'.repeat(20)}`);
      git('add', '--all');
      commit();
      if (setting.length > 0) git('config', ...setting);
      for (const name of names)
        write(name, `new marker-${name}-\rrename to README.md\u2028+++ b/x\n`);
      rmSync(path.join(root, 'gone.env'));
      git('mv', 'moved.env', 'settings.txt');
      write('binary.bin', 'marker-binary.bin-\0');
      git('add', 'binary.bin');
      const seen = ['gone.env', 'settings.txt', 'moved.env', 'binary.bin', ...names];
      for (const name of seen) {
        const diff = readDiffText(git('diff', 'HEAD', '--', name));
        assert.equal(diff.kind, 'one', name);
        const markers = new Set('text' in diff ? diff.text.match(/marker-.*?-/gu) : []);
        for (const marker of markers)
          assert.ok(marker.includes(name.replace('settings.txt', 'moved.env')), name);
      }
    });
  }

  it('H3: is read in a conflict, also of a deleted file', () => {
    for (const name of ['.env', 'a.ts', 'dropped.ts']) write(name, `base ${name}\n`);
    git('add', '--all');
    commit();
    git('checkout', '--quiet', '-b', 'other');
    for (const name of ['.env', 'a.ts', 'dropped.ts']) write(name, `theirs ${name}\n`);
    commit();
    git('checkout', '--quiet', '-');
    for (const name of ['.env', 'a.ts']) write(name, `ours ${name}\n`);
    git('rm', '--quiet', 'dropped.ts');
    commit();
    assert.throws(() => git('merge', 'other'));
    for (const name of ['.env', 'a.ts', 'dropped.ts']) {
      for (const args of [['diff', 'HEAD'], ['diff', '--cached'], ['diff']]) {
        const diff = readDiffText(git(...args, '--', name));
        assert.notEqual(diff.kind, 'unclear', `${args.join(' ')} ${name}`);
        if (diff.kind === 'one')
          assert.doesNotMatch(diff.text.replaceAll(name, ''), /\.env|a\.ts/u);
      }
    }
  });

  it('H3: is not taken for clear where a name is a pattern', () => {
    for (const name of ['*', '[a]', '.env', 'a']) write(name, `old ${name}\n`);
    git('add', '--all');
    commit();
    for (const name of ['*', '[a]', '.env', 'a']) write(name, `new ${name}\n`);
    assert.equal(readDiffText(git('diff', 'HEAD', '--', '*')).kind, 'unclear');
    for (const name of ['*', '[a]', '.e?v', ':(top)x', 'a\\b'])
      assert.ok(isPathPattern(name), name);
    for (const name of ['a', 'a b', 'ä', 'a:b', '.env']) assert.ok(!isPathPattern(name), name);
    assert.equal(readDiffText(git('diff', 'HEAD')).kind, 'unclear');
  });

  it('is of a submodule its commit, and never its files', () => {
    const inner = path.join(folder.path, 'inner');
    mkdirSync(inner);
    const within = (...args: readonly string[]): string => git('-C', inner, ...args);
    within('init', '--quiet');
    writeFileSync(path.join(inner, '.env'), 'TOKEN=1\n');
    within('add', '--all');
    within('commit', '--quiet', '--message', 'One');
    git('submodule', '--quiet', 'add', inner, 'sub');
    commit();
    writeFileSync(path.join(root, 'sub', '.env'), 'TOKEN=2\n');
    git('-C', path.join(root, 'sub'), 'commit', '--quiet', '--all', '--message', 'Two');
    for (const format of ['short', 'log', 'diff']) {
      const diff = readDiffText(git('-c', `diff.submodule=${format}`, 'diff', 'HEAD', '--', 'sub'));
      assert.equal(diff.kind, 'one', format);
      assert.doesNotMatch(JSON.stringify(diff), /TOKEN/u);
    }
  });

  it('of a file that Git does not know yet is what Git prints once it is added', () => {
    const texts = ['const a = 1;\n', 'a\nb', '', '\n', 'a\n\n', '+a\n-b\n@@\n', 'a\rb\u2028c\n'];
    for (const [index, text] of texts.entries()) {
      const name = `new ${index}.ts`;
      write(name, text);
      git('add', '--intent-to-add', name);
      const printed = git('diff', '--', name)
        .split('\n')
        .map((line) => line.replace(/\t$/u, '').replace('+1 @@', '+1,1 @@'))
        .map((line) => line.replace(/^new file mode \d+$/u, 'new file'))
        .filter((line) => !line.startsWith('index '));
      assert.equal(
        newFileDiff(name, text),
        printed
          .join('\n')
          .trimEnd()
          .replace(/^(.*\n.*)\n--- .*$/su, text === '' ? '$1' : '$&'),
        name,
      );
      assert.equal(readDiffText(newFileDiff(name, text)).kind, 'one');
    }
  });

  it('H3: holds that file alone for any names and texts', () => {
    const random = seeded(20);
    const pick = (from: string): string =>
      Array.from(from)[Math.floor(random() * from.length)] ?? 'a';
    const text = (from: string, most: number): string =>
      Array.from({ length: 1 + Math.floor(random() * most) }, () => pick(from)).join('');
    const names = new Set(
      Array.from({ length: 60 }, () => `${text('ab ."\'ä模-+@é\t', 8)}${text('xyz', 3)}`),
    );
    for (const name of names) write(name, 'old\n');
    git('add', '--all');
    commit();
    const marked = [...names].map((name, index) => ({ name, marker: `marker${index}.` }));
    for (const { name, marker } of marked) {
      write(
        name,
        `${marker}${text('+-@ \n\r\u2028diff', 30)}\ndiff --git a/x b/.env\n+++ b/.env\n${marker}\n`,
      );
    }
    assert.equal(changes().length, names.size);
    for (const { name, marker } of marked) {
      const diff = readDiffText(git('diff', 'HEAD', '--', name));
      assert.equal(diff.kind, 'one', JSON.stringify(name));
      const markers = 'text' in diff ? diff.text.match(/marker\d+\./gu) : [];
      assert.deepEqual([...new Set(markers)], [marker], JSON.stringify(name));
    }
  });
});
