import chardet from 'chardet';
import { toLf } from '../shared/text';

/** A zero byte within the first bytes means that a file is binary; Git looks at as many. */
const inspectedBytes = 8_192;

/** Enough to tell encodings apart. */
const sampleBytes = 65_536;

/** The text of a file. `encoding` is present if it had to be guessed: a label of the Encoding Standard. */
export interface DecodedText {
  readonly kind: 'text';
  readonly text: string;
  readonly encoding?: string;
}

/** `unknown` if the bytes are neither binary nor Unicode: then `guessEncoding` is the next to ask. */
export type Decoded =
  DecodedText | { readonly kind: 'binary' | 'pdf' } | { readonly kind: 'unknown' };

/** Decodes by the byte order mark, as UTF-16 if every other byte is zero, otherwise as UTF-8. */
export function decodeText(bytes: Uint8Array): Decoded {
  if (String.fromCharCode(...bytes.subarray(0, 5)) === '%PDF-') return { kind: 'pdf' };
  const encoding = readByteOrderMark(bytes) ?? findUtf16(bytes);
  if (encoding === undefined && bytes.subarray(0, inspectedBytes).includes(0)) {
    return { kind: 'binary' };
  }
  const text = decodeAs(encoding ?? 'utf-8', bytes);
  return text === undefined ? { kind: 'unknown' } : { kind: 'text', text };
}

function readByteOrderMark([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return undefined;
}

/** Text without a mark: the high bytes of its blanks, digits, and line ends are zero, and no low ones. */
function findUtf16(bytes: Uint8Array): string | undefined {
  const sample = bytes.subarray(0, inspectedBytes);
  const zeros = [0, 0];
  for (const [index, byte] of sample.entries()) {
    if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  }
  const [even = 0, odd = 0] = zeros;
  if (bytes.length % 2 !== 0 || Math.min(even, odd) > 0) return undefined;
  if (Math.max(even, odd) < sample.length / 16) return undefined;
  const label = odd > 0 ? 'utf-16le' : 'utf-16be';
  const text = decodeAs(label, sample.subarray(0, sample.length - (sample.length % 2)), true);
  return text === undefined || notText.test(text) ? undefined : label;
}

/** Undefined if the bytes are not of this encoding. @param isCut whether a last character may be torn */
function decodeAs(label: string, bytes: Uint8Array, isCut = false): string | undefined {
  try {
    const text = new TextDecoder(label, { fatal: true }).decode(bytes, { stream: isCut });
    return toLf(label === 'windows-1252' ? text.replaceAll(/[\x80-\x9f]/gu, toWindows1252) : text);
  } catch {
    return undefined;
  }
}

/** Some versions of Node read windows-1252 as Latin-1, which has no characters at 0x80 to 0x9f. */
function toWindows1252(character: string): string {
  const own = '€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ';
  return own[character.charCodeAt(0) - 0x80] ?? character;
}

/** Characters that no one types: a text with them was decoded by another encoding than its own. */
const notText = /(?![\t-\r])\p{Cc}|\p{Co}|\u{fffd}/u;

/**
 * Encodings of text before Unicode, by how unusual they are: how many bits another one may cost more and still
 * be believed.
 */
const candidates: Readonly<Record<string, number>> = {
  'windows-1252': -4,
  gb18030: 0,
  shift_jis: 1,
  'euc-kr': 2,
  big5: 1,
  'windows-1251': 0,
  'windows-1250': 2,
  'windows-1253': 2,
  'windows-1254': 2,
  'windows-1255': 2,
  'euc-jp': 2,
  'koi8-r': 3,
  'windows-1257': 3,
  'iso-8859-2': 3,
  'windows-1256': 6,
};

/** What VS Code's language makes likely. */
const usual: Readonly<Record<string, readonly string[]>> = {
  'zh-cn': ['gb18030'],
  'zh-tw': ['big5'],
  ja: ['shift_jis', 'euc-jp'],
  ko: ['euc-kr'],
  ru: ['windows-1251'],
  cs: ['windows-1250'],
  hu: ['windows-1250'],
  pl: ['windows-1250', 'iso-8859-2'],
  tr: ['windows-1254'],
};
const usualBits = 8;

/** Bits by which full confidence of the detector (100) makes its encoding more likely. */
const detectorBits = 12;

/**
 * Decodes by the encoding that makes the bytes the most ordinary text: for a few words, what a detector knows
 * of long texts is not enough. Undefined if there is none.
 *
 * @param language of VS Code, such as `zh-cn`
 */
export function guessEncoding(bytes: Uint8Array, language: string): DecodedText | undefined {
  const sample = bytes.subarray(0, sampleBytes);
  const confidence = detect(sample);
  const likely = usual[language] ?? [];
  const ranked = Object.entries(candidates).flatMap(([label, unusual]) => {
    const text = decodeAs(label, sample, sample.length < bytes.length);
    if (text === undefined || !isPlausible(text, label)) return [];
    const known = ((confidence.get(label) ?? 0) * detectorBits) / 100;
    const bits = countBits(text, label) + unusual - known;
    return [{ label, bits: likely.includes(label) ? bits - usualBits : bits }];
  });
  for (const { label } of ranked.sort((a, b) => a.bits - b.bits)) {
    const text = decodeAs(label, bytes);
    if (text !== undefined) return { kind: 'text', text, encoding: label };
  }
  return undefined;
}

/** Names of the detector that stand for one of `candidates`. */
const supersets: Readonly<Record<string, string>> = {
  'iso-8859-1': 'windows-1252',
  'iso-8859-6': 'windows-1256',
  'iso-8859-7': 'windows-1253',
  'iso-8859-8': 'windows-1255',
  'iso-8859-9': 'windows-1254',
};

/** Its confidence by encoding, from 0 to 100. */
function detect(sample: Uint8Array): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { name, confidence } of chardet.analyse(sample)) {
    const label = supersets[name.toLowerCase()] ?? name.toLowerCase();
    found.set(label, Math.max(found.get(label) ?? 0, confidence));
  }
  return found;
}

