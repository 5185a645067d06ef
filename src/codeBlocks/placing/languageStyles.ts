/** What the placing of code has to know about a language: where strings and comments are, and what nests. */
export interface LanguageStyle {
  readonly lineComments: readonly string[];
  readonly blockComments: readonly (readonly [start: string, end: string])[];
  /** Strings that may span lines, by start and end. Checked before `quotes`. */
  readonly longStrings: readonly (readonly [start: string, end: string])[];
  /** Strings that end with their line. A backslash escapes. */
  readonly quotes: string;
  /** `'` is a character, or the start of a lifetime as in Rust. */
  readonly hasCharacters: boolean;
  readonly hasRegularExpressions: boolean;
  /** By brackets, or by indentation. */
  readonly nesting: 'braces' | 'indent';
  /** Statements end with a semicolon or a brace, not with the line. */
  readonly needsSemicolon: boolean;
  /** A style sheet: rules are named by their selectors. */
  readonly hasSelectors: boolean;
  /** Methods have a parameter `self`: a function without it is no method. */
  readonly hasSelf: boolean;
}

const cLike: LanguageStyle = {
  lineComments: ['//'],
  blockComments: [['/*', '*/']],
  longStrings: [],
  quotes: '"',
  hasCharacters: true,
  hasRegularExpressions: false,
  nesting: 'braces',
  needsSemicolon: true,
  hasSelectors: false,
  hasSelf: false,
};
const script: LanguageStyle = {
  ...cLike,
  longStrings: [['`', '`']],
  quotes: `"'`,
  hasCharacters: false,
  hasRegularExpressions: true,
  needsSemicolon: false,
};
const tripleQuoted: LanguageStyle['longStrings'] = [['"""', '"""']];
const modern: LanguageStyle = { ...cLike, longStrings: tripleQuoted, needsSemicolon: false };
const python: LanguageStyle = {
  ...cLike,
  lineComments: ['#'],
  blockComments: [],
  longStrings: [
    ['"""', '"""'],
    ["'''", "'''"],
  ],
  quotes: `"'`,
  hasCharacters: false,
  nesting: 'indent',
  needsSemicolon: false,
  hasSelf: true,
};
const keywordEnded: LanguageStyle = { ...python, longStrings: [], hasSelf: false };

const styles: readonly (readonly [endings: string, style: LanguageStyle])[] = [
  ['ts tsx js jsx mts cts mjs cjs', script],
  ['py pyi', python],
  ['go', { ...cLike, longStrings: [['`', '`']], needsSemicolon: false }],
  ['rs', { ...cLike, longStrings: [['r#"', '"#']], hasSelf: true }],
  ['java', { ...cLike, longStrings: tripleQuoted }],
  ['cs', { ...cLike, longStrings: tripleQuoted }],
  ['c h cpp cc cxx hpp hh hxx m mm', cLike],
  ['kt kts swift scala groovy', modern],
  ['php', { ...cLike, lineComments: ['//', '#'], quotes: `"'`, hasCharacters: false }],
  ['dart', { ...cLike, longStrings: tripleQuoted, quotes: `"'`, hasCharacters: false }],
  ['css scss less', { ...cLike, quotes: `"'`, hasCharacters: false, hasSelectors: true }],
  ['rb ex exs', keywordEnded],
  ['lua', { ...keywordEnded, lineComments: ['--'], longStrings: [['[[', ']]']] }],
  ['sh bash zsh', keywordEnded],
];

const byEnding = new Map(
  styles.flatMap(([endings, style]) =>
    endings.split(' ').map((ending) => [ending, style] as const),
  ),
);

/** By the ending of the file's name; undefined for languages whose structure is not known. */
export function findLanguageStyle(path: string): LanguageStyle | undefined {
  const ending = /\.(\w+)$/u.exec(path)?.[1] ?? '';
  return byEnding.get(ending.toLowerCase());
}
