import type { Env, MarkdownIt, Token } from 'markdown-it';

/** A block that is rendered in one piece. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly type: 'html' | 'row' | 'fence';
  /** Equal keys render to equal nodes. */
  readonly key: string;
  /** The line it begins in. */
  readonly line: number;
  readonly tokens: readonly Token[];
  /** Only of a fence: its text, what stands behind its marks, and whether more lines may still come. */
  readonly code?: { readonly text: string; readonly info: string; readonly open: boolean };
}

/** A block that holds blocks, so that a change inside it leaves its other children alone. */
export interface Container {
  readonly kind: 'container';
  readonly key: string;
  readonly line: number;
  readonly tag: 'blockquote' | 'ul' | 'ol' | 'li' | 'table' | 'thead' | 'tbody';
  /** First number of an ordered list. */
  readonly start?: string;
  /** A task list's item is ticked, or not; any other item has none. */
  readonly task?: boolean;
  readonly children: readonly Block[];
}
export type Block = Leaf | Container;

/** A block at the top, its first line and the line after its last. */
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
};

const taskMark = /^\[(?<mark>[ xX])\](?=\s)\s*/u;

/**
 * Parses `source` into blocks. Text inside them is not parsed yet: that is done when a block is
 * rendered, so a long list costs only its changed items.
 * @param env receives the definitions; those it inherits count as already known
 */
export function parseBlocks(md: MarkdownIt, source: string, env: Env): TopBlock[] {
  const tokens: Token[] = [];
  md.block.parse(source, md, env, tokens);
  // A definition shows nothing, and its last line does not end it: a title may follow.
  const visible = tokens.filter(({ type }) => type !== 'reference_definition');
  return new TreeBuilder(visible, countLines(source), definitionsKey(env)).top();
}

/** How many lines `source` has; one that is not finished counts. */
export function countLines(source: string): number {
  let lines = source.endsWith('\n') ? 0 : 1;
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

/** Where line `line` of `text` begins. */
export function offsetOfLine(text: string, line: number): number {
  let offset = 0;
  for (let passed = 0; passed < line; passed += 1) {
    const end = text.indexOf('\n', offset);
    if (end < 0) return text.length;
    offset = end + 1;
  }
  return offset;
}

/** Tells two sets of definitions apart. */
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
    if (token.type === 'fence' || token.type === 'code_block') return this.#fence(token);
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
    return {
      kind: 'container',
      key,
      line,
      tag,
      children,
      ...(start !== undefined && { start }),
      ...(task !== undefined && { task }),
    };
  }

  /** An item whose first paragraph begins with `[ ] ` or `[x] ` is a task. */
  #takeTaskMark(): boolean | undefined {
    const [paragraph, inline] = this.#tokens.slice(this.#at, this.#at + 2);
    if (paragraph?.type !== 'paragraph_open' || !inline) return undefined;
    const match = taskMark.exec(inline.content);
    if (!match) return undefined;
    inline.content = inline.content.slice(match[0].length);
    return match.groups?.['mark'] !== ' ';
  }

  /** One token, or everything from an opening token to its closing one. */
  #leaf(token: Token): Leaf {
    const from = this.#at;
    let depth = 0;
    do {
      depth += this.#peek()?.nesting ?? -depth;
      this.#at += 1;
    } while (depth > 0);
    const tokens = this.#tokens.slice(from, this.#at);
    const type = token.type === 'tr_open' ? 'row' : 'html';
    const key = tokens.map((part) => this.#keyOf(part)).join('\n');
    return { kind: 'leaf', type, line: token.map?.[0] ?? 0, tokens, key };
  }

  #keyOf({ type, tag, hidden, content, attrs }: Token): string {
    const definitions = content.includes('[') ? this.#definitions : '';
    return `${type} ${tag} ${String(hidden)} ${JSON.stringify(attrs)} ${definitions} ${content}`;
  }

  #fence(token: Token): Leaf {
    this.#at += 1;
    const info = token.info.trim();
    const open = token.type === 'fence' && this.#isOpen(token);
    const code = { text: token.content, info, open };
    const key = `${info}\n${String(open)}\n${token.content}`;
    return { kind: 'leaf', type: 'fence', line: token.map?.[0] ?? 0, tokens: [token], key, code };
  }

  /** A fence that no line has closed holds all its lines but the first, and reaches to the end. */
  #isOpen({ map, content }: Token): boolean {
    if (!map || map[1] < this.#lines) return false;
    const lines = content === '' ? 0 : countLines(content);
    return map[1] - map[0] - 1 === lines;
  }
}

export function isTable(block: Block | undefined): boolean {
  return block?.kind === 'container' && block.tag === 'table';
}
