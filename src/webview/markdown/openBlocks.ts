import type { Env, MarkdownIt } from 'markdown-it';
import { defined } from '../../shared/defined';
import {
  type Block,
  type Container,
  countLines,
  hasHead,
  isProse,
  isTable,
  offsetOfLine,
  parseBlocks,
  type TopBlock,
} from './blockTree';
import { findCodeSpans } from '../../shared/markdown/tables';
import type { CodeBlock } from './codeBlock';
import { trimEndOf } from '../../shared/text';

/** The marker of an item of a top-level list, which may be indented. */
const itemMarker = /^(?<indent> *)(?<marker>[-+*]|\d{1,9}[.)])/u;
const maxShallowIndent = 3;

/** markdown-it limits the cells it adds to short rows; finished rows, which it no longer sees, need a limit too. */
const maxFinishedCells = 30_000;

/** Shared by the items of a list: a blank line between any two of them turns the text of all into paragraphs. */
export interface Spacing {
  isLoose: boolean;
}

interface OpenContainerOptions {
  readonly md: MarkdownIt;
  readonly container: Container;
  /** Replaces the finished parts when the rest is parsed; ends with a line end. */
  readonly stub: string;
  readonly spacing: Spacing;
  readonly finishedCells: number;
}

/**
 * A table, list or quote that is still open and whose parts before the last (rows, items, blocks) are finished.
 * They are not parsed again: when the rest is parsed, a stub replaces them (the two head lines of a table, one
 * item, one quoted paragraph).
 */
export class OpenContainer {
  readonly #options: OpenContainerOptions;

  private constructor(options: OpenContainerOptions) {
    this.#options = options;
  }

  /**
   * @param source of the block, from its first line
   * @returns undefined if the block has no parts that can be finished
   */
  static create(md: MarkdownIt, container: Block, source: string): OpenContainer | undefined {
    if (container.kind !== 'container') return undefined;
    const stub = createStub(container.tag, source);
    const spacing = { isLoose: false };
    if (stub === undefined) return undefined;
    return new OpenContainer({ md, container, stub, spacing, finishedCells: 0 });
  }

  get isList(): boolean {
    return this.#options.container.tag === 'ul' || this.#options.container.tag === 'ol';
  }
  get spacing(): Spacing {
    return this.#options.spacing;
  }
  /** The length of the source that the stub replaces: the head of a table. */
  get headLength(): number {
    const { container, stub } = this.#options;
    return hasHead(container.tag) ? stub.length : 0;
  }

  /** Parses `source`, which continues this container; the first block contains the parts of the container. */
  parse(source: string, env: Env): TopBlock[] {
    const lines = this.#stubLines;
    return this.#parse(source, env).map(({ block, startLine, endLine }, index) => ({
      block: (index === 0 ? this.#withoutStub(block) : undefined) ?? block,
      startLine: Math.max(0, startLine - lines),
      endLine: endLine - lines,
    }));
  }

  /** The parts in `source`; their line numbers are relative to it. */
  parts(source: string, env: Env = {}): readonly Block[] {
    const [first] = this.#parse(source, env);
    const own = first && this.#withoutStub(first.block);
    const lines = this.#stubLines;
    return own ? getParts(own).map((part) => ({ ...part, line: part.line - lines })) : [];
  }

  /**
   * The offset of the last part of `source`, and the container that continues with it once the parts before it
   * are finished; undefined if there is only one part, or if the last one would parse differently on its own.
   */
  split(source: string): { at: number; next: OpenContainer } | undefined {
    const parts = this.parts(source);
    const last = parts.at(-1);
    if (parts.length < 2 || !last) return undefined;
    const at = offsetOfLine(source, last.line);
    const next = this.#next(parts, source.slice(at));
    const isSame =
      this.parts(source.slice(0, at)).length === parts.length - 1 &&
      next?.parts(source.slice(at)).length === 1;
    return next && isSame ? { at, next } : undefined;
  }

  /** Whether `source` makes a tight list loose, which it then stays. */
  becomesLoose(source: string): boolean {
    const { spacing } = this.#options;
    if (spacing.isLoose || !this.isList) return false;
    const [stub] = getChildren(this.#parse(source, {})[0]?.block);
    const [text] = getChildren(stub);
    spacing.isLoose = text?.kind === 'leaf' && text.tokens[0]?.hidden === false;
    return spacing.isLoose;
  }

  /** Whether a later definition can turn some of `source` into links. */
  mayLink(source: string): boolean {
    return source.includes('[') || this.#options.stub.includes('[');
  }

  get #stubLines(): number {
    return countLines(this.#options.stub) + (this.spacing.isLoose ? 1 : 0);
  }

  /** The indentation of the first item of a list that is indented so far that its items depend on it. */
  get #deepIndent(): string | undefined {
    const indent = itemMarker.exec(this.#options.stub)?.groups?.['indent'] ?? '';
    return indent.length > maxShallowIndent ? indent : undefined;
  }

  #next(parts: readonly Block[], rest: string): OpenContainer | undefined {
    const { container, stub } = this.#options;
    const nextStub = hasHead(container.tag)
      ? stub
      : createStub(container.tag, rest, this.#deepIndent);
    const finishedCells = this.#options.finishedCells + countCells(parts);
    if (nextStub === undefined || finishedCells > maxFinishedCells) return undefined;
    return new OpenContainer({ ...this.#options, stub: nextStub, finishedCells });
  }

  #parse(source: string, env: Env): TopBlock[] {
    const { md, stub, spacing } = this.#options;
    return parseBlocks(md, `${stub}${spacing.isLoose ? '\n' : ''}${source}`, env);
  }

  #withoutStub(block: Block): Container | undefined {
    const { tag, key, start } = this.#options.container;
    if (block.kind !== 'container' || block.tag !== tag) return undefined;
    const children = hasHead(tag) ? block.children : block.children.slice(1);
    return defined({ ...block, key, children, start });
  }
}

