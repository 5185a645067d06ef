/** Where in a turn a reader's eyes look for words. */
const readable = '.bubble, .markdown, .chip-label';
const blocks = 'p, li, td, th, pre, h1, h2, h3, h4, h5, h6, .bubble';
/** Stands between two blocks: no query can match across it. */
const boundary = '\0';

/** What finds `query`: case does not count, and white space is any white space. */
export function findPattern(query: string): RegExp | undefined {
  if (query.trim() === '') return undefined;
  const literal = query.replace(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
  return new RegExp(literal.replace(/\s+/gu, String.raw`\s+`), 'giu');
}

/** Every place in the shown text of `turn` that `pattern` matches, in order; also across bold or links. */
export function matchesIn(turn: Element, pattern: RegExp): StaticRange[] {
  const roots = [...turn.querySelectorAll(readable)].filter((root) => !root.closest('[hidden]'));
  return roots.flatMap((root) => matchesInText(new JoinedText(root), pattern));
}

function matchesInText(joined: JoinedText, pattern: RegExp): StaticRange[] {
  return [...joined.text.matchAll(pattern)].map(({ index, 0: match }) => {
    const start = joined.place(index);
    const end = joined.place(index + match.length - 1);
    return new StaticRange({
      ...{ startContainer: start.node, startOffset: start.offset },
      ...{ endContainer: end.node, endOffset: end.offset + 1 },
    });
  });
}

/** The text nodes of an element as one text, and the way back from it. */
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
      const own = node.parentElement?.closest(blocks);
      if (own !== block) text += boundary;
      block = own;
      this.#nodes.push({ node, from: text.length });
      text += node.nodeValue ?? '';
    }
    this.text = text;
  }

  /** Where the character at `index` is. Ask in ascending order: it goes on from the last place. */
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
