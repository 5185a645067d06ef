import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { format } from 'prettier';
import { withSettings } from '../support/settingsDocs';
import { inRepo } from '../support/folders';
import { manifest, readText } from './manifest';

const inRoot = readdirSync(inRepo()).filter((name) => name.endsWith('.md'));
const inDocs = readdirSync(inRepo('docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name.replaceAll('\\', '/')}`);
const documents: readonly string[] = [...inRoot, ...inDocs];

const maxWords = 5000;
const maxWordsOf: Readonly<Record<string, number>> = {
  'README.md': 800,
  'ARCHITECTURE.md': 600,
  'SECURITY.md': 900,
  'CONTRIBUTING.md': 600,
};

const texts = JSON.parse(readText('package.nls.json')) as Readonly<Record<string, string>>;
const { scripts } = JSON.parse(readText('package.json')) as { readonly scripts: object };
const { commands, configuration } = manifest.contributes;
const titles = new Set(commands.map(({ title }) => texts[title.slice(1, -1)] ?? title));
const ids = new Set([
  ...Object.keys(configuration.properties),
  ...commands.map(({ command }) => command),
]);

/** Counts words as they are read: link targets, comments, and table lines are not words. */
function countWords(text: string): number {
  const visible = text.replaceAll(/<!--.*?-->/gsu, '').replaceAll(/\]\([^)]*\)/gu, ']');
  return visible.match(/[^\s|]*[\p{L}\p{N}][^\s|]*/gu)?.length ?? 0;
}

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/gu, '-');

/** Links to files and headings of the repository that do not exist. */
function findDeadLinks(document: string, text: string): readonly string[] {
  const links = [...text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/gu)].map(([, to = '']) => to);
  return links.filter((link) => {
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? document : path.posix.join(path.posix.dirname(document), file);
    if (!existsSync(inRepo(target))) return true;
    if (anchor === undefined) return false;
    const headings = (target === document ? text : readText(target)).matchAll(/^#+ (.+)$/gmu);
    return ![...headings].some(([, heading = '']) => anchorOf(heading) === anchor);
  });
}

/** Commands (`_Cria: Title_`), `cria.*` names, npm scripts, and paths in the text that do not exist. */
function findUnknownNames(text: string): readonly string[] {
  const quoted = [...text.matchAll(/[_*]Cria: ([^_*]+)[_*]/gu)].map(([, title = '']) =>
    title.replaceAll(/\s+/gu, ' '),
  );
  const named = [...text.matchAll(/`(cria\.[A-Za-z.]+)`/gu)].map(([, name = '']) => name);
  const run = [...text.matchAll(/npm run ([\w:]+)/gu)].map(([, script = '']) => script);
  return [
    ...quoted.filter((title) => !titles.has(title)),
    ...named.filter((name) => !ids.has(name)),
    ...run.filter((script) => !(script in scripts)),
    ...findUnknownPaths(text),
  ];
}

/** Paths in code spans, from the root or from `src/`. Files of a build, of Git and of the user are left out. */
function findUnknownPaths(text: string): readonly string[] {
  return [...text.matchAll(/`([\w.-]+\/[\w./-]*|[\w-]+\.(?:tsx?|mjs|json|md))`/gu)]
    .map(([, name = '']) => name)
    .filter((name) => !/^(?:dist\/|artifacts\/|\.git\/|\.cria\/|devcontainer\.json)/u.test(name))
    .filter((name) => !existsSync(inRepo(name)) && !existsSync(inRepo('src', name)));
}

describe('the documents', () => {
  it('list the settings as `npm run settings` writes them', async () => {
    const page = readText('docs', 'settings.md');
    const fresh = await format(withSettings(page), { parser: 'markdown', proseWrap: 'preserve' });
    assert.equal(page, fresh);
  });

  for (const document of documents) {
    it(`have no dead link in ${document}`, () => {
      assert.deepEqual(findDeadLinks(document, readText(document)), []);
    });

    it(`name only commands, settings, scripts, and paths that exist in ${document}`, () => {
      assert.deepEqual(findUnknownNames(readText(document)), []);
    });
  }

  it(`have at most ${maxWords} words without the changelog`, () => {
    const counts = documents
      .filter((document) => document !== 'CHANGELOG.md')
      .map((document) => [document, countWords(readText(document))] as const);
    const total = counts.reduce((sum, [, count]) => sum + count, 0);
    assert.ok(total <= maxWords, `${total} words: ${JSON.stringify(Object.fromEntries(counts))}`);
    for (const [document, count] of counts) {
      assert.ok(count <= (maxWordsOf[document] ?? maxWords), `${document} has ${count} words`);
    }
  });

  it('have small pictures, each shown in the README', () => {
    const readme = readText('README.md');
    for (const name of readdirSync(inRepo('media', 'readme'))) {
      assert.ok(readme.includes(`(media/readme/${name})`), name);
      assert.ok(statSync(inRepo('media', 'readme', name)).size <= 150_000, name);
    }
  });

  it('quote only messages that Cria shows in the troubleshooting page', () => {
    const bundle = JSON.parse(readText('l10n', 'bundle.l10n.json')) as object;
    const shown = new Set(Object.keys(bundle).map((text) => text.replaceAll(/\{\d\}/gu, '…')));
    const quotes = [...readText('docs', 'troubleshooting.md').matchAll(/^> (.+)$/gmu)];
    assert.ok(quotes.length >= 15);
    const unknown = quotes.filter(([, message = '']) => !shown.has(message));
    assert.deepEqual(unknown, []);
  });

  it('would be refused with a link or a name that does not exist', () => {
    const links = '# One thing\n[a](#one-thing) [b](#two) [c](none.md) [d](README.md#privacy)';
    assert.deepEqual(findDeadLinks('CHANGELOG.md', links), ['#two', 'none.md']);
    const names =
      '_Cria: Open Chat_ _Cria: Fly_ `cria.model` `cria.none` `npm run fly` `src/none.ts`';
    assert.deepEqual(findUnknownNames(names), ['Fly', 'cria.none', 'fly', 'src/none.ts']);
    assert.equal(countWords('| Two [words](a/b.md) | <!-- no --> --- |'), 2);
  });
});
