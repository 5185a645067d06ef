import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { inRepo } from '../paths';
import { tryCommand } from '../runCommand';
import { temporaryFolder } from '../temporaryFolder';
import { stagePackage } from './stagePackage';

/** The time of all files where there is no commit to take it from: the first one a zip can hold. */
const EARLIEST = '315619200';

/**
 * Builds the VSIX: of one commit always the same bytes, wherever and whenever. For that it sets the time
 * zone and `SOURCE_DATE_EPOCH` of this process.
 */
export async function buildVsix(file: string): Promise<void> {
  const staging = await temporaryFolder('package');
  try {
    await stagePackage(staging.path);
    // A zip holds local times.
    process.env['TZ'] = 'UTC';
    process.env['SOURCE_DATE_EPOCH'] ??= await commitTime();
    await packFolder(staging.path, file);
  } finally {
    await staging.remove();
  }
}

/** Makes a package of all in a folder that its `.vscodeignore` lets in. */
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

/** Seconds since 1970, of the last commit. */
async function commitTime(): Promise<string> {
  const { code, stdout } = await tryCommand('git', ['log', '-1', '--format=%ct'], {
    cwd: inRepo(),
  });
  return code === 0 ? stdout.trim() : EARLIEST;
}
