import assert from 'node:assert/strict';
import path from 'node:path';
import ts from 'typescript';
import { inRepo } from '../support/folders';

/** The rooms whose objects VS Code or the page shows. */
const rooms =
  /\/src\/(?:ui|settings|server|files|chat|explain|attachments|history|prompts|codeBlocks|models|activation)\//u;

/** What VS Code or the page shows on one line: properties of rows, items, boxes, buttons, lenses, and notices. */
const sinks: ReadonlySet<string> = new Set([
  ...['label', 'description', 'detail', 'tooltip', 'title', 'placeHolder', 'placeholder', 'prompt'],
  ...['openLabel', 'saveLabel'],
]);
/** Of the items of VS Code's API, also these. */
const itemSinks = /^(?:item|pick|box|view)$/u;

/** What makes one line of a text, and what formats numbers and dates. */
const makers: ReadonlySet<string> = new Set([
  ...['asLabel', 'asIconLabel', 'toDialogLine', 'toInertMarkdown', 'escapeNotificationLinks'],
  ...['toLocaleString', 'format', 'toFixed', 'String'],
]);
/** What passes on its parts. */
const joiners: ReadonlySet<string> = new Set(['t', 'joined']);
const listMethods: ReadonlySet<string> = new Set(['join', 'filter', 'slice', 'trim']);

/** Texts that become one line elsewhere. */
const exceptions: Readonly<Record<string, string>> = {
  'explain/explainThread.ts: label': 'ThreadView.showState() makes one line of it',
  'explain/explanations.ts: title: getTitle(subject)':
    'the title of a stored chat, as long as it is; whatever shows it makes one line of it',
};

interface Function {
  readonly parameters: ts.NodeArray<ts.ParameterDeclaration>;
  readonly body?: ts.Node | undefined;
}

/** Follows what an expression can be to literals, translated texts, numbers, and `asLabel`. */
class Labels {
  readonly #checker: ts.TypeChecker;
  /** By the name of what is called. */
  readonly #calls = new Map<string, ts.CallExpression[]>();

