import type { MarkdownIt, StateInline } from 'markdown-it';
import { openableUrl } from '../urlPolicy';
import { getLineText } from './blockLines';
import { pushParagraph } from './blockRules';
import { parseFileTarget } from './linkTargets';
import { trimEndOf } from '../text';

/** Tags that mean something in an answer; every other tag is shown as text. */
const pairedTags = ['kbd', 'sub', 'sup', 'mark'];

type BlockRule = Parameters<MarkdownIt['block']['ruler']['before']>[2];

export function addInlineRules(md: MarkdownIt): void {
  md.inline.ruler.before('link', 'index', parseIndex);
  md.inline.ruler.after('link', 'spaced_link', parseSpacedLink);
  md.inline.ruler.before('autolink', 'line_break', parseLineBreak);
  md.inline.ruler.before('autolink', 'comment', parseComment);
  md.inline.ruler.before('autolink', 'paired_tag', parsePairedTag);
  md.inline.ruler.at('autolink', parseAutolink);
  md.inline.ruler.at('linkify', parseWebAddress);
  md.block.ruler.before('html_block', 'comment', parseCommentBlock);
}

const lessThan = 0x3c;

/** The call of an element, as in `handlers[name](event)`, is code in a sentence, not a link. */
function parseIndex(state: StateInline, silent: boolean): boolean {
  const { src, pos } = state;
  if (src.charCodeAt(pos) !== 0x5b || !/[\w\])]/u.test(src.charAt(pos - 1))) return false;
  if (!/^\[[^\][\n]{0,80}\]\([\w$, ]{0,80}\)/u.test(src.slice(pos, pos + 170))) return false;
  if (!silent) state.pending += '[';
  state.pos += 1;
  return true;
}

