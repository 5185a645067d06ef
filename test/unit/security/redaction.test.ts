import assert from 'node:assert/strict';
import { createRedact } from '../../../src/http/redaction';
import { redactCredentials, ServerError } from '../../../src/http/serverError';
import { seeded } from '../../support/seeded';
import { json, respond } from '../../support/ollamaServer/scripts';
import type { Script } from '../../support/ollamaServer/exchange';
import { Fixture, routes } from '../ollama/clientFixture';

const key = 'sk-canary+9f/81"7c3e&5a2b<0d44e6=f8x~q';
const password = 'pa55:w0rd/ü';
const pair = `ada:${password}`;
const basic = Buffer.from(pair).toString('base64');

/** How a server, a proxy, or a log between them may write what it was sent. */
const writings: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  JSON: (text) => JSON.stringify(text).slice(1, -1),
  'JSON in JSON': (text) => JSON.stringify(JSON.stringify(text)).slice(1, -1),
  'JSON of code points': (text) => escapeAll(text, (code) => `\\u${code.padStart(4, '0')}`),
  URL: encodeURIComponent,
  'URL in lower case': (text) =>
    encodeURIComponent(text).replaceAll(/%../gu, (code) => code.toLowerCase()),
  'every byte as in a URL': (text) =>
    [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  'URL twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  HTML: (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
  'HTML of code points': (text) => escapeAll(text, (code) => `&#x${code};`),
  'upper case': (text) => text.toUpperCase(),
  'lower case': (text) => text.toLowerCase(),
  base64: (text) => Buffer.from(text).toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  hexadecimal: (text) => Buffer.from(text).toString('hex'),
  'with invisible characters': (text) => Array.from(text).join('\u200B'),
};

function escapeAll(text: string, format: (code: string) => string): string {
  return Array.from(text, (one) => format((one.codePointAt(0) ?? 0).toString(16))).join('');
}

/** Whether so many characters in a row of a secret can be read in `text`, in whatever case. */
function shows(text: string, secret: string, length = 5): boolean {
  const plain = text.toLowerCase();
  for (let at = 0; at + length <= secret.length; at += 1) {
    if (plain.includes(secret.slice(at, at + length).toLowerCase())) return true;
  }
  return false;
}

describe('M7 secrets in what a server says', () => {
  const redact = createRedact(
    { Authorization: `Bearer ${key}`, 'X-Team': 'blue' },
    `Basic ${basic}`,
  );

  for (const [name, write] of Object.entries(writings)) {
    it(`are masked however they are written: ${name}`, () => {
      for (const secret of [key, `Bearer ${key}`, password, pair, basic]) {
        const text = `before ${write(secret)} after, blue`;
        const masked = redact(text);
        assert.ok(!shows(masked, write(secret)), masked);
        assert.match(masked, /^before .*….* after, blue$/u);
      }
    });
  }

  it('are masked in part, and at the end of a text that was cut anywhere', () => {
    for (let length = 4; length <= key.length; length += 1) {
      for (const write of [writings['plain'], writings['URL'], writings['JSON']]) {
        const text = `refused: ${write?.(key.slice(0, length)) ?? ''}`;
        for (const cut of ['', '…']) {
          assert.equal(redact(text + cut).replace(/…+$/u, ''), 'refused: ', text);
        }
      }
    }
    assert.equal(redact(`a ${key.slice(7, 19)} b ${key.slice(-12)} c`), 'a … b … c');
  });

  it('leave other words alone', () => {
    const words = 'model "qwen3:8b" not found, try pulling it first (100% \\u00e4 &amp; %zz)';
    assert.equal(redact(words), words);
    assert.equal(createRedact({})(key), key);
  });

  it('are masked in texts of any mixture, cut at any place', () => {
    const random = seeded(7);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
    const fillers = ['x', ' ', '%', '\\', '&', '"', '…', 'Bearer ', '\n', 'sk-', '%2', '\\u00'];
    for (let run = 0; run < 3_000; run += 1) {
      const noise = (): string => Array.from({ length: 4 }, () => pick(fillers)).join('');
      const secret = pick([key, pair]);
      const write = pick(Object.values(writings));
      const written = write(secret);
      const text = `${noise()} ${written}${random() < 0.5 ? '' : ` ${noise()}`}`;
      const cut = redact(text.slice(0, Math.ceil(random() * text.length)));
      assert.ok(
        !shows(cut, secret) && !cut.includes(write(secret.slice(0, 6))),
        JSON.stringify({ text, cut }),
      );
    }
  });
});

