import assert from 'node:assert/strict';
import path from 'node:path';
import { readText } from './manifest';
import { importsOf, sourceFiles, type SourceFile } from './sourceFiles';

/** What each folder may import beside itself; `.` are the files of src itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  ollama: [],
  conversation: ['shared'],
  workspace: ['shared', 'conversation'],
  panel: ['shared', 'conversation', 'workspace'],
  explain: ['shared', 'conversation', 'workspace'],
  blocks: ['shared', 'conversation', 'workspace'],
  models: ['shared', 'conversation', 'workspace'],
  webview: ['shared'],
  '.': ['shared', 'ollama', 'conversation', 'workspace', 'panel', 'explain', 'blocks', 'models'],
};

/** Packages and built-ins by folder: the first words of what may be imported. */
const packages: Readonly<Record<string, readonly string[]>> = {
  shared: ['valibot'],
  ollama: ['node:'],
  conversation: ['valibot'],
  workspace: ['vscode', 'node:', 'valibot', 'minisearch'],
  panel: ['vscode', 'node:', 'valibot'],
  explain: ['vscode', 'valibot'],
  blocks: ['vscode', 'markdown-it'],
  models: ['vscode', 'node:', 'valibot'],
  webview: ['valibot', 'markdown-it', 'dompurify', 'highlight.js'],
  '.': ['vscode', 'node:'],
};

const files = sourceFiles();

function layerOf(name: string): string {
  return name.includes('/') ? (name.split('/', 1)[0] ?? '.') : '.';
}

/** The folder of src that a relative import leads to. */
function target(file: SourceFile, specifier: string): string {
  return layerOf(path.posix.normalize(path.posix.join(path.posix.dirname(file.name), specifier)));
}

describe('layers', () => {
  it('are all named here', () => {
    assert.deepEqual(
      [...new Set(files.map(({ name }) => layerOf(name)))].sort(),
      Object.keys(allowed).sort(),
    );
  });

  for (const [layer, targets] of Object.entries(allowed)) {
    it(`lets ${layer} import ${targets.join(', ') || 'nothing of ours'}`, () => {
      const mine = files.filter(({ name }) => layerOf(name) === layer);
      assert.ok(mine.length > 0);
      for (const file of mine) {
        for (const specifier of importsOf(file)) {
          if (specifier.startsWith('.')) {
            const to = target(file, specifier);
            assert.ok(to === layer || targets.includes(to), `${file.name} imports ${specifier}`);
          } else {
            const known = (packages[layer] ?? []).some((name) => specifier.startsWith(name));
            assert.ok(known, `${file.name} imports ${specifier}`);
          }
        }
      }
    });
  }

  it('leaves the server to composition.ts and its backend alone', () => {
    const knowing = files
      .filter((file) => layerOf(file.name) !== 'ollama')
      .filter((file) => importsOf(file).some((specifier) => target(file, specifier) === 'ollama'))
      .map(({ name }) => name);
    assert.deepEqual(knowing.sort(), ['modelKeeper.ts', 'ollamaBackend.ts', 'serverAddress.ts']);
  });

  it('are drawn in ARCHITECTURE.md as they are here', () => {
    const text = readText('ARCHITECTURE.md').replaceAll(/ +/gu, ' ');
    for (const [layer, targets] of Object.entries(allowed)) {
      if (layer === '.') continue;
      const arrow = `| \`${layer}/\` | ${targets.map((name) => `\`${name}/\``).join(', ') || 'nothing'} |`;
      assert.ok(text.includes(arrow), arrow);
    }
  });

  it('keep extension.ts within 25 lines and composition.ts within 150', () => {
    const lines = (name: string): number =>
      readText('src', name)
        .split('\n')
        .filter((line) => line.trim() !== '' && !/^\s*(?:\/\/|\/?\*)/u.test(line)).length;
    assert.ok(lines('extension.ts') <= 25);
    assert.ok(lines('composition.ts') <= 150, String(lines('composition.ts')));
  });
});
