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
