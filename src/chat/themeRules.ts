import { parse } from 'jsonc-parser';
import * as v from 'valibot';
import { type CodeColors, type TokenStyle, tokenScopes } from '../shared/tokenScopes';

/** Reads a theme's file by its path in the extension; undefined if it cannot be used. */
export type ReadThemeFile = (path: string) => Promise<string | undefined>;

/** Any extension can bring a theme: what is larger is not read. In UTF-16 code units, rules, and files. */
export const themeLimits = { fileLength: 1024 * 1024, rules: 5_000, files: 8 };

/** A rule for one scope, in the order of the theme. */
export interface ThemeRule {
  /** The scope, behind those that it must be in. */
  readonly selector: readonly string[];
  readonly color?: string;
  /** `italic bold underline` or some of these; empty: none of them. */
  readonly fontStyle?: string;
}

const optional = v.fallback(v.optional(v.string()), undefined);
const ruleSchema = v.object({
  scope: v.fallback(v.optional(v.union([v.string(), v.array(v.string())])), undefined),
  settings: v.object({ foreground: optional, fontStyle: optional }),
});
const themeSchema = v.object({
  include: optional,
  tokenColors: v.optional(v.unknown()),
  /** What `tokenColors` was called once. */
  settings: v.optional(v.unknown()),
});

/**
 * The rules of a theme, after those of the files that it includes. Undefined if none can be read, such as from a
 * theme in TextMate's format.
 */
export async function readThemeRules(
  path: string,
  read: ReadThemeFile,
): Promise<readonly ThemeRule[] | undefined> {
  const rules: ThemeRule[] = [];
  const seen = new Set<string>();
  const add = async (at: string | undefined): Promise<void> => {
    if (at === undefined || seen.has(at) || seen.size >= themeLimits.files) return;
    seen.add(at);
    const text = await read(at);
    if (text === undefined || text.length > themeLimits.fileLength) return;
    const theme = v.safeParse(themeSchema, parse(text, [], { allowTrailingComma: true }));
    if (!theme.success) return;
    const { include, tokenColors, settings } = theme.output;
    await add(resolvePath(at, include));
    if (typeof tokenColors === 'string') await add(resolvePath(at, tokenColors));
    rules.push(...parseRules(tokenColors ?? settings));
  };
  await add(resolvePath('', path));
  const known = rules.slice(0, themeLimits.rules);
  return known.length === 0 ? undefined : known;
}

/** `path` relative to the file `from`, within the extension. */
function resolvePath(from: string, path: string | undefined): string | undefined {
  if (path === undefined || /[\\:\0]/u.test(path)) return undefined;
  const parts = path.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const part of path.split('/')) {
    if (part === '..' && parts.pop() === undefined) return undefined;
    if (part !== '' && part !== '.' && part !== '..') parts.push(part);
  }
  return parts.join('/');
}

/** The rules among `value`, which may be anything. */
function parseRules(value: unknown): ThemeRule[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, themeLimits.rules).flatMap((each: unknown) => {
    const rule = v.safeParse(ruleSchema, each);
    if (!rule.success) return [];
    const { scope = '', settings } = rule.output;
    const color = parseColor(settings.foreground);
    const { fontStyle } = settings;
    return (typeof scope === 'string' ? [scope] : scope)
      .flatMap((text) => text.slice(0, 4096).split(','))
      .map((text) => ({
        selector: text.split(/[\s>]+/u).filter((part) => part !== ''),
        ...(color !== undefined && { color }),
        ...(fontStyle !== undefined && { fontStyle }),
      }));
  });
}

