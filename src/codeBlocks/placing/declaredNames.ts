import type { LanguageStyle } from './languageStyles';

/** What the header of a statement declares. */
export interface DeclaredName {
  readonly kind: 'import' | 'named' | 'statement';
  readonly name: string;
  readonly isMember: boolean;
  /** It may hold declarations: a class, an interface, a module. */
  readonly isContainer: boolean;
}

const statement: DeclaredName = {
  kind: 'statement',
  name: '',
  isMember: false,
  isContainer: false,
};

/** More of a statement is not needed for its name, in UTF-16 code units. */
const maxHeaderLength = 2_000;

/** These patterns read headers whose blanks are single spaces. */
const importing =
  /^(?:import\b(?! ?\()|from [\w.]+ import\b|export (?:\*|\{[^}]*\}) ?from\b|using [\w.= ]+;|use [\w\\:{}, *]+;|# ?(?:include|import|pragma)\b|package |namespace [\w.]+;|require\b|require_relative\b|extern crate\b|mod \w+;|@(?:use|import)\b|(?:const|let|var) [\w{} ,:]+= ?require\(|['"]use (?:strict|client|server)['"])/u;

/** Words before a declaration that are no part of its name. */
const modifiers =
  /^(?:(?:export|default|declare|public|private|protected|internal|static|final|abstract|async|override|virtual|sealed|partial|readonly|const(?= (?:fn|enum)\b)|unsafe|extern|inline|constexpr|explicit|synchronized|native|open|data|suspend|lateinit|pub(?:\([^)]*\))?|local|mutating|fileprivate|required|get|set|friend|volatile|transient|strictfp|new) )+/u;

const container =
  /^(?:class|interface|enum(?: (?:class|struct))?|struct|trait|union|namespace|module|record|object|protocol|extension|actor|companion object|mod) (?<name>[\w$.:]+)/u;