  constructor(program: ts.Program, files: readonly ts.SourceFile[]) {
    this.#checker = program.getTypeChecker();
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node)) {
        const name = getCallee(node);
        this.#calls.set(name, [...(this.#calls.get(name) ?? []), node]);
      }
      ts.forEachChild(node, visit);
    };
    files.forEach(visit);
  }

  isPlain(node: ts.Node | undefined, seen = new Set<ts.Node>()): boolean {
    if (!node || seen.has(node)) return true;
    seen.add(node);
    if (!mayBeText(this.#checker.getTypeAtLocation(node))) return true;
    const parts = getParts(node);
    if (parts) return parts.every((each) => this.isPlain(each, seen));
    if (ts.isArrowFunction(node)) return this.#returnsPlain(node, seen);
    if (ts.isCallExpression(node)) return this.#isPlainCall(node, seen);
    const isName = ts.isIdentifier(node) || ts.isPropertyAccessExpression(node);
    return isName && this.#isPlainName(node, seen);
  }

  #isPlainCall(node: ts.CallExpression, seen: Set<ts.Node>): boolean {
    const callee = node.expression;
    if (ts.isElementAccessExpression(callee)) return this.isPlain(callee.expression, seen);
    const name = getCallee(node);
    if (isMaker(node)) return true;
    if (joiners.has(name)) return node.arguments.every((each) => this.isPlain(each, seen));
    if (listMethods.has(name) && ts.isPropertyAccessExpression(callee)) {
      return this.isPlain(callee.expression, seen);
    }
    const called = this.#checker.getResolvedSignature(node)?.declaration;
    return called !== undefined && 'body' in called && this.#returnsPlain(called, seen);
  }

  #returnsPlain({ body }: Function, seen: Set<ts.Node>): boolean {
    if (!body || !ts.isBlock(body)) return !!body && this.isPlain(body, seen);
    let isPlain = true;
    const visit = (node: ts.Node): void => {
      if (ts.isReturnStatement(node)) isPlain &&= this.isPlain(node.expression, seen);
      if (!ts.isFunctionLike(node)) ts.forEachChild(node, visit);
    };
    visit(body);
    return isPlain;
  }

  #isPlainName(node: ts.Identifier | ts.PropertyAccessExpression, seen: Set<ts.Node>): boolean {
    // The address of a server, which was parsed and has ASCII characters alone.
    if (node.getText() === 'origin') return true;
    const symbol = this.#checker.getSymbolAtLocation(node);
    const isAlias = symbol && (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    const found = isAlias ? this.#checker.getAliasedSymbol(symbol) : symbol;
    return this.isPlainDeclaration(found?.valueDeclaration, seen);
  }

  isPlainDeclaration(declared: ts.Node | undefined, seen = new Set<ts.Node>()): boolean {
    if (!declared) return false;
    if (!mayBeText(this.#checker.getTypeAtLocation(declared))) return true;
    if (ts.isVariableDeclaration(declared)) {
      return !!declared.initializer && this.isPlain(declared.initializer, seen);
    }
    if (ts.isPropertyAssignment(declared)) return this.isPlain(declared.initializer, seen);
    if (ts.isShorthandPropertyAssignment(declared)) {
      const value = this.#checker.getShorthandAssignmentValueSymbol(declared);
      return this.isPlainDeclaration(value?.valueDeclaration, seen);
    }
    if (ts.isParameter(declared)) return this.#isPlainParameter(declared, seen);
    return isSinkDeclaration(declared);
  }

  #isPlainParameter(parameter: ts.ParameterDeclaration, seen: Set<ts.Node>): boolean {
    const owner = parameter.parent;
    const at = owner.parameters.indexOf(parameter);
    const { name } = ts.isArrowFunction(owner) ? (owner.parent as ts.NamedDeclaration) : owner;
    const calls = this.#calls
      .get(name?.getText() ?? '')
      ?.filter((call) => this.#checker.getResolvedSignature(call)?.declaration === owner);
    return (
      calls !== undefined &&
      calls.length > 0 &&
      calls.every(({ arguments: given }) => this.isPlain(given[at], seen)) &&
      this.isPlain(parameter.initializer, seen)
    );
  }
}

function getCallee({ expression }: ts.CallExpression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}

/** `asLabel(…)`, or `texts.map(asLabel)`. */
function isMaker(node: ts.CallExpression): boolean {
  const name = getCallee(node);
  return makers.has(name === 'map' ? (node.arguments[0]?.getText() ?? '') : name);
}

/** A property of the same kind: whatever is assigned to it is looked at where it is. */
function isSinkDeclaration(declared: ts.Node): boolean {
  const { fileName } = declared.getSourceFile();
  const isProperty =
    ts.isPropertySignature(declared) ||
    ts.isPropertyDeclaration(declared) ||
    ts.isBindingElement(declared);
  return (
    isProperty &&
    sinks.has(declared.name.getText()) &&
    (rooms.test(fileName) || /\/(?:shared\/protocol|vscode\/index\.d)\.ts$/u.test(fileName))
  );
}

/** What an expression passes on; undefined where that has to be looked up. */
function getParts(node: ts.Node): readonly (ts.Node | undefined)[] | undefined {
  if (ts.isTemplateExpression(node)) return node.templateSpans.map(({ expression }) => expression);
  if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse];
  if (ts.isBinaryExpression(node)) return [node.left, node.right];
  if (ts.isArrayLiteralExpression(node)) return node.elements;
  if (ts.isObjectLiteralExpression(node)) {
    return node.properties.map((one) => ('initializer' in one ? one.initializer : undefined));
  }
  const wraps =
    ts.isParenthesizedExpression(node) ||
    ts.isAwaitExpression(node) ||
    ts.isSpreadElement(node) ||
    ts.isElementAccessExpression(node);
  return wraps ? [node.expression] : undefined;
}

function mayBeText(type: ts.Type): boolean {
  if (type.isUnion()) return type.types.some(mayBeText);
  const {
    Any,
    Unknown,
    String: text,
    TemplateLiteral,
    TypeParameter,
    Object: object,
  } = ts.TypeFlags;
  return (type.flags & (Any | Unknown | text | TemplateLiteral | TypeParameter | object)) !== 0;
}

/** What a node gives VS Code or the page to show, if it does. */
function findShown(node: ts.Node): ts.Node | undefined {
  if (ts.isPropertyAssignment(node) && sinks.has(node.name.getText())) return node.initializer;
  if (ts.isShorthandPropertyAssignment(node) && sinks.has(node.name.text)) return node;
  if (ts.isNewExpression(node) && /(?:TreeItem|CodeAction)$/u.test(node.expression.getText()))
    return node.arguments?.[0];
  return ts.isBinaryExpression(node) ? findAssigned(node) : undefined;
}

