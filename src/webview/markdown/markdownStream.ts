import type { Env } from 'markdown-it';
import { h } from '../dom';
import { parseBlocks, type TopBlock } from './blockTree';
import { Normalizer } from './normalizer';
import { OpenFence } from './openFence';
import { createParser } from './parser';
import { remove, render, update, type RenderContext, type Rendered } from './reconcile';
import { Sections } from './sections';
import { isUndecided } from './undecided';

type References = NonNullable<Env['references']>;

/** What shows a finished block, and the length of the text up to its end. */
interface Finished {
  nodes: readonly ChildNode[];
  readonly end: number;
}

/** A finished block that a later definition can still turn into something with links. */
interface Linkable {
  rendered: Rendered;
  readonly source: string;
  readonly finished: Finished;
}

/** How much text is taken in at a time, in UTF-16 code units, so that a long one can be interrupted. */
const sliceLength = 8192;

const md = createParser();

/**
 * Shows a markdown text that grows. Only the text behind the last finished block, the tail, is parsed
 * again when more comes; a finished block is not touched again, so a selection in it survives. In the
 * end the nodes are those of rendering the whole text at once, however it was cut into pieces.
 *
 * What makes that exact:
 * - Only whole lines decide that a block is finished; the unfinished last line is shown, no more.
 * - The last block may always become something else; those before it may not. So the text is finished
 *   up to the end of the last but one (not up to the start of the last: definitions are no block).
 * - Definitions of the finished text are known to the tail; the first of a name wins. One that comes
 *   later renders those finished blocks again that contain a `[`.
 */
export class MarkdownStream {
  readonly element = h('div', { class: 'markdown' });
  readonly #sections = new Sections(this.element);
  readonly #normalizer = new Normalizer();
  #incoming = '';
  #tail = '';
  /** What shows the tail. */
  #shown: Rendered[] = [];
  #isTailStale = false;
  #fence: OpenFence | undefined;
  #ending: 'open' | 'ending' | 'ended' = 'open';
  readonly #definitions: References = emptyReferences(null);
  readonly #finished: Finished[] = [];
  #finishedLength = 0;
  #linkables: Linkable[] = [];
  #outdated: Linkable[] = [];

  /** Takes more text; `advance` shows it. */
  append(text: string): void {
    this.#incoming += this.#normalizer.push(text);
  }

