import { chmod, cp, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inRepo } from '../paths';
import { runCommand } from '../runCommand';
import { galleryText } from './galleryText';
import { bundledPackages, thirdPartyNotices } from './notices';

/** What is built, fetched or only for those who work on Cria: `.vscodeignore` would leave it out anyway. */
const leftOut = new Set(['.git', '.cache', 'artifacts', 'dist', 'node_modules', 'src', 'test']);

/**
 * Puts all that the VSIX is made of into an empty folder: a build for production in `dist/`, the licences
 * of what is in it, and the documents as a gallery shows them. Nothing in the repository is touched, so it
 * may be done beside other things.
 */
export async function stagePackage(folder: string): Promise<void> {
  const names = (await readdir(inRepo())).filter((name) => !leftOut.has(name));
  for (const name of names) {
    await cp(inRepo(name), path.join(folder, name), { recursive: true });
  }
  const dist = path.join(folder, 'dist');
  const build = ['esbuild.js', '--production', `--outdir=${dist}`];
  await runCommand(process.execPath, build, { cwd: inRepo() });
  const packages = bundledPackages(await readFile(path.join(dist, 'metafile.json'), 'utf8'));
  // The icon font is copied and not bundled.
  const folders = [...packages, 'node_modules/@vscode/codicons'].map((name) => inRepo(name));
  await writeFile(path.join(folder, 'ThirdPartyNotices.txt'), thirdPartyNotices(folders));
  // Cria has no public address yet from which a gallery could take pictures and other documents.
  for (const name of ['README.md', 'CHANGELOG.md']) {
    const file = path.join(folder, name);
    await writeFile(file, galleryText(await readFile(file, 'utf8')));
  }
  await sameRights(folder);
}

/** A file in a VSIX has its rights, which a person's umask would change. */
async function sameRights(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) await chmod(path.join(entry.parentPath, entry.name), 0o644);
  }
}
