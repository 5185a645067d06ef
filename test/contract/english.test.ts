import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { inRepo } from '../support/folders';
import { readText } from './manifest';

/**
 * Words that read like a translation, each with the plain words to write instead. A line that needs one of
 * them is listed in `allowed`.
 */
const words: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/(?<!-)\bstands?\b(?! for\b|-in\b)/iu, 'is'],
  [/\banew\b/iu, 'again'],
  [/\bmend(?:s|ed|ing)?\b/iu, 'fix'],
  [/\bsomebody\b/iu, 'someone, the user'],
  [/\bnobody\b/iu, 'no one, nothing'],
  [/\bwhoever\b/iu, 'the subject'],
  [/\ball the same\b/iu, 'anyway'],
  [/\bis another\b(?! \w)/iu, 'differs'],
  [/\bbeside\b/iu, 'besides, next to'],
  [/\btak(?:e|es|en|ing) (?:\w+ )?back\b/iu, 'undo, reset'],
  [/\bsaid\b/iu, 'sent, shown'],
  [/\btold\b/iu, 'sent, reported'],
  [/\ba word of\b|\bwithout a word\b/iu, 'silently'],
  [/\bwhat is about\b/iu, 'what affects'],
  [/\bhas it\b/iu, 'the verb'],
  [/\blets? (?:\w+ )?be\b/iu, 'leaves alone'],
  [/\bof its own\b/iu, 'its own'],
  [/\bonce there is\b/iu, 'when'],
  [/\b(?:go|goes|going|gone|went) on\b/iu, 'continue'],
  [/\b(?:come|comes|coming|came) back\b/iu, 'return'],
  [
    /(?:^|[,;:.] |\b(?:if|when|where|what|that|as|before|after|until|while) )one [a-z]+s\b/iu,
    'you',
  ],
  [/\bthereby\b|\bwherefrom\b|\bhither\b/iu, 'the plain words'],
];

interface Line {
  readonly file: string;
  readonly text: string;
}

/** Lines that may hold one of the words, by file. */
const allowed: readonly Line[] = [];

/** Each word that reads like a translation, as `file: word: line`. */
function findWords(lines: readonly Line[]): readonly string[] {
  return lines.flatMap((line) =>
    isAllowed(line)
      ? []
      : words
          .filter(([pattern]) => pattern.test(line.text))
          .map(([pattern, instead]) => {
            const [word = ''] = pattern.exec(line.text) ?? [];
            return `${line.file}: "${word.trim()}" (write: ${instead}): ${line.text.trim()}`;
          }),
  );
}

function isAllowed({ file, text }: Line): boolean {
  return allowed.some((each) => each.file === file && each.text === text.trim());
}

function linesOf(file: string): readonly Line[] {
  return readText(file)
    .split('\n')
    .map((text) => ({ file, text }));
}

function filesIn(folder: string, ending: RegExp): readonly string[] {
  return readdirSync(inRepo(folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll(path.sep, '/')}`)
    .filter((name) => ending.test(name));
}

const bundleSchema = v.record(v.string(), v.string());

function textsOf(file: string): readonly Line[] {
  const bundle = v.parse(bundleSchema, JSON.parse(readText(file)));
  return Object.values(bundle).flatMap((value) =>
    value.split('\n').map((text) => ({ file, text })),
  );
}

describe('plain English', () => {
  it('is written in the texts of the manifest and the extension host', () => {
    const texts = ['package.nls.json', 'l10n/bundle.l10n.json'].flatMap(textsOf);
    assert.deepEqual(findWords(texts), []);
  });

  it('is written in the texts of the page and the walkthrough', () => {
    const walkthrough = filesIn('media/walkthrough', /(?<!\.nls\.[\w-]+)\.md$/u);
    const files = ['src/webview/texts/en.ts', ...walkthrough];
    assert.ok(files.length >= 5);
    assert.deepEqual(findWords(files.flatMap(linesOf)), []);
  });

  it('is written in the docs', () => {
    const root = readdirSync(inRepo()).filter((name) => name.endsWith('.md'));
    const files = [...root, ...filesIn('docs', /\.md$/u)];
    assert.ok(files.includes('README.md') && files.includes('docs/glossary.md'));
    assert.deepEqual(findWords(files.flatMap(linesOf)), []);
  });

  it('is written in the comments', () => {
    const files = ['src', 'test', 'scripts'].flatMap((folder) =>
      filesIn(folder, /(?<!english\.test)\.(?:ts|mjs|css)$/u),
    );
    assert.ok(files.length >= 300);
    const comments = files.flatMap(linesOf).filter(({ text }) => /^\s*(?:\/\/|\/?\*)/u.test(text));
    assert.deepEqual(findWords(comments), []);
  });

  it('has words that are found', () => {
    const lines = [
      'The model is loaded anew.',
      'What one writes is kept.',
      'It stands for a token.',
      'It has its own setting.',
      'Ollama goes on.',
    ].map((text) => ({ file: 'sample.md', text }));
    assert.deepEqual(
      findWords(lines).map((found) => found.replace(/ \(write: .*$/u, '')),
      ['sample.md: "anew"', 'sample.md: "What one writes"', 'sample.md: "goes on"'],
    );
  });
});
