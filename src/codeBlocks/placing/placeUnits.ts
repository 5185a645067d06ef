import { type CodeUnit, hasTooManyPairs, type Outline } from './codeOutline';
import { placeImport } from './placeImports';
import { placeSegments } from './placeSegments';
import { findIndentUnit, type LineEdit, reindent } from './lineEdits';

/** The file and the block, and which of their units are compared. */
interface Level {
  readonly file: Outline;
  readonly block: Outline;
  readonly fileUnits: readonly CodeUnit[];
  readonly blockUnits: readonly CodeUnit[];
  /** Where units of the file may come: the lines of the container. */
  readonly end: number;
}

/**
 * Finds what the block redefines, by name, and what is new next to it. Undefined when anything of the
 * block has no certain place.
 */
export function placeByNames(file: Outline, block: Outline): readonly LineEdit[] | undefined {
  const top: Level = {
    file,
    block,
    fileUnits: file.units,
    blockUnits: block.units,
    end: lastLine(file, file.units),
  };
  const isMembersOnly = block.units.some(({ isMember }) => isMember);
  const placed = isMembersOnly ? undefined : placeLevel(top);
  return placed ?? placeMembers(top);
}

/** A block that holds only members of one type of the file, without the type. */
function placeMembers({ file, block }: Level): readonly LineEdit[] | undefined {
  const named = block.units.filter(({ kind }) => kind === 'named');
  if (named.length === 0 || named.some(isFunctionOfModule(block))) return undefined;
  const names = new Set(named.map(({ name }) => name));
  const homes = findContainers(file, file.units).filter((unit) =>
    file.readMembers(unit).some((member) => names.has(member.name)),
  );
  const [home] = homes;
  if (!home?.body || homes.length > 1) return undefined;
  if (block.units.some(({ kind }) => kind === 'import' || kind === 'statement')) return undefined;
  return placeLevel({
    file,
    block,
    fileUnits: file.readMembers(home),
    blockUnits: block.units,
    end: home.body.end,
  });
}

/** `function f` of JavaScript and the like is never a member, nor is a function of Python without `self`. */
function isFunctionOfModule({ lines, style }: Outline): (unit: CodeUnit) => boolean {
  return ({ start, isMember }) =>
    !isMember &&
    (style.hasSelf || /^\s*(?:export|function|const|let|func)\b/u.test(lines[start]?.mask ?? ''));
}

function findContainers(outline: Outline, units: readonly CodeUnit[]): readonly CodeUnit[] {
  return units
    .filter(({ body }) => body !== undefined)
    .flatMap((unit) => [unit, ...findContainers(outline, outline.readMembers(unit))]);
}

/** Where a unit of the block goes: a unit of the file, nowhere yet, or nowhere as the file already contains it. */
type Target = CodeUnit | 'new' | 'same' | undefined;

function placeLevel(level: Level): readonly LineEdit[] | undefined {
  const { fileUnits, blockUnits } = level;
  if (hasTooManyPairs(blockUnits, fileUnits.concat(blockUnits))) return undefined;
  const targets = level.blockUnits.map((unit) =>
    unit.kind === 'elision' || unit.kind === 'import' ? 'same' : findTarget(level, unit),
  );
  if (targets.includes(undefined)) return undefined;
  if (!isAnchored(level, targets)) return undefined;
  const edits: LineEdit[] = [];
  for (const [index, unit] of level.blockUnits.entries()) {
    const made = placeUnit(level, unit, targets, index);
    if (!made) return undefined;
    edits.push(...made);
  }
  return edits;
}

/** Something of the block is in the file, or a mark says that the rest of the file stays. */
function isAnchored({ blockUnits }: Level, targets: readonly Target[]): boolean {
  const isFound = targets.some((target) => typeof target === 'object');
  return (
    isFound ||
    blockUnits.some(({ kind }, index) => kind === 'elision' && targets.includes('new', index)) ||
    blockUnits.every(({ kind }) => kind === 'import' || kind === 'elision')
  );
}

function placeUnit(
  level: Level,
  unit: CodeUnit,
  targets: readonly Target[],
  index: number,
): readonly LineEdit[] | undefined {
  const target = targets[index];
  if (unit.kind === 'elision') return [];
  if (unit.kind === 'import') return placeImport(level.file, level.block, unit);
  if (target === 'same') return [];
  if (target === 'new') return insertNew(level, unit, targets, index);
  return target && replaceUnit(level, target, unit);
}

