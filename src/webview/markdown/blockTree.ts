import type { Env, MarkdownIt, Token } from 'markdown-it';
import { defined } from '../../shared/defined';

/** A block that is rendered as a whole. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly type: 'html' | 'row' | 'fence';
  /** Equal keys render to equal nodes. */
  readonly key: string;
  /** Its first line. */
  readonly line: number;
  readonly tokens: readonly Token[];
  /** For a fence: its text, its info string, and whether more lines may follow. */
  readonly code?: { readonly text: string; readonly info: string; readonly open: boolean };
}

/** A block that contains blocks, so that a change in one child does not touch the others. */
export interface Container {
  readonly kind: 'container';
  readonly key: string;
  readonly line: number;
  readonly tag: 'blockquote' | 'ul' | 'ol' | 'li' | 'table' | 'thead' | 'tbody' | 'details' | 'div';
  /** The first number of an ordered list. */
  readonly start?: string;
  /** Whether the item of a task list is checked; undefined for other items. */
  readonly task?: boolean;
  readonly children: readonly Block[];
}
export type Block = Leaf | Container;

/** A top-level block, its first line, and the line after its last. */
export interface TopBlock {
  readonly block: Block;
  readonly startLine: number;
  readonly endLine: number;
}

const containers: Readonly<Record<string, Container['tag']>> = {
  blockquote_open: 'blockquote',
  bullet_list_open: 'ul',
  ordered_list_open: 'ol',
  list_item_open: 'li',
  table_open: 'table',
  thead_open: 'thead',
  tbody_open: 'tbody',
  details_open: 'details',
  details_body_open: 'div',
};

const hidden = new Set(['reference_definition', 'comment']);

const taskMark = /^\[(?<mark>[ xX])\](?=\s)\s*/u;

/**
 * Parses `source` into blocks. Inline text is parsed only when a block is rendered, so a long list costs only
 * its changed items.
 * @param env receives the link definitions; inherited ones count as known
 */
export function parseBlocks(md: MarkdownIt, source: string, env: Env): TopBlock[] {
  const tokens: Token[] = [];
  md.block.parse(source, md, env, tokens);
  // A definition displays nothing, and its last line does not end it: a title may follow. Nor does a comment.
  const visible = tokens.filter(({ type }) => !hidden.has(type));
  return new TreeBuilder(visible, countLines(source), definitionsKey(env)).top();
}

/** The number of lines, including an unfinished last one. */
export function countLines(source: string): number {
  let lines = source.endsWith('\n') ? 0 : 1;
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

/** The offset at which line `line` of `text` begins. */
export function offsetOfLine(text: string, line: number): number {
  let offset = 0;
  for (let passed = 0; passed < line; passed += 1) {
    const end = text.indexOf('\n', offset);
    if (end < 0) return text.length;
    offset = end + 1;
  }
  return offset;
}

/** Differs for different sets of definitions. */
function definitionsKey(env: Env): string {
  return env.references ? JSON.stringify([env['known'], env.references]) : '';
}

class TreeBuilder {
  readonly #tokens: readonly Token[];
  readonly #lines: number;
  readonly #definitions: string;
  #at = 0;

  constructor(tokens: readonly Token[], lines: number, definitions: string) {
    this.#tokens = tokens;
    this.#lines = lines;
    this.#definitions = definitions;
  }

  top(): TopBlock[] {
    const blocks: TopBlock[] = [];
    for (let token = this.#peek(); token; token = this.#peek()) {
      const [startLine, endLine] = token.map ?? [0, 0];
      blocks.push({ block: this.#block(token), startLine, endLine });
    }
    return blocks;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #block(token: Token): Block {
    const tag = containers[token.type];
    if (tag) return this.#container(token, tag);
    if (token.type === 'fence') return this.#fence(token);
    return this.#leaf(token);
  }

  #container(token: Token, tag: Container['tag']): Container {
    this.#at += 1;
    const task = tag === 'li' ? this.#takeTaskMark() : undefined;
    const children: Block[] = [];
    for (let next = this.#peek(); next && next.nesting !== -1; next = this.#peek()) {
      children.push(this.#block(next));
    }
    this.#at += 1;
    const start = token.attrGet('start')?.toString();
    const key = `${tag} ${start ?? ''} ${String(task)}`;
    const line = token.map?.[0] ?? 0;
    return defined({ kind: 'container', key, line, tag, children, start, task });
  }

  /** Removes and returns the task mark of an item whose first paragraph begins with `[ ] ` or `[x] `. */
  #takeTaskMark(): boolean | undefined {
    const [paragraph, inline] = this.#tokens.slice(this.#at, this.#at + 2);
    if (paragraph?.type !== 'paragraph_open' || !inline) return undefined;
    const match = taskMark.exec(inline.content);
    if (!match) return undefined;
    inline.content = inline.content.slice(match[0].length);
    return match.groups?.['mark'] !== ' ';
  }

  /** One token, or everything from an opening token to the matching closing one. */
  #leaf(token: Token): Leaf {
    const from = this.#at;
    let depth = 0;
    do {
      depth += this.#peek()?.nesting ?? -depth;
      this.#at += 1;
    } while (depth > 0);
    const tokens = this.#tokens.slice(from, this.#at);
    const type = token.type === 'tr_open' ? 'row' : 'html';
    const key = tokens.map((part) => this.#createKey(part)).join('\n');
    return { kind: 'leaf', type, line: token.map?.[0] ?? 0, tokens, key };
  }

  #createKey({ type, tag, hidden, content, attrs }: Token): string {
    const definitions = content.includes('[') ? this.#definitions : '';
    return `${type} ${tag} ${String(hidden)} ${JSON.stringify(attrs)} ${definitions} ${content}`;
  }

  #fence(token: Token): Leaf {
    this.#at += 1;
    const info = token.info.trim();
    const open = this.#isOpen(token);
    const code = { text: token.content, info, open };
    const key = `${info}\n${String(open)}\n${token.content}`;
    return { kind: 'leaf', type: 'fence', line: token.map?.[0] ?? 0, tokens: [token], key, code };
  }

  /** A fence without closing marks that reaches to the end of the source. */
  #isOpen({ map, meta }: Token): boolean {
    return map !== null && map[1] >= this.#lines && isOpenFence(meta);
  }
}

function isOpenFence(meta: unknown): boolean {
  return typeof meta === 'object' && meta !== null && 'isClosed' in meta && meta.isClosed === false;
}

/** Whether the parts of a container follow a head: its second child contains them. */
export function hasHead(tag: Container['tag']): boolean {
  return tag === 'table' || tag === 'details';
}

/** Whether the last words of a block are prose, rather than code or a formula. */
export function isProse(block: Block | undefined): boolean {
  if (block?.kind === 'container') return isProse(block.children.at(-1));
  return block?.type === 'html' && block.tokens.some(({ type }) => type === 'inline');
}

export function isTable(block: Block | undefined): boolean {
  return block?.kind === 'container' && block.tag === 'table';
}
