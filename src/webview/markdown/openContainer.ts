import type { Env, MarkdownIt } from 'markdown-it';
import { countLines, offsetOfLine, parseBlocks } from './blockTree';
import type { Block, Container, TopBlock } from './blockTree';

/** The marker of an item of a list at the top. */
const itemMarker = /^ {0,3}(?:[-+*]|\d{1,9}[.)])/u;

/** markdown-it limits the cells that it adds to short rows; here are those rows that it no longer sees. */
const mostFinishedCells = 30_000;

/** What the items of a list share: a blank line between any two makes paragraphs of the text in each. */
export interface Spacing {
  isLoose: boolean;
}

interface Options {
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
  readonly #options: Options;

  private constructor(options: Options) {
    this.#options = options;
  }

  /**
   * @param source of the block, from its first line on
   * @returns nothing where the block has no parts that can be finished
   */
  static of(md: MarkdownIt, container: Block, source: string): OpenContainer | undefined {
    if (container.kind !== 'container') return undefined;
    const stub = stubOf(container.tag, source);
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
    return own ? partsOf(own).map((part) => ({ ...part, line: part.line - lines })) : [];
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
    const [stub] = childrenOf(this.#parse(source, {})[0]?.block);
    const [text] = childrenOf(stub);
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
    const nextStub = container.tag === 'table' ? stub : stubOf(container.tag, rest);
    const finishedCells = this.#options.finishedCells + countCells(parts);
    if (nextStub === undefined || finishedCells > mostFinishedCells) return undefined;
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
function stubOf(tag: Container['tag'], source: string): string | undefined {
  if (tag === 'table') return source.slice(0, offsetOfLine(source, 2));
  if (tag === 'blockquote') return '> x\n>\n';
  const [marker] = itemMarker.exec(source) ?? [];
  return marker === undefined ? undefined : `${marker} x\n`;
}

/** What of `block` can be finished while it is open: rows, items, quoted blocks. */
export function partsOf(block: Block): readonly Block[] {
  const children = childrenOf(block);
  return block.kind === 'container' && block.tag === 'table' ? childrenOf(children[1]) : children;
}

function childrenOf(block: Block | undefined): readonly Block[] {
  return block?.kind === 'container' ? block.children : [];
}

function countCells(parts: readonly Block[]): number {
  return parts
    .flatMap((part) => (part.kind === 'leaf' && part.type === 'row' ? part.tokens : []))
    .filter(({ type }) => type === 'inline').length;
}
