import type { Env, MarkdownIt } from 'markdown-it';
import {
  type Block,
  type Container,
  countLines,
  offsetOfLine,
  parseBlocks,
  type TopBlock,
} from './blockTree';
import type { CodeBlock } from './codeBlock';

/** The marker of an item of a list at the top. */
const itemMarker = /^ {0,3}(?:[-+*]|\d{1,9}[.)])/u;

/** markdown-it limits the cells that it adds to short rows; here are those rows that it no longer sees. */
const maxFinishedCells = 30_000;

/** What the items of a list share: a blank line between any two makes paragraphs of the text in each. */
export interface Spacing {
  isLoose: boolean;
}

interface OpenContainerOptions {
  readonly md: MarkdownIt;
  readonly container: Container;
  /** Stands for the finished parts where the rest is parsed; ends a line. */
  readonly stub: string;
  readonly spacing: Spacing;
  readonly finishedCells: number;
}

/**
 * A table, list or quote that is still open, and whose parts before the last (rows, items, blocks)
 * are finished: they need not be parsed again. A stub stands for them where the rest is parsed: the
 * table's two head lines, one item, one quoted paragraph.
 */
export class OpenContainer {
  readonly #options: OpenContainerOptions;

  private constructor(options: OpenContainerOptions) {
    this.#options = options;
  }

  /**
   * @param source of the block, from its first line on
   * @returns nothing where the block has no parts that can be finished
   */
  static of(md: MarkdownIt, container: Block, source: string): OpenContainer | undefined {
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
  /** How much of the block's source the stub has taken over: a table's head. */
  get headLength(): number {
    const { container, stub } = this.#options;
    return container.tag === 'table' ? stub.length : 0;
  }

  /** Parses `source`, which goes on in this container; the first block holds its parts of `source`. */
  parse(source: string, env: Env): TopBlock[] {
    const lines = this.#stubLines;
    return this.#parse(source, env).map(({ block, startLine, endLine }, index) => ({
      block: (index === 0 ? this.#withoutStub(block) : undefined) ?? block,
      startLine: Math.max(0, startLine - lines),
      endLine: endLine - lines,
    }));
  }

  /** The parts of `source`; their lines are counted in it. */
  parts(source: string, env: Env = {}): readonly Block[] {
    const [first] = this.#parse(source, env);
    const own = first && this.#withoutStub(first.block);
    const lines = this.#stubLines;
    return own ? getParts(own).map((part) => ({ ...part, line: part.line - lines })) : [];
  }

  /**
   * Where the last part of `source` begins, and what that part goes on from once those before it are
   * finished; nothing where there is only one, or where it would become something else on its own.
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

  /** Whether `source` makes a list loose that was not yet; from then on it is. */
  becomesLoose(source: string): boolean {
    const { spacing } = this.#options;
    if (spacing.isLoose || !this.isList) return false;
    const [stub] = getChildren(this.#parse(source, {})[0]?.block);
    const [text] = getChildren(stub);
    spacing.isLoose = text?.kind === 'leaf' && text.tokens[0]?.hidden === false;
    return spacing.isLoose;
  }

  /** Whether a definition that comes later can turn some of `source` into links. */
  mayLink(source: string): boolean {
    return source.includes('[') || this.#options.stub.includes('[');
  }

  get #stubLines(): number {
    return countLines(this.#options.stub) + (this.spacing.isLoose ? 1 : 0);
  }

  #next(parts: readonly Block[], rest: string): OpenContainer | undefined {
    const { container, stub } = this.#options;
    const nextStub = container.tag === 'table' ? stub : createStub(container.tag, rest);
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
    const children = tag === 'table' ? block.children : block.children.slice(1);
    return { ...block, key, children, ...(start !== undefined && { start }) };
  }
}

/** @param source of the container, or of a part of it */
function createStub(tag: Container['tag'], source: string): string | undefined {
  if (tag === 'table') return source.slice(0, offsetOfLine(source, 2));
  if (tag === 'blockquote') return '> x\n>\n';
  const [marker] = itemMarker.exec(source) ?? [];
  return marker === undefined ? undefined : `${marker} x\n`;
}

/** What of `block` can be finished while it is open: rows, items, quoted blocks. */
export function getParts(block: Block): readonly Block[] {
  const children = getChildren(block);
  return block.kind === 'container' && block.tag === 'table' ? getChildren(children[1]) : children;
}

function getChildren(block: Block | undefined): readonly Block[] {
  return block?.kind === 'container' ? block.children : [];
}

function countCells(parts: readonly Block[]): number {
  return parts
    .flatMap((part) => (part.kind === 'leaf' && part.type === 'row' ? part.tokens : []))
    .filter(({ type }) => type === 'inline').length;
}

/** The line that opens a fence, with up to three spaces before it. */
const openingLine = /^(?<indent> {0,3})(?<marks>`{3,}|~{3,})/u;

/**
 * A fence at the top that no line has closed yet. Its text needs no parser: it is appended as it
 * comes, until a line may close the fence.
 */
export class OpenFence {
  readonly #code: CodeBlock;
  readonly #closing: RegExp;
  readonly #indent: RegExp;
  readonly #isIndented: boolean;
  /** The unfinished last line, and how much of it the code shows. */
  #line = '';
  #shown = 0;

  private constructor(code: CodeBlock, indent: number, marks: string) {
    this.#code = code;
    this.#closing = new RegExp(`^ {0,3}${marks.charAt(0)}{${String(marks.length)},}[ \\t]*$`, 'u');
    this.#indent = new RegExp(`^ {0,${String(indent)}}`, 'u');
    this.#isIndented = indent > 0;
  }

  /** @param source the fence's source as it is shown, from the line that opens it */
  static at(code: CodeBlock, source: string, unfinishedLine: string): OpenFence | undefined {
    const { indent, marks } = openingLine.exec(source)?.groups ?? {};
    if (!code.isOpen || indent === undefined || marks === undefined) return undefined;
    // Without a line end behind it, the opening line may still become longer.
    if (!source.includes('\n')) return undefined;
    const fence = new OpenFence(code, indent.length, marks);
    fence.#line = unfinishedLine;
    const partial = fence.#visiblePart(unfinishedLine);
    fence.#shown = partial.length;
    return code.text.endsWith(partial) ? fence : undefined;
  }

  /**
   * Appends `text` to the code.
   * @returns false when the parser has to decide; then nothing was appended
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

  #visiblePart(line: string): string {
    return isUndecided(line) ? '' : this.#content(line);
  }

  #content(line: string): string {
    return line.replace(this.#indent, '');
  }

  #needsParser(line: string): boolean {
    return this.#closing.test(line) || (this.#isIndented && /^ *\t/u.test(line));
  }
}

const maxMarkLength = 40;
const onlyMarks =
  /^[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)?(?:[-=+*_#`~|: \t]+|\d{1,9}[.)]?|\[[ xX]?\]?)?[ \t]*$/u;

/**
 * Whether an unfinished line is so far only marks, such as `-` or `##`: one letter more and it is
 * something else (`-` under a paragraph makes a heading of it, `- a` a list). It is not shown until
 * then, so that nothing flickers.
 */
export function isUndecided(line: string): boolean {
  return line.length <= maxMarkLength && onlyMarks.test(line);
}

/**
 * An unfinished row as far as its cells are closed. A cell that grows would move the columns, and with
 * them every row.
 */
export function getClosedCells(row: string): string {
  const [closed = ''] = /^.*(?<!\\)\|/u.exec(row) ?? [];
  return isUndecided(closed) ? '' : closed;
}
