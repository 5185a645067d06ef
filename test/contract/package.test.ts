import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import { stagePackage } from '../support/package';
import { inRepo, temporaryFolder, type TemporaryFolder } from '../support/folders';
import { runCommand } from '../support/process';
import { readText } from './manifest';

const VSIX_BUDGET = 700_000;

/** What the VSIX holds, and nothing else. */
const shipped = [
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'ThirdPartyNotices.txt',
  'dist/app.js',
  'dist/codicon.css',
  'dist/codicon.ttf',
  'dist/extension.js',
  'dist/formulas.js',
  'dist/highlighter.js',
  'dist/page.js',
  'dist/texts.de.js',
  'dist/texts.zh-cn.js',
  'l10n/bundle.l10n.de.json',
  'l10n/bundle.l10n.zh-cn.json',
  'media/cria.svg',
  'media/icon.png',
  'media/markdown.css',
  'media/page.css',
  'media/report.css',
  'media/walkthrough/ask.md',
  'media/walkthrough/ask.nls.de.md',
  'media/walkthrough/ask.nls.zh-cn.md',
  'media/walkthrough/explain.md',
  'media/walkthrough/explain.nls.de.md',
  'media/walkthrough/explain.nls.zh-cn.md',
  'media/walkthrough/model.md',
  'media/walkthrough/model.nls.de.md',
  'media/walkthrough/model.nls.zh-cn.md',
  'media/walkthrough/ollama.md',
  'media/walkthrough/ollama.nls.de.md',
  'media/walkthrough/ollama.nls.zh-cn.md',
  'package.json',
  'package.nls.de.json',
  'package.nls.json',
  'package.nls.zh-cn.json',
];

describe('package', () => {
  let staged: TemporaryFolder;

  before(async () => {
    staged = await temporaryFolder('staged');
    await stagePackage(staged.path);
  });
  after(() => staged.remove());

  it('ships exactly these files', async () => {
    const listed = await listFiles({ cwd: staged.path, packageManager: PackageManager.None });
    assert.deepEqual(listed.sort(), shipped);
  });

  it('names every package that is in a bundle, with its licence', () => {
    const notices = readFileSync(path.join(staged.path, 'ThirdPartyNotices.txt'), 'utf8');
    const inputs = readFileSync(path.join(staged.path, 'dist', 'metafile.json'), 'utf8');
    // Also a package inside another one, with its own version.
    const found = inputs.matchAll(
      /"(node_modules\/(?:[^"]*\/node_modules\/)?(?:@[^/"]+\/)?[^/"]+)\//gu,
    );
    const folders = new Set([...found].map(([, folder = '']) => folder));
    assert.ok(folders.size >= 8, [...folders].join(', '));
    for (const folder of [...folders, 'node_modules/@vscode/codicons']) {
      const { name, version } = JSON.parse(readText(folder, 'package.json')) as {
        readonly name: string;
        readonly version: string;
      };
      assert.ok(notices.includes(`\n${name} ${version} (`), folder);
      const licence = readdirSync(inRepo(folder)).find((file) => /^licen/iu.test(file));
      assert.ok(notices.includes(readText(folder, licence ?? 'LICENSE').trim()), folder);
    }
  });

  it('shows a gallery no picture and no link that leads nowhere there', () => {
    for (const name of ['README.md', 'CHANGELOG.md']) {
      const text = readFileSync(path.join(staged.path, name), 'utf8');
      assert.deepEqual(text.match(/\]\((?!https:|#)[^)]*\)/gu), null, name);
    }
  });

  it('is small, and the same bytes whenever, wherever and by whomever it is built', async () => {
    const build = async (name: string, env: NodeJS.ProcessEnv): Promise<Buffer> => {
      const file = path.join(staged.path, name);
      const tool = inRepo('.cache', 'tools', 'package.mjs');
      await runCommand(process.execPath, [tool, file], { env: { ...process.env, ...env } });
      return readFile(file);
    };
    const first = await build('first.vsix', { TZ: 'Pacific/Auckland' });
    const second = await build('second.vsix', { TZ: 'America/Los_Angeles', LC_ALL: 'sv_SE.UTF-8' });
    assert.ok(first.equals(second));
    process.stdout.write(`      cria.vsix: ${first.length} bytes\n`);
    assert.ok(first.length <= VSIX_BUDGET);
  });
});
