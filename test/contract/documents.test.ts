import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { format } from 'prettier';
import { withSettings } from '../support/docs/settingsTable';
import { inRepo } from '../support/paths';
import { manifest, readText } from './manifest';

const inRoot = readdirSync(inRepo()).filter((name) => name.endsWith('.md'));
const inDocs = readdirSync(inRepo('docs')).map((name) => `docs/${name}`);
const documents: readonly string[] = [...inRoot, ...inDocs];

const texts = JSON.parse(readText('package.nls.json')) as Readonly<Record<string, string>>;
const titles = new Set(
  manifest.contributes.commands.map(({ title }) => texts[title.slice(1, -1)] ?? title),
);
const settings = new Set(Object.keys(manifest.contributes.configuration.properties));

/** What GitHub makes of a heading, to be linked to. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/gu, '-');

/** Links to files and headings of the repository that lead nowhere. */
function deadEnds(document: string, text: string): readonly string[] {
  const links = [...text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/gu)].map(([, to = '']) => to);
  return links.filter((link) => {
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? document : path.posix.join(path.posix.dirname(document), file);
    if (!existsSync(inRepo(target))) return true;
    if (anchor === undefined) return false;
    const there = target === document ? text : readText(target);
    const anchors = [...there.matchAll(/^#+ (.+)$/gmu)].map(([, heading = '']) =>
      anchorOf(heading),
    );
    return !anchors.includes(anchor);
  });
}

/** Commands quoted as `_Cria: Title_`, and settings, that Cria does not have. */
function unknownNames(text: string): readonly string[] {
  const quoted = [...text.matchAll(/[_*]Cria: ([^_*\n]+)[_*]/gu)].map(([, title = '']) => title);
  const named = [...text.matchAll(/`(cria\.[A-Za-z.]+)`/gu)].map(([, name = '']) => name);
  const known = new Set(manifest.contributes.commands.map(({ command }) => command));
  return [
    ...quoted.filter((title) => !titles.has(title)),
    ...named.filter((name) => !settings.has(name) && !known.has(name)),
  ];
}

describe('the documents', () => {
  it('have a table of the settings that is what `npm run docs` writes', async () => {
    const readme = readText('README.md');
    const squeezed = (text: string): string => text.replaceAll(/ +|-{3,}/gu, ' ');
    const fresh = await format(withSettings(readme), { parser: 'markdown', proseWrap: 'preserve' });
    assert.equal(squeezed(readme), squeezed(fresh));
  });

  for (const document of documents) {
    it(`lead somewhere with every link of ${document}`, () => {
      assert.deepEqual(deadEnds(document, readText(document)), []);
    });

    it(`name in ${document} only commands and settings that exist`, () => {
      assert.deepEqual(unknownNames(readText(document)), []);
    });
  }

  it('have small pictures, each of them shown', () => {
    const readme = readText('README.md');
    const pictures = readdirSync(inRepo('media', 'readme'));
    assert.ok(pictures.length >= 2);
    for (const name of pictures) {
      assert.ok(readme.includes(`(media/readme/${name})`), name);
      assert.ok(statSync(inRepo('media', 'readme', name)).size <= 150_000, name);
    }
  });

  it('quote in the help only sentences that Cria says', () => {
    const said = Object.keys(JSON.parse(readText('l10n', 'bundle.l10n.json')) as object).map(
      (sentence) => sentence.replaceAll(/\{\d\}/gu, '…'),
    );
    const quoted = [...readText('docs', 'troubleshooting.md').matchAll(/^> (.+)$/gmu)];
    assert.ok(quoted.length >= 15);
    assert.deepEqual(
      quoted.map(([, sentence = '']) => sentence).filter((sentence) => !said.includes(sentence)),
      [],
    );
  });

  it('have help for every failure that an answer can meet', () => {
    const help = readText('docs', 'troubleshooting.md');
    const failures = readText('src', 'workspace', 'failures.ts').split('const labels')[0] ?? '';
    const said = [...failures.matchAll(/sentence: t\(\s*'([^']+)'/gu)].map(([, sentence = '']) =>
      sentence.replaceAll(/\{\d\}/gu, '…'),
    );
    assert.ok(said.length >= 20);
    assert.deepEqual(
      said.filter((sentence) => !help.includes(`\n> ${sentence}\n`)),
      [],
    );
  });

  it('would not lead to a file or a heading that is not there', () => {
    const text = '# One thing\n[a](#one-thing) [b](#two) [c](none.md) [d](README.md#settings)';
    assert.deepEqual(deadEnds('CHANGELOG.md', text), ['#two', 'none.md']);
    assert.deepEqual(unknownNames('_Cria: Open Chat_ _Cria: Fly_ `cria.model` `cria.nothing`'), [
      'Fly',
      'cria.nothing',
    ]);
  });
});
