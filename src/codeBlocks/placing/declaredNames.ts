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

const importing =
  /^(?:import\b(?!\s*\()|from\s+[\w.]+\s+import\b|export\s+(?:\*|\{[^}]*\})\s*from\b|using\s+[\w.= ]+;|use\s+[\w\\:{}, *]+;|#\s*(?:include|import|pragma)\b|package\s|namespace\s+[\w.]+;|require\b|require_relative\b|extern crate\b|mod\s+\w+;|@(?:use|import)\b|(?:const|let|var)\s+[\w{}\s,:]+=\s*require\(|['"]use (?:strict|client|server)['"])/u;

/** Words before a declaration that are no part of its name. */
const modifiers =
  /^(?:(?:export|default|declare|public|private|protected|internal|static|final|abstract|async|override|virtual|sealed|partial|readonly|const(?=\s+(?:fn|enum)\b)|unsafe|extern|inline|constexpr|explicit|synchronized|native|open|data|suspend|lateinit|pub(?:\([^)]*\))?|local|mutating|fileprivate|required|get|set|friend|volatile|transient|strictfp|new)\s+)+/u;

const container =
  /^(?:class|interface|enum(?:\s+(?:class|struct))?|struct|trait|union|namespace|module|record|object|protocol|extension|actor|companion object|mod)\s+(?<name>[\w$.:]+)/u;
const implementation = /^impl\b(?:\s*<[^{]*?>)?\s+(?<name>[^{]+?)(?:\s+where\b[^{]*)?\s*\{?$/u;
const goType = /^type\s+(?<name>\w+)(?:\[[^\]]*\])?\s+(?:struct|interface)\s*\{/u;
const callable =
  /^(?:function\s*\*?|def|fn|fun|func|sub|defp?|macro_rules!|test|proc)\s+(?<name>(?:self\.)?[\w$.!?=]+)/u;
const goMethod = /^func\s*\(\s*\w*\s*\*?\s*(?<type>\w+)[^)]*\)\s*(?<name>\w+)/u;
const assigned =
  /^(?:(?:const|let|var|val|static(?: mut)?|type|typealias|#define)\s+(?:mut\s+)?)(?<name>[\w$]+)/u;
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
  if (importing.test(header)) return { ...statement, kind: 'import' };
  const plain = withoutDecorators(header).replace(modifiers, '');
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
  const isMember = /\(\s*(?:&\s*(?:'\w+\s+)?)?(?:mut\s+)?(?:self|cls)\b/u.test(plain);
  // The properties of an object are members, too, so that those a block leaves out stay.
  return { kind: 'named', name, isMember, isContainer: /=\s*\{$/u.test(plain) };
}

function findOther(plain: string, style: LanguageStyle, isTop: boolean): DeclaredName {
  if (control.test(plain)) return statement;
  if (style.hasSelectors) return toRule(plain);
  const name = findMethod(plain, style) ?? findField(plain, style, isTop);
  return name === undefined ? statement : { ...statement, kind: 'named', name };
}

function implementationName(plain: string): string | undefined {
  const name = implementation.exec(plain)?.groups?.['name'];
  return name === undefined ? undefined : `impl ${name.replaceAll(/\s+/gu, ' ').trim()}`;
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
  const selectors = /^(?<name>[^{}]+?)\s*\{/u.exec(plain)?.groups?.['name'];
  if (selectors === undefined) return statement;
  const name = selectors.replaceAll(/\s+/gu, ' ');
  return { ...statement, kind: 'named', name, isContainer: name.startsWith('@') };
}

/** Members without a body: signatures, fields of Go, fields without a type. */
const bare = /^(?<name>#?[\w$]+)(?:\(.*|\s+[\w*[\].]+.*|[?!]?;?)$/u;

/** Methods without a keyword, and functions of C. */
function findMethod(plain: string, style: LanguageStyle): string | undefined {
  const name = nameIn(withBrackets, plain);
  const opensBody = /[{:]$/u.test(plain);
  return opensBody || (style.needsSemicolon && isPrototype(plain)) ? name : undefined;
}

const withBrackets =
  /^(?:[\w$<>[\],.:&*?~\s]*?[\s*&>~]|[*~]?)(?<name>#?(?:[\w$]+::)*~?[\w$]+|operator\s*\S{1,3})\s*(?:<[^<>()]*>)?\s*\(/u;

function findField(plain: string, style: LanguageStyle, isTop: boolean): string | undefined {
  if (style.needsSemicolon) return nameIn(typedField, plain);
  return nameIn(namedField, plain) ?? (isTop ? undefined : nameIn(bare, plain));
}

const typedField =
  /^(?:[\w$<>[\],.:&*?]+\s+)+\*?(?<name>[\w$]+)\s*(?:\[[^\]]*\])?\s*(?:=[^=].*)?;/u;
const namedField = /^(?<name>#?[\w$]+)[?!]?\s*(?::\s*[^=].*|=\s*[^=].*|:)$/u;

/** A declaration without a body: a type, a name, brackets. A call has no type. */
function isPrototype(plain: string): boolean {
  return /^[\w$<>[\]:,&*]+[\s*&]+[\w$:]+\s*\([^(){}=]*\)[\w\s]*;$/u.test(plain);
}
