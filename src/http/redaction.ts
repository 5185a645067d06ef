/** Takes the secrets of a connection out of a text that a server or the system wrote. */
export type Redact = (text: string) => string;

/** Shorter header values are words, such as a team's name, not keys. */
const shortestValue = 8;
/** Shorter passwords are words too, unless the user name is in front of them. */
const shortestPassword = 4;
/** As much of a secret gives it away. */
const partLength = 12;
/** No more of a text is read: what follows is cut off. In UTF-16 code units. */
const maxRead = 64 * 1024;

/**
 * A function that masks what gets the user in: the values of `headers` and the `Authorization` of the address,
 * whole, as their parts, and as any run of twelve of their characters, also where they are escaped for a URL,
 * HTML, JSON, or a shell, or encoded in Base64 or hexadecimal. The case of letters does not matter. What is left
 * of a secret at the end of a text that was cut is masked, too.
 */
export function createRedact(
  headers: Readonly<Record<string, string>>,
  authorization?: string,
): Redact {
  const values = [
    ...Object.values(headers),
    ...(authorization === undefined ? [] : [authorization]),
  ];
  const secrets = [...new Set(values.flatMap(findSecrets).flatMap(toForms))];
  if (secrets.length === 0) return (text) => text;
  const parts = new Set(secrets.flatMap(splitParts));
  return (text) => mask(text.slice(0, maxRead), secrets, parts);
}

/** What of a header's value is secret: all of it, what follows its scheme, and the parts of `Basic`. */
function findSecrets(value: string): string[] {
  const words = value.trim().split(/\s+/u);
  const [scheme = '', ...rest] = words;
  const token = rest.join(' ');
  const found = [value.trim(), ...words].filter(({ length }) => length >= shortestValue);
  if (/^(?:basic|bearer|token|digest)$/iu.test(scheme)) found.push(token);
  if (scheme.toLowerCase() !== 'basic') return found.filter(isLongEnough);
  const pair = Buffer.from(token, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const password = pair.slice(colon + 1);
  const name = pair.slice(0, Math.max(0, colon));
  const isKey = password === '' || name.length >= shortestValue;
  return [...found, pair, password, ...(isKey ? [name] : [])].filter(isLongEnough);
}

function isLongEnough({ length }: string): boolean {
  return length >= shortestPassword;
}

/** In the form in which they are compared. */
function toForms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // An escaped byte is read as one character.
  const forms = [secret, bytes.toString('latin1'), bytes.toString('hex')];
  for (const encoding of ['base64', 'base64url'] as const) {
    forms.push(bytes.toString(encoding).replaceAll('=', ''));
  }
  return forms.map((form) => decode(form, false).text);
}

function splitParts(secret: string): string[] {
  if (secret.length < partLength) return [];
  return Array.from({ length: secret.length - partLength + 1 }, (_, start) =>
    secret.slice(start, start + partLength),
  ).filter((part) => part === part.trim());
}

function mask(text: string, secrets: readonly string[], parts: ReadonlySet<string>): string {
  // Some texts are escaped twice, as JSON in JSON is.
  let decoded = decode(text, true);
  for (let pass = 0; pass < 2 && decoded.hasEscapes; pass += 1) decoded = decode(decoded, true);
  const isSecret = findMasked(decoded.text, secrets, parts);
  let result = '';
  let copied = 0;
  for (let index = 0; index < isSecret.length; index += 1) {
    if (isSecret[index] !== 1) continue;
    let end = index;
    while (isSecret[end + 1] === 1) end += 1;
    result += `${text.slice(copied, decoded.startOf(index))}…`;
    const isLast = /^…?$/u.test(decoded.text.slice(end + 1));
    copied = isLast ? text.length : decoded.endOf(end);
    index = end;
  }
  return result + text.slice(copied);
}

/** For each character of a decoded text, whether it belongs to a secret. */
function findMasked(
  text: string,
  secrets: readonly string[],
  parts: ReadonlySet<string>,
): Uint8Array {
  const found = new Uint8Array(text.length);
  for (let start = 0; start + partLength <= text.length; start += 1) {
    if (parts.has(text.slice(start, start + partLength))) found.fill(1, start, start + partLength);
  }
  for (const secret of secrets) {
    if (secret.length < partLength) maskWhole(text, secret, found);
    maskEnd(text, secret, found);
  }
  return found;
}

