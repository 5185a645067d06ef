import type { CodeUnit, Outline } from './codeOutline';
import type { LineEdit } from './lineEdits';

/**
 * An import of the block in the file: nothing if the file already imports it, in place of an import of the same module
 * that names less, or below the last import. Undefined when it contradicts one of the file.
 */
export function placeImport(
  file: Outline,
  block: Outline,
  unit: CodeUnit,
): readonly LineEdit[] | undefined {
  const own = file.units.filter(({ kind }) => kind === 'import');
  const text = getText(block, unit);
  if (own.some((other) => getText(file, other) === text)) return [];
  const lines = block.lines.slice(unit.start, unit.end).map((line) => line.text);
  const module = parseModule(text);
  const same = own.filter(
    (other) => module !== undefined && parseModule(getText(file, other)) === module,
  );
  const [only] = same;
  if (!only) return insertImport(file, own, lines, text);
  if (same.length > 1) return undefined;
  const [before, after] = [parseNames(getText(file, only)), parseNames(text)];
  if (after.every((name) => before.includes(name))) return [];
  if (!before.every((name) => after.includes(name))) return undefined;
  return [{ start: only.start, end: only.end, lines }];
}

function insertImport(
  { units }: Outline,
  own: readonly CodeUnit[],
  lines: readonly string[],
  text: string,
): readonly LineEdit[] | undefined {
  const last = own.at(-1);
  // A second package clause or directive would be an error.
  if (/^(?:package|namespace|['"]use )/u.test(text)) return undefined;
  if (last) return [{ start: last.end, end: last.end, lines }];
  const first = units[0]?.lead ?? 0;
  return first === 0 ? [{ start: 0, end: 0, lines: [...lines, ''] }] : undefined;
}

function getText({ lines }: Outline, { start, end }: CodeUnit): string {
  return lines
    .slice(start, end)
    .map(({ text }) => text.trim())
    .join(' ')
    .replace(/;$/u, '')
    .replaceAll("'", '"')
    .replaceAll(/,(?=\s*[})])/gu, '')
    .replaceAll(/\s+/gu, ' ');
}

/** The module that an import names: a string, `from x import`, or a group of Go. */
function parseModule(text: string): string | undefined {
  if (text.startsWith('import (')) return '(group)';
  return (
    /\bfrom "([^"]+)"/u.exec(text)?.[1] ??
    /\brequire\("([^"]+)"\)/u.exec(text)?.[1] ??
    /^from ([\w.]+) import\b/u.exec(text)?.[1] ??
    /^use ([\w:]+)::\{/u.exec(text)?.[1]
  );
}

const keywords = new Set(['import', 'from', 'type', 'const', 'let', 'var', 'require', 'use']);

/** All that is named, modules too; the same module adds nothing to a comparison. */
function parseNames(text: string): readonly string[] {
  const words = text.startsWith('import (') ? /"[^"]+"/gu : /[\w$*/.-]+/gu;
  return (text.match(words) ?? []).filter((word) => !keywords.has(word));
}
