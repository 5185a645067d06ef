import ts from 'typescript';

/** A file of source, as the texts are looked for in it. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

/** The texts that a file hands to `vscode.l10n.t`, and the calls whose text stands elsewhere. */
export interface HostTexts {
  readonly texts: readonly string[];
  readonly unclear: readonly string[];
}

export function hostTexts(source: Source): HostTexts {
  const texts: string[] = [];
  const unclear: string[] = [];
  eachNode(source, (node, file) => {
    if (!ts.isCallExpression(node) || !isTranslating(node.expression)) return;
    const [text] = node.arguments;
    if (text && ts.isStringLiteralLike(text)) texts.push(text.text);
    else unclear.push(`${source.name}: ${node.getText(file)}`);
  });
  return { texts, unclear };
}

/** Calls `visit` with every node of a file but its imports and types. */
export function eachNode(
  { name, text }: Source,
  visit: (node: ts.Node, file: ts.SourceFile) => void,
): void {
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const walk = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    visit(node, file);
    ts.forEachChild(node, walk);
  };
  walk(file);
}

/** `t(…)`, as the files name it, or `vscode.l10n.t(…)`. */
function isTranslating(called: ts.Expression): boolean {
  if (ts.isIdentifier(called)) return called.text === 't';
  return (
    ts.isPropertyAccessExpression(called) &&
    called.name.text === 't' &&
    /(?:^|\.)l10n$/u.test(called.expression.getText())
  );
}

/** The literal text of a string or a template, with `{0}` for what comes in; undefined for others. */
export function formOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  const spans = node.templateSpans.map(({ literal }, index) => `{${index}}${literal.text}`);
  return `${node.head.text}${spans.join('')}`;
}

/** What stands for the parts of a text: `{0}` and the like, each once, in order. */
export function placeholdersOf(text: string): readonly string[] {
  return [...new Set(text.match(/\{\d\}/gu))].sort();
}

/** A text of a table, by its path, such as `composer.send`. */
export type Table = ReadonlyMap<string, { readonly form: string; readonly parameters: number }>;

/** The tables of texts that a file of the page exports. */
export function tableOf(source: Source): Table {
  const table = new Map<string, { form: string; parameters: number }>();
  const read = (node: ts.Expression, path: string): void => {
    if (ts.isObjectLiteralExpression(node)) {
      for (const property of node.properties) {
        if (ts.isPropertyAssignment(property)) {
          read(property.initializer, `${path}.${property.name.getText()}`);
        }
      }
    } else if (ts.isArrowFunction(node)) {
      table.set(path, { form: formOf(node.body) ?? '', parameters: node.parameters.length });
    } else {
      table.set(path, { form: formOf(node) ?? '', parameters: 0 });
    }
  };
  eachNode(source, (node) => {
    if (!ts.isVariableDeclaration(node) || !node.initializer) return;
    if (ts.isSourceFile(node.parent.parent.parent)) read(node.initializer, node.name.getText());
  });
  return table;
}
