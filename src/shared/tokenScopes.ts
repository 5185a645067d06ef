/** How the theme draws a kind of token; nothing for the look of plain code. The color is `#rrggbb` or `#rrggbbaa`. */
export interface TokenStyle {
  readonly color?: string;
  readonly isItalic?: boolean;
  readonly isBold?: boolean;
  readonly isUnderlined?: boolean;
}

/** By the selectors of {@link tokenScopes}. */
export type CodeColors = Readonly<Record<string, TokenStyle>>;

const functionScopes = ['entity.name.function', 'support.function'];
const typeScopes = ['entity.name.type.class', 'entity.name.type', 'support.class', 'support.type'];
const tagScopes = ['entity.name.tag'];
const propertyScopes = ['variable.other.property', 'variable'];
const keyScopes = ['support.type.property-name', ...propertyScopes];

/**
 * What VS Code's grammars call the tokens to which the highlighter gives these classes: TextMate scopes, the most
 * fitting first. Later rows and those with more classes win, as in a style sheet.
 */
export const tokenScopes: Readonly<Record<string, readonly string[]>> = {
  '.hljs-comment': ['comment.line', 'comment'],
  '.hljs-quote': ['markup.quote', 'comment'],
  '.hljs-doctag': ['storage.type.class.jsdoc', 'keyword.other.documentation', 'comment'],
  '.hljs-keyword': ['keyword.control', 'keyword'],
  '.hljs-keyword.storage_': ['storage.type', 'storage.modifier', 'keyword'],
  '.hljs-keyword.operator_': ['keyword.operator.new', 'keyword.operator.expression', 'keyword'],
  '.hljs-built_in': ['support.function', 'entity.name.function'],
  '.hljs-built_in.primitive_': ['support.type.primitive', 'support.type', 'storage.type'],
  '.hljs-type': typeScopes,
  '.hljs-literal': ['constant.language', 'constant'],
  '.hljs-number': ['constant.numeric', 'constant'],
  '.hljs-operator': ['keyword.operator'],
  '.hljs-punctuation': ['punctuation'],
  '.hljs-string': ['string.quoted', 'string'],
  '.hljs-regexp': ['string.regexp', 'string'],
  '.hljs-char.escape_': ['constant.character.escape', 'constant.character'],
  '.hljs-subst': ['meta.template.expression', 'meta.embedded'],
  '.hljs-symbol': ['constant.other.symbol', 'constant.language', 'constant'],
  '.hljs-property': propertyScopes,
  '.hljs-variable': ['variable.other.readwrite', 'variable.other', 'variable'],
  '.hljs-variable.language_': ['variable.language', 'variable'],
  '.hljs-variable.constant_': ['variable.other.constant', 'variable'],
  '.hljs-params': ['variable.parameter', 'variable'],
  '.hljs-title': functionScopes,
  '.hljs-title.function_': functionScopes,
  '.hljs-title.class_': typeScopes,
  '.hljs-title.class_.inherited__': ['entity.other.inherited-class', ...typeScopes],
  '.hljs-meta': [
    'meta.preprocessor',
    'entity.name.function.decorator',
    'keyword.control.directive',
  ],
  '.hljs-meta .hljs-keyword': ['keyword.control.directive', 'meta.preprocessor', 'keyword.control'],
  '.hljs-meta .hljs-string': ['string.quoted', 'string'],
  '.hljs-section': ['markup.heading', 'entity.name.section', ...tagScopes],
  '.hljs-tag': ['punctuation.definition.tag', ...tagScopes],
  '.hljs-name': tagScopes,
  // In programs a key of an object, or a parameter that has a type.
  '.hljs-attr': ['meta.object-literal.key', 'variable.parameter', 'variable'],
  '.json .hljs-attr': ['support.type.property-name.json', ...keyScopes],
  '.yaml .hljs-attr': ['entity.name.tag.yaml', ...keyScopes],
  '.ini .hljs-attr': ['keyword.other.definition.ini', ...keyScopes],
  '.hljs-attr.tag_': tagScopes,
  '.hljs-tag .hljs-attr': ['entity.other.attribute-name'],
  '.hljs-attribute': ['support.type.property-name.css', ...keyScopes],
  '.hljs-bullet': ['punctuation.definition.list.begin.markdown', 'markup.list'],
  '.hljs-code': ['markup.inline.raw', 'markup.raw'],
  '.hljs-emphasis': ['markup.italic'],
  '.hljs-strong': ['markup.bold'],
  '.hljs-link': ['markup.underline.link', 'string.other.link'],
  '.hljs-selector-tag': ['entity.name.tag.css', ...tagScopes],
  '.hljs-selector-id': ['entity.other.attribute-name.id.css', 'entity.other.attribute-name'],
  '.hljs-selector-class': ['entity.other.attribute-name.class.css', 'entity.other.attribute-name'],
  '.hljs-selector-attr': ['entity.other.attribute-name'],
  '.hljs-selector-pseudo': [
    'entity.other.attribute-name.pseudo-class.css',
    'entity.other.attribute-name',
  ],
  '.hljs-template-tag': ['keyword.control', 'keyword'],
  '.hljs-template-variable': ['variable.other', 'variable'],
  '.hljs-addition': ['markup.inserted.diff', 'markup.inserted'],
  '.hljs-deletion': ['markup.deleted.diff', 'markup.deleted'],
};
