import { h } from '../dom';

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
      this.#last = h('div', { class: 'section' });
      this.#root.append(this.#last);
    }
    this.#last.append(...nodes);
  }

  clear(): void {
    this.#root.replaceChildren();
    this.#last = undefined;
  }
}
