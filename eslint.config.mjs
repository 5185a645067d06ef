import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';
import { uiText } from './scripts/uiTextRule.mjs';

/**
 * The rooms of src, from the lowest floor to the highest. A room imports only rooms of lower floors, never a
 * neighbor on its own floor; `activation/`, `app.ts` and `extension.ts`, above them all, import everything.
 */
const floors = [
  ['shared'],
  ['http'],
  ['ollama', 'openai'],
  ['conversation'],
  ['ui'],
  ['settings', 'storage', 'files'],
  ['server'],
  ['chat', 'explain', 'attachments', 'history', 'prompts', 'codeBlocks', 'models'],
  ['activation'],
];
/** The page runs in a browser: apart from `shared/` it knows none of the host's rooms. */
const page = 'webview';
const rooms = [...floors.flat(), page];
const withoutVscode = new Set(['shared', 'http', 'ollama', 'openai', 'conversation', page]);
const withoutNode = new Set(['shared', 'conversation', page]);

function lowerRooms(room) {
  if (room === page) return ['shared'];
  const floor = floors.findIndex((names) => names.includes(room));
  return floors.slice(0, floor).flat();
}

function roomRules(room) {
  const allowed = new Set([room, ...lowerRooms(room)]);
  const patterns = [
    {
      group: rooms.filter((other) => !allowed.has(other)).map((other) => `**/${other}/**`),
      message: `${room}/ imports only rooms of lower floors.`,
    },
    { group: ['**/app', '**/extension'], message: 'Only activation/ and src itself import these.' },
    { group: ['**/test/**'], message: 'Nothing in src imports test.' },
  ].filter(({ group }) => group.length > 0);
  if (withoutVscode.has(room)) {
    patterns.push({ group: ['vscode'], message: `${room}/ runs without VS Code.` });
  }
  if (withoutNode.has(room)) {
    patterns.push({ group: ['node:*'], message: `${room}/ runs without Node.` });
  }
  return {
    files: [`src/${room}/**/*.ts`],
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
  'crypto',
].map((name) => ({ name, message: 'conversation/ is pure: it comes in through a port.' }));

const unsafeHtml = ['innerHTML', 'outerHTML'].map((property) => ({
  property,
  message: 'Text becomes DOM only through the sanitizer, as nodes.',
}));

/** The files that may open a connection, start a program or leave VS Code, and what they use for it. */
const waysOut = {
  'http/transport.ts': ['node:http', 'node:https'],
  'ollama/ollamaClient.ts': ['node:http', 'node:https'],
  'openai/openaiClient.ts': ['node:http', 'node:https'],
  // The validity of header values, the form of addresses.
  'server/serverSettings.ts': ['node:http'],
  'http/endpoint.ts': ['node:net'],
  'server/networkProbes.ts': ['node:dns/promises', 'node:net', 'node:tls'],
  'server/ollamaProcess.ts': ['node:child_process'],
  'server/startOllama.ts': ['openExternal'],
  'ui/openLink.ts': ['openExternal'],
  'ui/dialogs.ts': ['notification'],
};
/**
 * The files that may read files, and how. What takes text along that the user did not choose asks
 * files/readingGate.ts first; all others read Cria's own files, or one that the user opened or confirmed.
 */
const readers = {
  'files/readingGate.ts': ['fs.readFile'],
  'attachments/fileText.ts': ['fs.readFile', 'openTextDocument'],
  'attachments/attachmentSuggestions.ts': ['findFiles'],
  'attachments/folderListing.ts': ['fs.readDirectory'],
  'explain/explainTarget.ts': ['openTextDocument'],
  'prompts/promptLibrary.ts': ['fs.readFile', 'fs.readDirectory'],
  // The document of a saved thread, the file that a code block names, and Cria's own virtual documents.
  'explain/explanations.ts': ['openTextDocument'],
  'codeBlocks/applyBlock.ts': ['openTextDocument'],
  'codeBlocks/changePreviews.ts': ['openTextDocument'],
  'codeBlocks/fileAndSymbolLinks.ts': ['findFiles'],
  'ui/readOnlyDocuments.ts': ['openTextDocument'],
  // Files of themes in the folders of extensions, of which only colors are used.
  'chat/editorTheme.ts': ['fs.readFile'],
  // A file that the user picked, and `.git/config`, of which nothing is sent.
  'history/exportImport.ts': ['fs.readFile'],
  'history/adoptionOffer.ts': ['fs.readFile'],
  // Storage, logs, and processes of Cria.
  'storage/fileSystem.ts': ['node:fs'],
  'storage/workspaceStore.ts': ['node:fs'],
  'activation/deferredStartup.ts': ['node:fs/promises'],
  'server/ollamaProcess.ts': ['node:fs', 'node:fs/promises'],
};
const networkModules = ['http', 'https', 'http2', 'net', 'tls', 'dgram', 'dns', 'dns/promises']
  .concat('child_process', 'cluster', 'worker_threads', 'vm')
  .map((name) => `node:${name}`);
const networkGlobals = ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource', 'RTCPeerConnection']
  .concat('importScripts', 'eval')
  .map((name) => ({ name, message: 'Only http/ talks to a server.' }));
const outside = ['openExternal', 'sendBeacon', 'setKeysForSync', 'createTelemetryLogger'];

/** Ways to the text of files, as selectors of the syntax. */
const reading = {
  'fs.readFile': "MemberExpression[object.property.name='fs'][property.name='readFile']",
  'fs.readDirectory': "MemberExpression[object.property.name='fs'][property.name='readDirectory']",
  openTextDocument: "MemberExpression[property.name='openTextDocument']",
  findFiles: "MemberExpression[property.name='findFiles']",
  destructured: 'ObjectPattern > Property[key.name=/^(?:fs|openTextDocument|findFiles)$/]',
};

function wayOutRules(files, allowed) {
  const paths = [...networkModules, 'node:fs', 'node:fs/promises']
    .filter((name) => !allowed.includes(name))
    .map((name) => ({
      name,
      allowTypeImports: true,
      message: 'See waysOut in eslint.config.mjs.',
    }));
  const properties = outside
    .filter((property) => !allowed.includes(property))
    .map((property) => ({ property, message: 'See waysOut in eslint.config.mjs.' }));
  // VS Code makes links of what it shows there, also to commands; a modal dialog has none.
  const isModal = "CallExpression[callee.name='dialogTexts'], Identifier[name='texts']";
  const notifications = [
    [
      `CallExpression[callee.property.name=/^show(?:Information|Warning|Error)Message$/]:not(:has(SpreadElement > :matches(${isModal})))`,
      'Notifications go through ui/dialogs.ts, and the words of modal dialogs through dialogTexts.',
    ],
    [
      "MemberExpression[object.property.name='ProgressLocation'][property.name='Notification']",
      'Notifications go through ui/dialogs.ts.',
    ],
    ["Property[key.name='modal']", 'The words of modal dialogs go through dialogTexts.'],
    ["MemberExpression[property.name='setStatusBarMessage']", 'See showStatus in ui/dialogs.ts.'],
  ].map(([selector, message]) => ({ selector, message }));
  const unread = Object.entries(reading)
    .filter(([name]) => !allowed.includes(name))
    .map(([, selector]) => ({ selector, message: 'See readers in eslint.config.mjs.' }));
  const forbidden = allowed.includes('notification') ? unread : [...unread, ...notifications];
  return {
    files,
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { paths }],
      'no-restricted-properties': ['error', ...unsafeHtml, ...properties],
      'no-restricted-syntax': ['error', ...forbidden],
    },
  };
}

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
      'max-lines': ['error', { max: 400 }],
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
  ...rooms.filter((room) => room !== 'activation').map(roomRules),
  wayOutRules(['src/**/*.ts'], []),
  ...Object.keys({ ...waysOut, ...readers }).map((file) =>
    wayOutRules([`src/${file}`], [...(waysOut[file] ?? []), ...(readers[file] ?? [])]),
  ),
  { files: ['src/**/*.ts'], rules: { 'no-restricted-globals': ['error', ...networkGlobals] } },
  {
    files: ['src/conversation/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', ...networkGlobals, ...ambient] },
  },
  {
    files: ['src/**/*.ts'],
    ignores: [...withoutVscode].map((room) => `src/${room}/**`),
    plugins: { cria: { rules: { 'ui-text': uiText } } },
    rules: { 'cria/ui-text': ['error', 'host'] },
  },
  {
    files: ['src/webview/**/*.ts'],
    ignores: ['src/webview/texts/**'],
    plugins: { cria: { rules: { 'ui-text': uiText } } },
    rules: { 'cria/ui-text': ['error', 'page'] },
  },
  {
    // Every text of src can come from outside. No expression may take longer than its text is long.
    files: ['src/**/*.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': 'error',
      'regexp/no-super-linear-move': 'error',
    },
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
