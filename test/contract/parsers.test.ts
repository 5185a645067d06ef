import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';
import { findSlow } from './linearTime';
import { calls, limits, notParsers } from './parserCalls';
import { sourceFiles } from './sourceFiles';
import { inRepo, type TemporaryFolder, temporaryFolder } from '../support/folders';

/** A function or a method of src that is exported and takes a text. */
interface Parser {
  /** Such as `shared/text.ts#toLf`, or `http/lineScanner.ts#LineScanner.push`. */
  readonly name: string;
  /** Of its parameters up to the last that has to be passed; undefined: they cannot be made up. */
  readonly types?: readonly string[] | undefined;
  readonly atoms: readonly string[];
}

/** What can be made up for a parameter of this type: of the text, or next to it. */
const makers: Readonly<Record<string, (text: string) => unknown>> = {
  string: (text) => text,
  'string | undefined': (text) => text,
  unknown: (text) => text,
  Uint8Array: (text) => Buffer.from(text),
  Buffer: (text) => Buffer.from(text),
  'readonly string[]': (text) => text.split('\n'),
  number: () => 1_000,
  boolean: () => true,
};
const isText = (type: string): boolean => type in makers && !/^(?:number|boolean)$/u.test(type);

/** Methods by these names take a stream in pieces. Others belong to objects that have states. */
const streams = /^(?:push|take|append)$/u;
/** These show something, or wait. */
const acts = /^(?:void|Promise|Thenable|Disposable|HTML\w*Element|DocumentFragment|vscode\.)/u;

/** The marks that several formats have. */
const usual = [
  ...['\n', ' ', 'a', '1', '`', '[', '](', '*', '<', '>', '"', '\\', '/', '-', '{', '|', '$', '&'],
  ...['@@ -1 +1 @@\n', 'é', '\u200b', '\ud83d\ude00', '\u0600', '\r'],
];

function findParsers(): readonly Parser[] {
  return sourceFiles().flatMap(({ name, text }) => {
    const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
    const atoms = [...new Set([...literalsOf(file), ...usual])];
    return file.statements.flatMap(functionsOf).flatMap(([own, node]) => {
      const types = node.parameters.map(({ type }) => type?.getText(file) ?? '');
      const result = node.type?.getText(file) ?? '';
      const isMethod = ts.isMethodDeclaration(node);
      if (!types.some(isText) || (!isMethod && acts.test(result))) return [];
      const last = node.parameters.findLastIndex(
        ({ questionToken, initializer, dotDotDotToken }) =>
          !questionToken && !initializer && !dotDotDotToken,
      );
      const needed = types.slice(0, last + 1);
      const isPlain = !isMethod && needed.every((type) => type in makers);
      return [{ name: `${name}#${own}`, atoms, types: isPlain ? needed : undefined }];
    });
  });
}

type Callable = ts.FunctionDeclaration | ts.ArrowFunction | ts.MethodDeclaration;

/** The exported functions, and the methods of exported classes that take a stream. */
function functionsOf(node: ts.Statement): (readonly [name: string, node: Callable])[] {
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
  if (ts.isFunctionDeclaration(node)) return [[node.name?.text ?? '', node]];
  if (ts.isVariableStatement(node)) {
    return node.declarationList.declarations.flatMap(({ name, initializer }) =>
      initializer && ts.isArrowFunction(initializer) ? [[name.getText(), initializer]] : [],
    );
  }
  if (!ts.isClassDeclaration(node)) return [];
  return node.members
    .filter(ts.isMethodDeclaration)
    .filter(({ name }) => streams.test(name.getText()))
    .map((method) => [`${node.name?.text ?? ''}.${method.name.getText()}`, method]);
}