/** `#rrggbb` or `#rrggbbaa` for any of the four forms that a theme may use. */
export function parseColor(text: string | undefined): string | undefined {
  if (text === undefined || !/^#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/iu.test(text))
    return undefined;
  const digits = text.slice(1).toLowerCase();
  return `#${digits.length > 4 ? digits : digits.replaceAll(/./gu, '$&$&')}`;
}

/** What VS Code calls groups of tokens in `editor.tokenColorCustomizations`. */
const customGroups: Readonly<Record<string, readonly string[]>> = {
  comments: ['comment', 'punctuation.definition.comment'],
  strings: ['string', 'meta.embedded.assembly'],
  keywords: ['keyword - keyword.operator', 'keyword.control', 'storage', 'storage.type'],
  numbers: ['constant.numeric'],
  types: ['entity.name.type', 'entity.name.class', 'support.type', 'support.class'],
  functions: ['entity.name.function', 'support.function'],
  variables: ['variable', 'entity.name.variable'],
};

const groupSchema = v.union([v.string(), v.object({ foreground: optional, fontStyle: optional })]);
const groupRecord = v.fallback(v.record(v.string(), v.unknown()), {});

/**
 * The rules of the setting `editor.tokenColorCustomizations` for the theme: those for every theme, then those in
 * `[Name]`, where a `*` matches anything at its ends.
 */
export function readCustomRules(setting: unknown, theme: string): readonly ThemeRule[] {
  const all = v.parse(groupRecord, setting);
  const own = Object.entries(all)
    .filter(([key]) => getThemeNames(key).some((name) => matchesTheme(name, theme)))
    .map(([, value]) => v.parse(groupRecord, value));
  return [all, ...own].flatMap((groups) => [
    ...Object.entries(customGroups).flatMap(([group, scopes]) =>
      readGroup(groups[group], scopes.map(withoutExclusion)),
    ),
    ...parseRules(groups['textMateRules']),
  ]);
}

function withoutExclusion(scope: string): string {
  return scope.split(' - ')[0] ?? scope;
}

function readGroup(value: unknown, scopes: readonly string[]): ThemeRule[] {
  const group = v.safeParse(groupSchema, value);
  if (!group.success) return [];
  const { output } = group;
  const settings = typeof output === 'string' ? { foreground: output } : output;
  return parseRules([{ scope: [...scopes], settings }]);
}

/** `[One][Two]` has two names. */
function getThemeNames(key: string): readonly string[] {
  if (!key.startsWith('[') || !key.endsWith(']')) return [];
  return key.slice(1, -1).split('][');
}

function matchesTheme(name: string, theme: string): boolean {
  if (!name.includes('*')) return name === theme;
  const words = name.split('*');
  const [first = '', last = ''] = [words[0], words.at(-1)];
  return theme.startsWith(first) &&
    theme.endsWith(last) &&
    theme.length >= first.length + last.length
    ? words.every((word) => theme.includes(word))
    : false;
}

/** How the theme draws each kind of token. */
export function createCodeColors(rules: readonly ThemeRule[]): CodeColors {
  return Object.fromEntries(
    Object.entries(tokenScopes).map(([selector, scopes]) => [selector, findStyle(rules, scopes)]),
  );
}

/** The look of the first scope for which there is a rule. */
function findStyle(rules: readonly ThemeRule[], scopes: readonly string[]): TokenStyle {
  for (const scope of scopes) {
    const color = findBest(rules, scope, ({ color: own }) => own);
    const font = findBest(rules, scope, ({ fontStyle }) => fontStyle);
    if (color === undefined && font === undefined) continue;
    return {
      ...(color !== undefined && { color }),
      ...(font?.includes('italic') === true && { isItalic: true }),
      ...(font?.includes('bold') === true && { isBold: true }),
      ...(font?.includes('underline') === true && { isUnderlined: true }),
    };
  }
  return {};
}

/** What the most precise rule for `scope` says; of equally precise ones, the last. */
function findBest(
  rules: readonly ThemeRule[],
  scope: string,
  get: (rule: ThemeRule) => string | undefined,
): string | undefined {
  let best = 0;
  let found: string | undefined;
  for (const rule of rules) {
    const value = get(rule);
    const precision = value === undefined ? 0 : getPrecision(rule.selector, scope);
    if (precision === 0 || precision < best) continue;
    [best, found] = [precision, value];
  }
  return found;
}

/** How many parts of `scope` the selector names; 0 if it is for others. Which scopes are around it is not known. */
function getPrecision(selector: readonly string[], scope: string): number {
  const own = selector.at(-1);
  if (own === undefined || selector.slice(0, -1).some((outer) => outer !== 'source')) return 0;
  return scope === own || scope.startsWith(`${own}.`) ? own.split('.').length : 0;
}