describe('M7 errors of a client with a key or a password', () => {
  const fixture = new Fixture();

  /** What a client with both says when the server answers with `script`. */
  async function said(script: Script): Promise<string[]> {
    const url = fixture.server.url.replace(
      '//',
      `//${encodeURIComponent('ada')}:${encodeURIComponent(password)}@`,
    );
    const texts: string[] = [];
    for (const headers of [{ 'X-Api-Key': key }, { Authorization: `Bearer ${key}` }]) {
      const client = fixture.client({ url, headers, timing: { retry: 1 } });
      for (const { path } of Object.values(routes)) fixture.server.on(path, script);
      for (const stream of [client.chat({ model: 'm', messages: [] }), client.pull('m')]) {
        for await (const event of stream) {
          if (event.type === 'end' && event.end.kind !== 'done') {
            texts.push(wordsOf(event.end.error));
          }
        }
      }
      await client.tags().then(
        () => undefined,
        (error: unknown) => texts.push(wordsOf(error)),
      );
    }
    return texts;
  }

  function wordsOf(error: unknown): string {
    assert.ok(error instanceof ServerError);
    const { message, excerpt, location, stack } = error;
    return [message, excerpt, location, stack].join('\n');
  }

  const long = 'x'.repeat(161);
  const scripts: Readonly<Record<string, Script>> = {
    'an error page that is cut in the middle of the key': respond(500, {}, `${long}${key} ${pair}`),
    'the same as HTML': respond(
      502,
      { 'content-type': 'text/html' },
      `<title>${long}${key}</title>`,
    ),
    'a long error as JSON': json({ error: `${'y'.repeat(1_970)} ${key} ${basic}` }, 400),
    'JSON in JSON': json({ error: JSON.stringify({ error: `${key} ${pair}` }) }, 500),
    'percent escapes': respond(
      500,
      {},
      `GET /?k=${encodeURIComponent(key)}&p=${encodeURIComponent(pair)}`,
    ),
    'a redirect': respond(
      307,
      { location: `https://login.example/?k=${encodeURIComponent(key)}&b=${basic}` },
      '',
    ),
    'a line that is not JSON': respond(200, {}, `Authorization: ${key} ${pair} ${basic}\n`),
    'an error line': respond(200, {}, `${JSON.stringify({ error: `${long} ${key} ${pair}` })}\n`),
    'a page with status 200': respond(200, { 'content-type': 'text/html' }, `${long}${key}`),
  };
  for (const [name, script] of Object.entries(scripts)) {
    it(`hold neither: ${name}`, async () => {
      const texts = await said(script);
      assert.ok(texts.length >= 4, 'both streams ended with an error');
      for (const text of texts) {
        for (const secret of [key, password, pair, basic, encodeURIComponent(key)]) {
          assert.ok(!shows(text, secret), text);
        }
      }
    });
  }

  it('take names and passwords out of addresses in time that grows with their length', () => {
    assert.equal(
      redactCredentials('at http://ada:pw@host/ (bob:se:cret@x) mail a@b.c'),
      'at http://host/ (x) mail a@b.c',
    );
    for (const atom of ['a:', 'a', ':', 'a:b@', 'x://', '@', 'Bearer ']) {
      const text = atom.repeat(100_000 / atom.length);
      const before = process.cpuUsage();
      redactCredentials(text);
      const { user, system } = process.cpuUsage(before);
      assert.ok((user + system) / 1_000 < 50, `${atom}: ${(user + system) / 1_000} ms`);
    }
  });
});
