import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** The arrows of ARCHITECTURE.md: what each folder of src may import beside itself. */
const allowed = {
  shared: [],
  ollama: [],
  conversation: ['shared'],
  workspace: ['shared', 'conversation'],
  panel: ['shared', 'conversation', 'workspace'],
  explain: ['shared', 'conversation', 'workspace'],
  blocks: ['shared', 'conversation', 'workspace'],
  models: ['shared', 'conversation', 'workspace'],
  webview: ['shared'],
};
const usesVscode = new Set(['workspace', 'panel', 'explain', 'blocks', 'models']);
const usesNode = new Set(['ollama', 'workspace', 'panel', 'explain', 'models']);

function layer(folder, imports) {
  const banned = Object.keys(allowed).filter(
    (other) => other !== folder && !imports.includes(other),
  );
  const patterns = [
    {
      group: banned.map((other) => `**/${other}/**`),
      message: `${folder}/ may import only: ${imports.join(', ') || 'nothing of ours'}.`,
    },
    { group: ['**/test/**'], message: 'Nothing in src imports test.' },
  ];
  if (!usesVscode.has(folder)) {
    patterns.push({ group: ['vscode'], message: `${folder}/ runs without VS Code.` });
  }
  if (!usesNode.has(folder)) {
    patterns.push({ group: ['node:*'], message: `${folder}/ runs without Node.` });
  }
  return {
    files: [`src/${folder}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  };
}

/** What the pure domain must be given (a Clock, an id source) and may not reach for itself. */
const ambient = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'Date',
  'performance',
  'process',
  'fetch',
  'crypto',
].map((name) => ({ name, message: 'conversation/ is pure: it comes in through a port.' }));

const unsafeHtml = ['innerHTML', 'outerHTML'].map((property) => ({
  property,
  message: 'Text becomes DOM only through the sanitizer, as nodes.',
}));

export default defineConfig(
  { ignores: ['dist', '.cache', 'artifacts', 'node_modules'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      // One program for all: with one for each project the linter reads everything ten times.
      parserOptions: { project: './tsconfig.lint.json', tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-console': 'error',
      eqeqeq: 'error',
      complexity: ['error', { max: 12, variant: 'modified' }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-restricted-properties': ['error', ...unsafeHtml],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  ...Object.entries(allowed).map(([folder, imports]) => layer(folder, imports)),
  {
    files: ['src/conversation/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', ...ambient] },
  },
  {
    files: ['src/extension.ts'],
    rules: { 'max-lines': ['error', { max: 25, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: ['src/composition.ts'],
    rules: { 'max-lines': ['error', { max: 150, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: ['test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: ['esbuild.js'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { require: 'readonly', process: 'readonly', __dirname: 'readonly' },
    },
  },
  { files: ['**/*.mjs'], languageOptions: { globals: { process: 'readonly' } } },
);
