import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { HumanError } from './humanError';
import { fetchNpmPackage } from './npmPackage';
import { runCommand, tryCommand } from './runCommand';

/** Those of the old server without which it does not run. */
const parts = ['@vscode/spdlog', 'native-watchdog', '@parcel/watcher', '@vscode/deviceid'];

/** Its install script finds it nowhere on a closed network: a newer one's package has it inside. */
const RIPGREP = '1.18.0';

const tools = [
  { program: 'c++', name: 'a C++ compiler (c++)' },
  { program: 'make', name: 'make' },
  { program: 'python3', name: 'Python (python3)' },
];

/**
 * The folder with Node's headers under `include/node`, once all is there that compiling takes.
 *
 * @throws HumanError with one sentence that says what is missing
 */
export async function requireCompiler(): Promise<string> {
  const missing: string[] = [];
  for (const { program, name } of tools) if (!(await runs(program))) missing.push(name);
  const prefix = path.resolve(path.dirname(process.execPath), '..');
  const header = path.join(prefix, 'include', 'node', 'node.h');
  if (!existsSync(header)) missing.push(`Node's headers (${header})`);
  if (missing.length === 0) return prefix;
  throw new HumanError(
    `The oldest VS Code cannot be tested here: its native parts must be compiled, and ${missing.join(' and ')} ` +
      `${missing.length === 1 ? 'is' : 'are'} not there.`,
  );
}

async function runs(program: string): Promise<boolean> {
  const { code } = await tryCommand(program, ['--version']).catch((error: unknown) => {
    if (error instanceof HumanError) return { code: 1 };
    throw error;
  });
  return code === 0;
}

/** Compiles what the server in this folder needs, and puts the program in place that it searches with. */
export async function compileNativeParts(vscode: string, headers: string): Promise<void> {
  const nodedir = `--nodedir=${headers}`;
  await runCommand('npm', ['rebuild', nodedir, ...parts], { cwd: vscode });
  const gyp = ['exec', '--yes', '--package=node-gyp@12.4.0', '--', 'node-gyp', 'rebuild', nodedir];
  // The script of this one wants more than to compile.
  await runCommand('npm', gyp, { cwd: path.join(vscode, 'node_modules', 'node-pty') });
  const bin = path.join(vscode, 'node_modules', '@vscode', 'ripgrep', 'bin');
  await mkdir(bin, { recursive: true });
  const platform = `${process.platform}-${process.arch}`;
  const ripgrep = { name: `@vscode/ripgrep-${platform}`, version: RIPGREP };
  await copyFile(path.join(await fetchNpmPackage(ripgrep), 'bin', 'rg'), path.join(bin, 'rg'));
}
