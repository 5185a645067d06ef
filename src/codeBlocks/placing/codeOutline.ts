import type { MaskedLine } from './codeMask';
import { hasElidedBody } from './elisionMarks';
import type { LanguageStyle } from './languageStyles';
import { type DeclaredName, findDeclaredName } from './declaredNames';

/** A statement, declaration or mark of elision: whole lines, by index; ends are exclusive. */
export interface CodeUnit {
  readonly kind: 'import' | 'named' | 'statement' | 'elision';
  /** Empty unless `kind` is `named`. */
  readonly name: string;
  /** Belongs to a type by its receiver, as methods of Go, or must be a member, as those with `self`. */
  readonly isMember: boolean;
  /** The first line of comments directly above. */
  readonly lead: number;
  readonly start: number;
  readonly end: number;
  /** The lines between the header and the closing line, if it holds declarations. */
  readonly body: { readonly start: number; readonly end: number } | undefined;
  readonly hasElision: boolean;
}

/** A text with its structure. */
export interface Outline {
  readonly lines: readonly MaskedLine[];
  readonly style: LanguageStyle;
  readonly units: readonly CodeUnit[];
  /** The units within `unit`; none if it holds no declarations. */
  readonly readMembers: (unit: CodeUnit) => readonly CodeUnit[];
  /** Whether a line marks omitted code. */
  readonly isElision: (line: string) => boolean;
}

export function createOutline(
  lines: readonly MaskedLine[],
  style: LanguageStyle,
  isElision: (line: string) => boolean,
): Outline {
  const read = (start: number, end: number): readonly CodeUnit[] =>
    splitUnits(lines, { start, end }, style, isElision);
  const members = new Map<CodeUnit, readonly CodeUnit[]>();
  return {
    lines,
    style,
    units: read(0, lines.length),
    readMembers: (unit) => {
      const { body } = unit;
      const isRead = body !== undefined && !isTooDeep(lines[body.start]);
      const found = members.get(unit) ?? (isRead ? read(body.start, body.end) : []);
      members.set(unit, found);
      return found;
    },
    isElision,
  };
}

/** Far above what people write. Each level is read again in the one above it. */
const maxDepth = 12;
const maxIndent = 100;

function isTooDeep(line: MaskedLine | undefined): boolean {
  return (
    line !== undefined && (line.depthBefore > maxDepth || measureIndent(line.text) > maxIndent)
  );
}

/** Pairs of units that are compared. Where there are more, no place is certain. */
const maxPairs = 1_000_000;

/** Whether each of these units cannot be compared with each of the others in reasonable time. */
export function hasTooManyPairs(units: readonly CodeUnit[], others: readonly CodeUnit[]): boolean {
  return units.length * others.length > maxPairs;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function splitUnits(
  lines: readonly MaskedLine[],
  span: Span,
  style: LanguageStyle,
  isElision: (line: string) => boolean,
): readonly CodeUnit[] {
  const within = lines.slice(span.start, span.end);
  const first = within.find(({ mask, isInside }) => !isInside && mask.trim() !== '');
  const level = { depth: first?.depthBefore ?? 0, indent: first ? measureIndent(first.text) : 0 };
  const isMark = (line: MaskedLine, open: Span | undefined): boolean =>
    isElision(line.text) && isAtLevel(line, level, style, open && lines[open.end - 1]);
  const units: CodeUnit[] = [];
  let open: Span | undefined;
  const close = (): void => {
    if (open) units.push(toUnit(lines, open, style, isElision));
    open = undefined;
  };
  for (const [index, line] of within.entries()) {
    const at = span.start + index;
    if (open && belongsTo(lines, open, line, level, style) && !isMark(line, open)) {
      open = { start: open.start, end: at + 1 };
    } else if (!line.isInside && isMark(line, open)) {
      close();
      units.push(elision(at));
    } else if (line.mask.trim() !== '') {
      close();
      open = { start: at, end: at + 1 };
    }
  }
  close();
  return units.map((unit, index) => withLead(lines, unit, units[index - 1]?.end ?? span.start));
}

function elision(at: number): CodeUnit {
  return {
    kind: 'elision',
    name: '',
    isMember: false,
    lead: at,
    start: at,
    end: at + 1,
    body: undefined,
    hasElision: true,
  };
}

interface Level {
  readonly depth: number;
  readonly indent: number;
}

/** @param last the last line of the unit that is open */
function isAtLevel(
  line: MaskedLine,
  level: Level,
  style: LanguageStyle,
  last: MaskedLine | undefined,
): boolean {
  if (line.depthBefore !== level.depth) return false;
  const isEnded =
    last === undefined || (last.mask.trim() === 'end' && measureIndent(last.text) <= level.indent);
  return style.nesting === 'braces' || isEnded || measureIndent(line.text) <= level.indent;
}

/** Whether `line` belongs to the unit before it. */
function belongsTo(
  lines: readonly MaskedLine[],
  open: Span,
  line: MaskedLine,
  level: Level,
  style: LanguageStyle,
): boolean {
  if (line.isInside) return true;
  const mask = line.mask.trim();
  const isDeep = style.nesting === 'indent' && measureIndent(line.text) > level.indent;
  // A comment at the end of an indented body belongs to it.
  if (mask === '') return isDeep && line.text.trim() !== '';
  if (line.depthBefore > level.depth || isDeep) return true;
  const before = joinMasked(lines, open);
  if (isDecorator(before)) return true;
  if (style.nesting === 'indent') return continuedByIndent.test(mask);
  if ((style.hasSelectors ? /^[{}]/u : continuedByStart).test(mask)) return true;
  return isUnfinished(before, level, style);
}

/** Whether the next line continues the statement. */
function isUnfinished(before: string, level: Level, style: LanguageStyle): boolean {
  const last = before.trimEnd();
  if (level.depth > 0 && last.endsWith(',')) return false;
  if (!style.needsSemicolon) return unfinished.test(last);
  // Attributes of Rust belong to what follows, directives of C end with their line.
  const isDirective = /^\s*#\s*\w/u.test(before) && !last.endsWith('\\');
  return !isDirective && !/[;}{]$/u.test(last) && !isLabel(last);
}

const continuedByIndent =
  /^(?:[)\]}]|(?:else|elif|elsif|except|finally|rescue|ensure|when|end|done|fi|esac|then|in|do|until)\b)/u;
