import assert from 'node:assert/strict';
import path from 'node:path';
import { seeded } from '../../support/seeded';
import { isProtected, parseRelativePath } from '../../../src/codeBlocks/relativePath';

/** What an answer may name, and the segments it leads along. */
const followed: readonly (readonly [string, readonly string[]])[] = [
  ['cart.ts', ['cart.ts']],
  ['src/cart.ts', ['src', 'cart.ts']],
  ['./src/cart.ts', ['src', 'cart.ts']],
  ['src\\cart.ts', ['src', 'cart.ts']],
  ['  src/cart.ts ', ['src', 'cart.ts']],
  ['Makefile', ['Makefile']],
  ['.gitignore', ['.gitignore']],
  ['a b/c d.txt', ['a b', 'c d.txt']],
  ['src/größe.ts', ['src', 'größe.ts']],
  ['src/文件.ts', ['src', '文件.ts']],
  ['a..b/c', ['a..b', 'c']],
  ['...hidden', ['...hidden']],
  ['%2e%2e/cart.ts', ['%2e%2e', 'cart.ts']],
  ['src/[id]/page.tsx', ['src', '[id]', 'page.tsx']],
  ['src/$id.ts', ['src', '$id.ts']],
  ['@scope/name/index.ts', ['@scope', 'name', 'index.ts']],
  ['console.ts', ['console.ts']],
  ['com10.txt', ['com10.txt']],
  ['nullable.ts', ['nullable.ts']],
  ['.vscode/settings.json', ['.vscode', 'settings.json']],
];

/** What is never followed, on no system. */
const refused = [
  ['', ' ', '.', './', '/', '//', '\\'],
  ['/etc/passwd', '\\Windows\\win.ini', '//server/share/x', '\\\\server\\share\\x'],
  ['C:\\x', 'C:/x', 'C:x', 'c:', '\\\\?\\C:\\x', '\\\\.\\pipe\\x'],
  ['..', '../x', 'a/../../x', 'a\\..\\..\\x', './../x', 'src/..', 'a/./b', '..\\x', 'a/.. /x'],
  ['~/x', '~root/x', 'file:///etc/passwd', 'vscode:x', 'x.txt::$DATA', 'x.txt:stream'],
  ['CON', 'nul.txt', 'src/aux.ts', 'COM1', 'lpt9.log', 'COM¹', 'conin$', 'prn.'],
  ['a.', 'a /b', 'src /x', 'a./b', 'a/ /x', 'a//b', 'a/', '.git./config'],
  ['a\0b', 'a\nb', 'a\u001b[0m', 'a\u202Etxt.exe', '.g\u200Cit/config', 'a\u2028b', 'a\u007Fb'],
  ['a|b', 'a<b', 'a>b', 'a"b', 'a?b', 'a*b', 'x'.repeat(300), 'a/'.repeat(600)],
].flat();

const bases = [
  [path.posix, '/home/person/work'],
  [path.win32, 'C:\\Users\\person\\work'],
] as const;

describe('X5 paths of an answer', () => {
  it('X5: stay in the folder on both systems, in any mixture of their marks', () => {
    const random = seeded(20);
    const marks = [
      '..',
      '.',
      '/',
      '\\',
      'C:',
      '~',
      ' ',
      '\0',
      '\u202e',
      'a',
      '.git',
      'CON',
      '::',
      '%2e',
    ];
    let count = 0;
    for (let run = 0; run < 20_000; run += 1) {
      const length = 1 + Math.floor(random() * 8);
      const written = Array.from({ length }, () => marks[Math.floor(random() * marks.length)]).join(
        '',
      );
      const segments = parseRelativePath(written);
      if (!segments) continue;
      count += 1;
      for (const [flavour, base] of bases) {
        const inside = flavour.relative(base, flavour.resolve(base, ...segments));
        assert.equal(inside, segments.join(flavour.sep), JSON.stringify(written));
        assert.doesNotMatch(inside, /^\.\.(?:[/\\]|$)|[\p{Cc}\p{Cf}:]/u);
      }
    }
    assert.ok(count > 500, String(count));
  });

  for (const [flavour, base] of bases) {
    const system = flavour === path.posix ? 'POSIX' : 'Windows';
    it(`follows ${followed.length} paths and refuses ${refused.length}, on ${system}`, () => {
      for (const [written, segments] of followed) {
        assert.deepEqual(parseRelativePath(written), segments, written);
        const inside = flavour.relative(base, flavour.join(base, ...segments));
        assert.equal(inside, segments.join(flavour.sep), written);
      }
      for (const written of refused) {
        const segments = parseRelativePath(written);
        assert.equal(segments, undefined, JSON.stringify(written));
      }
    });
  }

  it('L5: knows what runs or steers by being there, however it is written', () => {
    const guarded = [
      [
        '.vscode/tasks.json',
        '.VSCODE/settings.json',
        'a/.vscode/launch.json',
        '.git/hooks/pre-commit',
      ],
      ['.GIT/config', 'GIT~1/config', '.gitmodules', '.husky/pre-commit', '.devcontainer/x.json'],
      ['work.code-workspace', '.envrc', '.npmrc', 'home/.bashrc', '.github/workflows/x.yml'],
      ['．vscode/tasks.json', '.ＧＩＴ/config', 'tasks.json', '.cria/prompts/x.md', '.idea/x'],
    ].flat();
    guarded.push(
      ...['.zprofile', '.bash_aliases', '.bash_login', '.vimrc', '.exrc', '.gdbinit', '.lldbinit'],
      ...[
        '.ssh/config',
        '.config/fish/config.fish',
        '.pre-commit-config.yaml',
        '.circleci/config.yml',
      ],
      ...[
        '.cargo/config.toml',
        '.mvn/extensions.xml',
        '.pnp.cjs',
        '.yarn/releases/yarn.cjs',
        '.mcp.json',
      ],
      ...[
        '.claude/settings.json',
        '.cursor/rules/x.mdc',
        '.prettierrc',
        '.eslintrc.json',
        '.gitlab-ci.yml',
      ],
      ...[
        'a/.unheard-of',
        'sitecustomize.py',
        'src/usercustomize.py',
        'AGENTS.md',
        'docs/CLAUDE.md',
      ],
      ...['eslint.config.mjs', 'ESLINT.config.TS', 'prettier.config.js', 'build.rs', 'Jenkinsfile'],
      ...[
        'GITHUB~1/workflows/x.yml',
        'HUSKY~1/pre-commit',
        'DEVCON~1/x.json',
        'SETTIN~2.JSO',
        'x~1',
      ],
    );
    for (const each of guarded) assert.ok(isProtected(parseRelativePath(each) ?? []), each);
    for (const each of [
      'src/cart.ts',
      '.gitignore',
      'vscode/x.ts',
      'git/x.ts',
      'mytasks.json',
    ].concat(
      ['.editorconfig', '.env.example', 'a/.gitkeep', '.nvmrc', '.prettierignore'],
      ['README.md', 'package.json', 'claude.ts', 'config/eslint.ts', 'a~b.ts', 'notes~'],
    )) {
      assert.ok(!isProtected(parseRelativePath(each) ?? []), each);
    }
  });
});
