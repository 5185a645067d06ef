import ts from 'typescript';
import { eachNode, formOf, type Source } from './hostTexts';

/** Properties whose text a person sees, in the extension host. */
const shownProperties = new Set([
  ...['label', 'description', 'detail', 'placeHolder', 'placeholder', 'title', 'prompt', 'tooltip'],
  ...[
    'openLabel',
    'saveLabel',
    'heading',
    'sentence',
    'advice',
    'message',
    'accessibilityInformation',
  ],
]);

/** Calls and constructors whose texts a person sees, in the extension host. */
const showing =
  /(?:^|\.)(?:show(?:Information|Warning|Error)(?:Message)?|showProgress|setStatusBarMessage|NotAttached|CodeAction|TreeItem|MarkdownString)$/u;

/** Attributes of the page whose text a person sees or hears. */
const spokenAttributes = new Set(['aria-label', 'title', 'placeholder', 'alt', 'aria-description']);
const spokenProperties = new Set(['textContent', 'innerText', 'title', 'placeholder', 'ariaLabel']);

/** Texts of a file of the extension host that a person sees, and that no bundle can translate. */
export function literalHostTexts(source: Source): readonly string[] {
  return literals(source, (node) => {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const called = node.expression.getText();
      const given = [...(node.arguments ?? [])];
      // Its first argument is an identifier.
      if (called.endsWith('createCommentController')) return given.slice(1);
      return showing.test(called) ? given : [];
    }
    if (ts.isPropertyAssignment(node)) {
      return !isFailure(node.parent) && shownProperties.has(nameOf(node.name))
        ? [node.initializer]
        : [];
    }
    return assigned(node, shownProperties);
  });
}

/** Texts of a file of the page that a person sees or hears, and that stand in no table of texts. */
export function literalPageTexts(source: Source): readonly string[] {
  return literals(source, (node) => {
    if (ts.isCallExpression(node)) return spoken(node);
    if (ts.isPropertyAssignment(node)) {
      return spokenAttributes.has(nameOf(node.name)) ? [node.initializer] : [];
    }
    return assigned(node, spokenProperties);
  });
}

/** What a call of the page's own helpers, or of the DOM's, puts before a person. */
function spoken({ expression, arguments: all }: ts.CallExpression): readonly ts.Expression[] {
  const called = expression.getText().replace(/^.*\./su, '');
  const [first, ...rest] = all;
  if (called === 'h') return rest.slice(1);
  if (called === 'setText' || called === 'iconButton') return rest.slice(0, 1);
  if (called === 'append' || called === 'replaceChildren' || called === 'createTextNode')
    return all;
  const isSpoken = first && ts.isStringLiteral(first) && spokenAttributes.has(first.text);
  return called === 'setAttribute' && isSpoken ? rest : [];
}

function assigned(node: ts.Node, properties: ReadonlySet<string>): readonly ts.Expression[] {
  const isAssigning =
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    ts.isPropertyAccessExpression(node.left) &&
    properties.has(node.left.name.text);
  return isAssigning ? [node.right] : [];
}

function literals(
  source: Source,
  shownBy: (node: ts.Node) => readonly ts.Expression[],
): readonly string[] {
  const constants = constantsOf(source);
  const found: string[] = [];
  eachNode(source, (node) => {
    const texts = shownBy(node).flatMap((shown) => textsOf(shown, constants));
    found.push(...texts.filter(isWords).map((text) => `${source.name}: ${text}`));
  });
  return found;
}

/** Constants of a file that are texts, by their names: a text may be named before it is shown. */
function constantsOf(source: Source): ReadonlyMap<string, ts.Expression> {
  const constants = new Map<string, ts.Expression>();
  eachNode(source, (node) => {
    if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name) || !node.initializer) return;
    if (formOf(node.initializer) !== undefined) constants.set(node.name.text, node.initializer);
  });
  return constants;
}

/** The literal texts that an expression can come to, without those that a call makes. */
function textsOf(
  node: ts.Expression,
  constants: ReadonlyMap<string, ts.Expression>,
): readonly string[] {
  const form = formOf(node);
  const inner = (parts: readonly ts.Expression[]): readonly string[] =>
    parts.flatMap((part) => textsOf(part, constants));
  if (form !== undefined) {
    const parts = ts.isTemplateExpression(node)
      ? node.templateSpans.map(({ expression }) => expression)
      : [];
    return [form, ...inner(parts)];
  }
  if (ts.isIdentifier(node))
    return inner([constants.get(node.text)].filter((one) => one !== undefined));
  if (ts.isConditionalExpression(node)) return inner([node.whenTrue, node.whenFalse]);
  if (ts.isBinaryExpression(node) && joining.has(node.operatorToken.kind)) {
    return inner([node.left, node.right]);
  }
  if (ts.isParenthesizedExpression(node)) return inner([node.expression]);
  if (ts.isArrayLiteralExpression(node)) return inner(node.elements);
  return [];
}

/** What gives one of its sides, or both; a comparison gives none. */
const joining: ReadonlySet<ts.SyntaxKind> = new Set([
  ...[ts.SyntaxKind.PlusToken, ts.SyntaxKind.BarBarToken, ts.SyntaxKind.QuestionQuestionToken],
  ts.SyntaxKind.AmpersandAmpersandToken,
]);

/** A failure's message is the client's, and is translated where it is shown. */
function isFailure({ properties }: ts.ObjectLiteralExpression): boolean {
  return properties.some(({ name }) => name !== undefined && nameOf(name) === 'kind');
}

/** Names of products, units and icons are the same in every language. */
function isWords(text: string): boolean {
  const rest = text.replaceAll(
    /\$\([a-z~-]+\)|\b(?:Cria|Ollama|Authorization: Bearer|GB|MB|KB|git diff)\b|\{\d\}/gu,
    '',
  );
  return /\p{L}{2}/u.test(rest);
}

function nameOf(name: ts.PropertyName): string {
  return ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : '';
}
