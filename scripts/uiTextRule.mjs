// ESLint rule `ui-text`: a text that a user sees passes through `t(…)` in the extension host, or is in

// a table of src/webview/texts/ in the page, because nothing else is translated.

/** Properties, calls and attributes whose text a user sees, in the extension host. */
const host = {
  properties:
    /^(?:label|description|detail|place[hH]older|title|prompt|tooltip|openLabel|saveLabel|heading|sentence|advice|message|accessibilityInformation)$/u,
  calls:
    /^(?:show(?:Information|Warning|Error)(?:Message)?|showProgress|setStatusBarMessage|NotAttached|CodeAction|TreeItem|MarkdownString)$/u,
};

/** The same in the page, where the first argument of most calls is a tag, an icon or an element. */
const page = {
  properties: /^(?:textContent|innerText|title|placeholder|aria-?[lL]abel|alt|aria-description)$/u,
  calls: /^(?:h|setText|iconButton|setAttribute|append|replaceChildren|createTextNode)$/u,
};
const withoutTag = /^(?:append|replaceChildren|createTextNode)$/u;

/** Names of products, units, icons and placeholders are the same in every language. */
function hasWords(/** @type {string} */ text) {
  const rest = text.replaceAll(
    /\$\([a-z~-]+\)|\b(?:Cria|Ollama|Authorization: Bearer|GB|MB|KB|git diff)\b|\{\d\}/gu,
    '',
  );
  return /\p{L}{2}/u.test(rest);
}

/** The literals that an expression can evaluate to, without those that a call returns. */
function literalsIn(/** @type {any} */ node, /** @type {any} */ source) {
  const inAll = (/** @type {any[]} */ nodes) => nodes.flatMap((each) => literalsIn(each, source));
  switch (node?.type) {
    case 'Literal':
      return typeof node.value === 'string' && hasWords(node.value) ? [node] : [];
    case 'TemplateLiteral':
      return node.quasis.some((/** @type {any} */ part) => hasWords(part.value.cooked))
        ? [node]
        : inAll(node.expressions);
    case 'ConditionalExpression':
      return inAll([node.consequent, node.alternate]);
    case 'LogicalExpression':
      return inAll([node.left, node.right]);
    case 'BinaryExpression':
      return node.operator === '+' ? inAll([node.left, node.right]) : [];
    case 'ArrayExpression':
      return inAll(node.elements);
    case 'Identifier':
      return inAll(constantOf(node, source));
    default:
      return [];
  }
}

/** The text of a constant: it may be named before it is shown. */
function constantOf(/** @type {any} */ identifier, /** @type {any} */ source) {
  const { references } = source.getScope(identifier);
  const found = references.find((/** @type {any} */ each) => each.identifier === identifier);
  const value = found?.resolved?.defs[0]?.node.init;
  return /Literal$/u.test(value?.type) ? [value] : [];
}

/** A failure's message is the client's, and is translated where it is shown. */
function isFailure(/** @type {any} */ object) {
  return object.properties.some((/** @type {any} */ property) => property.key?.name === 'kind');
}

/** What a call shows: not the name of an attribute or a command, a tag or an icon. */
function shownArguments(/** @type {any} */ node, /** @type {boolean} */ isPage) {
  const name = node.callee.property?.name ?? node.callee.name ?? '';
  if (!(isPage ? page : host).calls.test(name)) return [];
  if (name === 'setAttribute' && !page.properties.test(node.arguments[0]?.value)) return [];
  return isPage && !withoutTag.test(name) ? node.arguments.slice(1) : node.arguments;
}

export const uiText = {
  meta: { schema: [{ enum: ['host', 'page'] }] },
  create(/** @type {any} */ context) {
    const isPage = context.options[0] === 'page';
    const shown = (isPage ? page : host).properties;
    const report = (/** @type {any} */ node) => {
      for (const literal of literalsIn(node, context.sourceCode)) {
        context.report({
          node: literal,
          message: 'This text cannot be translated: it is a literal.',
        });
      }
    };
    const checkCall = (/** @type {any} */ node) => shownArguments(node, isPage).forEach(report);
    return {
      CallExpression: checkCall,
      NewExpression: checkCall,
      Property(/** @type {any} */ node) {
        const isShown = shown.test(node.key.name ?? node.key.value);
        if (isShown && node.parent.type === 'ObjectExpression' && !isFailure(node.parent)) {
          report(node.value);
        }
      },
      AssignmentExpression(/** @type {any} */ node) {
        if (shown.test(node.left.property?.name ?? '')) report(node.right);
      },
    };
  },
};
