/**
 * Estimates tokens without a tokenizer: text is counted in pieces such as tokenizers cut (words, runs of blanks,
 * signs), by kind of text. A factor per kind, learned from the server's counts, turns pieces into tokens.
 */

/** Kinds of text for which tokenizers differ independently of each other. */
export const textKinds = ['prose', 'code', 'digits', 'latin', 'cjk', 'other'] as const;
export type TextKind = (typeof textKinds)[number];

/** About how many tokens of each kind a text has, before anything is known of the model. */
export type TextWeight = Readonly<Record<TextKind, number>>;
type MutableWeight = Record<TextKind, number>;

export const noWeight: TextWeight = { prose: 0, code: 0, digits: 0, latin: 0, cjk: 0, other: 0 };

export function addWeights(weights: readonly TextWeight[]): TextWeight {
  const sum: MutableWeight = { ...noWeight };
  for (const weight of weights) for (const kind of textKinds) sum[kind] += weight[kind];
  return sum;
}

/** A longer line is classified in parts. */
const maxSegment = 480;

export function weighText(text: string): TextWeight {
  const weight: MutableWeight = { ...noWeight };
  const letters: TextKind = isLatin(text) ? 'latin' : 'prose';
  for (let start = 0; start < text.length;) {
    const line = text.indexOf('\n', start);
    const end = Math.min(line < 0 ? text.length : line + 1, start + maxSegment);
    weighSegment(text, start, end, letters, weight);
    start = end;
  }
  return weight;
}

/** Every language that uses the Latin alphabet, except English, has letters outside ASCII. */
const minLatinShare = 1 / 400;

function isLatin(text: string): boolean {
  let accented = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (isAccented(text.charCodeAt(at))) accented += 1;
  }
  return accented > text.length * minLatinShare;
}

/** A line with more signs among its letters than this is code. */
const maxProseSigns = 0.14;

function weighSegment(
  text: string,
  start: number,
  end: number,
  letters: TextKind,
  weight: MutableWeight,
): void {
  const scan = new Scan(text, start, end);
  const kind = scan.signs > maxProseSigns * (scan.letters + scan.signs) ? 'code' : letters;
  weight[kind] += scan.pieces * pieceWeight[kind];
  weight.digits += scan.digits;
  weight.cjk += scan.cjk;
  weight.other += scan.other;
}

/** Tokens per piece of letters, blanks and signs, on average over common tokenizers. */
const pieceWeight: TextWeight = { prose: 1, code: 1, latin: 1.55, digits: 1, cjk: 1, other: 1 };

/** A common word of up to this many letters is one token; more take one for each further part. */
const wordLength = 9;
const wordPart = 5;
const perSign = 0.62;
const perRepeatedSign = 0.15;
const perDigit = 0.6;
const perCjk = 0.85;
const perOther = 0.45;

type Unit =
  'lower' | 'upper' | 'digit' | 'blank' | 'newline' | 'sign' | 'accented' | 'cjk' | 'other';

/** Counts one segment in one pass. */
class Scan {
  letters = 0;
  signs = 0;
  pieces = 0;
  digits = 0;
  cjk = 0;
  other = 0;
  /** Letters and digits since the last other unit, and how often they changed between the two. */
  #word = 0;
  #changes = 0;
  #hasDigits = false;
  #blanks = 0;

  constructor(text: string, start: number, end: number) {
    let before: Unit = 'newline';
    for (let at = start; at < end; at += 1) {
      const code = text.charCodeAt(at);
      const unit = classify(code);
      this.#count(unit, before, at > start && code === text.charCodeAt(at - 1));
      before = unit;
    }
    this.#endWord();
  }

  #count(unit: Unit, before: Unit, isRepeated: boolean): void {
    if (isWordUnit(unit)) {
      this.#countLetter(unit, before);
      return;
    }
    this.#endWord();
    switch (unit) {
      case 'blank':
        // A single blank belongs to the word after it; a run is one token.
        if (isRepeated && before === 'blank') this.pieces += this.#blankRun();
        else this.#blanks = 1;
        return;
      case 'newline':
        this.pieces += before === 'newline' ? 0.3 : 0.9;
        return;
      case 'cjk':
        this.cjk += perCjk;
        return;
      case 'other':
        this.other += perOther;
        return;
      default:
        this.signs += 1;
        this.pieces += isRepeated ? perRepeatedSign : perSign;
    }
  }

  #blankRun(): number {
    this.#blanks += 1;
    return this.#blanks === 2 ? 0.9 : 0;
  }

  #countLetter(unit: Unit, before: Unit): void {
    if (unit === 'digit') this.#hasDigits = true;
    else this.letters += 1;
    const isChange =
      this.#word > 0 &&
      ((unit === 'digit') !== (before === 'digit') || (unit === 'upper' && before === 'lower'));
    if (isChange) this.#changes += 1;
    this.#word += 1;
  }

  #endWord(): void {
    if (this.#word === 0) return;
    if (this.#hasDigits) {
      // Numbers, hexadecimal and base64: nearly every change begins a new token.
      this.digits += Math.max(this.#word * perDigit, this.#changes + 1);
    } else {
      const parts = this.#changes + 1;
      const rest = Math.max(0, this.#word - parts * wordLength);
      this.pieces += 1 + this.#changes * 0.85 + rest / wordPart;
    }
    this.#word = 0;
    this.#changes = 0;
    this.#hasDigits = false;
  }
}

function isWordUnit(unit: Unit): boolean {
  return unit === 'lower' || unit === 'upper' || unit === 'digit' || unit === 'accented';
}

function classify(code: number): Unit {
  const ascii = asciiUnits[code];
  if (ascii !== undefined) return ascii;
  if (isAccented(code)) return 'accented';
  return code >= 0x2e80 ? 'cjk' : 'other';
}

function classifyAscii(code: number): Unit {
  if (code >= 0x61 && code <= 0x7a) return 'lower';
  if (code >= 0x41 && code <= 0x5a) return 'upper';
  if (code >= 0x30 && code <= 0x39) return 'digit';
  if (code === 0x20 || code === 0x09) return 'blank';
  return code === 0x0a || code === 0x0d ? 'newline' : 'sign';
}

const asciiUnits = Array.from({ length: 0x80 }, (_, code) => classifyAscii(code));

/** Latin letters outside ASCII. */
function isAccented(code: number): boolean {
  return code >= 0xc0 && code <= 0x24f && code !== 0xd7 && code !== 0xf7;
}
