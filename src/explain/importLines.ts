/** What begins a line that brings names into a file, in the languages people mostly write. */
const opening =
  /^\s*(?:import\b|from\s+\S+\s+import\b|export\s.*\bfrom\b|#\s*include\b|using\s|use\s|require\b|(?:const|let|var)\s.*=\s*require\()/u;

const longestHead = 200;
const longestImport = 20;

/**
 * The import lines at the head of a file of which `code` uses a name; an `import` over several lines
 * is taken whole. Undefined when there are none.
 */
export function importLines(lines: readonly string[], code: string): string | undefined {
  const names = new Set(code.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu));
  const found: string[] = [];
  for (let index = 0; index < Math.min(lines.length, longestHead); index++) {
    const line = lines[index] ?? '';
    if (!opening.test(line)) continue;
    const statement = [line];
    while (isOpen(statement.join('\n')) && statement.length < longestImport) {
      statement.push(lines[++index] ?? '');
    }
    const text = statement.join('\n');
    if (uses(text, names)) found.push(text);
  }
  return found.length === 0 ? undefined : found.join('\n');
}

function isOpen(text: string): boolean {
  const count = (mark: RegExp): number => text.match(mark)?.length ?? 0;
  return count(/[({]/gu) > count(/[)}]/gu);
}

const keywords = new Set(['import', 'from', 'export', 'include', 'using', 'use', 'require', 'as']);

function uses(statement: string, names: ReadonlySet<string>): boolean {
  // A path in quotes names files, not what the code uses.
  const words = statement
    .replaceAll(/(['"])(?:(?!\1).)*\1/gu, '')
    .match(/[\p{L}_$][\p{L}\p{N}_$]*/gu);
  return (words ?? []).some((word) => !keywords.has(word) && names.has(word));
}