/** A link to a file with blanks in its name, which models do not write as `%20`. */
function parseSpacedLink(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state;
  if (src.charCodeAt(pos) !== 0x5b) return false;
  const labelEnd = state.md.helpers.parseLinkLabel(state, pos, true);
  if (labelEnd < 0) return false;
  const [all, path = ''] =
    /^\((?<path>[^\s()<>[\]"'][^()<>[\]\n"]{0,250}\.[a-z]\w{0,9}(?:[#:][\w:-]{0,20})?)\)/iu.exec(
      src.slice(labelEnd + 1, Math.min(posMax, labelEnd + 300)),
    ) ?? [];
  if (all === undefined || !parseFileTarget(path)) return false;
  if (!silent) {
    state.pos = pos + 1;
    state.posMax = labelEnd;
    state.push('link_open', 'a', 1).attrs = [['href', path]];
    state.linkLevel += 1;
    state.md.inline.tokenize(state);
    state.linkLevel -= 1;
    state.push('link_close', 'a', -1);
  }
  state.pos = labelEnd + 1 + all.length;
  state.posMax = posMax;
  return true;
}

/** `<br>`, as models use it in the cells of tables. */
function parseLineBreak(state: StateInline, silent: boolean): boolean {
  if (state.src.charCodeAt(state.pos) !== lessThan) return false;
  const tag = /^<br[ \t]*\/?>/iu.exec(state.src.slice(state.pos, state.pos + 16));
  if (!tag) return false;
  if (!silent) state.push('hardbreak', 'br', 0);
  state.pos += tag[0].length;
  return true;
}

/** A comment is not shown. One that is never closed is text. */
function parseComment(state: StateInline): boolean {
  if (!state.src.startsWith('<!--', state.pos)) return false;
  const end = findClose(state, '-->');
  if (end === undefined) return false;
  state.pos = end + 3;
  return true;
}

/**
 * A comment that begins a line and ends in a later one. Its lines hold no other blocks, whatever they look like:
 * while it streams, no one knows whether it will be closed. One that a blank line ends is text.
 */
const parseCommentBlock: BlockRule = (state, startLine, endLine, silent) => {
  if (silent || !getLineText(state, startLine).startsWith('<!--')) return false;
  let line = startLine;
  let rest: string | undefined;
  while (rest === undefined && line < endLine && !state.isEmpty(line)) {
    [, rest] = /-->(?<rest>.*)$/u.exec(getLineText(state, line)) ?? [];
    line += 1;
  }
  const isText = rest?.trim() !== '';
  if (isText) pushParagraph(state, startLine, line);
  else state.push('comment', '', 0).map = [startLine, line];
  state.line = line;
  return true;
};

/** `<kbd>`, `<sub>`, `<sup>` and `<mark>` around text of the same line or cell. */
function parsePairedTag(state: StateInline, silent: boolean): boolean {
  if (state.src.charCodeAt(state.pos) !== lessThan) return false;
  const part = state.src.slice(state.pos, state.pos + 8).toLowerCase();
  const tag = pairedTags.find((name) => part.startsWith(`<${name}>`));
  if (tag === undefined) return false;
  const start = state.pos + tag.length + 2;
  const end = findClose(state, `</${tag}>`) ?? findClose(state, `</${tag.toUpperCase()}>`);
  if (end === undefined) return false;
  if (!silent) {
    const { posMax } = state;
    state.push(`${tag}_open`, tag, 1);
    state.pos = start;
    state.posMax = end;
    state.md.inline.tokenize(state);
    state.posMax = posMax;
    state.push(`${tag}_close`, tag, -1);
  }
  state.pos = end + tag.length + 3;
  return true;
}

/** What does not occur in the rest of the text, so that each is searched for once. */
const missing = new WeakMap<StateInline, Set<string>>();

function findClose(state: StateInline, wanted: string): number | undefined {
  const known = missing.get(state) ?? new Set();
  missing.set(state, known);
  if (known.has(wanted)) return undefined;
  const at = state.src.indexOf(wanted, state.pos);
  if (at < 0) known.add(wanted);
  return at < 0 || at + wanted.length > state.posMax ? undefined : at;
}

/** An address in angle brackets. One that may not be opened loses its brackets, if nothing else can be meant. */
function parseAutolink(state: StateInline, silent: boolean): boolean {
  if (state.src.charCodeAt(state.pos) !== lessThan) return false;
  const end = state.src.indexOf('>', state.pos);
  if (end < 0 || end >= state.posMax || end - state.pos > 2048) return false;
  const words = state.src.slice(state.pos + 1, end);
  const isMail = /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d-]+(?:\.[a-z\d-]+)+$/iu.test(words);
  if (!isMail && !/^(?:https?:\/\/|mailto:)[^\s<>]+$/iu.test(words)) return false;
  if (!silent) pushAddress(state, isMail ? `mailto:${words}` : words, words);
  state.pos = end + 1;
  return true;
}

/** Ends an address that is written without brackets: spaces, quotes, and the punctuation of Chinese and Japanese. */
const addressEnd =
  /[\s<>"'`|\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\u2018-\u201d]/u;
const host = /^(?:[a-z\d](?:[\w.-]*[a-z\d])?|\[[\da-f:.]+\])(?::\d{1,5})?/iu;

/** A bare `http://` or `https://` address. */
function parseWebAddress(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax, pending } = state;
  if (state.linkLevel > 0 || !src.startsWith('://', pos)) return false;
  const [scheme] = /(?<![a-z\d_])https?$/iu.exec(pending.slice(-6)) ?? [];
  if (scheme === undefined) return false;
  const rest = src.slice(pos + 3, Math.min(posMax, pos + 2048));
  const length = measureAddress(rest);
  if (length === 0) return false;
  if (!silent) {
    state.pending = pending.slice(0, -scheme.length);
    const address = `${scheme}://${rest.slice(0, length)}`;
    pushAddress(state, address, address);
  }
  state.pos = pos + 3 + length;
  return true;
}

function measureAddress(rest: string): number {
  const [origin] = host.exec(rest) ?? [];
  if (origin === undefined) return 0;
  const behind = rest.slice(origin.length);
  if (!/^[/?#]/u.test(behind)) return origin.length;
  const end = behind.search(addressEnd);
  return origin.length + trimAddress(end < 0 ? behind : behind.slice(0, end));
}

/** Without what belongs to the sentence: punctuation at its end, closing brackets that it does not open. */
function trimAddress(path: string): number {
  let open = 0;
  let end = path.length;
  for (let at = 0; at < end; at++) {
    const character = path.charAt(at);
    if (character === '(' || character === '[') open += 1;
    else if (character === ')' || character === ']') open -= 1;
    if (open < 0) end = at;
  }
  return trimEndOf(path.slice(0, end), /[.,:;!?*_~]/u).length;
}

function pushAddress(state: StateInline, address: string, words: string): void {
  const isOpenable = openableUrl(address) !== undefined;
  if (isOpenable) {
    const open = state.push('link_open', 'a', 1);
    open.attrs = [['href', state.md.normalizeLink(address)]];
    open.markup = 'autolink';
    open.info = 'auto';
  }
  state.push('text', '', 0).content = words;
  if (isOpenable) state.push('link_close', 'a', -1).markup = 'autolink';
}
