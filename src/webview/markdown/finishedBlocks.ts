import type { Env } from 'markdown-it';
import { createElement } from '../dom';
import type { Block } from './blockTree';
import type { Spacing } from './openBlocks';
import { closeCode, type RenderContext, type Rendered, update } from './reconcile';

/** A finished block, or a part of one, and how to parse its source again. */
interface Finished {
  rendered: Rendered;
  readonly parse: (env: Env) => Block | undefined;
  /** Whether a definition that comes later can turn some of it into links. */
  readonly mayLink: boolean;
  /** Of an item: what the items of its list share. */
  readonly spacing?: Spacing;
}

/**
 * What is finished. It is left alone, but for two things that text behind it can do: define what a
 * reference in it means, and make a list loose.
 */
export class FinishedBlocks {
  /** The blocks at the top, and how long the text is up to their ends. */
  readonly #blocks: { readonly block: Finished; readonly end: number }[] = [];
  readonly #revisable: Finished[] = [];
  readonly #outdated = new Set<Finished>();

  get hasOutdated(): boolean {
    return this.#outdated.size > 0;
  }

  /** @param end of a block at the top, in the text */
  add(finished: Finished, end?: number): void {
    if (end !== undefined) this.#blocks.push({ block: finished, end });
    if (finished.mayLink || finished.spacing) this.#revisable.push(finished);
  }

  /** The block at the top that holds the text at `offset`. */
  blockAt(offset: number): Element | undefined {
    const found = this.#blocks.find(({ end }) => end > offset);
    return found?.block.rendered.nodes.find((node) => node instanceof Element);
  }

  /** How long the text of all finished blocks is. */
  get length(): number {
    return this.#blocks.at(-1)?.end ?? 0;
  }

  /** From where to where the text of the blocks goes that are `wanted`. */
  extent(
    wanted: (block: Element) => boolean,
  ): readonly [start: number | undefined, end: number | undefined] {
    const isWanted = ({ block }: { readonly block: Finished }): boolean =>
      block.rendered.nodes.some((node) => node instanceof Element && wanted(node));
    const first = this.#blocks.findIndex(isWanted);
    if (first < 0) return [undefined, undefined];
    return [this.#blocks[first - 1]?.end ?? 0, this.#blocks.findLast(isWanted)?.end];
  }

  /** A definition came. */
  relink(): void {
    for (const each of this.#revisable) if (each.mayLink) this.#outdated.add(each);
  }

  /** The list with `spacing` has become loose. */
  respace(spacing: Spacing): void {
    for (const each of this.#revisable) if (each.spacing === spacing) this.#outdated.add(each);
  }

  /** Renders again one of those that are outdated. */
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
 * Groups the blocks of a long answer, so that the browser lays out only the last group while text
 * comes in. A block stays where it was put: moving it would take a reader's selection away.
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

  clear(): void {
    this.#root.replaceChildren();
    this.#last = undefined;
  }
}