const continuedByStart =
  /^(?:[{)\]}?:.=]|&&|\|\||\+(?!\+)|->|=>|,|(?:else|catch|finally|where|extends|implements)\b)/u;
const unfinished = /(?:[=(,+&|?.]|=>|->|\b(?:extends|implements|return|default|export|async))$/u;

/** `public:` of C++, and `case` labels. */
function isLabel(mask: string): boolean {
  const label = mask.trim();
  if (!label.endsWith(':')) return false;
  return /^(?:(?:public|private|protected)(?:\s+\w+)?|case\b.*|default)$/u.test(
    label.slice(0, -1).trimEnd(),
  );
}

function isDecorator(mask: string): boolean {
  const flat = withoutBrackets(mask).trim();
  return /^(?:@[\w.]+\s*)+$/u.test(flat);
}

/** Without what is in brackets, so that only the top level is left. */
function withoutBrackets(mask: string): string {
  let depth = 0;
  let flat = '';
  for (const character of mask) {
    if (')]}'.includes(character)) depth -= 1;
    if (depth === 0 && !')]}'.includes(character) && !'([{'.includes(character)) flat += character;
    if ('([{'.includes(character)) depth += 1;
  }
  return flat;
}

/** Of a long statement, its first and its last lines say how it begins and ends. */
const maxJoinedLines = 32;

function joinMasked(lines: readonly MaskedLine[], { start, end }: Span): string {
  const isLong = end - start > 2 * maxJoinedLines;
  const joined = isLong
    ? [...lines.slice(start, start + maxJoinedLines), ...lines.slice(end - maxJoinedLines, end)]
    : lines.slice(start, end);
  return joined.map(({ mask }) => mask).join('\n');
}

function toUnit(
  lines: readonly MaskedLine[],
  span: Span,
  style: LanguageStyle,
  isElision: (line: string) => boolean,
): CodeUnit {
  const own = lines.slice(span.start, span.end);
  const header = readHeader(lines, span, style);
  const declared: DeclaredName = findDeclaredName(
    header.text,
    style,
    (own[0]?.depthBefore ?? 0) === 0,
  );
  const hasElision = own.some(({ text, mask }) => isElision(text) || hasElidedBody(mask));
  return {
    kind: declared.kind,
    name: declared.name,
    isMember: declared.isMember,
    lead: span.start,
    ...span,
    body: declared.isContainer ? findBody(lines, span, header.end, style) : undefined,
    hasElision,
  };
}

/** The lines up to the opening brace or colon, with the text of strings, as imports name modules in them. */
function readHeader(
  lines: readonly MaskedLine[],
  { start, end }: Span,
  style: LanguageStyle,
): { text: string; end: number } {
  let text = '';
  for (let at = start; at < end; at += 1) {
    const line = lines[at];
    if (!line) break;
    const code = line.mask.replaceAll(/[^ ]/gu, (_, index: number) => line.text.charAt(index));
    text += `${code.trim()} `;
    const opens = style.nesting === 'braces' ? /\{\s*$/u.test(line.mask) : /:\s*$/u.test(line.mask);
    if (opens && !isDecorator(line.mask) && line.depthAfter <= (lines[start]?.depthBefore ?? 0) + 1)
      return { text: text.trim(), end: at + 1 };
    if (text.length > 4000) break;
  }
  return { text: text.trim(), end: start + 1 };
}

function findBody(
  lines: readonly MaskedLine[],
  { start, end }: Span,
  from: number,
  style: LanguageStyle,
): Span | undefined {
  if (style.nesting === 'indent') {
    const last = lines[end - 1]?.mask.trim() ?? '';
    return from < end ? { start: from, end: last === 'end' ? end - 1 : end } : undefined;
  }
  const closing = lines[end - 1];
  const isClosed = closing !== undefined && /^\s*\}[;,)]*\s*$/u.test(closing.mask);
  return from > start && from < end && isClosed ? { start: from, end: end - 1 } : undefined;
}

/** Comments directly above, without a blank line between. */
function withLead(lines: readonly MaskedLine[], unit: CodeUnit, from: number): CodeUnit {
  if (unit.kind === 'elision') return unit;
  let { lead } = unit;
  while (lead > from && isComment(lines[lead - 1])) lead -= 1;
  return { ...unit, lead };
}

function isComment(line: MaskedLine | undefined): boolean {
  return line?.mask.trim() === '' && line.text.trim() !== '';
}

/** The width of the indentation, a tab counting as one. */
export function measureIndent(text: string): number {
  return text.length - text.trimStart().length;
}