/** The lines before the body of `<details>`, if they hold its summary and nothing of the body. */
const detailsHead =
  /^ {0,3}<details(?:\s+open)?[ \t]*>[ \t\n]*<summary>(?:(?!\n[ \t]*\n)[^])*?<\/summary>[ \t]*\n/iu;

/**
 * @param source of the container, or of a part of it
 * @param listIndent of a list, if that differs from the indentation of the part
 */
function createStub(
  tag: Container['tag'],
  source: string,
  listIndent?: string,
): string | undefined {
  if (tag === 'details') return detailsHead.exec(source)?.[0];
  if (tag === 'table') return source.slice(0, offsetOfLine(source, 2));
  if (tag === 'blockquote') return '> x\n>\n';
  const { indent = '', marker } = itemMarker.exec(source)?.groups ?? {};
  return marker === undefined ? undefined : `${listIndent ?? indent}${marker} x\n`;
}

/** The parts of `block` that can be finished while it is open: rows, items, quoted blocks. */
export function getParts(block: Block): readonly Block[] {
  const children = getChildren(block);
  return block.kind === 'container' && hasHead(block.tag) ? getChildren(children[1]) : children;
}

function getChildren(block: Block | undefined): readonly Block[] {
  return block?.kind === 'container' ? block.children : [];
}

function countCells(parts: readonly Block[]): number {
  return parts
    .flatMap((part) => (part.kind === 'leaf' && part.type === 'row' ? part.tokens : []))
    .filter(({ type }) => type === 'inline').length;
}

/** The opening line of a fence, indented by up to three spaces. */
const openingLine = /^(?<indent> {0,3})(?<marks>`{3,}|~{3,})/u;

/**
 * An open top-level fence. Its text needs no parser: it is appended as it arrives, until a line may close the
 * fence.
 */
export class OpenFence {
  readonly #code: CodeBlock;
  readonly #closing: RegExp;
  readonly #indent: RegExp;
  readonly #indentLength: number;
  /** The unfinished last line, and how much of it is shown. */
  #line = '';
  #shown = 0;

  private constructor(code: CodeBlock, indent: number, marks: string) {
    this.#code = code;
    this.#closing = new RegExp(`^ {0,3}${marks.charAt(0)}{${String(marks.length)},}[ \\t]*$`, 'u');
    this.#indent = new RegExp(`^ {0,${String(indent)}}`, 'u');
    this.#indentLength = indent;
  }

  /** @param source the displayed source of the fence, from its opening line */
  static at(code: CodeBlock, source: string, unfinishedLine: string): OpenFence | undefined {
    const { indent, marks } = openingLine.exec(source)?.groups ?? {};
    if (!code.isOpen || indent === undefined || marks === undefined) return undefined;
    // Without a line end, the opening line may still grow.
    if (!source.includes('\n')) return undefined;
    const least = getLeastIndent(source.slice(source.indexOf('\n') + 1), indent.length);
    const fence = new OpenFence(code, least, marks);
    fence.#line = unfinishedLine;
    const partial = fence.#visiblePart(unfinishedLine);
    fence.#shown = partial.length;
    return code.text.endsWith(partial) ? fence : undefined;
  }

  /**
   * Appends `text` to the code.
   * @returns false if the parser must decide; nothing is appended then
   */
  take(text: string): boolean {
    const lines = (this.#line + text).split('\n');
    if (lines.some((line) => this.#needsParser(line))) return false;
    const unfinished = lines.pop() ?? '';
    const partial = this.#visiblePart(unfinished);
    const whole = lines.map((line) => `${this.#content(line)}\n`).join('') + partial;
    this.#code.append(whole.slice(this.#shown));
    this.#line = unfinished;
    this.#shown = partial.length;
    return true;
  }

  get #isIndented(): boolean {
    return this.#indentLength > 0;
  }

  #visiblePart(line: string): string {
    return isUndecided(line) ? '' : this.#content(line);
  }

  #content(line: string): string {
    return line.replace(this.#indent, '');
  }

  #needsParser(line: string): boolean {
    if (this.#closing.test(line)) return true;
    // A line that is indented less than the fence moves all its lines.
    return this.#isIndented && (/^ *\t/u.test(line) || isShallow(line, this.#indentLength));
  }
}