function findTarget({ file, block, fileUnits }: Level, unit: CodeUnit): Target {
  const text = getText(block, unit);
  if (unit.kind === 'statement') {
    if (fileUnits.some((other) => getText(file, other) === text)) return 'same';
    const first = firstLine(block, unit);
    const same = fileUnits.filter(
      (other) => other.kind === 'statement' && firstLine(file, other) === first,
    );
    return same.length === 1 && first.length > 3 ? same[0] : undefined;
  }
  const named = fileUnits.filter(({ kind, name }) => kind === 'named' && name === unit.name);
  if (named.length <= 1) return named[0] ?? (unit.hasElision ? undefined : 'new');
  const header = firstLine(block, unit);
  const exact = named.filter((other) => firstLine(file, other) === header);
  return exact.length === 1 ? exact[0] : undefined;
}

/** By unit, as each is compared with all of the other text. */
const texts = new WeakMap<CodeUnit, string>();

/** Without blanks, so that only a change of the code counts. */
function getText({ lines }: Outline, unit: CodeUnit): string {
  const known = texts.get(unit);
  if (known !== undefined) return known;
  const text = lines
    .slice(unit.start, unit.end)
    .map((line) => line.text.trim())
    .filter((line) => line !== '')
    .join('\n');
  texts.set(unit, text);
  return text;
}

function firstLine({ lines }: Outline, { start }: CodeUnit): string {
  return lines[start]?.text.trim() ?? '';
}

function replaceUnit(
  level: Level,
  target: CodeUnit,
  unit: CodeUnit,
): readonly LineEdit[] | undefined {
  const { file, block } = level;
  const members = block.readMembers(unit);
  const own = file.readMembers(target);
  if (
    target.body &&
    unit.body &&
    own.length > 0 &&
    (unit.hasElision || lacksMembers(own, members))
  ) {
    return replaceMembers(level, target, unit);
  }
  if (unit.hasElision)
    return placeSegments(
      { file: file.lines, block: block.lines, isElision: block.isElision },
      target,
      unit,
    );
  if (target.body && own.some(({ kind }) => kind === 'named') && !unit.body) return undefined;
  return [replaceWhole(level, target, unit)];
}

function lacksMembers(own: readonly CodeUnit[], members: readonly CodeUnit[]): boolean {
  return own.some(({ kind, name }) => kind === 'named' && !members.some((m) => m.name === name));
}

/** Keeps the members that the block does not show. */
function replaceMembers(
  level: Level,
  target: CodeUnit,
  unit: CodeUnit,
): readonly LineEdit[] | undefined {
  const { file, block } = level;
  const [fileUnits, blockUnits] = [file.readMembers(target), block.readMembers(unit)];
  const hasMark = blockUnits.some(({ kind }) => kind === 'elision');
  const isNew = ({ kind, name }: CodeUnit): boolean =>
    kind === 'named' && !fileUnits.some((other) => other.name === name);
  // Without a mark, members that are missing while others are new may have been renamed.
  if (!hasMark && blockUnits.some(isNew)) return undefined;
  if (!target.body || !unit.body) return undefined;
  const inner = placeLevel({ file, block, fileUnits, blockUnits, end: target.body.end });
  const header = replaceHeader(level, target, unit);
  return inner && header && [...header, ...inner];
}

/** The lines before the body, if the block has others. */
function replaceHeader(
  { file, block }: Level,
  target: CodeUnit,
  unit: CodeUnit,
): readonly LineEdit[] | undefined {
  const start = skipDecorators(file, target);
  const from = skipDecorators(block, unit);
  const end = target.body?.start ?? start;
  const own = file.lines.slice(start, end).map(({ text }) => text);
  const header = block.lines.slice(from, unit.body?.start ?? from).map(({ text }) => text);
  const margin = getMargin(file, target.start);
  const lines = reindent(withExport(header, own), margin, '', '');
  return lines.join('\n').trim() === own.join('\n').trim() ? [] : [{ start, end, lines }];
}

function replaceWhole({ file, block }: Level, target: CodeUnit, unit: CodeUnit): LineEdit {
  const keepsLead = unit.lead === unit.start || !isSameComment(file, block, target, unit);
  const hasDecorators = skipDecorators(block, unit) > unit.start;
  const start = keepsLead
    ? hasDecorators
      ? target.start
      : skipDecorators(file, target)
    : target.lead;
  const from = keepsLead ? unit.start : unit.lead;
  const own = file.lines.slice(skipDecorators(file, target), target.end).map(({ text }) => text);
  const code = block.lines.slice(from, unit.end).map(({ text }) => text);
  // Comments that the file does not have go above what they are about.
  const added =
    keepsLead && unit.lead < unit.start && target.lead === target.start
      ? block.lines.slice(unit.lead, unit.start).map(({ text }) => text)
      : [];
  return {
    start,
    end: target.end,
    lines: fit(file, block, [...added, ...withExport(code, own)], target.start),
  };
}

