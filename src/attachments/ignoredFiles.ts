interface Rule {
  readonly isNegated: boolean;
  readonly isFolderOnly: boolean;
  readonly pattern: RegExp;
}

/** One `.gitignore`, and the folder in which it is, relative to the workspace; empty at its top. */
export interface IgnoreFile {
  readonly folder: string;
  readonly rules: readonly Rule[];
}

/** Reads a `.gitignore` (gitignore(5)); what is no pattern is passed over. */
export function parseIgnoreFile(folder: string, text: string): IgnoreFile {
  return { folder, rules: text.split(/\r?\n/u).flatMap(ruleOf) };
}

/**
 * The folder of the `.gitignore` that ignores `path`; undefined: none does. `files` go from the top
 * down. What is in an ignored folder cannot be taken back.
 */
export function ignoredBy(
  path: string,
  isFolder: boolean,
  files: readonly IgnoreFile[],
): string | undefined {
  const steps = pathsTo(path);
  for (const [index, step] of steps.entries()) {
    const decision = decide(step, isFolder || index < steps.length - 1, files);
    if (decision !== undefined) return decision;
  }
  return undefined;
}

function decide(path: string, isFolder: boolean, files: readonly IgnoreFile[]): string | undefined {
  let decision: string | undefined;
  for (const { folder, rules } of files) {
    const below = folder === '' ? path : path.slice(folder.length + 1);
    if (folder !== '' && !path.startsWith(`${folder}/`)) continue;
    for (const { isNegated, isFolderOnly, pattern } of rules) {
      if (isFolderOnly && !isFolder) continue;
      if (pattern.test(below)) decision = isNegated ? undefined : folder;
    }
  }
  return decision;
}

function ruleOf(line: string): Rule[] {
  const trimmed = line.replace(/(?<!\\)\s+$/u, '');
  if (trimmed === '' || trimmed.startsWith('#')) return [];
  const isNegated = trimmed.startsWith('!');
  const glob = isNegated ? trimmed.slice(1) : trimmed;
  const isFolderOnly = glob.endsWith('/');
  const body = isFolderOnly ? glob.slice(0, -1) : glob;
  // A slash anywhere but at the end ties the pattern to the folder of the file.
  const start = body.includes('/') ? '^' : '^(?:[^]*/)?';
  const source = `${start}${globSource(body.replace(/^\//u, ''), false)}$`;
  return [{ isNegated, isFolderOnly, pattern: new RegExp(source, 'u') }];
}

/**
 * A pattern for paths with `/` between the segments. `*` and `?` stay in a segment, `**` does not;
 * `[…]` is one of these characters, `{a,b}` one of these texts where `hasBraces`.
 */
export function globSource(glob: string, hasBraces: boolean): string {
  let source = '';
  let depth = 0;
  for (let at = 0; at < glob.length;) {
    const [token = ''] = tokens.exec(glob.slice(at)) ?? [];
    at += token.length;
    if (hasBraces && token === '{') depth += 1;
    source += tokenSource(token, glob, hasBraces, depth);
    if (hasBraces && token === '}') depth = Math.max(0, depth - 1);
  }
  // A brace that nobody closed is closed at the end.
  return source + ')'.repeat(depth);
}

const tokens = /^(?:\*\*\/|\/\*\*$|\*\*?|\?|\[[!^]?\]?[^\]]*\]|\\.|[^])/u;

const wild: Readonly<Record<string, string>> = {
  '**/': '(?:[^]*/)?',
  '/**': '/[^]*',
  '**': '[^]*',
  '*': '[^/]*',
  '?': '[^/]',
};

const braces: Readonly<Record<string, string>> = { '{': '(?:', '}': ')', ',': '|' };

function tokenSource(token: string, glob: string, hasBraces: boolean, depth: number): string {
  const known = wild[token];
  if (known !== undefined) return known;
  if (hasBraces && depth > 0 && braces[token] !== undefined) return braces[token];
  if (token.startsWith('[') && token.length > 1) return classSource(token, glob);
  if (token.startsWith('\\')) return escaped(token.slice(1));
  return escaped(token);
}

function classSource(token: string, glob: string): string {
  const inside = token
    .slice(1, -1)
    .replace(/^!/u, '^')
    .replace(/[\\\]]/gu, '\\$&');
  const source = `(?!/)[${inside.replace(/(?!^)\[/gu, '\\[')}]`;
  return isPattern(source) ? source : escaped(glob.includes(token) ? token : '');
}

/** A range the wrong way round is no pattern; then the brackets stand for themselves. */
function isPattern(source: string): boolean {
  try {
    return new RegExp(source, 'u').source !== '';
  } catch {
    return false;
  }
}

function escaped(text: string): string {
  return text.replace(/[$()*+./?[\\\]^{|}]/gu, (character) => `\\${character}`);
}

/** The paths of a folder and of all folders below it that lead to `path`, and `path` itself. */
export function pathsTo(path: string): string[] {
  const segments = path.split('/');
  return segments.map((_segment, index) => segments.slice(0, index + 1).join('/'));
}

/** Whether a pattern of `files.exclude` or `search.exclude` hides this path, or a folder above it. */
export function isExcluded(path: string, patterns: readonly string[]): boolean {
  const rules = patterns.map((glob) => new RegExp(`^${globSource(glob, true)}$`, 'u'));
  return pathsTo(path).some((each) => rules.some((rule) => rule.test(each)));
}