/** What the file compares texts with: short literals, and the marks of its expressions. */
function literalsOf(file: ts.SourceFile): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isStringLiteralLike(node)) found.push(node.text);
    if (ts.isRegularExpressionLiteral(node)) {
      found.push(...node.text.split(/[^\w\s:#@-]+|\\[a-zA-Z]/u), ...node.text.split(/[\w\\]+/u));
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found.filter(({ length }) => length > 0 && length < 16).slice(0, 10);
}

/** Each file of src that does not need the page, with a `vscode` that does nothing. */
async function loadSources(folder: string): Promise<ReadonlyMap<string, object>> {
  const files = sourceFiles();
  const used = files.flatMap(({ text }) => [...text.matchAll(/\bvscode\.(\w+)/gu)]);
  const members = [...new Set(used.map(([, name = '']) => name))];
  const vscode = path.join(folder, 'vscode.cjs');
  const all = members.map((name) => `${name}: nothing`).join();
  await writeFile(vscode, `${nothing}; module.exports = { ${all} };`);
  await build({
    entryPoints: files.map(({ name }) => inRepo('src', name)),
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', logLevel: 'warning' },
    ...{ outbase: inRepo('src'), outdir: folder, outExtension: { '.js': '.mjs' } },
    // The other form of jsonc-parser loads its parts in a way that cannot be bundled.
    mainFields: ['module', 'main'],
    alias: { vscode },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire('/');",
    },
  });
  const sources = new Map<string, object>();
  for (const { name } of files) {
    const url = pathToFileURL(path.join(folder, name.replace(/\.ts$/u, '.mjs'))).href;
    try {
      sources.set(name, (await import(url)) as object);
    } catch (error) {
      if (!name.startsWith('webview/')) throw error;
    }
  }
  return sources;
}

/** Whatever is read of it or called is the same object again. As a text it is empty. */
const nothing = `const nothing = new Proxy(class {}, {
  get: (target, key) =>
    key === Symbol.toPrimitive ? () => '' : key === 'prototype' ? target.prototype : nothing,
  apply: () => nothing,
  construct: () => ({}),
})`;

describe('the parsers of src', function () {
  this.timeout(240_000);
  const parsers = findParsers();
  let folder: TemporaryFolder;
  let sources: ReadonlyMap<string, object>;

  before(async () => {
    folder = await temporaryFolder('parsers');
    sources = await loadSources(folder.path);
  });
  after(() => folder.remove());

  it('M2: are all called here, or it is written down why not', () => {
    const names = new Set(parsers.map(({ name }) => name));
    const unknown = [...Object.keys(calls), ...notParsers].filter(
      (name) => !names.has(name) && !name.includes(' '),
    );
    assert.deepEqual(unknown, [], 'they exist');
    const missing = parsers.filter(
      ({ name, types }) =>
        !(types && sources.has(name.split('#', 1)[0] ?? '')) &&
        !(name in calls) &&
        !notParsers.has(name),
    );
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    );
  });

  const countTexts = ({ types = [] }: Parser): number => types.filter(isText).length;

  /** Calls it with the text in all places, and in each with a short one in the others. */
  function callWith({ name, types = [] }: Parser): (text: string) => void {
    const [file = '', own = ''] = name.split('#');
    const callable: unknown = Reflect.get(sources.get(file) ?? {}, own);
    assert.ok(typeof callable === 'function', name);
    const texts = [...types.keys()].filter((index) => isText(types[index] ?? ''));
    const places = texts.length > 1 ? [texts, ...texts.map((index) => [index])] : [texts];
    return (text) => {
      for (const place of places) {
        const args = types.map((type, index) => makers[type]?.(place.includes(index) ? text : 'a'));
        Reflect.apply(callable, undefined, args);
      }
    };
  }

  it('M2: take less than 50 ms for 100,000 characters of their own atoms, or what is written down', () => {
    const slow: string[] = [];
    const times: { readonly ms: number; readonly name: string }[] = [];
    const more = Object.keys(calls).filter((name) => name.includes(' '));
    for (const parser of [...parsers, ...more.map((name) => ({ name, atoms: usual }))]) {
      const { name, atoms } = parser;
      if (notParsers.has(name)) continue;
      const run = calls[name] ?? callWith(parser);
      let reads = 0;
      const found = findSlow(
        atoms,
        (text) => {
          try {
            run(text);
            reads += 1;
          } catch (error) {
            // To refuse a text must take no longer.
            if (!(error instanceof Error)) throw error;
          }
        },
        limits[name] ?? 50 * Math.max(1, countTexts(parser)),
      );
      if (reads === 0) slow.push(`${name} refuses every text`);
      times.push({ ms: Math.round(found.ms), name });
      if (found.text !== undefined) slow.push(`${name} ${found.text}`);
    }
    assert.deepEqual(slow, []);
    times.sort((one, other) => other.ms - one.ms);
    const worst = times.slice(0, 10).map(({ ms, name }) => `${ms} ms ${name}`);
    process.stdout.write(`      ${times.length} parsers, worst: ${worst.join(', ')}\n`);
  });
});
