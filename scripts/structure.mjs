// Prints figures about how the source is cut into files: `node scripts/structure.mjs [folder]`, default
// `src`. Test support and tools are counted in the repository that holds the folder.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import ts from 'typescript';

/**
 * @typedef {{ target: string, isType: boolean }} Import
 * @typedef {{ name: string, lines: number, imports: Import[] }} SourceFile
 */

const source = path.resolve(process.argv[2] ?? 'src');

/** @returns {string[]} paths of the TypeScript and JavaScript files below `folder`, sorted */
function listFiles(/** @type {string} */ folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[cm]?[jt]s$/u.test(name) && !name.includes('node_modules'))
    .map((name) => path.join(folder, name))
    .sort();
}

function countLines(/** @type {string} */ file) {
  return readFileSync(file, 'utf8').split('\n').length - 1;
}

/** @returns {SourceFile} */
function readSource(/** @type {string} */ file) {
  const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  /** @type {Import[]} */
  const imports = [];
  const visit = (/** @type {ts.Node} */ node) => {
    const found = readImport(node);
    const target = found && resolveImport(file, found.specifier);
    if (target) imports.push({ target, isType: found.isType });
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { name: file, lines: countLines(file), imports };
}

/** What an `import`, an `export … from`, an `import()` or an `import('…')` type names. */
function readImport(/** @type {ts.Node} */ node) {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, isType: isTypeOnly(node.importClause) };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    return { specifier: node.moduleSpecifier.getText().slice(1, -1), isType: node.isTypeOnly };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return { specifier: node.arguments[0]?.getText().slice(1, -1) ?? '', isType: false };
  }
  if (ts.isImportTypeNode(node)) {
    return { specifier: node.argument.getText().slice(1, -1), isType: true };
  }
  return undefined;
}

function isTypeOnly(/** @type {ts.ImportClause | undefined} */ clause) {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  if (clause.name || !named || !ts.isNamedImports(named)) return false;
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
}

/** The file that a relative specifier leads to; undefined for packages. */
function resolveImport(/** @type {string} */ from, /** @type {string} */ specifier) {
  if (!specifier.startsWith('.')) return undefined;
  const base = path.resolve(path.dirname(from), specifier.replace(/\.js$/u, ''));
  return [`${base}.ts`, base, path.join(base, 'index.ts')].find(
    (file) => /\.[a-z]+$/u.test(file) && existsSync(file),
  );
}

/** Groups of files that import each other, directly or through others (Tarjan's algorithm). */
function findCircles(/** @type {SourceFile[]} */ files, /** @type {boolean} */ withTypes) {
  const edges = new Map(
    files.map(({ name, imports }) => [
      name,
      imports.filter(({ isType }) => withTypes || !isType).map(({ target }) => target),
    ]),
  );
  /** @type {Map<string, { index: number, low: number, isOpen: boolean }>} */
  const seen = new Map();
  /** @type {string[]} */
  const stack = [];
  /** @type {string[][]} */
  const circles = [];
  const visit = (/** @type {string} */ name) => {
    const mark = { index: seen.size, low: seen.size, isOpen: true };
    seen.set(name, mark);
    stack.push(name);
    for (const target of edges.get(name) ?? []) {
      const other = seen.get(target) ?? visit(target);
      if (other.isOpen) mark.low = Math.min(mark.low, other.low);
    }
    if (mark.low === mark.index) {
      const group = stack.splice(stack.indexOf(name));
      for (const member of group) Object.assign(seen.get(member) ?? {}, { isOpen: false });
      if (group.length > 1) circles.push(group.sort());
    }
    return mark;
  };
  for (const { name } of files) if (!seen.has(name)) visit(name);
  return circles.sort((a, b) => b.length - a.length);
}

/**
 * Lines of the code below `test` that is no test: what tests and tools share (the `support` folders and
 * `tools`), and what one part has next to its tests, its fixtures, scenarios and oracles.
 */
function countHarness(/** @type {string} */ repository) {
  const files = listFiles(path.join(repository, 'test')).filter(
    (file) => !/demoWorkspace|\.(?:test|bench|child|inHost)\./u.test(file),
  );
  const isShared = (/** @type {string} */ file) =>
    /(?:^|[/\\])(?:support|tools)[/\\]/u.test(path.relative(repository, file));
  const sum = (/** @type {string[]} */ some) =>
    some.reduce((lines, file) => lines + countLines(file), 0);
  const shared = files.filter(isShared);
  return { shared: sum(shared), own: sum(files) - sum(shared) };
}

/** How many times each entry occurs. */
function tally(/** @type {string[]} */ entries) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const entry of entries) counts.set(entry, (counts.get(entry) ?? 0) + 1);
  return counts;
}

const files = listFiles(source).map(readSource);
const lines = files.map((file) => file.lines).sort((a, b) => a - b);
const total = lines.reduce((sum, count) => sum + count, 0);
const imports = files.flatMap((file) => file.imports);
const importers = tally(
  files.flatMap((file) => [...new Set(file.imports.map(({ target }) => target))]),
);
const importedOnce = [...importers.values()].filter((count) => count === 1).length;
const duplicates = [...tally(files.map(({ name }) => path.basename(name)))].filter(
  ([, count]) => count > 1,
);
const circles = findCircles(files, false);
const circlesWithTypes = findCircles(files, true);
const percentile = (/** @type {number} */ share) => lines[Math.floor(lines.length * share)] ?? 0;
const longest = files.filter((file) => file.lines > 400);
const harness = countHarness(path.dirname(source));

/** @type {[string, string | number][]} */
const figures = [
  ['files', files.length],
  ['lines', total],
  ['median lines of a file', percentile(0.5)],
  ['90th percentile', percentile(0.9)],
  ['files under 30 lines', lines.filter((count) => count < 30).length],
  ['files over 400 lines', longest.length],
  ['relative imports', imports.length],
  ['relative imports per 1,000 lines', ((imports.length * 1_000) / total).toFixed(1)],
  ['files imported by one other file', importedOnce],
  ['file names used more than once', duplicates.length],
  ['import circles', circles.length],
  ['import circles, type imports included', circlesWithTypes.length],
  ['lines of test support and tools', harness.shared],
  ['lines that one part has next to its tests', harness.own],
];
for (const [what, value] of figures) {
  process.stdout.write(`${what.padEnd(40)} ${String(value).padStart(8)}\n`);
}

const relative = (/** @type {string} */ file) => path.relative(source, file);
const details = [
  ...duplicates.map(([name, count]) => `name used ${count} times: ${name}`),
  ...longest.map((file) => `${file.lines} lines: ${relative(file.name)}`),
  ...circles.map((group) => `circle: ${group.map(relative).join(', ')}`),
  ...circlesWithTypes.map((group) => `circle with types: ${group.map(relative).join(', ')}`),
];
if (details.length > 0) process.stdout.write(`\n${details.join('\n')}\n`);
