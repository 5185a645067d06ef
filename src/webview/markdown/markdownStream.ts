import type { Env, MarkdownIt } from 'markdown-it';
import { createElement } from '../dom';
import { type Block, offsetOfLine, parseBlocks, type TopBlock } from './blockTree';
import { FinishedBlocks, Sections } from './finishedBlocks';
import { getShownLine, isUndecided, OpenContainer, OpenFence, getParts } from './openBlocks';
import {
  createParser,
  createReferences,
  hasOwnReferences,
  LineEndNormalizer,
  type References,
} from './markdownParser';
import {
  closeCode,
  findPartsContainer,
  remove,
  render,
  type RenderContext,
  type Rendered,
  update,
} from './reconcile';

/**
 * How much text is processed at a time, in UTF-16 code units, so that long texts can be interrupted. A long
 * tail takes larger slices, because it is parsed again for each.
 */
const sliceLength = 512;

const sharedParser = createParser();

/**
 * Renders a growing Markdown text. Only the tail, the text after the last finished block, is parsed again when
 * text is added; finished blocks are not touched, so a selection in them survives. The final nodes equal those
 * of rendering the whole text at once, however it was split.
 *
 * What makes that exact:
 * - Only complete lines can finish a block; an unfinished last line is shown but decides nothing.
 * - The last block may still become something else; those before it may not. So the text is finished up to the
 *   end of the last but one (not up to the start of the last: definitions are not blocks).
 * - The same holds for the rows, items and blocks of a table, list or quote that is the last block.
 * - The tail knows the definitions of the finished text; the first definition of a name wins. A later
 *   definition renders those finished blocks again that contain a `[`.
 */
export class MarkdownStream {
  readonly element = createElement('div', { class: 'markdown' });
  readonly #md: MarkdownIt;
  readonly #foldsCode: boolean;
  readonly #sections = new Sections(this.element);
  readonly #normalizer = new LineEndNormalizer();
  #incoming = '';
  #tail = '';
  /** The container at the start of the tail, if some of its parts are finished. */
  #open: OpenContainer | undefined;
  /** The rendered blocks of the tail. */
  #shown: Rendered[] = [];
  #isTailStale = false;
  #fence: OpenFence | undefined;
  #ending: 'open' | 'ending' | 'ended' = 'open';
  readonly #definitions: References = createReferences(null);
  readonly #finished = new FinishedBlocks();
  #finishedLength = 0;

  /** @param md created by `createParser`; @param foldsCode for text that is complete: what is written stays open */
  constructor(md: MarkdownIt = sharedParser, foldsCode = false) {
    this.#md = md;
    this.#foldsCode = foldsCode;
  }

  /** Adds text; `advance` renders it. */
  append(text: string): void {
    this.#incoming += this.#normalizer.push(text);
  }