const goType = /^type (?<name>\w+)(?:\[[^\]]*\])? (?:struct|interface) ?\{/u;
const callable =
  /^(?:function(?: ?\*)?|def|fn|fun|func|sub|defp?|macro_rules!|test|proc) (?<name>(?:self\.)?[\w$.!?=]+)/u;
const goMethod = /^func ?\( ?(?:\w+ |\w+(?=\*))?\*? ?(?<type>\w+)(?:[^)\w][^)]*)?\) ?(?<name>\w+)/u;
const assigned =
  /^(?:(?:const|let|var|val|static(?: mut)?|type|typealias|#define) (?:mut )?)(?<name>[\w$]+)/u;
/** Words before brackets that are no functions. */
const control =
  /^(?:if|for|foreach|while|switch|match|catch|return|throw|else|do|try|with|using|lock|await|yield|new|delete|assert|super|this|typeof|sizeof|unless|case|elif|except|when|until|loop|defer|go|select|print|println)\b/u;

/**
 * @param header all of the statement before its body, on one line
 * @param isTop it is in no brackets; what is in the braces of a type may be declared without a keyword
 */
export function findDeclaredName(
  header: string,
  style: LanguageStyle,
  isTop: boolean,
): DeclaredName {
  const flat = header.slice(0, maxHeaderLength).replaceAll(/\s+/gu, ' ').trim();
  if (importing.test(flat)) return { ...statement, kind: 'import' };
  const plain = withoutDecorators(flat).replace(modifiers, '');
  const isType = findTypeName(plain);
  if (isType !== undefined) return { ...statement, kind: 'named', name: isType, isContainer: true };
  return findFunction(plain) ?? findOther(plain, style, isTop);
}

function findTypeName(plain: string): string | undefined {
  return nameIn(container, plain) ?? nameIn(goType, plain) ?? implementationName(plain);
}

function nameIn(pattern: RegExp, plain: string): string | undefined {
  return pattern.exec(plain)?.groups?.['name'];
}

/** Functions and variables that a keyword declares. */
function findFunction(plain: string): DeclaredName | undefined {
  const method = goMethod.exec(plain)?.groups;
  if (method) {
    const name = `${method['type'] ?? ''}.${method['name'] ?? ''}`;
    return { ...statement, kind: 'named', name };
  }
  const name = nameIn(callable, plain) ?? nameIn(assigned, plain);
  if (name === undefined) return undefined;
  const isMember = /\( ?(?:& ?(?:'\w+ )?)?(?:mut )?(?:self|cls)\b/u.test(plain);
  // The properties of an object are members, too, so that those a block leaves out stay.
  return { kind: 'named', name, isMember, isContainer: /= ?\{$/u.test(plain) };
}

function findOther(plain: string, style: LanguageStyle, isTop: boolean): DeclaredName {
  if (control.test(plain)) return statement;
  if (style.hasSelectors) return toRule(plain);
  const name = findMethod(plain, style) ?? findField(plain, style, isTop);
  return name === undefined ? statement : { ...statement, kind: 'named', name };
}

function implementationName(plain: string): string | undefined {
  const brace = plain.indexOf('{');
  if (!/^impl\b/u.test(plain) || (brace >= 0 && brace < plain.length - 1)) return undefined;
  const words = plain.slice('impl'.length, brace < 0 ? undefined : brace);
  const generics = words.trimStart().startsWith('<') ? words.indexOf('> ') + 1 : 0;
  const rest = words.slice(generics);
  const name = rest.split(/ where\b/u, 1)[0]?.trim() ?? '';
  return rest.startsWith(' ') && name !== '' ? `impl ${name}` : undefined;
}

/** Decorators, annotations and attributes in front, with their arguments. */
function withoutDecorators(header: string): string {
  let rest = header;
  for (let count = 0; count < 20; count += 1) {
    const next = rest
      .replace(/^@[\w.]+\s*(?:\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?\s*/u, '')
      .replace(/^#!?\[(?:[^[\]]|\[[^[\]]*\])*\]\s*/u, '')
      .replace(/^\[[A-Z][^[\]]*\]\s*/u, '')
      .replace(/^template\s*<[^{;]*?>\s*(?=[\w[])/u, '');
    if (next === rest) break;
    rest = next;
  }
  return rest;
}

/** A rule of a style sheet is named by its selectors. */
function toRule(plain: string): DeclaredName {
  const selectors = /^[^{}]+(?=\{)/u.exec(plain)?.[0];
  if (selectors === undefined) return statement;
  const name = selectors.trimEnd();
  return { ...statement, kind: 'named', name, isContainer: name.startsWith('@') };
}

/** Members without a body: signatures, fields of Go, fields without a type. */
const bare = /^(?<name>#?[\w$]+)(?:\(.*| [\w*[\].].*|[?!]?;?)$/u;

/** Methods without a keyword, and functions of C. */
function findMethod(plain: string, style: LanguageStyle): string | undefined {
  const name = nameIn(withBrackets, plain);
  const opensBody = /[{:]$/u.test(plain);
  return opensBody || (style.needsSemicolon && isPrototype(plain)) ? name : undefined;
}

const withBrackets =
  /^(?:[\w$<>[\],.:&*?~ ]*?[ *&>~]|[*~]?)(?<name>#?(?:[\w$]+::)*~?[\w$]+|operator ?\S{1,3}) ?(?:<[^<>()]*>)? ?\(/u;

function findField(plain: string, style: LanguageStyle, isTop: boolean): string | undefined {
  if (style.needsSemicolon) return nameIn(typedField, plain);
  return nameIn(namedField, plain) ?? (isTop ? undefined : nameIn(bare, plain));
}

const typedField = /^(?:[\w$<>[\],.:&*?]+ )+\*?(?<name>[\w$]+) ?(?:\[[^\]]*\] ?)?(?:=[^=].*)?;/u;
const namedField = /^(?<name>#?[\w$]+)[?!]? ?(?:[:=] ?[^=].*|:)$/u;

/** A declaration without a body: a type, a name, brackets. A call has no type. */
function isPrototype(plain: string): boolean {
  const tight = plain.replaceAll(/ ?(?<mark>[*&]) ?/gu, '$<mark>');
  return /^[\w$<>[\]:,&*]+[ *&][\w$:]+ ?\([^(){}=]*\)[\w ]*;$/u.test(tight);
}
