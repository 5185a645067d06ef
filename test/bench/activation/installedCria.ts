import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runExtensionTests } from '../../support/extensionTests';
import { HumanError } from '../../support/process';
import { packFolder, stagePackage } from '../../support/package';
import { inRepo, temporaryFolder, type TemporaryFolder } from '../../support/folders';
import type { Activation } from './activate.inHost';

/** VS Code runs tests only with an extension under development. This one is empty. */
const runner = 'runner';

/** The installed package next to empty extensions, in a real VS Code that is restarted for each sample. */
export class InstalledCria {
  readonly #folder: TemporaryFolder;
  readonly #installed: readonly string[];

  private constructor(folder: TemporaryFolder, installed: readonly string[]) {
    this.#folder = folder;
    this.#installed = installed;
  }

  static async pack(): Promise<InstalledCria> {
    const folder = await temporaryFolder('activation');
    await mkdir(path.join(folder.path, 'workspace'));
    const installed = [
      await packCria(path.join(folder.path, 'cria')),
      await packEmpty(path.join(folder.path, 'empty-first')),
      await packEmpty(path.join(folder.path, 'empty-second')),
    ];
    await writeEmpty(path.join(folder.path, runner));
    return new InstalledCria(folder, installed);
  }

  /**
   * Every call has its own extension host: code is read once only.
   * @param storage what the workspace has been left by earlier windows
   */
  async activate(storage?: string): Promise<Activation> {
    const file = path.join(this.#folder.path, 'activation.json');
    const logFile = inRepo('artifacts', 'bench', 'activation.log');
    const exit = await runExtensionTests({
      entry: inRepo('.cache', 'test', 'bench', 'activation', 'activate.inHost.js'),
      workspaceFolder: path.join(this.#folder.path, 'workspace'),
      installed: this.#installed,
      extensionFolder: path.join(this.#folder.path, runner),
      env: { CRIA_BENCH_FILE: file, ...(storage ? { CRIA_BENCH_STORAGE: storage } : {}) },
      logFile,
    });
    if (exit !== 0) throw new HumanError(`The bench inside VS Code failed; see ${logFile}.`);
    return JSON.parse(await readFile(file, 'utf8')) as Activation;
  }

  remove(): Promise<void> {
    return this.#folder.remove();
  }
}

/** The package as it ships, but that it waits to be activated. */
async function packCria(staged: string): Promise<string> {
  await mkdir(staged);
  await stagePackage(staged);
  const file = path.join(staged, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, JSON.stringify({ ...manifest, activationEvents: [] }));
  await packFolder(staged, `${staged}.vsix`);
  return `${staged}.vsix`;
}

async function packEmpty(source: string): Promise<string> {
  await writeEmpty(source);
  await packFolder(source, `${source}.vsix`);
  return `${source}.vsix`;
}

/** It only says where VS Code keeps its files. */
async function writeEmpty(source: string): Promise<void> {
  const manifest = {
    ...{ name: path.basename(source), publisher: 'cria', version: '1.0.0', main: './main.js' },
    engines: { vscode: '^1.100.0' },
    activationEvents: ['onCommand:cria.never'],
  };
  await mkdir(source);
  await writeFile(path.join(source, 'package.json'), JSON.stringify(manifest));
  await writeFile(
    path.join(source, 'main.js'),
    'exports.activate = ({ storageUri }) => storageUri.fsPath;\n',
  );
  await writeFile(path.join(source, '.vscodeignore'), '');
}
