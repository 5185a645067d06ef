import { CodeTracker } from '../shared/markdown/fences';
import { channelEnd, isReasoningChannel, type TemplateMark, templateMarks } from './templateMarks';

/** A part of what a model wrote. */
export type SplitPiece =
  | { readonly kind: 'answer' | 'thinking'; readonly text: string }
  /** All text of the answer so far was reasoning: only its closing tag came. */
  | { readonly kind: 'moveToThinking' };

const maxMarkLength = Math.max(...templateMarks.map(({ mark }) => mark.length));
/** The header of a channel is shorter than this. */
const maxHeader = 160;
/** The name of a role, and one character more. */
const maxRole = 12;
/** The marker of an item is shorter. */
const maxMarker = 16;
/** A mark that only counts at the end is text if this much follows it, even if it is space and other marks. */
const maxAfter = 240;

const quotes: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '`': '`',
  '“': '”',
  '‘': '’',
  '«': '»',
  '「': '」',
  '『': '』',
  '(': ')',
};

/** The names of roles that may follow the mark of a turn: the model's own, and those that it only plays. */
const ownRole = /^(?:assistant|model)\b\n?/iu;
const otherRole = /^(?:user|human|system|tool)\b\n?/iu;

/** What is done with a mark: it is text, it acts, or more text must decide. */
type Decision = 'text' | 'mark' | 'wait';

/**
 * Splits reasoning and template marks off the text of a model while it streams. Any division of a text into
 * pieces gives the same result. Marks in code, in quotes, or named in a sentence are text.
 */
export class ReasoningSplitter {
  readonly #mayMove: boolean;
  readonly #code = new CodeTracker();
  #pieces: SplitPiece[] = [];
  /** Text that may be a mark, or the beginning of one. */
  #held = '';
  /** The character before `#held`. */
  #before = '';
  /** `dropped`: after the end of its turn the model has begun one of someone else. */
  #mode: 'answer' | 'thinking' | 'dropped' = 'answer';
  #isChannel = false;
  #hasReasoned = false;
  /** The last character of the answer that was given out. */
  #last = '';
  /** The beginning of its last line. */
  #line = '';
  /** Whether an opening tag is text in this line: its closing tag is text, too. */
  #isTagNamed = false;
  /** Whether the answer continues after a mark: space before its next text is held back. */
  #isAtSeam = true;
  #space = '';
  #hasThinking = false;
  #isWrapped = false;
  #hasMarks = false;

  /** @param mayMove whether text before a lone closing tag may become reasoning */
  constructor(mayMove = true) {
    this.#mayMove = mayMove;
  }

  /** The parts that are decided, in their order. */
  take(text: string): readonly SplitPiece[] {
    this.#process(this.#held + text, false);
    return this.#takePieces();
  }

  /** The rest, when no more text follows. */
  end(): readonly SplitPiece[] {
    this.#process(this.#held, true);
    if (!this.#hasMarks && this.#space !== '') this.#push('answer', this.#space);
    this.#space = '';
    return this.#takePieces();
  }

  #takePieces(): readonly SplitPiece[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  #process(text: string, isEnd: boolean): void {
    let at = 0;
    while (at < text.length) {
      const { start, found } = findMark(text, at, isEnd);
      this.#emit(text.slice(at, start));
      if (start >= text.length) break;
      const decision = found === 'wait' ? found : this.#decide(found, text, start, isEnd);
      if (decision === 'wait') {
        this.#held = text.slice(start);
        return;
      }
      const length =
        decision === 'mark' && typeof found === 'object' ? this.#act(found, text, start) : 0;
      if (length === 0) this.#emit(text.charAt(start));
      at = start + Math.max(1, length);
      this.#before = text.charAt(at - 1);
    }
    this.#held = '';
  }