  /** No more text comes. */
  end(): void {
    if (this.#ending !== 'open') return;
    this.#incoming += this.#normalizer.end();
    this.#ending = 'ending';
  }

  /**
   * Works while there is work and `hasTime` says so, and at least one step.
   * @returns whether work is left
   */
  advance(hasTime: () => boolean): boolean {
    let working = this.#step();
    while (working && hasTime()) working = this.#step();
    if (this.#isTailStale) this.#showTail();
    return working;
  }

  /**
   * The block that shows the text from `offset` on, as far as it is finished.
   * @param offset in the normalized text, in UTF-16 code units
   */
  blockAt(offset: number): Element | undefined {
    const block = this.#finished.find(({ end }) => end > offset);
    return block?.nodes.find((node) => node instanceof Element);
  }

  #step(): boolean {
    if (this.#incoming !== '') this.#takeSlice();
    else if (this.#ending === 'ending') this.#finish();
    else this.#renderOutdated();
    return this.#incoming !== '' || this.#ending === 'ending' || this.#outdated.length > 0;
  }

  #takeSlice(): void {
    const slice = this.#incoming.slice(0, sliceLength);
    this.#incoming = this.#incoming.slice(sliceLength);
    this.#tail += slice;
    if (this.#fence?.take(slice)) return;
    this.#fence = undefined;
    this.#isTailStale = true;
    if (slice.includes('\n')) this.#commitFinished();
  }

  #commitFinished(): void {
    const lines = this.#tail.slice(0, this.#tail.lastIndexOf('\n') + 1);
    const env = this.#environment();
    const blocks = parseBlocks(md, lines, env).slice(0, -1);
    const end = offsetOfLine(lines, blocks.at(-1)?.endLine ?? 0);
    if (blocks.length > 0) this.#commit(lines.slice(0, end), blocks, env);
  }

  #finish(): void {
    this.#ending = 'ended';
    this.#fence = undefined;
    const env = this.#environment();
    const blocks = parseBlocks(md, this.#tail, env);
    for (const surplus of this.#shown.splice(blocks.length)) remove(surplus);
    closeCode(this.#commit(this.#tail, blocks, env).at(-1));
    this.#isTailStale = false;
  }

  /** Shows the blocks of `source`, the start of the tail, for the last time. */
  #commit(source: string, parsed: readonly TopBlock[], parsedWith: Env): readonly Rendered[] {
    let [blocks, env] = [parsed, parsedWith];
    if (hasOwn(env.references)) {
      // Some of these definitions may lie behind `source`, where they are not certain yet.
      env = this.#environment();
      blocks = parseBlocks(md, source, env);
    }
    const shown = this.#show(blocks, env);
    this.#define(env.references);
    this.#remember(source, blocks, shown);
    this.#shown = this.#shown.slice(blocks.length);
    this.#tail = this.#tail.slice(source.length);
    this.#finishedLength += source.length;
    return shown;
  }

  #define(references: References | undefined): void {
    if (!hasOwn(references)) return;
    Object.assign(this.#definitions, references);
    this.#outdated = [...this.#linkables];
  }

  #remember(source: string, blocks: readonly TopBlock[], shown: readonly Rendered[]): void {
    let start = 0;
    let line = 0;
    for (const [index, { endLine }] of blocks.entries()) {
      const end = start + offsetOfLine(source.slice(start), endLine - line);
      const own = source.slice(start, end);
      const rendered = shown[index];
      if (!rendered) continue;
      const finished = { nodes: rendered.nodes, end: this.#finishedLength + end };
      this.#finished.push(finished);
      if (own.includes('[')) this.#linkables.push({ rendered, source: own, finished });
      [start, line] = [end, endLine];
    }
  }

  #renderOutdated(): void {
    const linkable = this.#outdated.shift();
    if (!linkable) return;
    const env = this.#environment();
    const [parsed] = parseBlocks(md, linkable.source, env);
    if (!parsed) return;
    linkable.rendered = update({ md, env }, linkable.rendered, parsed.block);
    linkable.finished.nodes = linkable.rendered.nodes;
  }

  #showTail(): void {
    this.#isTailStale = false;
    const lineStart = this.#tail.lastIndexOf('\n') + 1;
    const unfinished = this.#tail.slice(lineStart);
    const source = isUndecided(unfinished) ? this.#tail.slice(0, lineStart) : this.#tail;
    const env = this.#environment();
    const blocks = parseBlocks(md, source, env);
    for (const surplus of this.#shown.splice(blocks.length)) remove(surplus);
    this.#shown = this.#show(blocks, env);
    const code = this.#shown.at(-1)?.code;
    if (!code) return;
    const start = offsetOfLine(source, blocks.at(-1)?.startLine ?? 0);
    this.#fence = OpenFence.at(code, source.slice(start), unfinished);
  }

  #show(blocks: readonly TopBlock[], env: Env): Rendered[] {
    const context: RenderContext = { md, env };
    return blocks.map(({ block }, index) => {
      const old = this.#shown[index];
      if (old) return update(context, old, block);
      const fresh = render(context, block);
      this.#sections.append(fresh.nodes);
      return fresh;
    });
  }

  /** A parser's environment that knows the finished definitions and collects new ones apart. */
  #environment(): Env {
    const known = Object.keys(this.#definitions).length;
    return { references: emptyReferences(this.#definitions), known };
  }
}

function emptyReferences(known: References | null): References {
  return Object.create(known) as References;
}

function hasOwn(references: References | undefined): boolean {
  return references !== undefined && Object.keys(references).length > 0;
}

/** A fence that the end of the text finds open is closed by it. */
function closeCode(last: Rendered | undefined): void {
  last?.code?.close();
  if (last) closeCode(last.children.at(-1));
}

/** Where line `line` of `text` begins. */
function offsetOfLine(text: string, line: number): number {
  let offset = 0;
  for (let passed = 0; passed < line; passed += 1) {
    const end = text.indexOf('\n', offset);
    if (end < 0) return text.length;
    offset = end + 1;
  }
  return offset;
}