const cjk = ['gb18030', 'big5', 'shift_jis', 'euc-jp', 'euc-kr'];

/** Two scripts in one word, or a capital after an accented letter. */
const noWord =
  /\p{sc=Latin}(?=\p{L})(?!\p{sc=Latin})|(?!\p{sc=Latin})\p{L}(?=\p{sc=Latin})|(?![a-z])\p{Ll}\p{Lu}/u;

function isPlausible(text: string, label: string): boolean {
  return !notText.test(text) && (cjk.includes(label) || !noWord.test(text));
}

/** Three accented letters in a row, which hardly a word has. */
const onlyAccents = /(?:(?![a-z])\p{sc=Latin}){3}/giu;
const onlyAccentsBits = 9;

/** The length of the text in the best code for texts of this encoding, in bits: less is more ordinary. */
function countBits(text: string, label: string): number {
  const bitsOf = cjk.includes(label) ? bitsOfCjk : bitsOfLetter;
  const accents = text.replaceAll(/[A-Z]+/gu, ' ').match(onlyAccents)?.length ?? 0;
  let bits = accents * onlyAccentsBits;
  for (const character of text) {
    bits += character < '\u{80}' ? asciiBits : bitsOf(character, label);
  }
  return bits;
}

const asciiBits = 6;
const rareBits = 16;

/** About the logarithm of how many characters of its kind are in everyday use. */
function bitsOfCjk(character: string, label: string): number {
  if (/[\u{3000}-\u{303f}\u{ff01}-\u{ff5e}‘-”…—·]/u.test(character)) return 7;
  if (/[\u{ff61}-\u{ff9f}]/u.test(character)) return 8;
  const isJapanese = label === 'shift_jis' || label === 'euc-jp';
  if (/[\u{3040}-\u{30ff}]/u.test(character)) return isJapanese ? 8 : 13;
  if (/\p{sc=Hangul}/u.test(character)) return label === 'euc-kr' ? 11.2 : rareBits;
  const everyday = getEverydayCharacters(label);
  return everyday.has(character) ? Math.log2(everyday.size) : rareBits;
}

function bitsOfLetter(character: string, label: string): number {
  // Only Icelandic has these; Turkish letters have the same bytes.
  if (label === 'windows-1252' && /[ÐÝÞðýþ]/u.test(character)) return 9;
  if (/\p{Ll}/u.test(character)) return 5;
  if (/\p{Lu}/u.test(character)) return 7;
  if (/\p{Lo}/u.test(character)) return label === 'windows-1255' ? 4.5 : 5.3;
  if (/\p{M}/u.test(character)) return 12;
  return /[‘-”–—…€«»°§·©®№¿¡\u{a0}]/u.test(character) ? 8 : 11;
}

/** First and last lead byte of the characters that a standard lists first, as the most frequent ones. */
const everydayRows: Readonly<Record<string, readonly [first: number, last: number]>> = {
  gb18030: [0xb0, 0xd7],
  big5: [0xa4, 0xc6],
  shift_jis: [0x89, 0x97],
};

const everydayTables = new Map<string, ReadonlySet<string>>();

function getEverydayCharacters(label: string): ReadonlySet<string> {
  const table = label === 'euc-jp' ? 'shift_jis' : label;
  const [first, last] = everydayRows[table] ?? [0, -1];
  const characters = everydayTables.get(table) ?? new Set(listCharacters(table, first, last));
  everydayTables.set(table, characters);
  return characters;
}

function* listCharacters(label: string, first: number, last: number): Generator<string> {
  const decoder = new TextDecoder(label);
  // From 0xa1 on, GB 18030 has the characters of GB 2312.
  const firstTrail = label === 'gb18030' ? 0xa1 : 0x40;
  for (let lead = first; lead <= last; lead += 1) {
    for (let trail = firstTrail; trail <= 0xfe; trail += 1) {
      yield decoder.decode(Uint8Array.of(lead, trail));
    }
  }
}
