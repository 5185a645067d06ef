import { globSource, pathsTo } from './globs';

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
