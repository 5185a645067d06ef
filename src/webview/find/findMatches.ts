/** Further matches are ignored: painting them would be slow. */
const maxMatches = 10_000;

interface Match {
  readonly turn: Element;
  /** Index among the matches of its turn. */
  readonly at: number;
  readonly range: StaticRange;
}

/** The matches of each turn, in the order of the conversation, and the current one. */
export class Matches {
  #byTurn = new Map<Element, readonly StaticRange[]>();
  #ordered: readonly Match[] = [];
  #current: Match | undefined;

  get total(): number {
    return this.#ordered.length;
  }
  get isCut(): boolean {
    return this.#ordered.length === maxMatches;
  }
  get current(): StaticRange | undefined {
    return this.#current?.range;
  }
  /** From 1; 0 if there are no matches. */
  get position(): number {
    return this.#current ? this.#ordered.indexOf(this.#current) + 1 : 0;
  }

  isIn(turn: Element): boolean {
    return (this.#byTurn.get(turn)?.length ?? 0) > 0;
  }

  set(turn: Element, ranges: readonly StaticRange[]): void {
    this.#byTurn.set(turn, ranges);
  }

  clear(): void {
    this.#byTurn.clear();
    this.#ordered = [];
    this.#current = undefined;
  }

  /**
   * Orders the matches by `turns`. The current match stays; if there is none, it is the first at or after
   * `start`.
   */
  order(turns: readonly Element[], start: Element | undefined): void {
    const old = this.#current;
    this.#ordered = turns
      .flatMap((turn) => (this.#byTurn.get(turn) ?? []).map((range, at) => ({ turn, at, range })))
      .slice(0, maxMatches);
    const same = this.#ordered.find(({ turn, at }) => turn === old?.turn && at === old.at);
    this.#current = same ?? this.#firstFrom(turns, old?.turn ?? start);
  }

  step(by: 1 | -1): void {
    const count = this.#ordered.length;
    const next = (this.position - 1 + by + count) % count;
    this.#current = this.#ordered[next];
  }

  /** Highlights all matches, in the colors of `::highlight(cria-find)` and `::highlight(cria-find-current)`. */
  paint(): void {
    const all = new Highlight();
    for (const { range } of this.#ordered) all.add(range);
    CSS.highlights.set('cria-find', all);
    const current = this.#current ? new Highlight(this.#current.range) : new Highlight();
    current.priority = 1;
    CSS.highlights.set('cria-find-current', current);
  }

  #firstFrom(turns: readonly Element[], start: Element | undefined): Match | undefined {
    const from = start ? turns.indexOf(start) : 0;
    return this.#ordered.find(({ turn }) => turns.indexOf(turn) >= from) ?? this.#ordered[0];
  }
}

/** The parts of a turn that are searched. */
const searchableElements = '.bubble, .markdown, .chip-label';
const blockElements = 'p, li, td, th, pre, h1, h2, h3, h4, h5, h6, .bubble';
/** Separates two blocks, so that no query matches across them. */
const blockBoundary = '\0';

/** A pattern for `query` that ignores case and treats any white space alike; undefined if `query` is blank. */
export function createFindPattern(query: string): RegExp | undefined {
  if (query.trim() === '') return undefined;
  const literal = query.replace(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
  return new RegExp(literal.replace(/\s+/gu, String.raw`\s+`), 'giu');
}

/** All matches in the visible text of `turn`, in order; a match may span bold text or links. */
export function findMatches(turn: Element, pattern: RegExp): StaticRange[] {
  const roots = [...turn.querySelectorAll(searchableElements)].filter(
    (root) => !root.closest('[hidden]'),
  );
  return roots.flatMap((root) => findMatchesInText(new JoinedText(root), pattern));
}

function findMatchesInText(joined: JoinedText, pattern: RegExp): StaticRange[] {
  return [...joined.text.matchAll(pattern)].map(({ index, 0: match }) => {
    const start = joined.place(index);
    const end = joined.place(index + match.length - 1);
    return new StaticRange({
      startContainer: start.node,
      startOffset: start.offset,
      endContainer: end.node,
      endOffset: end.offset + 1,
    });
  });
}

/** The text nodes of an element joined to one text, with a mapping back to the nodes. */
class JoinedText {
  readonly text: string;
  readonly #nodes: { readonly node: Node; readonly from: number }[] = [];
  #last = 0;

  constructor(root: Element) {
    let text = '';
    let block: Element | null | undefined;
    const walker = document.createTreeWalker(
      root,
      NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT,
      acceptText,
    );
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const own = node.parentElement?.closest(blockElements);
      if (own !== block) text += blockBoundary;
      block = own;
      this.#nodes.push({ node, from: text.length });
      text += node.nodeValue ?? '';
    }
    this.text = text;
  }

  /** The position of the character at `index`. Call with ascending indexes: the search continues from the last one. */
  place(index: number): { readonly node: Node; readonly offset: number } {
    while ((this.#nodes[this.#last + 1]?.from ?? Infinity) <= index) this.#last += 1;
    const found = this.#nodes[this.#last];
    if (!found) throw new RangeError(`There is no text at ${index}.`);
    return { node: found.node, offset: index - found.from };
  }
}

function acceptText(node: Node): number {
  if (node instanceof Text) return NodeFilter.FILTER_ACCEPT;
  const isChrome = node instanceof Element && node.classList.contains('code-header');
  return isChrome ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
}
