import type { MarkdownIt, StateInline } from 'markdown-it';
import { mathBlock, mathBlockInterrupts } from '../../shared/markdownRules';

/** `<br>` breaks the line, as models write it in table cells; every other tag is text. */
export function addLineBreakRule(md: MarkdownIt): void {
  md.inline.ruler.before('autolink', 'br', (state, silent) => {
    if (state.src.charCodeAt(state.pos) !== 0x3c) return false;
    const tag = /^<br[ \t]*\/?>/iu.exec(state.src.slice(state.pos, state.pos + 16));
    if (!tag) return false;
    if (!silent) state.push('hardbreak', 'br', 0);
    state.pos += tag[0].length;
    return true;
  });
}

const inlineMath = [
  { open: '\\(', close: '\\)' },
  { open: '\\[', close: '\\]' },
  { open: '$$', close: '$$' },
] as const;

/**
 * TeX survives verbatim, delimiters included. There is no TeX engine; without these rules markdown
 * would take the backslashes and underscores out of it.
 */
export function addMathRules(md: MarkdownIt): void {
  md.inline.ruler.before('escape', 'math', mathInline);
  md.block.ruler.before('fence', 'math_block', mathBlock, { alt: mathBlockInterrupts });
}

/** Closing delimiters that a text is known not to contain any more, so each is sought once. */
const missing = new WeakMap<StateInline, Set<string>>();

function mathInline(state: StateInline, silent: boolean): boolean {
  const pair = inlineMath.find(({ open }) => state.src.startsWith(open, state.pos));
  if (!pair) return false;
  const known = missing.get(state) ?? new Set();
  missing.set(state, known);
  if (known.has(pair.close)) return false;
  const start = state.pos + pair.open.length;
  const end = state.src.indexOf(pair.close, start);
  if (end < 0) known.add(pair.close);
  if (end < 0 || end + pair.close.length > state.posMax) return false;
  if (state.src.slice(start, end).trim() === '') return false;
  if (!silent) {
    const token = state.push('math', 'code', 0);
    token.content = state.src.slice(state.pos, end + pair.close.length);
  }
  state.pos = end + pair.close.length;
  return true;
}
