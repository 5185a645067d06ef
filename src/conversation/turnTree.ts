import type { AssistantTurn, Turn, UserTurn } from '../shared/turn';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type MutableAnswer = Mutable<Omit<AssistantTurn, 'continuationOffsets'>> & {
  continuationOffsets?: number[];
};
export type MutableTurn = Mutable<UserTurn> | MutableAnswer;

/** The position of a turn among the turns with the same parent. */
export interface Branch {
  /** From 0. */
  readonly index: number;
  readonly siblings: readonly string[];
}

/**
 * The turns of a conversation as a tree. At each fork the path that is shown leads into the branch with the latest
 * choice; adding a turn chooses it. Adding and choosing take the same time in a tree of any shape: imported
 * conversations may have any.
 */
export class TurnTree {
  readonly #turns = new Map<string, MutableTurn>();
  readonly #children = new Map<string | null, string[]>();
  /** By turn, when it was chosen last: a number that grows with each choice. */
  readonly #choices = new Map<string, number>();
  #count = 0;
  /** Undefined after a choice, until it is asked for. */
  #leaf: string | null | undefined = null;

  get(id: string): MutableTurn | undefined {
    return this.#turns.get(id);
  }

  values(): Iterable<MutableTurn> {
    return this.#turns.values();
  }

  /** The last turn of the path that is shown. */
  get leaf(): string | null {
    if (this.#leaf === undefined) this.#leaf = this.#followDown(this.#getLatestChoices());
    return this.#leaf;
  }

  /** Adds a turn, and shows the path to it. */
  add(turn: MutableTurn): void {
    this.#turns.set(turn.id, turn);
    this.#getChildren(turn.parent).push(turn.id);
    this.#choices.set(turn.id, ++this.#count);
    this.#leaf = turn.id;
  }

  /** Makes the path lead through this turn; below it the earlier choices apply. */
  choose(id: string): void {
    if (!this.#turns.has(id)) return;
    this.#choices.set(id, ++this.#count);
    this.#leaf = undefined;
  }

  /** From the first turn to the one named, oldest first. */
  pathTo(id: string | null): readonly Turn[] {
    const path: Turn[] = [];
    let turn = id === null ? undefined : this.#turns.get(id);
    for (; turn; turn = this.#getParent(turn)) path.push(turn);
    return path.reverse();
  }

  branch(id: string): Branch | undefined {
    const turn = this.#turns.get(id);
    if (!turn) return undefined;
    const siblings = [...this.#getChildren(turn.parent)];
    return { index: siblings.indexOf(id), siblings };
  }

  children(id: string): readonly string[] {
    return [...this.#getChildren(id)];
  }

  /** Removes one turn; its children take its place. */
  remove(id: string): void {
    const turn = this.#turns.get(id);
    if (!turn) return;
    const { parent } = turn;
    const latest = this.#getLatestChoices();
    const children = this.#getChildren(id);
    const heir = this.#getChosenChild(id, latest);
    const wasShown = this.#getChosenChild(parent, latest) === id;
    for (const child of children) {
      const moved = this.#turns.get(child);
      if (moved) moved.parent = parent;
    }
    const siblings = this.#getChildren(parent);
    const rest = siblings.flatMap((sibling) => (sibling === id ? children : [sibling]));
    this.#children.set(parent, rest);
    // What follows it, else its last neighbor, else the turn above it is shown in its place.
    const next = heir ?? rest.at(-1) ?? parent;
    if (wasShown && next !== null) this.#raiseChoice(next, latest.get(id) ?? 0);
    this.#turns.delete(id);
    this.#children.delete(id);
    this.#choices.delete(id);
    this.#leaf = undefined;
  }

  clear(): void {
    this.#leaf = null;
    this.#turns.clear();
    this.#children.clear();
    this.#choices.clear();
  }

  #raiseChoice(id: string, choice: number): void {
    this.#choices.set(id, Math.max(choice, this.#choices.get(id) ?? 0));
  }

  /** For each turn on a way from the first ones, the latest choice of it and of all turns below it. */
  #getLatestChoices(): ReadonlyMap<string, number> {
    const order = [...this.#getChildren(null)];
    const seen = new Set(order);
    for (const id of order) {
      for (const child of this.#getChildren(id)) {
        if (seen.has(child)) continue;
        seen.add(child);
        order.push(child);
      }
    }
    const latest = new Map<string, number>();
    for (const id of order.reverse()) {
      let choice = this.#choices.get(id) ?? 0;
      for (const child of this.#getChildren(id)) choice = Math.max(choice, latest.get(child) ?? 0);
      latest.set(id, choice);
    }
    return latest;
  }

  #getChosenChild(id: string | null, latest: ReadonlyMap<string, number>): string | undefined {
    let chosen: string | undefined;
    for (const child of this.#children.get(id) ?? []) {
      const isLater =
        (latest.get(child) ?? 0) > (chosen === undefined ? -1 : (latest.get(chosen) ?? 0));
      if (isLater) chosen = child;
    }
    return chosen;
  }

  #followDown(latest: ReadonlyMap<string, number>): string | null {
    let at: string | null = null;
    for (let next = this.#getChosenChild(at, latest); next !== undefined;) {
      at = next;
      next = this.#getChosenChild(at, latest);
    }
    return at;
  }

  #getParent({ parent }: MutableTurn): MutableTurn | undefined {
    return parent === null ? undefined : this.#turns.get(parent);
  }

  #getChildren(id: string | null): string[] {
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