function isShallow(line: string, indent: number): boolean {
  const space = line.length - line.trimStart().length;
  return space < indent && space < line.length;
}

/** The least indentation of the lines of `code` that are not blank, and at most `limit`. */
function getLeastIndent(code: string, limit: number): number {
  let least = limit;
  for (const line of limit === 0 ? [] : code.split('\n')) {
    while (isShallow(line, least)) least -= 1;
  }
  return least;
}

const maxMarkLength = 40;
const containerMarks = /^[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)?/u;
const onlyMarks = /^(?:[-=+*_#`~|: \t]*|\d{1,9}[.)]?|\[[ xX]?\]?|<\/?[a-z]{0,8}|<!--?)$/u;

/**
 * Whether an unfinished line consists only of marks so far, such as `-` or `##`: the next letter decides what it
 * is (`-` below a paragraph makes it a heading, `- a` is a list). It is not shown until then, to avoid flicker.
 */
export function isUndecided(line: string): boolean {
  if (line.length > maxMarkLength) return false;
  return onlyMarks.test(trimEndOf(line.replace(containerMarks, ''), /[ \t]/u));
}

/**
 * The closed cells of an unfinished row. Showing a growing cell would move the columns of every row.
 */
function getClosedCells(row: string): string {
  const { spans, openAt } = findCodeSpans(row);
  const sure = row.slice(0, openAt);
  const pipes = [...sure.matchAll(/(?<!\\)\|/gu)].map(({ index }) => index);
  const isInCode = (at: number): boolean => spans.some(([from, to]) => at > from && at < to);
  const last = pipes.findLast((at) => !isInCode(at)) ?? -1;
  const closed = row.slice(0, last + 1);
  return isUndecided(closed) ? '' : closed;
}

/** Longer unfinished lines are shown as they are. */
const maxClosedLine = 4_000;
/** The address of a link that is not complete. */
const openLink = /(?<!!)\[(?<words>[^\][]*)\]\([^()\s]*$/u;
/** What bold words begin with; a path such as `**` before a slash does not. */
const boldStart = /[\p{L}\p{N}\p{M}\p{Ps}\p{Pi}"'`$]/u;

/** What is shown of an unfinished line at the end of this block. */
export function getShownLine(block: Block | undefined, line: string): string {
  if (isTable(block)) return getClosedCells(line);
  return isProse(block) ? closeMarks(line) : line;
}

/**
 * An unfinished line of prose with the marks closed that are still open, and without marks about which the next
 * letter decides: bold words and code look like that from their first letter on.
 */
function closeMarks(line: string): string {
  if (line.length > maxClosedLine || !/[*~`[]/u.test(line)) return line;
  const { spans, openAt = line.length } = findCodeSpans(line);
  const [marks = ''] = /^`+/u.exec(line.slice(openAt)) ?? [];
  const code = line.slice(openAt + marks.length).trimEnd();
  const isCode = code !== '' && !code.endsWith('`');
  const prose = closeEmphasis(line.slice(0, openAt).replace(openLink, '$<words>'), spans);
  if (isCode) return `${prose.text}${marks}${code}${marks}${prose.closing}`;
  return prose.closing === '' ? prose.text : `${prose.text.trimEnd()}${prose.closing}`;
}

/** The text up to marks at its end that close nothing, and what closes the marks that are open there. */
function closeEmphasis(
  text: string,
  spans: readonly (readonly [start: number, end: number])[],
): { readonly text: string; readonly closing: string } {
  const open: string[] = [];
  let end = text.length;
  for (const { 0: marks, index } of text.matchAll(/(?<![*~\\])(?:\*+|~~)/gu)) {
    if (spans.some(([from, to]) => index >= from && index < to)) continue;
    const [before, after] = [text.charAt(index - 1), text.charAt(index + marks.length)];
    const isWord = /[a-z\d]/iu.test(before) && /[a-z\d]/iu.test(after);
    if (marks === open.at(-1) && /\S/u.test(before)) open.pop();
    else if (after === '') end = index;
    else if (marks.length === 2 && !isWord && boldStart.test(after)) open.push(marks);
  }
  return { text: text.slice(0, end), closing: open.reverse().join('') };
}
