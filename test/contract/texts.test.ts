import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import ts from 'typescript';
import { toConnectionError } from '../../src/http/networkErrors';
import { parseEndpoint } from '../../src/http/endpoint';
import { pageLanguage } from '../../src/chat/pageHtml';
import { matchTemplate } from '../../src/shared/text';
import * as de from '../../src/webview/texts/de';
import * as en from '../../src/webview/texts/en';
import * as zhCn from '../../src/webview/texts/zhCn';
import { eachNode, hostTexts, languages, readL10n, saidMark, type Source } from '../support/texts';
import { inRepo } from '../support/folders';
import { manifest, readText } from './manifest';
import { sourceFiles } from './sourceFiles';

const all = sourceFiles();
const host = all.filter(({ name }) => !name.startsWith('webview/'));

/** Read the same in German, or are what they are called everywhere. */
const sameEverywhere =
  /^(?:Chat|Chats \(\{0\}\)|Code|Code: \{0\}|Details|JSON|Markdown|Name|Prompt|Proxy|Text|Version|\{0\} GB|[^\p{L}]*|.*(?:CPU|GPU)|\{0\} \{1\} s|.*token\/s|git diff .*|.*%, .*|\{0\}\/\{1\}|.*1 Problem|\{0\} in \{1\})$/u;

function manifestTexts(language?: string): Readonly<Record<string, string>> {
  const name = language === undefined ? 'package.nls.json' : `package.nls.${language}.json`;
  return JSON.parse(readText(name)) as Record<string, string>;
}

/** A text that was left in English, by its key. */
function untranslated(
  translations: Readonly<Record<string, string>>,
  english: (key: string) => string,
) {
  return Object.entries(translations)
    .filter(([key, text]) => text === english(key) && !sameEverywhere.test(text))
    .map(([key]) => key);
}

describe('the texts of the manifest', () => {
  const english = manifestTexts();

  it('are in its bundle, and nothing else is', () => {
    const used = [...readText('package.json').matchAll(/"%([^%"]+)%"/gu)].map(([, key]) => key);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(english).sort());
  });

  it('are none that a person would see in English alone', () => {
    assert.deepEqual(literalsIn(manifest), []);
    const sample = { contributes: { commands: [{ title: 'Do It' }] }, displayName: '%name%' };
    assert.deepEqual(literalsIn(sample), ['Do It']);
  });

  for (const language of languages) {
    it(`are complete in ${language}, with the same commands and links`, () => {
      const translated = manifestTexts(language);
      assert.deepEqual(Object.keys(translated), Object.keys(english));
      assert.deepEqual(
        untranslated(translated, (key) => english[key] ?? ''),
        [],
      );
      for (const [key, text] of Object.entries(english)) {
        assert.deepEqual(fixedParts(translated[key] ?? ''), fixedParts(text), key);
      }
    });

    it(`have each walkthrough’s page in ${language}`, () => {
      const pages = [...readText('package.json').matchAll(/"markdown": "([^"]+)\.md"/gu)];
      assert.ok(pages.length > 0);
      for (const [, file] of pages) assert.ok(existsSync(inRepo(`${file}.nls.${language}.md`)));
    });
  }
});

describe('the texts of the extension host', function () {
  // Every file of the source is parsed.
  this.timeout(60_000);
  const english = readL10n();
  const said = Object.keys(english).filter((key) => key.endsWith(saidMark));
  const forms = said.map((key) => key.slice(0, -saidMark.length));

  it('are exactly those of the list; `npm run texts` writes it', () => {
    const found = host.map(hostTexts);
    // The one place that looks up texts by other keys than literal ones.
    const unclear = found.flatMap((file) => file.unclear);
    assert.deepEqual(unclear.length, 1, unclear.join('\n'));
    assert.match(unclear[0] ?? '', /^ui\/dialogs\.ts: /u);
    const keys = new Set(found.flatMap((file) => file.texts));
    assert.deepEqual(Object.keys(english).sort(), [...keys, ...said].sort());
  });

  for (const language of languages) {
    it(`are complete in ${language}, with the same parts`, () => {
      const translated = readL10n(language);
      assert.deepEqual(Object.keys(translated).sort(), Object.keys(english).sort());
      assert.deepEqual(
        untranslated(translated, (key) => english[key] ?? ''),
        [],
      );
      for (const [key, text] of Object.entries(translated)) {
        assert.deepEqual(placeholdersOf(text), placeholdersOf(key), key);
        assert.deepEqual(icons(text), icons(key), key);
      }
    });
  }

  it('are found in the source', () => {
    const text = `t('One'); l10n.t(\`Two\`); t(three); at('No');`;
    const found = hostTexts({ name: 'x.ts', text });
    assert.deepEqual(found, { texts: ['One', 'Two'], unclear: ['x.ts: t(three)'] });
  });

  it('have a form for every sentence of the client', () => {
    const sentences = all
      .filter(({ name }) => /^(?:http|ollama)\//u.test(name) && name !== 'http/networkErrors.ts')
      .flatMap(sentencesOf);
    assert.ok(sentences.includes('The response is not valid JSON.'));
    const made = [...connectionSentences(), ...addressSentences()];
    assert.deepEqual(
      [...sentences, ...made].filter((one) => !hasForm(forms, one)),
      [],
    );
  });

  it('have no form that no code uses', () => {
    const code = all.map(({ text }) => text).join('\n');
    const unsaid = forms.filter(
      (form) => !serversWords.has(form) && !code.includes(longestPart(form)),
    );
    assert.deepEqual(unsaid, []);
  });
});

describe('the texts of the page', () => {
  // The compiler makes sure that all tables have the same keys.
  const english = formsIn(en);

  for (const [language, table] of Object.entries({ de, 'zh-cn': zhCn })) {
    it(`are translated in ${language}`, () => {
      const left = [...formsIn(table)].filter(([key, form]) => form === english.get(key));
      assert.deepEqual(
        left.filter(([, form]) => !sameEverywhere.test(form)),
        [],
      );
    });
  }

  it('are loaded for the languages that there are, and else are English', () => {
    for (const language of languages) {
      const { tag, bundle } = pageLanguage(language);
      assert.equal(tag.toLowerCase(), language);
      assert.equal(bundle, `texts.${language}.js`);
    }
    for (const language of ['en', 'en-gb', 'fr', 'zh-tw', 'constructor', '']) {
      assert.deepEqual(pageLanguage(language), { tag: 'en' });
    }
  });
});

/** Texts in the manifest that no bundle holds, where VS Code shows them. */
function literalsIn(node: unknown, key = ''): readonly string[] {
  const shown =
    /^(?:title|shortTitle|displayName|description|markdownDescription|deprecationMessage)$/u;
  const isShown =
    shown.test(key) || /^(?:label|contents|category|(?:markdownE|e)numDescriptions)$/u.test(key);
  if (typeof node === 'string') return isShown && !/^%.+%$|^Cria$/u.test(node) ? [node] : [];
  if (Array.isArray(node)) return node.flatMap((each) => literalsIn(each, key));
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) => literalsIn(value, name));
}

