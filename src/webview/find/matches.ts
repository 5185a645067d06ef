/** More are not counted: nobody steps through them, and painting them takes the page's time. */
const most = 10_000;

interface Match {
  readonly turn: Element;
  /** Which one in its turn. */
  readonly at: number;
  readonly range: StaticRange;
}

/** What was found in each turn, in the order of the conversation, and which of it is looked at. */
export class Matches {
  #byTurn = new Map<Element, readonly StaticRange[]>();
  #ordered: readonly Match[] = [];
  #current: Match | undefined;

  get total(): number {
    return this.#ordered.length;
  }
  get isCut(): boolean {
    return this.#ordered.length === most;
  }
  get current(): StaticRange | undefined {
    return this.#current?.range;
  }
  /** From 1; 0 while nothing is found. */
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
   * Puts the matches of `turns` in order. The one that is looked at stays; without one it is the
   * first at or after `start`.
   */
  order(turns: readonly Element[], start: Element | undefined): void {
    const old = this.#current;
    this.#ordered = turns
      .flatMap((turn) => (this.#byTurn.get(turn) ?? []).map((range, at) => ({ turn, at, range })))
      .slice(0, most);
    const same = this.#ordered.find(({ turn, at }) => turn === old?.turn && at === old.at);
    this.#current = same ?? this.#firstFrom(turns, old?.turn ?? start);
  }

  step(by: 1 | -1): void {
    const count = this.#ordered.length;
    const next = (this.position - 1 + by + count) % count;
    this.#current = this.#ordered[next];
  }

  /** Paints them all, in the colours of `::highlight(cria-find)` and `::highlight(cria-find-current)`. */
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
