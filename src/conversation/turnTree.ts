import type { AssistantTurn, Turn, UserTurn } from '../shared/turn';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type MutableAnswer = Mutable<AssistantTurn>;
export type MutableTurn = Mutable<UserTurn> | MutableAnswer;

/** The position of a turn among the turns with the same parent. */
export interface Branch {
  /** From 0. */
  readonly index: number;
  readonly siblings: readonly string[];
}

/** The turns of a conversation as a tree. One child of each turn is chosen; the choices give the path that is shown. */
export class TurnTree {
  readonly #turns = new Map<string, MutableTurn>();
  readonly #children = new Map<string | null, string[]>();
  readonly #chosen = new Map<string | null, string>();
  #leaf: string | null = null;

  get(id: string): MutableTurn | undefined {
    return this.#turns.get(id);
  }

  values(): Iterable<MutableTurn> {
    return this.#turns.values();
  }

  /** The last turn of the path that is shown. */
  get leaf(): string | null {
    return this.#leaf;
  }

  /** Adds a turn, and shows the path to it. */
  add(turn: MutableTurn): void {
    this.#turns.set(turn.id, turn);
    this.#childrenOf(turn.parent).push(turn.id);
    // Usually a turn follows the last one, and everything above is chosen already.
    if (turn.parent === this.#leaf) this.#chosen.set(turn.parent, turn.id);
    else this.#chooseUpwards(turn.id);
    this.#leaf = turn.id;
  }

  /** Makes the path lead through this turn; below it the earlier choices apply. */
  choose(id: string): void {
    if (!this.#turns.has(id)) return;
    this.#chooseUpwards(id);
    this.#leaf = this.#followDown();
  }

  /** From the first turn to the one named, oldest first. */
  pathTo(id: string | null): readonly Turn[] {
    const path: Turn[] = [];
    let turn = id === null ? undefined : this.#turns.get(id);
    for (; turn; turn = this.#parentOf(turn)) path.push(turn);
    return path.reverse();
  }

  branch(id: string): Branch | undefined {
    const turn = this.#turns.get(id);
    if (!turn) return undefined;
    const siblings = [...this.#childrenOf(turn.parent)];
    return { index: siblings.indexOf(id), siblings };
  }

  children(id: string): readonly string[] {
    return [...this.#childrenOf(id)];
  }

  /** Removes one turn; its children take its place. */
  remove(id: string): void {
    const turn = this.#turns.get(id);
    if (!turn) return;
    const { parent } = turn;
    const children = this.#childrenOf(id);
    for (const child of children) {
      const moved = this.#turns.get(child);
      if (moved) moved.parent = parent;
    }
    const siblings = this.#childrenOf(parent);
    siblings.splice(siblings.indexOf(id), 1, ...children);
    if (this.#chosen.get(parent) === id) {
      const next = this.#chosen.get(id) ?? siblings.at(-1);
      if (next === undefined) this.#chosen.delete(parent);
      else this.#chosen.set(parent, next);
    }
    this.#turns.delete(id);
    this.#children.delete(id);
    this.#chosen.delete(id);
    this.#leaf = this.#followDown();
  }

  clear(): void {
    this.#leaf = null;
    this.#turns.clear();
    this.#children.clear();
    this.#chosen.clear();
  }

  #chooseUpwards(id: string): void {
    for (let turn = this.#turns.get(id); turn; turn = this.#parentOf(turn)) {
      this.#chosen.set(turn.parent, turn.id);
    }
  }

  #followDown(): string | null {
    let at: string | null = null;
    for (let next = this.#chosen.get(at); next !== undefined; next = this.#chosen.get(at)) {
      at = next;
    }
    return at;
  }

  #parentOf({ parent }: MutableTurn): MutableTurn | undefined {
    return parent === null ? undefined : this.#turns.get(parent);
  }

  #childrenOf(id: string | null): string[] {
    const known = this.#children.get(id);
    if (known) return known;
    const fresh: string[] = [];
    this.#children.set(id, fresh);
    return fresh;
  }
}

/** A message to the page has whole turns of up to this many characters, but at least one turn. */
const maxPageCharacters = 64 * 1024;

/** The turns of `path` before `end` that one message to the page can hold, and how many come before them. */
export function newestTurns(
  path: readonly Turn[],
  end: number,
): { readonly turns: readonly Turn[]; readonly earlier: number } {
  let from = end;
  let room = maxPageCharacters;
  for (let index = end - 1; index >= 0; index--) {
    const turn = path[index];
    if (!turn) break;
    room -= turn.text.length + (turn.role === 'assistant' ? turn.thinking.length : 0);
    if (room < 0 && from < end) break;
    from = index;
  }
  return { turns: path.slice(from, end), earlier: from };
}