/** What a translation must not change: links, names of settings, values, lines. */
function fixedParts(text: string): readonly string[] {
  return (text.match(/\(command:[^)]+\)|\(https?:[^)]+\)|`[^`]+`|\n/gu) ?? []).sort();
}

function icons(text: string): readonly string[] {
  return text.match(/\$\([a-z-]+\)/gu) ?? [];
}

/** The whole sentences of a file, with a letter for each part that comes in. */
function sentencesOf(source: Source): readonly string[] {
  const found: string[] = [];
  eachNode(source, (node) => {
    const form = formOf(node) ?? '';
    if (/^(?:[A-Z]\w* |\{0\} )[^]*\.$/u.test(form)) found.push(form.replaceAll(/\{\d\}/gu, 'x'));
  });
  return found;
}

function connectionSentences(): readonly string[] {
  const codes = [
    'ECONNREFUSED',
    'ENOTFOUND',
    'CERT_HAS_EXPIRED',
    'HPE_INVALID',
    'EHOSTUNREACH',
    '',
  ];
  const errors = [...codes, 'proxy'].map((code) => Object.assign(new Error(code), { code }));
  const endpoint = parseEndpoint('http://127.0.0.1:11434', {});
  return errors.map((error) => toConnectionError(error, endpoint).message);
}

function addressSentences(): readonly string[] {
  return ['ftp://x', 'http://x:0', 'http://x?y', 'http://a b', 'http://%zz@x'].map((address) => {
    try {
      parseEndpoint(address, {});
    } catch (error) {
      if (error instanceof Error) return error.message;
    }
    return assert.fail(`${address} is an address`);
  });
}

/** Whether a sentence is of one of the forms, and what an address lacks is, too. */
function hasForm(forms: readonly string[], sentence: string): boolean {
  return forms.some((form) => {
    const parts = matchTemplate(form, sentence);
    const reason = form.includes('is not a valid server address') ? parts?.[1] : undefined;
    return parts !== undefined && (reason === undefined || hasForm(forms, reason));
  });
}

/** Ollama's own, while it pulls. */
const serversWords = new Set([
  ...['pulling manifest', 'pulling {0}', 'verifying sha256 digest', 'writing manifest'],
  ...['removing unused layers', 'success'],
]);

function longestPart(form: string): string {
  const parts = form.split(/\{\d\}|[().]/u).map((part) => part.trim());
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest));
}

/** The texts of a table by their paths, with `{0}` and so on for what a function puts in. */
function formsIn(table: object, prefix = ''): ReadonlyMap<string, string> {
  const forms = Object.entries(table).flatMap(([key, value]: [string, unknown]) => {
    const name = `${prefix}${key}`;
    if (typeof value === 'object' && value !== null) return [...formsIn(value, `${name}.`)];
    let part = 0;
    const body = String(value).replace(/^.*?=>\s*/su, '');
    const form = body.replaceAll(/\$\{[^}]*\}/gu, () => `{${part++}}`).replaceAll('`', '');
    return [[name, form] as const];
  });
  return new Map(forms);
}

/** The literal text of a string or a template, with `{0}` for what is put in; undefined for others. */
function formOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  const spans = node.templateSpans.map(({ literal }, index) => `{${index}}${literal.text}`);
  return `${node.head.text}${spans.join('')}`;
}

/** The placeholders of a text: `{0}` and the like, each once, in order. */
function placeholdersOf(text: string): readonly string[] {
  return [...new Set(text.match(/\{\d\}/gu))].sort();
}
