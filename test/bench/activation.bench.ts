import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Bench, Sample } from '../support/bench/bench';
import { runExtensionTests } from '../support/extensionTests';
import { HumanError } from '../support/humanError';
import { packFolder } from '../support/package/buildVsix';
import { stagePackage } from '../support/package/stagePackage';
import { inRepo } from '../support/paths';
import { temporaryFolder } from '../support/temporaryFolder';
import type { Activation } from './activation/activate.inHost';

/** What Cria adds to the start of a window: the installed package, beside extensions that do nothing. */

/** The most that activation may take, in milliseconds, beyond what an empty extension takes. */
const GOAL = 15;

let folder = '';
let installed: readonly string[] = [];

/** VS Code runs tests only beside an extension that is being developed: this one is nothing else. */
const runner = 'runner';

async function start(): Promise<() => Promise<void>> {
  const temporary = await temporaryFolder('activation');
  folder = temporary.path;
  await mkdir(path.join(folder, 'workspace'));
  installed = [
    await packCria(path.join(folder, 'cria')),
    await packEmpty('empty-first'),
    await packEmpty('empty-second'),
  ];
  await writeEmpty(runner);
  return () => temporary.remove();
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

async function packEmpty(name: string): Promise<string> {
  const source = await writeEmpty(name);
  await packFolder(source, `${source}.vsix`);
  return `${source}.vsix`;
}

async function writeEmpty(name: string): Promise<string> {
  const source = path.join(folder, name);
  const manifest = {
    ...{ name, publisher: 'cria', version: '1.0.0', main: './main.js' },
    engines: { vscode: '^1.100.0' },
    activationEvents: ['onCommand:cria.never'],
  };
  await mkdir(source);
  await writeFile(path.join(source, 'package.json'), JSON.stringify(manifest));
  await writeFile(path.join(source, 'main.js'), 'exports.activate = () => undefined;\n');
  await writeFile(path.join(source, '.vscodeignore'), '');
  return source;
}

/** Every sample has an extension host of its own: code is read once only. */
async function measure(): Promise<Activation> {
  const file = path.join(folder, 'activation.json');
  const logFile = inRepo('artifacts', 'bench', 'activation.log');
  const exit = await runExtensionTests({
    entry: inRepo('.cache', 'test', 'bench', 'activation', 'activate.inHost.js'),
    workspaceFolder: path.join(folder, 'workspace'),
    extensions: { installed, extensionFolder: path.join(folder, runner) },
    env: { CRIA_BENCH_FILE: file },
    logFile,
  });
  if (exit !== 0) throw new HumanError(`The bench inside VS Code failed; see ${logFile}.`);
  return JSON.parse(await readFile(file, 'utf8')) as Activation;
}

export const bench: Bench = {
  start,
  groups: [
    {
      name: 'activation of the installed package, code and all',
      rows: [
        { what: 'against an empty one', value: 'cria', unit: 'ms', reference: 'empty' },
        {
          what: 'beyond it, against the goal',
          value: 'own',
          unit: 'ms',
          reference: 'goal',
          most: 1,
        },
      ],
      measure: async (): Promise<Sample> => {
        const { cria, empty } = await measure();
        return { cria, empty, own: cria - empty, goal: GOAL };
      },
    },
  ],
};
