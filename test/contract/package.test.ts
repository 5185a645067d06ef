import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import { inRepo } from '../support/paths';

const budgets: Readonly<Record<string, number>> = {
  'extension.js': 160_000,
  'explanations.js': 40_000,
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
  'highlighter.js': 260_000,
};

/** What the VSIX holds, and nothing else. */
const shipped = [
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'dist/adoptionOffer.js',
  'dist/attachments.js',
  'dist/blockActions.js',
  'dist/codicon.css',
  'dist/codicon.ttf',
  'dist/explanations.js',
  'dist/extension.js',
  'dist/highlighter.js',
  'dist/historyActions.js',
  'dist/messageIndex.js',
  'dist/modelTools.js',
  'dist/page.js',
  'dist/planDetails.js',
  'dist/promptLibrary.js',
  'dist/texts.de.js',
  'dist/texts.zh-cn.js',
  'l10n/bundle.l10n.de.json',
  'l10n/bundle.l10n.zh-cn.json',
  'media/cria.svg',
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

describe('package', () => {
  it('ships exactly these files', async () => {
    const listed = await listFiles({ cwd: inRepo(), packageManager: PackageManager.None });
    assert.deepEqual(listed.sort(), shipped);
  }).timeout(60_000);

  it('keeps the minified bundles within their budgets', () => {
    const outdir = inRepo('.cache', 'production');
    execFileSync(process.execPath, ['esbuild.js', '--production', `--outdir=${outdir}`], {
      cwd: inRepo(),
    });
    const sizes = readdirSync(outdir)
      .filter((name) => name.endsWith('.js'))
      .map((name) => [name, statSync(path.join(outdir, name)).size] as const);
    assert.deepEqual(sizes.map(([name]) => name).sort(), Object.keys(budgets).sort());
    for (const [name, size] of sizes) {
      process.stdout.write(`      ${name}: ${size} bytes\n`);
      assert.ok(size <= (budgets[name] ?? 0), `${name} has ${size} bytes`);
    }
  }).timeout(60_000);
});