function findAssigned({ left, operatorToken, right }: ts.BinaryExpression): ts.Node | undefined {
  const isAssignment = operatorToken.kind === ts.SyntaxKind.EqualsToken;
  if (!isAssignment || !ts.isPropertyAccessExpression(left)) return undefined;
  const { name, expression } = left;
  const isOfItem = /^(?:text|message)$/u.test(name.text) && itemSinks.test(expression.getText());
  return sinks.has(name.text) || isOfItem ? right : undefined;
}

/** Prompts in files without VS Code are for models. */
function isShowing({ fileName, text }: ts.SourceFile): boolean {
  return rooms.test(fileName) && text.includes(`from 'vscode'`);
}

/** Every place that shows a text, and those where it may be one from outside. */
function findRaw(program: ts.Program): { readonly count: number; readonly raw: readonly string[] } {
  const files = program
    .getSourceFiles()
    .filter(({ fileName, isDeclarationFile }) => fileName.includes('/src/') && !isDeclarationFile);
  const labels = new Labels(program, files);
  const raw: string[] = [];
  let count = 0;
  for (const file of files.filter(isShowing)) {
    const visit = (node: ts.Node): void => {
      const shown = findShown(node);
      if (shown) count += 1;
      const isPlain =
        shown && ts.isShorthandPropertyAssignment(shown)
          ? labels.isPlainDeclaration(shown)
          : labels.isPlain(shown);
      if (!isPlain) {
        const name = file.fileName.split('/src/').at(-1) ?? '';
        raw.push(`${name}: ${node.getText().replaceAll(/\s+/gu, ' ').slice(0, 90)}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return { count, raw };
}

/** Lines of code, and what of them is raw. */
const samples: readonly (readonly [line: string, raw?: string])[] = [
  [`import 'vscode'; // from 'vscode'`],
  [
    'declare function asLabel(text: string): string; declare function t(text: string, ...rest: unknown[]): string;',
  ],
  [
    'declare const model: { name: string; size: number }; declare const pick: { title: string; text: string };',
  ],
  [`const good = { label: asLabel(model.name), detail: t('{0} bytes', model.size) };`],
  ['const bad = { label: model.name };', 'label: model.name'],
  [`const told = { detail: t('{0}', model.name) };`, `detail: t('{0}', model.name)`],
  ['pick.title = `Model ${model.name}`;', 'pick.title = `Model ${model.name}`'],
  ['function show(label: string): void { void { label }; } show(model.name);', 'label'],
  [
    `function warn(label: string): void { void { label }; } warn(model.size === 1 ? 'one' : 'two');`,
  ],
  [`const heading = model.name || 'none'; pick.text = heading;`, 'pick.text = heading'],
];

function readOptions(): ts.ParsedCommandLine {
  const config = ts.readConfigFile(inRepo('tsconfig.lint.json'), (name) => ts.sys.readFile(name));
  return ts.parseJsonConfigFileContent(config.config, ts.sys, inRepo('.'));
}

describe('what VS Code and the page show on one line', function () {
  this.timeout(120_000);

  it('L2: is made of literals, numbers, translated texts, and asLabel() alone', () => {
    const { fileNames, options } = readOptions();
    const sources = fileNames.filter((name) =>
      /\/src\/(?!webview\/)/u.test(name.split(path.sep).join('/')),
    );
    const { count, raw } = findRaw(ts.createProgram(sources, options));
    assert.ok(count > 150, String(count));
    assert.deepEqual([...raw].sort(), Object.keys(exceptions).sort());
  });

  it('L2: would be found here if it were raw', () => {
    const name = '/src/ui/sample.ts';
    const { options } = readOptions();
    const host = ts.createCompilerHost(options);
    const text = samples.map(([line]) => line).join('\n');
    const read = host.getSourceFile.bind(host);
    host.getSourceFile = (wanted, version) =>
      wanted === name ? ts.createSourceFile(name, text, version) : read(wanted, version);
    const program = ts.createProgram([name], { ...options, types: [] }, host);
    const { raw } = findRaw(program);
    assert.deepEqual(
      raw.map((one) => one.replace('ui/sample.ts: ', '')),
      samples.flatMap(([, found]) => found ?? []),
    );
  });
});