function isSameComment(file: Outline, block: Outline, target: CodeUnit, unit: CodeUnit): boolean {
  const kind = (outline: Outline, line: number): string =>
    /^\S{1,3}/u.exec(outline.lines[line]?.text.trim() ?? '')?.[0] ?? '';
  return target.lead < target.start && kind(file, target.lead) === kind(block, unit.lead);
}

/** Past decorators, annotations and attributes that have lines of their own. */
function skipDecorators({ lines }: Outline, { start, end }: CodeUnit): number {
  let at = start;
  while (at < end - 1) {
    const line = lines[at];
    const isOne =
      line &&
      /^\s*(?:@(?!interface\b|media\b|keyframes\b|supports\b)[\w.]+|#!?\[|\[[A-Z])/u.test(
        line.mask,
      );
    if (!isOne) break;
    let last = at;
    while (last < end - 1 && (lines[last]?.depthAfter ?? 0) > line.depthBefore) last += 1;
    if (
      !/[)\]\w]\s*$/u.test(lines[last]?.mask ?? '') ||
      line.mask.split('(', 1).join('').includes('{')
    )
      break;
    at = last + 1;
  }
  return at;
}

/** `export` that the block left out, as other files may need it. */
function withExport(code: readonly string[], own: readonly string[]): readonly string[] {
  const was = /^\s*(export(?: default)?) /u.exec(own[0] ?? '')?.[1];
  const index = code.findIndex((line) =>
    /^(?:async |abstract )*(?:function|class|interface|type|enum|const|let)\b/u.test(line.trim()),
  );
  if (was === undefined || index < 0 || code.some((line) => /^\s*export\b/u.test(line)))
    return code;
  return code.map((line, at) =>
    at === index ? line.replace(/\S/u, (first) => `${was} ${first}`) : line,
  );
}

function getMargin({ lines }: Outline, at: number): string {
  return /^[ \t]*/u.exec(lines[at]?.text ?? '')?.[0] ?? '';
}

function fit(
  file: Outline,
  block: Outline,
  code: readonly string[],
  at: number,
): readonly string[] {
  const texts = (outline: Outline): readonly string[] => outline.lines.map(({ text }) => text);
  return reindent(
    code,
    getMargin(file, at),
    findIndentUnit(texts(block)),
    findIndentUnit(texts(file)),
  );
}

/** New code goes after its neighbor above in the block, or before the one below. */
function insertNew(
  level: Level,
  unit: CodeUnit,
  targets: readonly Target[],
  index: number,
): readonly LineEdit[] | undefined {
  const { file, block, fileUnits, blockUnits } = level;
  const code = block.lines.slice(unit.lead, unit.end).map(({ text }) => text);
  const above = findNeighbor(targets, blockUnits, index, -1);
  const below = findNeighbor(targets, blockUnits, index, 1);
  const gap = Array.from({ length: countBlanks(file, fileUnits, code.length) }, () => '');
  if (typeof above === 'object') {
    const lines = [...gap, ...fit(file, block, code, above.start)];
    return [{ start: above.end, end: above.end, lines }];
  }
  if (typeof below === 'object') {
    const lines = [...fit(file, block, code, below.start), ...gap];
    return [{ start: below.lead, end: below.lead, lines }];
  }
  const first = fileUnits.find(({ kind }) => kind === 'named');
  if (above === 'elision' && below === 'edge' && first) {
    const end = lastLine(file, fileUnits);
    return [{ start: end, end, lines: [...gap, ...fit(file, block, code, first.start)] }];
  }
  if (above === 'edge' && below === 'elision' && first) {
    const lines = [...fit(file, block, code, first.start), ...gap];
    return [{ start: first.lead, end: first.lead, lines }];
  }
  return undefined;
}

function findNeighbor(
  targets: readonly Target[],
  units: readonly CodeUnit[],
  index: number,
  step: 1 | -1,
): CodeUnit | 'elision' | 'edge' {
  for (let at = index + step; at >= 0 && at < units.length; at += step) {
    const target = targets[at];
    if (typeof target === 'object') return target;
    if (units[at]?.kind === 'elision') return 'elision';
  }
  return 'edge';
}

function lastLine({ lines }: Outline, units: readonly CodeUnit[]): number {
  return units.at(-1)?.end ?? lines.length;
}

/** How many blank lines set off new code: as many as are usual in the file. */
function countBlanks({ lines }: Outline, units: readonly CodeUnit[], length: number): number {
  const code = units.filter(({ kind }) => kind !== 'import');
  const gaps = code.slice(1).map(({ lead }) => {
    let count = 0;
    while (lines[lead - 1 - count]?.text.trim() === '') count += 1;
    return count;
  });
  gaps.sort((a, b) => a - b);
  const usual = gaps[length > 1 ? Math.floor(gaps.length / 2) : 0];
  return usual ?? (length > 1 ? 1 : 0);
}
