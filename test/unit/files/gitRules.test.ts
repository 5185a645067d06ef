import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type FileAccess, IgnoredFiles } from '../../../src/files/ignoredFiles';
import { type TemporaryFolder, temporaryFolder } from '../../support/folders';
import { seeded } from '../../support/seeded';

const files: FileAccess = {
  kindOf: async (at) => {
    const found = await lstat(at).catch(() => undefined);
    if (!found) return 'missing';
    if (found.isFile()) return 'file';
    return found.isDirectory() ? 'folder' : 'other';
  },
  read: (at) => readFile(at, 'utf8'),
};

describe('what Git ignores, by real Git', function () {
  this.timeout(60_000);
  let folder: TemporaryFolder;
  let root: string;
  let home: string;

  const run = (args: readonly string[], input = '', cwd = root): string =>
    execFileSync('git', args, {
      cwd,
      input,
      encoding: 'utf8',
      maxBuffer: 1e8,
      env: { PATH: process.env['PATH'], HOME: home, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  const write = (name: string, text: string): void => {
    const at = path.join(root, name);
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, text);
  };
  const asGit = (paths: readonly string[], cwd = root): ReadonlySet<string> => {
    try {
      const args = ['check-ignore', '--no-index', '-z', '--stdin'];
      return new Set(
        run(args, `${paths.join('\0')}\0`, cwd)
          .split('\0')
          .slice(0, -1),
      );
    } catch {
      // Status 1: none is ignored.
      return new Set();
    }
  };
  const find = async (paths: readonly string[], from = root): Promise<ReadonlySet<string>> => {
    const ignored = new IgnoredFiles(files, { home, config: path.join(home, '.config') });
    const found = new Set<string>();
    for (const each of paths) {
      const isFolder = (await files.kindOf(path.join(from, each))) === 'folder';
      if (await ignored.find(from, each, isFolder)) found.add(each);
    }
    return found;
  };
  /** Asserts that Cria asks about exactly what Git ignores, and returns that. */
  const compare = async (paths: readonly string[], from = root): Promise<readonly string[]> => {
    const git = asGit(paths, from);
    assert.deepEqual([...(await find(paths, from))].sort(), [...git].sort());
    return [...git].sort();
  };

  beforeEach(async () => {
    folder = await temporaryFolder('ignored');
    root = path.join(folder.path, 'repo');
    home = path.join(folder.path, 'home');
    mkdirSync(root);
    mkdirSync(home);
    run(['init', '--quiet']);
  });
  afterEach(() => folder.remove());

  it('L6: is found for 2,500 mixtures of patterns, in 20,000 paths', async () => {
    const random = seeded(20);
    const pick = (from: readonly string[]): string =>
      from[Math.floor(random() * from.length)] ?? '';
    const mix = (from: readonly string[], most: number): string =>
      Array.from({ length: 1 + Math.floor(random() * most) }, () => pick(from)).join('');
    const letters = ['a', 'b', 'ab', '1', '-', '.', ' ', 'A', 'é', ']', '!', '#', '^'];
    const marks = ['*', '**', '?', '/', '/', '**/', '/**', '\\', '[ab]', '[!a]', '[a-c]', '[^b]'];
    const sets = [
      '[[:alpha:]]',
      '[[:digit:]-]',
      '[]a]',
      '[a',
      '[\\]b]',
      '[[:x:]]',
      '[a-]',
      '[a/b]',
    ];
    const places: string[] = [];
    for (let at = 0; at < 2_500; at += 1) {
      const rule = (): string =>
        (random() < 0.2 ? '!' : '') + mix([...letters, ...marks, ...sets], 5);
      const rules = Array.from({ length: 1 + Math.floor(random() * 3) }, rule);
      write(`${at}/.gitignore`, rules.join(random() < 0.1 ? '\r\n' : '\n'));
      if (random() < 0.2) write(`${at}/a/.gitignore`, rule());
      for (let file = 0; file < 8; file += 1) {
        const names = Array.from({ length: 1 + Math.floor(random() * 3) }, () => mix(letters, 3));
        const safe = names.map((name) => (/^\.*$/u.test(name) ? 'a' : name));
        places.push(`${at}/${safe.join('/')}`);
      }
    }
    const ignored = await compare(places);
    assert.ok(ignored.length > 2_000 && ignored.length < 18_000, String(ignored.length));
  });

  it('L6: is found above the workspace folder, in info/exclude, and in the user’s own file', async () => {
    write('.gitignore', 'above.txt\n/packages/a/anchored.txt\n');
    write('packages/a/.gitignore', '!above2.txt\n');
    writeFileSync(path.join(root, '.git/info/exclude'), 'excluded.txt\nabove2.txt\n');
    mkdirSync(path.join(home, '.config/git'), { recursive: true });
    writeFileSync(path.join(home, '.config/git/ignore'), 'default.txt\n');
    const names = ['above', 'above2', 'anchored', 'excluded', 'default', 'own', 'part', 'kept'];
    const paths = names.map((name) => `${name}.txt`);
    const inside = path.join(root, 'packages/a');
    assert.deepEqual(await compare(paths, inside), [
      'above.txt',
      'anchored.txt',
      'default.txt',
      'excluded.txt',
    ]);
    writeFileSync(path.join(home, 'mine'), 'own.txt\n');
    writeFileSync(path.join(home, '.gitconfig'), '[Core]\n\tExcludesFile = "~/mine" # mine\n');
    rmSync(path.join(home, '.config'), { recursive: true });
    assert.ok((await compare(paths, inside)).includes('own.txt'));
    writeFileSync(path.join(home, '.gitconfig'), '[include]\n\tpath = more/config\n');
    mkdirSync(path.join(home, 'more'));
    writeFileSync(path.join(home, 'more/config'), `[core]\nexcludesfile=${home}/mine\n`);
    assert.ok((await compare(paths, inside)).includes('own.txt'));
    run(['config', 'core.excludesFile', '../home/mine2']);
    writeFileSync(path.join(home, 'mine2'), 'part.txt\n');
    assert.ok((await find(paths, inside)).has('part.txt'));
  });

  it('L6: is found without regard to case where the repository is on such a disk', async () => {
    write('.gitignore', 'Secret*\n[A-C]x\n/Deep/[[:upper:]]y\n');
    const paths = ['secret.txt', 'SECRET', 'sub/SeCret', 'ax', 'BX', 'deep/ay', 'DEEP/BY', 'dx'];
    const exact = await compare(paths);
    run(['config', 'core.ignoreCase', 'true']);
    const folded = await compare(paths);
    assert.ok(folded.length > exact.length);
  });

  it('L6: is found in worktrees and in repositories inside', async () => {
    run([
      '-c',
      'user.name=A',
      '-c',
      'user.email=a@b.c',
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      'x',
    ]);
    run(['worktree', 'add', '--quiet', '../tree']);
    writeFileSync(path.join(root, '.git/info/exclude'), 'excluded.txt\n');
    const tree = path.join(folder.path, 'tree');
    assert.deepEqual(await compare(['excluded.txt', 'x/excluded.txt', 'kept.txt'], tree), [
      'excluded.txt',
      'x/excluded.txt',
    ]);
    run(['init', '--quiet', 'inner']);
    writeFileSync(path.join(root, 'inner/.git/info/exclude'), 'own.txt\n');
    assert.deepEqual([...(await find(['inner/own.txt', 'inner/kept.txt']))], ['inner/own.txt']);
  });

  it('L6: contacts no other machine for its files, and survives any `.git`', async () => {
    const asked: string[] = [];
    const watched: FileAccess = {
      kindOf: (at) => {
        asked.push(at);
        return files.kindOf(at);
      },
      read: files.read,
    };
    rmSync(path.join(root, '.git'), { recursive: true });
    const hostile = [
      '//evil.example/share',
      '\\\\evil.example\\share',
      '/',
      '..',
      '.',
      '',
      '.git',
      '/dev',
    ];
    for (const place of [...hostile, 'x'.repeat(5_000), '../'.repeat(500), '~/x', '\0', 'C:/x']) {
      writeFileSync(path.join(root, '.git'), `gitdir: ${place}\n`);
      const ignored = new IgnoredFiles(watched, { home, config: path.join(home, '.config') });
      await ignored.find(root, 'a/b', false);
    }
    assert.deepEqual(
      asked.filter((at) => at.startsWith('//')),
      [],
    );
  });

  it('L6: is not known, so that the user is asked, where a file of rules cannot be read', async () => {
    symlinkSync('/dev/zero', path.join(root, '.gitignore'));
    const broken: FileAccess = { ...files, read: () => Promise.reject(new Error('denied')) };
    assert.equal(
      (await new IgnoredFiles(broken, undefined).find(root, 'a', false))?.isUnknown,
      true,
    );
    rmSync(path.join(root, '.gitignore'));
    rmSync(path.join(root, '.git/info/exclude'));
    assert.equal(await new IgnoredFiles(broken, undefined).find(root, 'a', false), undefined);
  });
});
