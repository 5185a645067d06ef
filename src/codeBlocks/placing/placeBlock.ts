import { isBalanced, maskCode, type MaskedLine } from './codeMask';
import { type CodeUnit, createOutline, hasTooManyPairs, type Outline } from './codeOutline';
import { hasElidedBody, isElision } from './elisionMarks';
import { findLanguageStyle, type LanguageStyle } from './languageStyles';
import { applyLineEdits, type LineEdit } from './lineEdits';
import { applyPatch, isPatch, parsePatch } from './patches';
import { placeByEnds, placeSegments } from './placeSegments';
import { placeByNames } from './placeUnits';
import { containsLines, coversFile } from './wholeFile';

/** A symbol that a language server sees in the file; lines are counted from 0, `end` is the last one. */
export interface FileSymbol {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface PlacingRequest {
  readonly path: string;
  readonly file: string;
  /** Without a first line that only names the file. */
  readonly block: string;
  /** Of the fence. */
  readonly language: string;
  readonly symbols: readonly FileSymbol[];
}

/** How a block changes a file. */
export type Placing =
  | { readonly kind: 'part' | 'patch' | 'whole'; readonly text: string }
  /** The file already has what the block has. */
  | { readonly kind: 'unchanged' }
  /** There is no certain place. */
  | { readonly kind: 'unplaced' };

const unplaced: Placing = { kind: 'unplaced' };

/**
 * Where a block of an answer belongs in a file. It is placed only where that is certain; line ends and the
 * last line end are those of the file.
 */
export function placeBlock(request: PlacingRequest): Placing {
  const file = request.file.replaceAll('\r\n', '\n');
  const block = request.block.replaceAll('\r\n', '\n').trimEnd();
  if (block === '') return unplaced;
  const placed = place({ ...request, file, block });
  if (!('text' in placed)) return placed;
  const isSame = placed.text.trimEnd() === file.trimEnd();
  if (isSame) return { kind: 'unchanged' };
  const text = request.file.includes('\r\n') ? placed.text.replaceAll('\n', '\r\n') : placed.text;
  return { ...placed, text };
}

function place(request: PlacingRequest): Placing {
  const { file, block, language, path } = request;
  if (isPatch(language, block) && !/\.(?:diff|patch)$/iu.test(path)) {
    const hunks = parsePatch(block).flatMap((patch) => patch.hunks);
    const lines = hunks.length > 0 ? applyPatch(file.split('\n'), hunks) : undefined;
    return lines ? { kind: 'patch', text: lines.join('\n') } : unplaced;
  }
  if (file.trim() === '') return { kind: 'whole', text: `${block}\n` };
  const style = findLanguageStyle(path);
  return style ? placeCode(request, style) : placeText(request);
}

function placeCode({ file, block, symbols }: PlacingRequest, style: LanguageStyle): Placing {
  const [fileLines, blockLines] = [maskCode(file, style), maskCode(block, style)];
  if (!isBalanced(fileLines) || !isBalanced(blockLines)) return unplaced;
  const isMark = findMarks(file);
  const [own, code] = [
    createOutline(fileLines, style, () => false),
    createOutline(blockLines, style, isMark),
  ];
  if (coversFile(own, code) && !hasMarks(blockLines, isMark)) {
    return { kind: 'whole', text: `${block}${file.endsWith('\n') ? '\n' : ''}` };
  }
  const edits = placeByNames(own, code) ?? placeLines(own, code);
  if (!edits || contradicts(own, edits, symbols)) return unplaced;
  const lines = applyLineEdits(file.split('\n'), edits);
  return lines && isSound(own, lines, style) ? { kind: 'part', text: lines.join('\n') } : unplaced;
}

/** Statements within a function: the block declares nothing that the file declares. */
function placeLines(file: Outline, block: Outline): readonly LineEdit[] | undefined {
  const known = new Set(allNames(file, file.units));
  if (allNames(block, block.units).some((name) => known.has(name))) return undefined;
  return placeAnywhere(file.lines, block.lines, block.isElision);
}

function placeAnywhere(
  file: readonly MaskedLine[],
  block: readonly MaskedLine[],
  isMark: (line: string) => boolean,
): readonly LineEdit[] | undefined {
  if (!hasMarks(block, isMark)) return placeByEnds(file, block);
  // The ends of the file are no ends of the block, unless it has them.
  const lines = block.map(({ text }) => text.trim()).filter((line) => line !== '');
  const own = file.map(({ text }) => text.trim()).filter((line) => line !== '');
  const isAtStart = isMark(lines[0] ?? '') || lines[0] === own[0];
  const isAtEnd = isMark(lines.at(-1) ?? '') || lines.at(-1) === own.at(-1);
  if (!isAtStart || !isAtEnd) return undefined;
  const end = file.findLastIndex(({ text }) => text.trim() !== '') + 1;
  const start = file.findIndex(({ text }) => text.trim() !== '');
  return placeSegments(
    { file, block, isElision: isMark },
    { start, end },
    { start: 0, end: block.length },
  );
}

/** Text whose structure is not known: by its lines only. */
function placeText({ file, block }: PlacingRequest): Placing {
  const isMark = findMarks(file);
  const [own, code] = [maskCode(file, undefined), maskCode(block, undefined)];
  const isWhole = !hasMarks(code, isMark) && containsLines(file.split('\n'), block.split('\n'));
  if (isWhole) return { kind: 'whole', text: `${block}${file.endsWith('\n') ? '\n' : ''}` };
  const edits = placeAnywhere(own, code, isMark);
  const lines = edits && applyLineEdits(file.split('\n'), edits);
  return lines ? { kind: 'part', text: lines.join('\n') } : unplaced;
}

function findMarks(file: string): (line: string) => boolean {
  const known = new Set(file.split('\n').map((line) => line.trim()));
  return (line) => isElision(line, (text) => known.has(text));
}

function hasMarks(lines: readonly MaskedLine[], isMark: (line: string) => boolean): boolean {
  return lines.some(({ text, mask }) => isMark(text) || hasElidedBody(mask));
}

function allNames(outline: Outline, units: readonly CodeUnit[]): readonly string[] {
  return units.flatMap((unit) => [
    ...(unit.kind === 'named' ? [unit.name] : []),
    ...allNames(outline, outline.readMembers(unit)),
  ]);
}

/** Whether a language server sees the end of something that is replaced in another line. */
function contradicts(
  { lines }: Outline,
  edits: readonly LineEdit[],
  symbols: readonly FileSymbol[],
): boolean {
  return edits.some(({ start, end }) =>
    symbols.some((symbol) => {
      const isPartly = symbol.start >= start && symbol.start < end && symbol.end >= end;
      // A change of the header leaves the body alone.
      const isHeader = /[{:(]\s*$/u.test(lines[end - 1]?.mask ?? '');
      return isPartly && !isHeader;
    }),
  );
}

/** The brackets still match, and nothing is declared twice that was declared once. */
function isSound(file: Outline, after: readonly string[], style: LanguageStyle): boolean {
  const lines = maskCode(after.join('\n'), style);
  if (!isBalanced(lines)) return false;
  const outline = createOutline(lines, style, () => false);
  return !hasNewDuplicates(file, file.units, outline, outline.units);
}

function hasNewDuplicates(
  file: Outline,
  before: readonly CodeUnit[],
  outline: Outline,
  after: readonly CodeUnit[],
): boolean {
  const count = (units: readonly CodeUnit[], wanted: string): number =>
    units.filter(({ kind, name }) => kind === 'named' && name === wanted).length;
  const named = after.filter(({ kind }) => kind === 'named');
  if (hasTooManyPairs(named, after)) return true;
  return after.some((unit) => {
    if (unit.kind !== 'named') return false;
    const had = count(before, unit.name);
    if (count(after, unit.name) > Math.max(1, had)) return true;
    const [own] = before.filter(({ name }) => name === unit.name);
    return own !== undefined && had === 1
      ? hasNewDuplicates(file, file.readMembers(own), outline, outline.readMembers(unit))
      : false;
  });
}
