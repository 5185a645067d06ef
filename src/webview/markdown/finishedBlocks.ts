import type { Env } from 'markdown-it';
import { createElement } from '../dom';
import type { Block } from './blockTree';
import type { Spacing } from './openBlocks';
import { closeCode, type RenderContext, type Rendered, update } from './reconcile';

/** A finished block or part of a block, and how to parse its source again. */
interface Finished {
  rendered: Rendered;
  readonly parse: (env: Env) => Block | undefined;
  /** Whether a later link definition can turn some of its text into links. */
  readonly mayLink: boolean;
  /** For a list item: shared by all items of its list. */
  readonly spacing?: Spacing;
}

/**
 * Finished blocks are rendered again only in two cases: later text defines a link reference in them, or makes
 * their list loose.
 */
export class FinishedBlocks {
  /** The top-level blocks and the offsets at which they end. */
  readonly #blocks: { readonly block: Finished; readonly end: number }[] = [];
  readonly #revisable: Finished[] = [];
  readonly #outdated = new Set<Finished>();

  get hasOutdated(): boolean {
    return this.#outdated.size > 0;
  }

  /** @param end the offset at which a top-level block ends */
  add(finished: Finished, end?: number): void {
    if (end !== undefined) this.#blocks.push({ block: finished, end });
    if (finished.mayLink || finished.spacing) this.#revisable.push(finished);
  }

  /** The top-level block that contains the text at `offset`. */
  blockAt(offset: number): Element | undefined {
    const found = this.#blocks.find(({ end }) => end > offset);
    return found?.block.rendered.nodes.find((node) => node instanceof Element);
  }

  /** The length of the text of all finished blocks. */
  get length(): number {
    return this.#blocks.at(-1)?.end ?? 0;
  }

  /** The range of text from the first to the last block for which `wanted` returns true. */
  extent(
    wanted: (block: Element) => boolean,
  ): readonly [start: number | undefined, end: number | undefined] {
    const isWanted = ({ block }: { readonly block: Finished }): boolean =>
      block.rendered.nodes.some((node) => node instanceof Element && wanted(node));
    const first = this.#blocks.findIndex(isWanted);
    if (first < 0) return [undefined, undefined];
    return [this.#blocks[first - 1]?.end ?? 0, this.#blocks.findLast(isWanted)?.end];
  }

  /** Call when a link was defined. */
  relink(): void {
    for (const each of this.#revisable) if (each.mayLink) this.#outdated.add(each);
  }

  /** Call when the list with `spacing` has become loose. */
  respace(spacing: Spacing): void {
    for (const each of this.#revisable) if (each.spacing === spacing) this.#outdated.add(each);
  }

  /** Renders one outdated block again. */
  renderOutdated(context: RenderContext): void {
    const [first] = this.#outdated;
    if (!first) return;
    this.#outdated.delete(first);
    const block = first.parse(context.env);
    if (!block) return;
    first.rendered = update(context, first.rendered, block);
    closeCode(first.rendered);
  }
}

const blocksPerSection = 32;

/**
 * Groups the blocks of a long answer, so that the browser lays out only the last group while text arrives.
 * Blocks are never moved between groups: that would drop a selection.
 */
export class Sections {
  readonly #root: Element;
  #last: Element | undefined;

  constructor(root: Element) {
    this.#root = root;
  }

  append(nodes: readonly ChildNode[]): void {
    if (!this.#last || this.#last.childElementCount >= blocksPerSection) {
      this.#last = createElement('div', { class: 'section' });
      this.#root.append(this.#last);
    }
    this.#last.append(...nodes);
  }
}
