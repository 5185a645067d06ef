import { readdirSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { launchBrowser } from './browser';
import { inRepo, temporaryFolder } from './folders';
import { HumanError, runCommand, tryCommand } from './process';

/** The time of all files where there is no commit to take it from: the earliest that a zip can hold. */
const EARLIEST = '315619200';

/**
 * Builds the VSIX: of one commit always the same bytes. For that it sets the time zone and
 * `SOURCE_DATE_EPOCH` of this process.
 */
export async function buildVsix(file: string): Promise<void> {
  const staging = await temporaryFolder('package');
  try {
    await stagePackage(staging.path);
    // A zip holds local times.
    process.env['TZ'] = 'UTC';
    const { code, stdout } = await tryCommand('git', ['log', '-1', '--format=%ct']);
    process.env['SOURCE_DATE_EPOCH'] ??= code === 0 ? stdout.trim() : EARLIEST;
    await packFolder(staging.path, file);
  } finally {
    await staging.remove();
  }
}

/** Packs everything in a folder that its `.vscodeignore` allows. */
export async function packFolder(folder: string, file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await createVSIX({
    cwd: folder,
    packagePath: file,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
    skipLicense: true,
  });
}

/** What is built, fetched or only for developers: `.vscodeignore` would leave it out anyway. */
const leftOut = new Set(['.git', '.cache', 'artifacts', 'dist', 'node_modules', 'src', 'test']);

/**
 * Puts everything that the VSIX is made of into an empty folder: a production build in `dist/`, the
 * licenses of what is in it, and the documents as a gallery shows them.
 */
export async function stagePackage(folder: string): Promise<void> {
  const names = (await readdir(inRepo())).filter((name) => !leftOut.has(name));
  for (const name of names) await cp(inRepo(name), path.join(folder, name), { recursive: true });
  const dist = path.join(folder, 'dist');
  await runCommand(process.execPath, ['esbuild.js', '--production', `--outdir=${dist}`]);
  const packages = bundledPackages(await readFile(path.join(dist, 'metafile.json'), 'utf8'));
  // The icon font is copied and not bundled.
  const folders = [...packages, 'node_modules/@vscode/codicons'].map((name) => inRepo(name));
  await writeFile(path.join(folder, 'ThirdPartyNotices.txt'), thirdPartyNotices(folders));
  // Cria has no public address yet from which a gallery could take pictures and other documents.
  for (const name of ['README.md', 'CHANGELOG.md']) {
    const file = path.join(folder, name);
    await writeFile(file, galleryText(await readFile(file, 'utf8')));
  }
  // A VSIX contains the rights of files, which depend on the user's umask.
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) await chmod(path.join(entry.parentPath, entry.name), 0o644);
  }
}

/**
 * A document as a gallery shows it, far from the files of the repository: without pictures, and with the
 * text of a link in place of the link, where they lead to such a file.
 */
export function galleryText(markdown: string): string {
  return markdown
    .replaceAll(/^!\[[^\]]*\]\((?!https:)[^)]*\)\n\n?/gmu, '')
    .replaceAll(/(?<!!)\[([^\]]+)\]\((?!https:|#)[^)]*\)/gu, '$1');
}

/** The licenses under which code may be part of the package. */
const allowed: ReadonlySet<string> = new Set([
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'CC-BY-4.0',
]);

/** The folders of the packages that the bundles of this `metafile.json` contain. */
export function bundledPackages(metafile: string): readonly string[] {
  const builds = Object.values(JSON.parse(metafile) as Record<string, { inputs: object }>);
  const inputs = builds.flatMap((build) => Object.keys(build.inputs));
  const folders = inputs.map(
    (input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/u.exec(input)?.[0],
  );
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}

/**
 * Names these packages with their versions, licenses and license texts.
 *
 * @throws HumanError when the license of one is not allowed, or has no text
 */
export function thirdPartyNotices(folders: readonly string[]): string {
  const notices = folders.map(readNotice).sort();
  const intro = `Cria contains code, styles and fonts of these ${notices.length} packages.\n`;
  return [intro, ...notices].join(`\n${'='.repeat(80)}\n\n`);
}

function readNotice(folder: string): string {
  const {
    name,
    version,
    license = 'none',
  } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  // Of several licenses to choose from, one that is allowed is enough.
  const choices = license.replaceAll(/[()]/gu, '').split(' OR ');
  const chosen = choices.find((choice) => allowed.has(choice));
  if (chosen === undefined) throw new HumanError(`${name} has a forbidden license: ${license}.`);
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|notice)/iu.test(file));
  if (files.length === 0) throw new HumanError(`${folder} has no license text.`);
  const texts = files.sort().map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
  return `${name} ${version} (${chosen})\n\n${texts.join('\n\n')}\n`;
}

/** In pixels, both ways: twice what a gallery asks for. */
const ICON_SIZE = 256;

/** Draws the gallery's icon, which must be a PNG: `media/cria.svg` in white on a dark background. */
export async function drawIcon(): Promise<Buffer> {
  const drawing = await readFile(inRepo('media', 'cria.svg'), 'utf8');
  const browser = await launchBrowser();
  try {
    const viewport = { width: ICON_SIZE, height: ICON_SIZE };
    const page = await browser.newPage({ viewport });
    await page.setContent(`<style>
      body { margin: 0; }
      div { display: grid; place-items: center; height: 100vh; border-radius: 48px;
        color: #fff; background: #1f2937; }
      svg { width: 75%; height: 75%; }
    </style><div>${drawing}</div>`);
    return await page.screenshot({ omitBackground: true });
  } finally {
    await browser.close();
  }
}
