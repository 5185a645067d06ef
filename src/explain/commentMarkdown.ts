import type { Token } from 'markdown-it';
import { escapeHidden } from '../shared/hiddenCharacters';
import { createDialect } from '../shared/markdown/dialect';
import { findWrappedAnswer } from '../shared/markdown/wrappedAnswer';
import { toCommonMark } from '../shared/text';
import { openableUrl } from '../shared/urlPolicy';

/**
 * VS Code renders comments as Markdown, and even an untrusted one loads remote images without a click and opens
 * links to this machine without asking. So an answer is parsed here, and written again from its tokens: every
 * character of its text is escaped, links lead only to public web addresses, and nothing else of it is Markdown.
 */

/** `text` with every character escaped that means something in Markdown. */
export function escapeMarkdown(text: string): string {
  return escapePunctuation(text)
    .replaceAll(/^[ \t]+/gmu, '')
    .replaceAll(/\r\n?|\n/gu, '  \n');
}

function escapePunctuation(text: string): string {
  return text.replaceAll(/[!-/:-@[-`{-~]/gu, String.raw`\$&`);
}

const dialect = createDialect();

/** A model's answer as the Markdown of a comment: it looks as in the chat, and can load and run nothing. */
export function toCommentMarkdown(answer: string): string {
  const text = findWrappedAnswer(answer) ?? answer;
  return new CommentWriter(dialect.parse(toCommonMark(text), {})).write();
}

class CommentWriter {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  write(): string {
    return this.#blocks(false);
  }

  /** The blocks up to the end of the container. */
  #blocks(isTight: boolean): string {
    let blocks = '';
    for (let token = this.#take(); token && token.nesting !== -1; token = this.#take()) {
      const block = this.#block(token);
      if (block === '') continue;
      // A paragraph right below a list or a quote would continue it.
      const isClose = isTight && token.type !== 'paragraph_open' && !token.attrGet('start');
      blocks += blocks === '' ? block : `${isClose ? '\n' : '\n\n'}${block}`;
    }
    return blocks;
  }

  #take(): Token | undefined {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    return token;
  }

  #block(token: Token): string {
    switch (token.type) {
      case 'heading_open':
        return `${'#'.repeat(Number(token.tag.slice(1)))} ${joinLines(this.#inline())}`;
      case 'paragraph_open':
        return this.#inline();
      case 'summary_open':
        return toStrong(this.#inline());
      case 'fence':
        return writeFence(token.content, token.info);
      case 'math_block':
        return writeFence(`${token.content}\n`, 'latex');
      case 'hr':
        return '***';
      case 'blockquote_open':
        return prefixLines(this.#blocks(false), '> ', '> ');
      case 'bullet_list_open':
      case 'ordered_list_open':
        return this.#list(token);
      case 'table_open':
        return this.#table();
      case 'details_open':
      case 'details_body_open':
        return this.#blocks(false);
      default:
        return '';
    }
  }

  /** The text of a block whose opening token was taken. */
  #inline(): string {
    const content = this.#take();
    this.#take();
    return writeInline(content?.children ?? []);
  }

  #list(list: Token): string {
    const items: string[] = [];
    let number = Number(list.attrGet('start') ?? 1);
    let isTight = true;
    for (let token = this.#take(); token && token.nesting !== -1; token = this.#take()) {
      isTight &&= this.#isTight();
      const marker = list.type === 'ordered_list_open' ? `${number}${list.markup}` : list.markup;
      const text = this.#blocks(isTight).replace(/^\\\[(?<mark>[ xX])\\\](?=\s)/u, '[$<mark>]');
      items.push(prefixLines(text, `${marker} `, ' '.repeat(marker.length + 1)));
      number += 1;
    }
    return items.join(isTight ? '\n' : '\n\n');
  }

  /** Whether the next block is the text of an item without space around it. */
  #isTight(): boolean {
    const next = this.#tokens[this.#at];
    return next?.type !== 'paragraph_open' || next.hidden;
  }

  #table(): string {
    const rows: string[][] = [];
    const aligns: string[] = [];
    for (let token = this.#take(); token && token.type !== 'table_close'; token = this.#take()) {
      if (token.type === 'tr_open') rows.push([]);
      if (token.type === 'th_open') aligns.push(alignment(token));
      if (token.type !== 'inline') continue;
      // Line breaks would end the row.
      rows.at(-1)?.push(joinLines(writeInline(token.children ?? [], true)));
    }
    const [head = [], ...body] = rows;
    return [head, aligns, ...body].map((row) => `| ${row.join(' | ')} |`).join('\n');
  }
}

function alignment(cell: Token): string {
  const side = /left|center|right/u.exec(String(cell.attrGet('style') ?? ''))?.[0];
  return { left: ':--', center: ':-:', right: '--:' }[side ?? ''] ?? '---';
}

function prefixLines(text: string, first: string, rest: string): string {
  return text
    .split('\n')
    .map((line, index) => ((index === 0 ? first : rest) + line).trimEnd())
    .join('\n');
}

/** Code in marks that nothing in it can close. */
function writeFence(code: string, info: string): string {
  const runs = code.match(/`{3,}/gu) ?? [];
  const marks = '`'.repeat(Math.max(3, ...runs.map(({ length }) => length + 1)));
  const language = /^[\w+#.-]*/u.exec(info)?.[0] ?? '';
  return `${marks}${language}\n${code.replace(/\n$/u, '')}\n${marks}`;
}

/** What encloses text; anything else between tokens is dropped. */
const delimiters: Readonly<Record<string, string>> = {
  strong_open: '**',
  strong_close: '**',
  mark_open: '**',
  mark_close: '**',
  em_open: '_',
  em_close: '_',
  s_open: '~~',
  s_close: '~~',
};

function writeInline(tokens: readonly Token[], isCell = false): string {
  let text = '';
  for (const [index, token] of tokens.entries()) {
    const isBefore = tokens[index + 1]?.type.replace(/_(?:open|close)$/u, '_open') ?? '';
    const isAfter = tokens[index - 1]?.type.replace(/_(?:open|close)$/u, '_open') ?? '';
    if (token.type === 'text') {
      text += writeText(token, isAfter in delimiters, isBefore in delimiters);
    } else {
      text += delimiters[token.type] ?? writeToken(token, tokens, index, isCell);
    }
  }
  return text;
}

/**
 * The text of a token. The characters next to the marks of emphasis are written as numbers: for a parser without
 * our rules for Chinese, Japanese, and Korean the marks are then next to punctuation, and count.
 */
function writeText({ content }: Token, afterMarks: boolean, beforeMarks: boolean): string {
  const characters = Array.from(content);
  return characters
    .map((character, at) => {
      const isNext = (afterMarks && at === 0) || (beforeMarks && at === characters.length - 1);
      const isWord = isNext && /[\p{L}\p{N}\p{M}]/u.test(character);
      return isWord ? `&#${character.codePointAt(0) ?? 0};` : escapePunctuation(character);
    })
    .join('');
}

function writeToken(
  token: Token,
  tokens: readonly Token[],
  index: number,
  isCell: boolean,
): string {
  switch (token.type) {
    case 'code_inline':
    case 'math':
      return writeCode(token.content, isCell);
    case 'hardbreak':
      return '  \n';
    case 'softbreak':
      return '\n';
    case 'link_open':
      return toAddress(token.attrGet('href')) === undefined ? '' : '[';
    case 'link_close':
      return writeLinkEnd(tokens.slice(0, index));
    case 'image':
      return writeImage(token, isInsideLink(tokens.slice(0, index)));
    default:
      return '';
  }
}

function isInsideLink(before: readonly Token[]): boolean {
  return before.findLast(({ type }) => type.startsWith('link_'))?.type === 'link_open';
}

/** The end of the link that is open. */
function writeLinkEnd(before: readonly Token[]): string {
  const open = before.findLast(({ type }) => type === 'link_open');
  const address = toAddress(open?.attrGet('href'));
  return address === undefined ? '' : `](<${address}>)`;
}

/** An image is never loaded: it becomes its description, with a link if it has a public address. */
function writeImage(token: Token, isInLink: boolean): string {
  const href = token.attrGet('src');
  const address = toAddress(href);
  const words = escapePunctuation(escapeHidden(token.content || String(href ?? '')));
  return address === undefined || isInLink ? words : `[${words}](<${address}>)`;
}

/** A public web address as a link's destination, in which no parser finds anything else. */
function toAddress(href: unknown): string | undefined {
  const url = typeof href === 'string' ? openableUrl(href) : undefined;
  if (!url || url.protocol === 'mailto:') return undefined;
  return url.href
    .replaceAll('&', '&amp;')
    .replaceAll(/[<>\\\s]/gu, (found) => encodeURIComponent(found));
}

function writeCode(code: string, isCell: boolean): string {
  const runs = code.match(/`+/gu) ?? [];
  const marks = '`'.repeat(Math.max(0, ...runs.map(({ length }) => length)) + 1);
  const text = code.replaceAll('\n', ' ');
  const padded = /^`|`$|^ .* $/u.test(text) ? ` ${text} ` : text;
  return `${marks}${isCell ? padded.replaceAll('|', '\\|') : padded}${marks}`;
}

function toStrong(text: string): string {
  return text === '' ? '' : `**${text}**`;
}

/** VS Code redraws a changed comment only after 100 ms without a change, so the interval is longer. */
const drawIntervalMs = 160;

/** Redrawing a whole comment is cheap up to this length. */
const cheapCharacters = 8_000;

/** Redrawing blocks the editor for some milliseconds, so it is rare while the user types. */
const drawIntervalWhileTypingMs = 2_500;

/** Milliseconds between two redraws of an answer of this length. */
export function getDrawInterval(characters: number, isTyping: boolean): number {
  const minMs = isTyping ? drawIntervalWhileTypingMs : drawIntervalMs;
  return Math.max(minMs, (drawIntervalMs * characters) / cheapCharacters);
}

/** In one line. */
function joinLines(text: string): string {
  return text.replaceAll(/\s+/gu, (blank) => (blank.includes('\n') ? ' ' : blank));
}