  #decide(found: TemplateMark | undefined, text: string, start: number, isEnd: boolean): Decision {
    if (!found) return 'text';
    const end = start + found.mark.length;
    const after = text.slice(end, end + maxAfter);
    if (this.#isSurelyText(found)) return 'text';
    if (!isEnd && !isEnough(found, after)) return 'wait';
    if (this.#mode === 'thinking') return this.#decideInReasoning(found, after);
    // What is dropped ends with the next turn of the model.
    if (this.#mode === 'dropped') return 'mark';
    const decision = this.#decideInAnswer(found, after, isEnd);
    if (decision === 'text' && found.kind === 'open') this.#isTagNamed = true;
    return decision;
  }

  #decideInAnswer(found: TemplateMark, after: string, isEnd: boolean): Decision {
    const inCode = this.#code.isInCode;
    if (found.kind === 'last' || (inCode && found.kind === 'end')) return decideLast(after, isEnd);
    if (inCode || isQuoted(this.#before, after)) return 'text';
    if (found.kind === 'first') return this.#last === '' ? 'mark' : 'text';
    if (this.#isShownTag(found)) return 'text';
    if (found.kind === 'wrapper') return this.#decideWrapper(found);
    return isNamed(this.#before, after) ? 'text' : 'mark';
  }

  /** A tag that the answer is about: an item of a list, in quotes, or the end of one that is. */
  #isShownTag({ kind }: TemplateMark): boolean {
    if (kind !== 'open' && kind !== 'close') return false;
    const isListed =
      this.#line.length < maxMarker && /^[\s>]*(?:[-+*]|\d+[.)])[ \t]+$/u.test(this.#line);
    return isListed || (kind === 'open' ? this.#before in quotes : this.#isTagNamed);
  }

  /** Marks in code are text whatever follows, so nothing is held back there. */
  #isSurelyText({ kind }: TemplateMark): boolean {
    return this.#mode === 'answer' && kind !== 'end' && kind !== 'last' && this.#code.isInCode;
  }

  #decideInReasoning({ kind }: TemplateMark, after: string): Decision {
    if (isQuoted(this.#before, after) || kind === 'first' || kind === 'last') return 'text';
    if (kind === 'open') return this.#isAtSeam ? 'mark' : 'text';
    return kind === 'wrapper' ? 'text' : 'mark';
  }

  #decideWrapper({ mark }: TemplateMark): Decision {
    if (mark.startsWith('</')) return this.#isWrapped ? 'mark' : 'text';
    return this.#hasReasoned && this.#isAtSeam ? 'mark' : 'text';
  }

  /** @returns how much of `text` the mark takes */
  #act({ kind, mark }: TemplateMark, text: string, start: number): number {
    const end = start + mark.length;
    this.#hasMarks = true;
    switch (kind) {
      case 'open':
        this.#enter('thinking');
        return mark.length;
      case 'close':
        this.#close();
        return mark.length;
      case 'channel':
        return mark.length + this.#enterChannel(text.slice(end, end + maxHeader));
      case 'role':
        return mark.length + this.#enterTurn(text.slice(end, end + maxRole));
      case 'otherRole':
        if (this.#mode === 'answer' && this.#last !== '') this.#enter('dropped');
        return mark.length;
      case 'wrapper':
        this.#isWrapped = mark === '<answer>';
        this.#isAtSeam = true;
        return mark.length;
      case 'end':
      case 'first':
      case 'last':
        if (this.#isChannel) this.#enter('answer');
        else if (this.#mode === 'answer') this.#isAtSeam = true;
        return mark.length;
    }
  }

  /** @returns how much of the text after the mark is the name of the role */
  #enterTurn(after: string): number {
    const other = otherRole.exec(after)?.[0] ?? '';
    // Without the end of its turn before it, the model shows what such turns look like.
    if (other !== '' && this.#last !== '' && this.#isAtSeam) {
      this.#enter('dropped');
      return other.length;
    }
    const wasDropped = this.#mode === 'dropped';
    this.#enter('answer');
    if (wasDropped) this.#space = '\n\n';
    return ownRole.exec(after)?.[0].length ?? 0;
  }

  #enterChannel(after: string): number {
    const end = after.indexOf(channelEnd);
    const header =
      end < 0
        ? (/^\s*(?:analysis|final|commentary)\b/iu.exec(after)?.[0] ?? '')
        : after.slice(0, end);
    this.#enter(isReasoningChannel(header) ? 'thinking' : 'answer');
    this.#isChannel = true;
    return end < 0 ? header.length : end + channelEnd.length;
  }

  #enter(mode: 'answer' | 'thinking' | 'dropped'): void {
    this.#isChannel = false;
    if (mode === 'thinking') this.#hasReasoned = true;
    if (this.#mode !== mode || mode === 'thinking') this.#space = '';
    this.#mode = mode;
    this.#isAtSeam = true;
  }

  #close(): void {
    const isLone = this.#mode === 'answer' && !this.#hasReasoned;
    if (isLone && this.#mayMove && this.#last !== '') {
      this.#pieces.push({ kind: 'moveToThinking' });
      this.#hasThinking = true;
      this.#last = '';
    }
    this.#hasReasoned = true;
    this.#enter('answer');
  }

  #emit(text: string): void {
    if (text === '') return;
    this.#before = text.at(-1) ?? '';
    if (this.#mode === 'thinking') this.#emitReasoning(text);
    else if (this.#mode === 'answer') this.#emitAnswer(text);
  }

  #emitReasoning(text: string): void {
    if (text.trim() === '') {
      if (!this.#isAtSeam) this.#space += text;
      return;
    }
    const all = this.#isAtSeam ? text.trimStart() : this.#space + text;
    const words = all.trimEnd();
    this.#space = all.slice(words.length);
    const separator = this.#isAtSeam && this.#hasThinking ? '\n\n' : '';
    this.#isAtSeam = false;
    this.#hasThinking = true;
    this.#push('thinking', separator + words);
  }

  #emitAnswer(text: string): void {
    if (!this.#isAtSeam) {
      this.#push('answer', text);
      return;
    }
    const words = text.trimStart();
    this.#space += text.slice(0, text.length - words.length);
    if (words === '') return;
    const space = this.#spaceAtSeam();
    this.#isAtSeam = false;
    this.#space = '';
    this.#push('answer', space + words);
  }

  /** Where reasoning was taken out of an answer, one of the spaces around it is enough. */
  #spaceAtSeam(): string {
    if (this.#last === '') return this.#hasMarks ? '' : this.#space;
    if (this.#last === '\n') return '';
    return /\s/u.test(this.#last) && !this.#space.includes('\n') ? '' : this.#space;
  }

  #takeLine(text: string): void {
    const start = text.lastIndexOf('\n') + 1;
    if (start > 0) this.#isTagNamed = false;
    const line = start > 0 ? '' : this.#line;
    this.#line = (line + text.slice(start, start + maxMarker)).slice(0, maxMarker);
  }

  #push(kind: 'answer' | 'thinking', text: string): void {
    if (kind === 'answer') {
      this.#last = text.at(-1) ?? this.#last;
      this.#takeLine(text);
      this.#code.take(text);
    }
    const last = this.#pieces.at(-1);
    if (last?.kind === kind)
      this.#pieces[this.#pieces.length - 1] = { kind, text: last.text + text };
    else this.#pieces.push({ kind, text });
  }
}

/** The next mark, or what may become one. */
function findMark(
  text: string,
  from: number,
  isEnd: boolean,
): { readonly start: number; readonly found?: TemplateMark | 'wait' } {
  let start = findCandidate(text, from);
  while (start < text.length) {
    const found = matchMark(text, start, isEnd);
    if (found) return { start, found };
    start = findCandidate(text, start + 1);
  }
  return { start };
}

/** Where the next character is that can begin a mark. */
function findCandidate(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x3c || code === 0x5b || code === 0x25c1) return at;
  }
  return text.length;
}

const secondCharacters = new Set(templateMarks.map(({ mark }) => mark.charAt(1)));

/** The mark at `start`; `wait` if more text could complete one. */
function matchMark(text: string, start: number, isEnd: boolean): TemplateMark | 'wait' | undefined {
  // Most brackets are of code or Markdown.
  const second = text.charAt(start + 1).toLowerCase();
  if (second !== '' && !secondCharacters.has(second)) return undefined;
  const part = text.slice(start, start + maxMarkLength).toLowerCase();
  const isCut = start + part.length >= text.length && !isEnd;
  for (const mark of templateMarks) {
    if (part.startsWith(mark.mark)) return mark;
    if (isCut && mark.mark.startsWith(part)) return 'wait';
  }
  return undefined;
}

function isQuoted(before: string, after: string): boolean {
  const close = quotes[before];
  return close !== undefined && after.startsWith(close);
}

/** Whether a mark is part of a sentence, as in `the <think> tag`. */
function isNamed(before: string, after: string): boolean {
  return /[^\S\n]/u.test(before) && /^(?:[^\S\n][^\s<]|[,.;:!?)])/u.test(after);
}

/** Whether the text after a mark is enough to decide about it. */
function isEnough({ kind }: TemplateMark, after: string): boolean {
  if (kind === 'channel') return after.length >= maxHeader || after.includes(channelEnd);
  if (kind === 'role') return after.length >= maxRole || /^\w*\W[^]/u.test(after);
  return after.length >= 2;
}

/** A mark that only counts at the end, also after other such marks. */
function decideLast(after: string, isEnd: boolean): Decision {
  if (after.length >= maxAfter) return 'text';
  const rest = after.trimStart();
  if (rest === '') return isEnd ? 'mark' : 'wait';
  const next = matchMark(rest, 0, isEnd);
  if (next === 'wait') return next;
  if (next?.kind !== 'end' && next?.kind !== 'last') return 'text';
  return decideLast(rest.slice(next.mark.length), isEnd);
}