function maskWhole(text: string, secret: string, found: Uint8Array): void {
  for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + secret.length)) {
    found.fill(1, at, at + secret.length);
  }
}

function maskEnd(text: string, secret: string, found: Uint8Array): void {
  const end = text.endsWith('…') ? text.length - 1 : text.length;
  for (let length = Math.min(partLength, secret.length) - 1; length >= shortestPassword; length--) {
    if (!text.slice(0, end).endsWith(secret.slice(0, length))) continue;
    found.fill(1, end - length, end);
    return;
  }
}

/** A text without escapes, in lower case, and where its characters are in the text it was decoded from. */
interface Decoded {
  readonly text: string;
  readonly hasEscapes: boolean;
  startOf(index: number): number;
  endOf(index: number): number;
}

const codes = String.raw`%(?<percent>[0-9a-f]{2})|\\u(?<unicode>[0-9a-f]{4})|\\u\{(?<braced>[0-9a-f]{1,6})\}|\\x(?<byte>[0-9a-f]{2})|&#x(?<entity>[0-9a-f]{1,6});?|&#(?<decimal>\d{1,7});?`;
const names = String.raw`&(?<name>amp|lt|gt|quot|apos|sol|plus|colon|equals|period);|\\(?<plain>[^a-z0-9\s])`;
/** Half an escape at the end of a text that was cut, and characters that hide between others. */
const nothing = String.raw`(?:%[0-9a-f]?|\\(?:u[0-9a-f]{0,3}|x[0-9a-f]?)?|&[#\w]{0,8})(?=…?$)|[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]`;
const escapes = new RegExp(`${codes}|${names}|${nothing}`, 'giu');
const entities: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" },
  ...{ sol: '/', plus: '+', colon: ':', equals: '=', period: '.' },
};

function decode(source: string | Decoded, isEscaped: boolean): Decoded {
  const before = typeof source === 'string' ? undefined : source;
  const original = typeof source === 'string' ? source : source.text;
  let text = '';
  let hasEscapes = false;
  const starts: number[] = [];
  const ends: number[] = [];
  const add = (characters: string, start: number, end: number): void => {
    const count = characters.length;
    starts.push(...Array.from({ length: count }, () => start));
    ends.push(...Array.from({ length: count }, () => end));
    text += characters;
  };
  const copy = (start: number, end: number): void => {
    for (let index = start; index < end; index += 1) {
      starts.push(index);
      ends.push(index + 1);
    }
    text += toLower(original.slice(start, end));
  };
  let copied = 0;
  for (const match of isEscaped ? original.matchAll(escapes) : []) {
    copy(copied, match.index);
    copied = match.index + match[0].length;
    hasEscapes = true;
    add(toLower(unescape(match.groups ?? {})), match.index, copied);
  }
  copy(copied, original.length);
  return {
    text,
    hasEscapes,
    startOf: (index) => translate(starts[index] ?? 0, (at) => before?.startOf(at)),
    endOf: (index) => translate(ends[index] ?? 0, (at) => before?.endOf(at - 1)),
  };
}

function translate(at: number, through: (at: number) => number | undefined): number {
  return through(at) ?? at;
}

/** One character for one, so that places stay the same. */
function toLower(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return text.replaceAll(/[A-Z]+/gu, (letters) => letters.toLowerCase());
}

function unescape(groups: Readonly<Record<string, string | undefined>>): string {
  const { percent, unicode, braced, byte, entity, decimal, name, plain } = groups;
  if (name !== undefined) return entities[name.toLowerCase()] ?? '';
  if (plain !== undefined) return plain;
  const hex = percent ?? unicode ?? braced ?? byte ?? entity;
  const code = hex === undefined ? Number(decimal ?? '0') : Number.parseInt(hex, 16);
  return code === 0 || code > 0x10ffff ? '' : String.fromCodePoint(code);
}