  /** Call when no more text follows. */
  end(): void {
    if (this.#ending !== 'open') return;
    this.#incoming += this.#normalizer.end();
    this.#ending = 'ending';
  }

  /**
   * Does at least one step of work, and more while `hasTime` returns true.
   * @returns whether work is left
   */
  advance(hasTime: () => boolean): boolean {
    let working = this.#step();
    while (working && hasTime()) working = this.#step();
    if (this.#isTailStale) this.#showTail();
    return working;
  }

  /**
   * The finished block that contains the text at `offset`; undefined if it is not finished.
   * @param offset in the normalized text, in UTF-16 code units
   */
  blockAt(offset: number): Element | undefined {
    return this.#finished.blockAt(offset);
  }

  /** The displayed text: blocks separated by blank lines, code without its header. */
  get plainText(): string {
    const blocks = [...this.element.querySelectorAll<HTMLElement>('.section > *')];
    // Of a formula, its source is text, not the drawing.
    this.element.classList.add('as-text');
    const texts = blocks.map((block) =>
      (block.querySelector(':scope > pre')?.textContent ?? block.innerText).trimEnd(),
    );
    this.element.classList.remove('as-text');
    return texts.join('\n\n');
  }

  /** The Markdown source of the blocks at `place`. @param text everything that was appended */
  getSource(place: Element | Range, text: string): string {
    const isThere = (block: Element): boolean =>
      place instanceof Range ? place.intersectsNode(block) : block.contains(place);
    const [start, end] = this.#finished.extent(isThere);
    const [openStart, openEnd] = this.#openExtent(isThere);
    return text.slice(start ?? openStart ?? text.length, openEnd ?? end).trim();
  }

  /** The range of text from the first to the last block of the tail for which `wanted` returns true. */
  #openExtent(wanted: (block: Element) => boolean): readonly [number?, number?] {
    const isWanted = ({ nodes }: Rendered): boolean =>
      nodes.some((node) => node instanceof Element && wanted(node));
    const first = this.#shown.findIndex(isWanted);
    if (first < 0) return [];
    const blocks = this.#parse(this.#tail, this.#environment());
    const offset = (line = Infinity): number =>
      this.#finishedLength + offsetOfLine(this.#tail, line);
    const start = first === 0 ? this.#finished.length : offset(blocks[first]?.startLine);
    return [start, offset(blocks[this.#shown.findLastIndex(isWanted)]?.endLine)];
  }

  #step(): boolean {
    if (this.#incoming !== '') this.#takeSlice();
    else if (this.#ending === 'ending') this.#finish();
    else this.#finished.renderOutdated(this.#context(this.#environment()));
    return this.#incoming !== '' || this.#ending === 'ending' || this.#finished.hasOutdated;
  }

  #takeSlice(): void {
    const length = Math.max(sliceLength, this.#tail.length);
    const slice = this.#incoming.slice(0, length);
    this.#incoming = this.#incoming.slice(length);
    this.#tail += slice;
    if (this.#fence?.take(slice)) return;
    this.#fence = undefined;
    this.#isTailStale = true;
    if (slice.includes('\n')) this.#commitFinished();
  }

  #commitFinished(): void {
    const lines = this.#tail.slice(0, this.#tail.lastIndexOf('\n') + 1);
    const env = this.#environment();
    const blocks = this.#parse(lines, env);
    const last = blocks.pop();
    const line = blocks.at(-1)?.endLine ?? 0;
    const end = offsetOfLine(lines, line);
    if (blocks.length > 0) this.#commit(lines.slice(0, end), blocks, env);
    if (last && getParts(last.block).length > 1) {
      this.#commitParts(last.block, lines.slice(end), last.startLine - line);
    }
  }

  /**
   * Finishes the parts of the last block except its last one.
   * @param lines the complete lines of the tail; the block begins at line `startLine`
   */
  #commitParts(block: Block, lines: string, startLine: number): void {
    const start = offsetOfLine(lines, startLine);
    // Definitions above the block are finished together with it.
    if (lines.slice(0, start).trim() !== '') return;
    const open = this.#open ?? OpenContainer.create(this.#md, block, lines.slice(start));
    if (!open) return;
    const head = this.#open ? start : start + open.headLength;
    const split = open.split(lines.slice(head));
    if (!split) return;
    this.#respace(open, lines.slice(head));
    const env = this.#environment();
    const [shown] = this.#show(this.#parse(lines, env), env);
    if (!shown) return;
    this.#shown[0] = shown;
    this.#showParts(open, lines.slice(head, head + split.at), shown);
    this.#open = split.next;
    this.#drop(head + split.at);
  }

  /** Renders the parts in `source` for the last time. */
  #showParts(open: OpenContainer, source: string, shown: Rendered): void {
    const env = this.#environment();
    const parts = open.parts(source, env);
    const places = findPartsContainer(shown).children.splice(0, parts.length);
    const starts = parts.map(({ line }) => offsetOfLine(source, line));
    for (const [index, part] of parts.entries()) {
      const old = places[index];
      if (!old) continue;
      const own = source.slice(starts[index], starts[index + 1]);
      const rendered = update(this.#context(env), old, part);
      closeCode(rendered);
      this.#finished.add({
        rendered,
        parse: (later) => open.parts(own, later)[0],
        mayLink: open.mayLink(own),
        ...(open.isList && { spacing: open.spacing }),
      });
    }
    this.#define(env.references);
  }

  #finish(): void {
    this.#ending = 'ended';
    this.#fence = undefined;
    const env = this.#environment();
    const blocks = this.#parse(this.#tail, env);
    for (const surplus of this.#shown.splice(blocks.length)) remove(surplus);
    this.#commit(this.#tail, blocks, env);
    this.#isTailStale = false;
  }

  /** Renders the blocks of `source`, the start of the tail, for the last time. */
  #commit(source: string, parsed: readonly TopBlock[], parsedWith: Env): void {
    let [blocks, env] = [parsed, parsedWith];
    if (hasOwnReferences(env.references)) {
      // Some of these definitions may come after `source`, where they are not final yet.
      env = this.#environment();
      blocks = this.#parse(source, env);
    }
    const shown = this.#show(blocks, env);
    for (const each of shown) closeCode(each);
    this.#define(env.references);
    this.#remember(source, blocks, shown);
    if (this.#open) this.#respace(this.#open, source);
    this.#open = undefined;
    this.#shown = this.#shown.slice(blocks.length);
    this.#drop(source.length);
  }

  #define(references: References | undefined): void {
    if (!hasOwnReferences(references)) return;
    Object.assign(this.#definitions, references);
    this.#finished.relink();
  }

  #respace(open: OpenContainer, source: string): void {
    if (open.becomesLoose(source)) this.#finished.respace(open.spacing);
  }

  #remember(source: string, blocks: readonly TopBlock[], shown: readonly Rendered[]): void {
    let start = 0;
    let line = 0;
    for (const [index, { endLine }] of blocks.entries()) {
      const end = start + offsetOfLine(source.slice(start), endLine - line);
      const own = source.slice(start, end);
      const rendered = shown[index];
      if (!rendered) continue;
      const open = index === 0 ? this.#open : undefined;
      const parse = (env: Env): TopBlock[] =>
        open ? open.parse(own, env) : parseBlocks(this.#md, own, env);
      const mayLink = open?.mayLink(own) ?? own.includes('[');
      const finished = { rendered, parse: (env: Env) => parse(env)[0]?.block, mayLink };
      this.#finished.add(finished, this.#finishedLength + end);
      [start, line] = [end, endLine];
    }
  }

  #showTail(): void {
    this.#isTailStale = false;
    const lineStart = this.#tail.lastIndexOf('\n') + 1;
    const lines = this.#tail.slice(0, lineStart);
    const unfinished = this.#tail.slice(lineStart);
    let source = isUndecided(unfinished) ? lines : this.#tail;
    let env = this.#environment();
    let blocks = this.#parse(source, env);
    const shown = getShownLine(blocks.at(-1)?.block, unfinished);
    if (source !== lines && shown !== unfinished) {
      source = lines + shown;
      env = this.#environment();
      blocks = this.#parse(source, env);
    }
    for (const surplus of this.#shown.splice(blocks.length)) remove(surplus);
    this.#shown = this.#show(blocks, env);
    const code = this.#shown.at(-1)?.code;
    if (!code) return;
    const start = offsetOfLine(source, blocks.at(-1)?.startLine ?? 0);
    this.#fence = OpenFence.at(code, source.slice(start), unfinished);
  }

  /** The blocks of `source`, the start of the tail. */
  #parse(source: string, env: Env): TopBlock[] {
    return this.#open ? this.#open.parse(source, env) : parseBlocks(this.#md, source, env);
  }

  #context(env: Env): RenderContext {
    return { md: this.#md, env, foldsCode: this.#foldsCode };
  }

  #show(blocks: readonly TopBlock[], env: Env): Rendered[] {
    const context = this.#context(env);
    return blocks.map(({ block }, index) => {
      const old = this.#shown[index];
      if (old) return update(context, old, block);
      const fresh = render(context, block);
      this.#sections.append(fresh.nodes);
      return fresh;
    });
  }

  /** Removes the finished start of the tail. */
  #drop(length: number): void {
    this.#tail = this.#tail.slice(length);
    this.#finishedLength += length;
  }

  /** A parser environment that inherits the final definitions and collects new ones separately. */
  #environment(): Env {
    const known = Object.keys(this.#definitions).length;
    return { references: createReferences(this.#definitions), known };
  }
}
