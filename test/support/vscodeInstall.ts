import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fetchNpmPackage } from './download';
import { HumanError, runCommand, tryCommand } from './process';
import packages from './vscodePackages.json';

/** Whether the tests run in the oldest VS Code that Cria supports: `engines.vscode` of package.json. */
export function isFloor(): boolean {
  return process.env['CRIA_HOST'] === 'floor';
}

const nodes: Readonly<Record<string, { spec: string; integrity: string }>> = packages.nodes;

export interface VscodeInstall {
  node: string;
  /** `server-main.js`, to be run by that Node. */
  serverMain: string;
}

/** Fetches the server of VS Code and its Node into the cache, or finds them there. */
export async function installVscode(): Promise<VscodeInstall> {
  const { spec, integrity } = packages.servers[isFloor() ? 'floor' : 'current'];
  // Its install script would compile native modules that the tests do not need: no script is run.
  const prepare = async (folder: string): Promise<void> => {
    const vscode = path.join(folder, 'lib', 'vscode');
    const flags = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    if (isFloor()) await requireCompiler();
    await runCommand('npm', ['install', ...flags], { cwd: vscode });
    if (!isFloor()) return;
    await compileNativeParts(vscode);
    await allowDialogs(vscode);
  };
  const [node, server] = await Promise.all([
    fetchNode(isFloor() ? '20' : '24'),
    fetchNpmPackage(spec, integrity, prepare),
  ]);
  return { node, serverMain: path.join(server, 'lib', 'vscode', 'out', 'server-main.js') };
}

async function fetchNode(major: '20' | '24'): Promise<string> {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const pinned = nodes[`${major} ${process.platform}-${process.arch}`];
  if (!pinned) throw new HumanError(`Run this with Node ${major}: there is no package of it here.`);
  return path.join(await fetchNpmPackage(pinned.spec, pinned.integrity), 'bin', 'node');
}

/** The native modules without which the floor's server does not run; newer ones come prebuilt. */
const nativeParts = ['@vscode/spdlog', 'native-watchdog', '@parcel/watcher', '@vscode/deviceid'];

/** Where Node's own headers are: `include/node` below it. */
const nodeHeaders = path.resolve(path.dirname(process.execPath), '..');

/** @throws HumanError with one sentence that says what is missing */
export async function requireCompiler(): Promise<void> {
  const missing: string[] = [];
  for (const program of ['c++', 'make', 'python3']) {
    const { code } = await tryCommand(program, ['--version']).catch(() => ({ code: 1 }));
    if (code !== 0) missing.push(program);
  }
  const header = path.join(nodeHeaders, 'include', 'node', 'node.h');
  if (!existsSync(header)) missing.push(header);
  if (missing.length === 0) return;
  throw new HumanError(
    `The oldest VS Code has native parts that must be compiled, and this is missing: ${missing.join(', ')}.`,
  );
}

async function compileNativeParts(vscode: string): Promise<void> {
  const nodedir = `--nodedir=${nodeHeaders}`;
  await runCommand('npm', ['rebuild', nodedir, ...nativeParts], { cwd: vscode });
  const gyp = ['exec', '--yes', '--package=node-gyp@12.4.0', '--', 'node-gyp', 'rebuild', nodedir];
  // The package's own script does more than compile.
  await runCommand('npm', gyp, { cwd: path.join(vscode, 'node_modules', 'node-pty') });
  // The install script of ripgrep downloads it; a newer package contains it.
  const platform = `${process.platform}-${process.arch}`;
  const ripgrep = await fetchNpmPackage(`@vscode/ripgrep-${platform}@1.18.0`);
  const bin = path.join(vscode, 'node_modules', '@vscode', 'ripgrep', 'bin');
  await mkdir(bin, { recursive: true });
  await copyFile(path.join(ripgrep, 'bin', 'rg'), path.join(bin, 'rg'));
}

/**
 * The tests need VS Code's smoke test driver, because without it no extension is loaded from its folder.
 * With it, the floor refuses every dialog, which newer versions show: that line of its page is changed.
 */
async function allowDialogs(vscode: string): Promise<void> {
  const file = path.join(vscode, 'out', 'vs', 'code', 'browser', 'workbench', 'workbench.js');
  const page = await readFile(file, 'utf8');
  const refusing = '!!this.a.enableSmokeTestDriver}async confirm(';
  await writeFile(file, page.replace(refusing, '!1}async confirm('));
}
