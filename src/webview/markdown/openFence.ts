import type { CodeBlock } from './codeBlock';
import { isUndecided } from './undecided';

/** The line that opens a fence, with up to three spaces before it. */
const opening = /^(?<indent> {0,3})(?<marks>`{3,}|~{3,})/u;

/**
 * A fence at the top that no line has closed yet. Its text needs no parser: it is appended as it
 * comes, until a line may close the fence.
 */
export class OpenFence {
  readonly #code: CodeBlock;
  readonly #closing: RegExp;
  readonly #indent: RegExp;
  readonly #isIndented: boolean;
  /** The unfinished last line, and how much of it the code shows. */
  #line = '';
  #shown = 0;

  private constructor(code: CodeBlock, indent: number, marks: string) {
    this.#code = code;
    this.#closing = new RegExp(`^ {0,3}${marks.charAt(0)}{${String(marks.length)},}[ \\t]*$`, 'u');
    this.#indent = new RegExp(`^ {0,${String(indent)}}`, 'u');
    this.#isIndented = indent > 0;
  }

  /** @param source the fence's source as it is shown, from the line that opens it */
  static at(code: CodeBlock, source: string, unfinishedLine: string): OpenFence | undefined {
    const { indent, marks } = opening.exec(source)?.groups ?? {};
    if (!code.isOpen || indent === undefined || marks === undefined) return undefined;
    // Without a line end behind it, the opening line may still become longer.
    if (!source.includes('\n')) return undefined;
    const fence = new OpenFence(code, indent.length, marks);
    fence.#line = unfinishedLine;
    const partial = fence.#visiblePart(unfinishedLine);
    fence.#shown = partial.length;
    return code.text.endsWith(partial) ? fence : undefined;
  }

  /**
   * Appends `text` to the code.
   * @returns false when the parser has to decide; then nothing was appended
   */
  take(text: string): boolean {
    const lines = (this.#line + text).split('\n');
    if (lines.some((line) => this.#needsParser(line))) return false;
    const unfinished = lines.pop() ?? '';
    const partial = this.#visiblePart(unfinished);
    const whole = lines.map((line) => `${this.#content(line)}\n`).join('') + partial;
    this.#code.append(whole.slice(this.#shown));
    this.#line = unfinished;
    this.#shown = partial.length;
    return true;
  }

  #visiblePart(line: string): string {
    return isUndecided(line) ? '' : this.#content(line);
  }

  #content(line: string): string {
    return line.replace(this.#indent, '');
  }

  #needsParser(line: string): boolean {
    return this.#closing.test(line) || (this.#isIndented && /^ *\t/u.test(line));
  }
}
