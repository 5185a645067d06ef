import { type CodeUnit, hasTooManyPairs, type Outline } from './codeOutline';

/** Whether a block has all that the file declares, so that it can only be the whole file. */
export function coversFile(file: Outline, block: Outline): boolean {
  const isEmpty = file.lines.every(({ text }) => text.trim() === '');
  if (isEmpty) return true;
  if (block.units.some(({ hasElision }) => hasElision)) return false;
  return file.units.length > 0 && coversUnits(file, file.units, block, block.units);
}

function coversUnits(
  file: Outline,
  fileUnits: readonly CodeUnit[],
  block: Outline,
  blockUnits: readonly CodeUnit[],
): boolean {
  if (hasTooManyPairs(fileUnits, fileUnits.concat(blockUnits))) return false;
  return fileUnits.every((unit) => {
    if (unit.kind !== 'named') {
      const text = firstLine(file, unit);
      return blockUnits.some(
        (other) => other.kind === unit.kind && isSameStart(firstLine(block, other), text),
      );
    }
    const same = blockUnits.filter(({ kind, name }) => kind === 'named' && name === unit.name);
    const all = fileUnits.filter(({ kind, name }) => kind === 'named' && name === unit.name);
    const [other] = same;
    if (!other || same.length < all.length) return false;
    return (
      all.length > 1 || coversUnits(file, file.readMembers(unit), block, block.readMembers(other))
    );
  });
}

/** Imports may name more than before; what they import from is the same. */
function isSameStart(line: string, other: string): boolean {
  const module = /["'<][^"'<>]+["'>]/u.exec(other)?.[0];
  return (
    line === other ||
    (module !== undefined &&
      /\b(?:import|from|require|use|include)\b/u.test(other) &&
      line.includes(module))
  );
}

function firstLine({ lines }: Outline, { start }: CodeUnit): string {
  return lines[start]?.text.trim() ?? '';
}

/**
 * The same for text whose structure is not known: nearly all lines are in the block, in their order, among
 * them the first and the last.
 */
export function containsLines(file: readonly string[], block: readonly string[]): boolean {
  const own = filled(file);
  const code = filled(block);
  if (own.length === 0) return true;
  if (code[0] !== own[0] || !code.includes(own.at(-1) ?? '')) return false;
  let at = 0;
  let kept = 0;
  for (const line of own) {
    const found = code.indexOf(line, at);
    if (found < 0) continue;
    at = found + 1;
    kept += 1;
  }
  return kept >= own.length * 0.8 && own.length - kept <= 10;
}

function filled(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}
