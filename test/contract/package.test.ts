import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import { stagePackage } from '../support/package/stagePackage';
import { inRepo } from '../support/paths';
import { runCommand } from '../support/runCommand';
import { temporaryFolder, type TemporaryFolder } from '../support/temporaryFolder';
import { readText } from './manifest';

const VSIX_BUDGET = 700_000;

const budgets: Readonly<Record<string, number>> = {
  // What VS Code is told at activation; all else of the host.
  'extension.js': 14_000,
  'composition.js': 160_000,
  'explanations.js': 46_000,
  'attachments.js': 40_000,
  'historyActions.js': 45_000,
  'blockActions.js': 100_000,
  'modelTools.js': 90_000,
  'messageIndex.js': 25_000,
  'page.js': 200_000,
  'texts.de.js': 10_000,
  'texts.zh-cn.js': 10_000,
  'planDetails.js': 8_000,
  'promptLibrary.js': 8_000,
  'adoptionOffer.js': 40_000,
  'tidyConversation.js': 30_000,
  'settingNotices.js': 8_000,
  'unsentFiles.js': 20_000,
  'highlighter.js': 260_000,
};

/** What the VSIX holds, and nothing else. */
const shipped = [
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'ThirdPartyNotices.txt',
  'dist/adoptionOffer.js',
  'dist/attachments.js',
  'dist/blockActions.js',
  'dist/codicon.css',
  'dist/codicon.ttf',
  'dist/composition.js',
  'dist/explanations.js',
  'dist/extension.js',
  'dist/highlighter.js',
  'dist/historyActions.js',
  'dist/messageIndex.js',
  'dist/modelTools.js',
  'dist/page.js',
  'dist/planDetails.js',
  'dist/promptLibrary.js',
  'dist/settingNotices.js',
  'dist/texts.de.js',
  'dist/texts.zh-cn.js',
  'dist/tidyConversation.js',
  'dist/unsentFiles.js',
  'l10n/bundle.l10n.de.json',
  'l10n/bundle.l10n.zh-cn.json',
  'media/cria.svg',
  'media/icon.png',
  'media/markdown.css',
  'media/page.css',
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

/** What the bundle of the start has in common with the one of the rest. */
const inBoth = [
  ...['src/models/statusItem.ts', 'src/ollama/endpoint.ts'],
  ...['src/serverAddress.ts', 'src/shared/visible.ts'],
  ...['clock', 'disposables', 'notifications', 'onDemand', 'origins', 'store/sharedStorage'].map(
    (name) => `src/workspace/${name}.ts`,
  ),
  ...['src/workspace/unlinked.ts', 'src/workspace/whoseValue.ts'],
  'vscode-once:vscode',
];

interface Built {
  readonly inputs: Readonly<Record<string, unknown>>;
}

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

  it('keeps the minified bundles within their budgets', () => {
    const dist = path.join(staged.path, 'dist');
    const sizes = readdirSync(dist)
      .filter((name) => name.endsWith('.js'))
      .map((name) => [name, statSync(path.join(dist, name)).size] as const);
    assert.deepEqual(sizes.map(([name]) => name).sort(), Object.keys(budgets).sort());
    for (const [name, size] of sizes) {
      process.stdout.write(`      ${name}: ${size} bytes\n`);
      assert.ok(size <= (budgets[name] ?? 0), `${name} has ${size} bytes`);
    }
  });

  it('has nothing in both bundles of the host that keeps a state: each would have its own', () => {
    const metafile = readFileSync(path.join(staged.path, 'dist', 'metafile.json'), 'utf8');
    const built = JSON.parse(metafile) as Readonly<Record<string, Built>>;
    const sources = (bundle: string): readonly string[] => Object.keys(built[bundle]?.inputs ?? {});
    const start = sources('extension').filter((file) => sources('composition').includes(file));
    assert.deepEqual(start.sort(), inBoth);
  });

  it('names every package that is in a bundle, with its licence', () => {
    const notices = readFileSync(path.join(staged.path, 'ThirdPartyNotices.txt'), 'utf8');
    const inputs = readFileSync(path.join(staged.path, 'dist', 'metafile.json'), 'utf8');
    // Also a package inside of another one, which has a version of its own.
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
