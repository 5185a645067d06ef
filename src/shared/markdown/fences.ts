/** The marks of a fence at the start of a line, and its info string. */
const fenceLine = /^(?<marks>`{3,}(?=[^`]*$)|~{3,}(?!~))(?<info>.*)$/u;

/** Info strings whose code is itself Markdown, so that fences inside it nest. */
const markdownInfo = /^(?:markdown|md|mdx)(?![\w-])/iu;

export interface FenceOpening {
  readonly marks: string;
  readonly info: string;
}

/**
 * Parses a line that may open a fence.
 * @param line without its indentation
 */
export function parseFenceLine(line: string): FenceOpening | undefined {
  const { marks, info } = fenceLine.exec(line)?.groups ?? {};
  return marks === undefined || info === undefined ? undefined : { marks, info: info.trim() };
}

/** Whether the code of a fence with this info string is Markdown. */
function isMarkdownInfo(info: string): boolean {
  return markdownInfo.test(info);
}

/** What is above a block, rather than at the end of a text. */
const introduction = /^\s*$|[:：]\s*$|^#{1,6} /u;

/**
 * An open fence. Inside a `markdown` fence, a line of marks with an info string opens another fence, and the next
 * bare line of marks closes that one: models do not lengthen the outer marks. Bare marks also open one between a
 * blank line, a heading, or a colon above them and text right below them.
 */
export class FenceNesting {
  readonly #open: FenceOpening[];
  #previous = 'none';

  constructor(outer: FenceOpening) {
    this.#open = [outer];
  }

  /** Whether the next line can close the outermost fence. */
  get isOutermost(): boolean {
    return this.#open.length === 1;
  }

  /**
   * Takes the next line.
   * @param line without its indentation
   * @param next the line below it; without it the marks of an outermost fence close it
   * @returns whether it closes the outermost fence
   */
  take(line: string, next = ''): boolean {
    const inner = this.#open.at(-1);
    const isIntroduced = introduction.test(this.#previous);
    this.#previous = line;
    const found = isMarkChar(line.charCodeAt(0)) ? parseFenceLine(line.trimEnd()) : undefined;
    if (!inner || !found) return false;
    const mayNest = isMarkdownInfo(inner.info);
    const opensPlain = mayNest && isIntroduced && isText(next);
    if (closes(found, inner) && !opensPlain) {
      this.#open.pop();
      return this.#open.length === 0;
    }
    if (mayNest && (opensPlain || opensAnother(found, inner))) this.#open.push(found);
    return false;
  }

  /** Whether only the line below `line` decides what it does. */
  isUnsure(line: string): boolean {
    const [outer] = this.#open;
    const found = parseFenceLine(line.trimEnd());
    return (
      found?.info === '' &&
      this.isOutermost &&
      outer !== undefined &&
      isMarkdownInfo(outer.info) &&
      introduction.test(this.#previous)
    );
  }
}

/** Whether the marks close `inner`, if they are no beginning. */
function closes({ marks, info }: FenceOpening, inner: FenceOpening): boolean {
  return info === '' && marks.startsWith(inner.marks);
}

/** Whether the marks can only be a beginning. */
function opensAnother({ marks, info }: FenceOpening, inner: FenceOpening): boolean {
  return info !== '' || !inner.marks.startsWith(marks.charAt(0));
}

function isText(line: string): boolean {
  return line.trim() !== '' && !parseFenceLine(line.trim());
}

function isMarkChar(code: number): boolean {
  return code === 0x60 || code === 0x7e;
}

/** Before the marks of a fence that a text opens: indentation, quotes, list markers. */
const before = /^[\s>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*/u;
/** More of a line than this decides nothing. */
const maxLine = 400;

/** Tracks whether the end of a growing text is in a fence or a code span. Work per character is constant. */
export class CodeTracker {
  #line = '';
  #fence: FenceNesting | undefined;
  /** A line of marks about which the next line decides. */
  #unsure: string | undefined;
  /** The length of the marks that opened a code span in this line; 0: none is open. */
  #span = 0;
  #marks = 0;

  /** Whether the next character is inside code. */
  get isInCode(): boolean {
    this.#endMarks();
    if (this.#unsure !== undefined) return false;
    // Text right after closing marks is not code, although only its line end closes the fence.
    if (this.#fence)
      return !(this.#fence.isOutermost && /^[\s>]*(?:`{3,}|~{3,})$/u.test(this.#line));
    return this.#span > 0;
  }

  take(text: string): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.#add(text.slice(start, end));
      this.#endLine();
      start = end + 1;
    }
    this.#add(text.slice(start));
  }

  #add(part: string): void {
    if (this.#line.length < maxLine) this.#line += part.slice(0, maxLine);
    if (this.#fence) return;
    for (const mark of part) {
      if (mark === '`') this.#marks += 1;
      else this.#endMarks();
    }
  }

  #endMarks(): void {
    if (this.#marks === 0) return;
    if (this.#span === 0) this.#span = this.#marks;
    else if (this.#span === this.#marks) this.#span = 0;
    this.#marks = 0;
  }

  #endLine(): void {
    const line = this.#line.replace(this.#fence ? /^[\s>]*/u : before, '');
    this.#line = '';
    this.#marks = 0;
    this.#span = 0;
    if (this.#unsure !== undefined) {
      if (this.#fence?.take(this.#unsure, line)) this.#fence = undefined;
      this.#unsure = undefined;
    }
    if (this.#fence) {
      if (this.#fence.isUnsure(line)) this.#unsure = line;
      else if (this.#fence.take(line)) this.#fence = undefined;
      return;
    }
    const opened = parseFenceLine(line);
    if (opened) this.#fence = new FenceNesting(opened);
  }
}
